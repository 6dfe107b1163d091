//! Types of the identity room: signing in, the signed-in person, tokens, operators, accepting an invitation.
//!
//! Texts that people type are types that carry their rule ([`EmailAddress`], [`DisplayName`]), so a value that reached a
//! handler is acceptable. A typed secret ([`SecretText`]) never shows in a debug print.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize, de};
use shared::{
    AccessTokenId, Action, MailId, MemberId, OperatorId, OperatorTokenId, Resource, Role, SessionId, TenantId,
};

use crate::tenancy::TenantStatus;

/// An e-mail address, trimmed, in the case it was typed in. Compared without case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Email, example = "ana@acme.example"))]
pub struct EmailAddress(String);

/// Not an e-mail address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseEmailError;

impl fmt::Display for ParseEmailError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not an e-mail address: expected name@domain, at most 254 characters, without spaces")
    }
}

impl std::error::Error for ParseEmailError {}

impl EmailAddress {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Letters, digits and hyphens between dots; a single label (`localhost`) is a domain too.
fn is_domain(text: &str) -> bool {
    text.split('.').all(|label| {
        let edges = !label.starts_with('-') && !label.ends_with('-');
        (1..=63).contains(&label.len()) && edges && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    })
}

impl FromStr for EmailAddress {
    type Err = ParseEmailError;

    fn from_str(text: &str) -> Result<Self, ParseEmailError> {
        let text = text.trim();
        let (local, domain) = text.rsplit_once('@').ok_or(ParseEmailError)?;
        let odd = |c: char| c.is_whitespace() || c.is_control() || "@<>(),;:\\\"[]".contains(c);
        if text.len() > 254
            || local.is_empty()
            || local.len() > 64
            || local.contains(odd)
            || !is_domain(domain)
        {
            return Err(ParseEmailError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl<'de> Deserialize<'de> for EmailAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A name that people read: of a person, a tenant, a project, a key. 1 to 100 characters, trimmed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, min_length = 1, max_length = 100))]
pub struct DisplayName(String);

/// Not a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ParseNameError;

impl fmt::Display for ParseNameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("expected 1 to 100 characters without line breaks or control characters")
    }
}

impl std::error::Error for ParseNameError {}

impl DisplayName {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for DisplayName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for DisplayName {
    type Err = ParseNameError;

    fn from_str(text: &str) -> Result<Self, ParseNameError> {
        let text = text.trim();
        let fits = (1..=100).contains(&text.chars().count()) && !text.chars().any(char::is_control);
        if fits { Ok(Self(text.to_owned())) } else { Err(ParseNameError) }
    }
}

impl<'de> Deserialize<'de> for DisplayName {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// A password or one-time token on its way to the server. Its debug print says nothing.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Password))]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[redacted]")
    }
}

/// `POST /api/v1/sessions`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    pub email: String,
    pub password: SecretText,
    /// The tenant's slug. Absent: sign in as an operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
}

/// The tenant of a signed-in member.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MyTenant {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub status: TenantStatus,
    /// Demonstration data: shown as such.
    pub demo: bool,
}

/// In what quality somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MyStanding {
    Operator { id: OperatorId },
    Member { id: MemberId, role: Role, tenant: MyTenant },
}

/// `GET /api/v1/me`: who is signed in and what that person may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub email: String,
    pub name: String,
    #[serde(flatten)]
    pub standing: MyStanding,
    /// `resource.action`, for example `api_key.create`. What a page may offer; the server checks again.
    pub permissions: Vec<String>,
}

impl Me {
    /// Whether to offer an action.
    pub fn may(&self, action: Action, resource: Resource) -> bool {
        self.permissions.iter().any(|held| {
            held.split_once('.').is_some_and(|(of, what)| of == resource.as_str() && what == action.as_str())
        })
    }

    /// The tenant of a member; None for an operator.
    pub const fn tenant(&self) -> Option<&MyTenant> {
        match &self.standing {
            MyStanding::Member { tenant, .. } => Some(tenant),
            MyStanding::Operator { .. } => None,
        }
    }

