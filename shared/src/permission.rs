//! Roles, and the words of the policy table (`access` holds the table itself).

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What a member may do inside a tenant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, other owners included.
    Owner,
    /// Everything but owners.
    Admin,
    /// Projects, keys and usage.
    Developer,
    /// Usage and money.
    Billing,
    /// Reads usage and the catalogue.
    Viewer,
}

/// A role's name that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a role: expected owner, admin, developer, billing or viewer")]
pub struct ParseRoleError(pub String);

impl Role {
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Developer, Self::Billing, Self::Viewer];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Developer => "developer",
            Self::Billing => "billing",
            Self::Viewer => "viewer",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Role {
    type Err = ParseRoleError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|role| role.as_str() == text)
            .ok_or_else(|| ParseRoleError(text.to_owned()))
    }
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($variant,)* }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { f.write_str(self.as_str()) }
        }
    };
}

words! {
    /// What is done to a resource.
    Action { Read = "read", Create = "create", Update = "update", Delete = "delete", }
}

words! {
    /// What it is done to.
    Resource {
        // Of one tenant.
        Tenant = "tenant",
        Team = "team",
        Project = "project",
        Member = "member",
        Invitation = "invitation",
        ApiKey = "api_key",
        AccessToken = "access_token",
        Session = "session",
        Usage = "usage",
        Audit = "audit",
        TenantModel = "tenant_model",
        Playground = "playground",
        PlaygroundShare = "playground_share",
        Upstream = "upstream",
        File = "file",
        Batch = "batch",
        TenantRoute = "tenant_route",
        // Of the deployment as a whole: operators only.
        Operator = "operator",
        OperatorToken = "operator_token",
        TenantDirectory = "tenant_directory",
        ModelGrant = "model_grant",
        Model = "model",
        Pool = "pool",
        Deployment = "deployment",
        Price = "price",
        DataClass = "data_class",
        Route = "route",
        PlatformUsage = "platform_usage",
        OperatorAudit = "operator_audit",
        Mail = "mail",
    }
}
