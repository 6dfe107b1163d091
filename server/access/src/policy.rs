//! The one table of who may do what. Printed whole to a golden file, so that a reviewer reads every change of it.

use shared::{Action, Resource, Role};

/// In what quality somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acting {
    Operator,
    Member(Role),
}

impl Acting {
    pub const ALL: [Self; 6] = [
        Self::Operator,
        Self::Member(Role::Owner),
        Self::Member(Role::Admin),
        Self::Member(Role::Developer),
        Self::Member(Role::Billing),
        Self::Member(Role::Viewer),
    ];
}

/// Whether a resource belongs to one tenant; the others belong to the deployment and are the operators' alone.
pub const fn of_tenant(resource: Resource) -> bool {
    use Resource::*;
    matches!(
        resource,
        Tenant
            | Team
            | Project
            | Member
            | Invitation
            | ApiKey
            | AccessToken
            | Session
            | Usage
            | Audit
            | TenantModel
            | Playground
            | PlaygroundShare
            | Upstream
            | File
            | Batch
            | TenantRoute
    )
}

/// Whether an action on a resource is allowed.
pub const fn allows(acting: Acting, action: Action, resource: Resource) -> bool {
    match acting {
        Acting::Operator => operator(action, resource),
        Acting::Member(role) => of_tenant(resource) && member(role, action, resource),
    }
}

/// Inside a tenant an operator onboards, looks after and stops; it makes no keys and changes nobody's role.
const fn operator(action: Action, resource: Resource) -> bool {
    use {Action::*, Resource::*};
    match resource {
        Tenant => matches!(action, Read | Update),
        Invitation => matches!(action, Read | Create | Delete),
        ApiKey => matches!(action, Read | Update | Delete),
        Project | Team | Member | Usage | Audit | TenantModel | TenantRoute => {
            matches!(action, Read)
        }
        Upstream => matches!(action, Read | Delete),
        // What a tenant's people write is not the operator's to read.
        AccessToken | Playground | PlaygroundShare => false,
        // What a tenant sends to models is none of the operator's business.
        File | Batch => false,
        OperatorAudit | Mail | PlatformUsage => matches!(action, Read),
        Session | Operator | OperatorToken | TenantDirectory | ModelGrant | Model | Pool | Deployment
        | Price | DataClass | Route => true,
    }
}

const fn member(role: Role, action: Action, resource: Resource) -> bool {
    use {Action::*, Resource::*, Role::*};
    let admin = matches!(role, Owner | Admin);
    let developer = admin || matches!(role, Developer);
    match (resource, action) {
        // One's own sessions and tokens are everybody's to manage.
        (Session | AccessToken, _) => true,
        (Audit, Read) => admin,
        (Invitation, Read) => admin,
        // What was asked and answered is for those who build; that it runs may be looked at.
        (File, Read) => developer,
        (Batch, Read) => developer || matches!(role, Viewer),
        (Audit | Usage | TenantModel, Create | Update | Delete) => false,
        (Playground, _) | (Upstream, Read) => developer,
        (PlaygroundShare | Upstream, Update) => false,
        (_, Read) => true,
        (Tenant, Update) | (Team | Member | Invitation | Upstream | TenantRoute, _) | (Project, Delete) => {
            admin
        }
        (Project | ApiKey | File | Batch | PlaygroundShare, _) => developer,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_whole_table_is_as_reviewed() {
        let mut table = String::new();
        for &resource in Resource::ALL {
            for &action in Action::ALL {
                let who: Vec<_> = Acting::ALL
                    .into_iter()
                    .filter(|&acting| allows(acting, action, resource))
                    .map(|acting| match acting {
                        Acting::Operator => "operator",
                        Acting::Member(role) => role.as_str(),
                    })
                    .collect();
                let who = if who.is_empty() { "nobody".to_owned() } else { who.join(" ") };
                table.push_str(&format!("{:17} {:7} {who}\n", resource.as_str(), action.as_str()));
            }
        }
        insta::assert_snapshot!("policy", table);
    }

    #[test]
    fn a_member_has_nothing_of_the_deployment() {
        for &resource in Resource::ALL.iter().filter(|&&resource| !of_tenant(resource)) {
            for &action in Action::ALL {
                assert!(!allows(Acting::Member(Role::Owner), action, resource), "{action} {resource}");
            }
        }
    }
}
