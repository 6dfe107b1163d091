//! Identifiers: UUIDv7 newtypes, written `prefix_` + 32 hexadecimal digits.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use uuid::Uuid;

/// A string that is not an identifier of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a valid id: expected `{prefix}` followed by 32 hexadecimal digits")]
pub struct ParseIdError {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

fn parse(text: &str, prefix: &'static str) -> Result<Uuid, ParseIdError> {
    let error = ParseIdError { prefix };
    let digits = text.strip_prefix(prefix).ok_or_else(|| error.clone())?;
    if digits.len() != 32 || digits.bytes().any(|b| b.is_ascii_uppercase()) {
        return Err(error);
    }
    Uuid::try_parse(digits).map_err(|_| error)
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// What its text form begins with.
            pub const PREFIX: &'static str = $prefix;

            /// A new one, ordered by the time of its making.
            #[cfg(feature = "generate")]
            pub fn generate() -> Self {
                Self(Uuid::now_v7())
            }

            pub const fn from_uuid(uuid: Uuid) -> Self {
                Self(uuid)
            }

            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "{}"), self.0.simple())
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = ParseIdError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse(text, $prefix).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                if serializer.is_human_readable() { serializer.collect_str(self) } else { self.0.serialize(serializer) }
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                if deserializer.is_human_readable() {
                    <std::borrow::Cow<'_, str>>::deserialize(deserializer)?.parse().map_err(de::Error::custom)
                } else {
                    Uuid::deserialize(deserializer).map(Self)
                }
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::PartialSchema for $name {
            fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                utoipa::openapi::ObjectBuilder::new()
                    .schema_type(utoipa::openapi::schema::Type::String)
                    .pattern(Some(concat!("^", $prefix, "[0-9a-f]{32}$")))
                    .into()
            }
        }

        #[cfg(feature = "openapi")]
        impl utoipa::ToSchema for $name {}
    )*};
}

ids! {
    /// An enterprise client.
    TenantId = "ten_";
    /// A team inside a tenant.
    TeamId = "team_";
    /// A project inside a tenant; owns keys.
    ProjectId = "proj_";
    /// A person of a tenant.
    MemberId = "mem_";
    /// An invitation of a person into a tenant.
    InvitationId = "inv_";
    /// A personal access token of a member, for the control plane.
    AccessTokenId = "tok_";
    /// An API key, for the data plane. Stays the same when its secret is rotated.
    ApiKeyId = "key_";
    /// A person who operates the deployment.
    OperatorId = "op_";
    /// A token of an operator, for the control plane.
    OperatorTokenId = "optok_";
    /// What a caller names.
    ModelId = "model_";
    /// One served copy of a model.
    DeploymentId = "dep_";
    /// A set of GPU nodes.
    PoolId = "pool_";
    /// A name that callers use like a model's, and what is done with their calls.
    RouteId = "route_";
    /// A dated price of a model.
    PriceId = "price_";
    /// One finished or aborted call.
    UsageEventId = "use_";
    /// A request as seen in `x-request-id`.
    RequestId = "req_";
    /// A unit of background work.
    JobId = "job_";
    /// A message to a person.
    MailId = "mail_";
    /// One audited action: the two rows of it share this.
    AuditActionId = "act_";
    /// A playground's setup, shared inside a tenant.
    PlaygroundShareId = "share_";
    /// A signed-in browser, as shown to people (never the cookie).
    SessionId = "sess_";
    /// A file of a tenant, uploaded or written by a batch; the form is OpenAI's.
    FileId = "file-";
    /// A batch of model calls.
    BatchId = "batch_";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_survives_its_text_form() {
        let id = TenantId::from_uuid(Uuid::from_u128(0x0190_1234_5678_7abc_8def_0123_4567_89ab));
        assert_eq!(id.to_string(), "ten_0190123456787abc8def0123456789ab");
        assert_eq!(id.to_string().parse::<TenantId>(), Ok(id));
    }

    #[test]
    fn an_id_of_another_kind_is_refused_by_name() {
        let error = "proj_01901234567890ab8def0123456789ab".parse::<TenantId>().unwrap_err();
        assert!(error.to_string().contains("`ten_`"));
        assert!("ten_0190".parse::<TenantId>().is_err());
        assert!("ten_01901234-5678-7abc-8def-0123456789".parse::<TenantId>().is_err());
    }
}
