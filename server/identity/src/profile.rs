//! What a signed-in person is told about themselves.

use access::policy::{self, Acting};
use shared::{Action, MemberId, OperatorId, Resource, Role};
use shared_api::identity::{Me, MyStanding, MyTenant};

/// `resource.action` for everything the policy table allows.
fn permissions(acting: Acting) -> Vec<String> {
    let pairs =
        Resource::ALL.iter().flat_map(|&resource| Action::ALL.iter().map(move |&action| (resource, action)));
    pairs
        .filter(|&(resource, action)| policy::allows(acting, action, resource))
        .map(|(resource, action)| format!("{resource}.{action}"))
        .collect()
}

pub fn operator(id: OperatorId, email: String, name: String) -> Me {
    let standing = MyStanding::Operator { id };
    Me { email, name, standing, permissions: permissions(Acting::Operator) }
}

pub fn member(id: MemberId, email: String, name: String, role: Role, tenant: MyTenant) -> Me {
    let standing = MyStanding::Member { id, role, tenant };
    Me { email, name, standing, permissions: permissions(Acting::Member(role)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn permissions_follow_the_policy_table() {
        let me = operator(OperatorId::generate(), "op@msp.example".into(), "Op".into());
        assert!(me.may(Action::Create, Resource::TenantDirectory));
        assert!(!me.may(Action::Create, Resource::ApiKey));
        assert_eq!(
            permissions(Acting::Member(Role::Viewer)).iter().filter(|held| *held == "usage.read").count(),
            1
        );
    }
}
