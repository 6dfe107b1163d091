//! Invitations: how long they last, what is mailed, and making one in a transaction of either role.

use chrono::{DateTime, TimeDelta, Utc};
use db::PgConnection;
use mail::NewMail;
use secrets::{Token, TokenKind};
use shared::{InvitationId, Role, TenantId};
use shared_api::{
    identity::EmailAddress,
    tenancy::{CreatedInvitation, Invitation, InvitationStatus},
};

use crate::{Tenancy, TenancyError, store};

/// How long an invitation can be accepted.
pub const LASTS: TimeDelta = TimeDelta::days(7);

pub fn status(
    accepted_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> InvitationStatus {
    match (accepted_at, revoked_at) {
        (Some(_), _) => InvitationStatus::Accepted,
        // One that was replaced after its end had expired before.
        (None, Some(revoked)) if revoked < expires_at => InvitationStatus::Revoked,
        (None, None) if now < expires_at => InvitationStatus::Open,
        (None, _) => InvitationStatus::Expired,
    }
}

/// Who is invited to what, and by whom.
#[derive(Debug)]
pub struct Wanted<'a> {
    pub tenant_id: TenantId,
    pub tenant_name: &'a str,
    pub email: &'a EmailAddress,
    pub role: Role,
    /// E-mail address of a member, or `operator`.
    pub invited_by: &'a str,
}

fn letter(wanted: &Wanted<'_>, link: &str, expires_at: DateTime<Utc>) -> NewMail {
    let Wanted { tenant_id, tenant_name, email, role, .. } = wanted;
    NewMail {
        tenant: Some(*tenant_id),
        recipient: email.to_string(),
        subject: format!("You are invited to {tenant_name}"),
        body_text: format!(
            "You are invited to join {tenant_name} as {role}.\n\nAccept here until {}:\n{link}\n\n\
             The link works once. If you did not expect this message, ignore it.\n",
            expires_at.format("%-d %B %Y, %H:%M UTC")
        ),
    }
}

/// Makes an invitation and keeps the message with its link, in the transaction at hand.
pub async fn issue(
    connection: &mut PgConnection,
    tenancy: &Tenancy,
    wanted: &Wanted<'_>,
    now: DateTime<Utc>,
) -> Result<CreatedInvitation, TenancyError> {
    let token = Token::generate(TokenKind::Invitation, &mut rand::rng());
    let invitation = Invitation {
        id: InvitationId::generate(),
        email: wanted.email.to_string(),
        role: wanted.role,
        status: InvitationStatus::Open,
        invited_by: wanted.invited_by.to_owned(),
        created_at: now,
        expires_at: now + LASTS,
    };
    let hash = token.hash(tenancy.access().pepper());
    store::invitation::insert(connection, wanted.tenant_id, &invitation, &hash).await?;
    let link = tenancy.invitation_link(&token);
    mail::keep(connection, &letter(wanted, &link, invitation.expires_at), now).await?;
    Ok(CreatedInvitation { invitation, link: Some(link) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_invitation_ends_in_one_way() {
        let start = DateTime::UNIX_EPOCH;
        let (end, late) = (start + LASTS, start + LASTS + TimeDelta::days(1));
        assert_eq!(status(None, None, end, start), InvitationStatus::Open);
        assert_eq!(status(None, None, end, end), InvitationStatus::Expired);
        assert_eq!(status(None, Some(start), end, late), InvitationStatus::Revoked);
        assert_eq!(status(None, Some(late), end, late), InvitationStatus::Expired);
        assert_eq!(status(Some(start), None, end, late), InvitationStatus::Accepted);
    }

    #[test]
    fn the_letter_says_what_by_when_and_where() {
        let email = "ana@acme.example".parse().unwrap();
        let wanted = Wanted {
            tenant_id: TenantId::generate(),
            tenant_name: "Acme",
            email: &email,
            role: Role::Owner,
            invited_by: "operator",
        };
        let letter = letter(&wanted, "https://s.example/invitations/sy_inv_x", DateTime::UNIX_EPOCH);
        assert_eq!(letter.recipient, "ana@acme.example");
        for part in ["Acme as owner", "https://s.example/invitations/sy_inv_x\n", "1 January 1970, 00:00 UTC"]
        {
            assert!(letter.body_text.contains(part), "{}", letter.body_text);
        }
    }
}
