//! The link that makes the first operator of an empty deployment.

use identity::SetupToken;

use crate::{foundation::Foundation, serve::public_url};

/// Opens the link and prints it, if there is no operator yet.
pub async fn open(foundation: &Foundation) -> anyhow::Result<SetupToken> {
    if identity::has_operator(&foundation.db).await? {
        return Ok(SetupToken::closed());
    }
    let (setup, token) = SetupToken::issue(&foundation.pepper, &mut rand::rng());
    let base = public_url(&foundation.settings);
    println!(
        "No operator yet. Make the first one here (until the next start):\n  {base}setup/{}",
        token.reveal()
    );
    Ok(setup)
}
