//! Rules about members and their roles: who may touch whom.

use access::{Caller, policy::Acting};
use shared::Role;
use shared_api::tenancy::{Member, MemberChange};

use crate::TenancyError;

pub fn acting(caller: &Caller) -> Acting {
    match caller {
        Caller::Operator(_) => Acting::Operator,
        Caller::Member(member) => Acting::Member(member.role),
    }
}

/// Whether the caller is an owner or administrator of its tenant.
pub fn administers(caller: &Caller) -> bool {
    matches!(acting(caller), Acting::Member(Role::Owner | Role::Admin))
}

/// Whether somebody may give a role to somebody new. Operators invite owners: the first, and when all are lost.
pub fn check_grant(acting: Acting, role: Role) -> Result<(), TenancyError> {
    match (acting, role) {
        (Acting::Operator | Acting::Member(Role::Owner), _) => Ok(()),
        (Acting::Member(_), Role::Owner) => Err(TenancyError::OwnersOnly),
        (Acting::Member(_), _) => Ok(()),
    }
}

/// `owners`: how many owners can sign in now, the member among them if that is one.
pub fn check_change(
    acting: Acting,
    member: &Member,
    change: &MemberChange,
    owners: usize,
) -> Result<(), TenancyError> {
    let wanted = change.role.unwrap_or(member.role);
    let touches_owner = member.role == Role::Owner || wanted == Role::Owner;
    if touches_owner && acting != Acting::Member(Role::Owner) {
        return Err(TenancyError::OwnersOnly);
    }
    let stays = wanted == Role::Owner && change.disabled != Some(true);
    if stays { Ok(()) } else { check_not_last(member, owners) }
}

/// See [`check_change`].
pub fn check_removal(acting: Acting, member: &Member, owners: usize) -> Result<(), TenancyError> {
    if member.role == Role::Owner && acting != Acting::Member(Role::Owner) {
        return Err(TenancyError::OwnersOnly);
    }
    check_not_last(member, owners)
}

fn check_not_last(member: &Member, owners: usize) -> Result<(), TenancyError> {
    let counts = member.role == Role::Owner && member.disabled_at.is_none();
    if counts && owners <= 1 { Err(TenancyError::LastOwner) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use shared::MemberId;

    use super::*;

    fn member(role: Role) -> Member {
        Member {
            id: MemberId::generate(),
            email: "ana@acme.example".into(),
            name: "Ana".into(),
            role,
            created_at: chrono::DateTime::UNIX_EPOCH,
            disabled_at: None,
            last_sign_in_at: None,
        }
    }

    fn role(role: Role) -> MemberChange {
        MemberChange { role: Some(role), disabled: None }
    }

    #[test]
    fn an_admin_does_not_touch_owners() {
        let admin = Acting::Member(Role::Admin);
        assert!(check_change(admin, &member(Role::Viewer), &role(Role::Admin), 1).is_ok());
        let refused = [
            check_change(admin, &member(Role::Viewer), &role(Role::Owner), 1),
            check_change(admin, &member(Role::Owner), &role(Role::Admin), 2),
            check_removal(admin, &member(Role::Owner), 2),
            check_grant(admin, Role::Owner),
        ];
        assert!(refused.iter().all(|result| matches!(result, Err(TenancyError::OwnersOnly))));
    }

    #[test]
    fn the_last_owner_stays() {
        let owner = Acting::Member(Role::Owner);
        let disable = MemberChange { role: None, disabled: Some(true) };
        for change in [role(Role::Admin), disable.clone()] {
            assert!(matches!(
                check_change(owner, &member(Role::Owner), &change, 1),
                Err(TenancyError::LastOwner)
            ));
            assert!(check_change(owner, &member(Role::Owner), &change, 2).is_ok());
        }
        assert!(matches!(check_removal(owner, &member(Role::Owner), 1), Err(TenancyError::LastOwner)));
        assert!(check_change(owner, &member(Role::Owner), &role(Role::Owner), 1).is_ok());
        let gone = Member { disabled_at: Some(chrono::DateTime::UNIX_EPOCH), ..member(Role::Owner) };
        assert!(check_removal(owner, &gone, 1).is_ok());
    }

    #[test]
    fn an_operator_invites_owners() {
        assert!(check_grant(Acting::Operator, Role::Owner).is_ok());
    }
}