    pub const fn is_operator(&self) -> bool {
        matches!(self.standing, MyStanding::Operator { .. })
    }
}

/// `PATCH /api/v1/me`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ProfileChange {
    pub name: DisplayName,
}

/// `POST /api/v1/me/password`. Ends every other session of the person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PasswordChange {
    pub current: SecretText,
    /// 12 to 256 characters, not a common password.
    pub new: SecretText,
}

/// A signed-in browser.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MySession {
    pub id: SessionId,
    /// The one that asks.
    pub current: bool,
    pub user_agent: Option<String>,
    pub created_at: DateTime<Utc>,
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The id of a token for the control plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(untagged)]
pub enum TokenId {
    /// A member's personal access token.
    Access(AccessTokenId),
    /// An operator's token.
    Operator(OperatorTokenId),
}

impl fmt::Display for TokenId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Access(id) => id.fmt(f),
            Self::Operator(id) => id.fmt(f),
        }
    }
}

/// A personal token for `/api/v1`, with its owner's rights.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PersonalToken {
    pub id: TokenId,
    pub name: String,
    pub last_four: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// `POST /api/v1/me/tokens`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    pub name: DisplayName,
    /// Absent: until revoked. A token made with another token ends with that one at the latest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<DateTime<Utc>>,
}

/// A token at its making.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreatedToken {
    #[serde(flatten)]
    pub token: PersonalToken,
    /// Shown once; absent when the answer is a replay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
}

/// A person who operates the deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Operator {
    pub id: OperatorId,
    pub email: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub last_sign_in_at: Option<DateTime<Utc>>,
}

/// `POST /api/v1/operators`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewOperator {
    pub email: EmailAddress,
    pub name: DisplayName,
    /// 12 to 256 characters, not a common password.
    pub password: SecretText,
}

/// `PATCH /api/v1/operators/{operator_id}`: absent fields stay.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct OperatorChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<DisplayName>,
    /// True: signs the person out everywhere and stops their tokens. Not oneself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disabled: Option<bool>,
}

/// `POST /api/v1/setup`: the first operator of an empty deployment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct SetUp {
    /// From the link that the server printed.
    pub token: SecretText,
    pub email: EmailAddress,
    pub name: DisplayName,
    /// 12 to 256 characters, not a common password.
    pub password: SecretText,
}

/// `POST /api/v1/invitations/preview`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct InvitationToken {
    pub token: SecretText,
}

/// What an invitation invites to, for the person who holds its link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InvitationPreview {
    pub tenant_slug: String,
    pub tenant_name: String,
    pub email: String,
    pub role: Role,
    pub expires_at: DateTime<Utc>,
}

/// `POST /api/v1/invitations/accept`: makes the member and signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvitation {
    pub token: SecretText,
    pub name: DisplayName,
    /// 12 to 256 characters, not a common password.
    pub password: SecretText,
}

/// A message to a person, as it is kept: sent when there is a mail server, else for operators to read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Mail {
    pub id: MailId,
    pub recipient: String,
    pub subject: String,
    pub body_text: String,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_trimmed_and_keeps_its_case() {
        assert_eq!(
            " Ana.B+x@Acme.example ".parse::<EmailAddress>().unwrap().as_str(),
            "Ana.B+x@Acme.example"
        );
        for bad in
            ["", "ana", "@acme.example", "ana@", "a na@acme.example", "ana@acme..example", "a@b@c", "a@-b.c"]
        {
            assert!(bad.parse::<EmailAddress>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_name_has_no_control_characters() {
        assert_eq!(" Acme Robotics ".parse::<DisplayName>().unwrap().as_str(), "Acme Robotics");
        for bad in ["  ", "a\nb", &"x".repeat(101)] {
            assert!(bad.parse::<DisplayName>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_secret_does_not_show_in_a_debug_print() {
        assert_eq!(format!("{:?}", SecretText::new("hunter2")), "[redacted]");
    }
}
