//! How often somebody may guess. Counted whether the guess was right or not, so that a right one is refused too once
//! there were too many.

use std::time::Duration;

use access::{Access, Entry};
use shared::TenantId;
use web::Problem;

use crate::ClientAddress;

const PER_ADDRESS: (u64, Duration) = (200, Duration::from_secs(2));
const PER_ACCOUNT: (u64, Duration) = (60, Duration::from_secs(10));

/// Whose password is guessed.
fn account(tenant: Option<TenantId>, email: &str) -> String {
    let email = email.trim().to_lowercase();
    tenant.map_or_else(|| format!("operator:{email}"), |tenant| format!("{tenant}:{email}"))
}

/// One try to sign in.
pub async fn sign_in(
    entry: &Entry,
    address: ClientAddress,
    tenant: Option<TenantId>,
    email: &str,
) -> Result<(), Problem> {
    from_address(entry, address).await?;
    // Whoever sends a megabyte as an address has no account; the key must stay small.
    let account: String = account(tenant, email).chars().take(300).collect();
    let (burst, every) = PER_ACCOUNT;
    entry.attempt(&format!("identity:account:{account}"), burst, every).await
}

/// One try from an address at anything that takes a secret.
pub async fn from_address(entry: &Entry, address: ClientAddress) -> Result<(), Problem> {
    let (burst, every) = PER_ADDRESS;
    entry.attempt(&format!("identity:address:{address}"), burst, every).await
}

/// One try of a signed-in person to prove the present password.
pub async fn present_password(access: &Access, actor: &str) -> Result<(), Problem> {
    let (burst, every) = PER_ACCOUNT;
    access.attempt(&format!("identity:password:{actor}"), burst, every).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_account_is_counted_without_regard_to_case() {
        assert_eq!(account(None, " Ana@Acme.example"), account(None, "ana@acme.EXAMPLE "));
        let tenant = TenantId::from_uuid(uuid::Uuid::nil());
        assert_ne!(account(Some(tenant), "ana@acme.example"), account(None, "ana@acme.example"));
    }
}
