//! Who calls.

use shared::{AccessTokenId, MemberId, OperatorId, OperatorTokenId, Role, SessionId, TenantId};

/// How a caller proved who it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Credential {
    Session(SessionId),
    AccessToken(AccessTokenId),
    OperatorToken(OperatorTokenId),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorCaller {
    pub id: OperatorId,
    pub email: String,
    pub name: String,
    pub credential: Credential,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MemberCaller {
    pub tenant_id: TenantId,
    pub id: MemberId,
    pub email: String,
    pub name: String,
    pub role: Role,
    pub credential: Credential,
}

/// A person or program that is signed in to the control plane.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Caller {
    Operator(OperatorCaller),
    Member(MemberCaller),
}

impl Caller {
    /// As the audit log names it: `operator:op_…` or `member:mem_…`.
    pub fn actor(&self) -> String {
        match self {
            Self::Operator(operator) => format!("operator:{}", operator.id),
            Self::Member(member) => format!("member:{}", member.id),
        }
    }

    /// For people to read: the e-mail address.
    pub fn email(&self) -> &str {
        match self {
            Self::Operator(operator) => &operator.email,
            Self::Member(member) => &member.email,
        }
    }

    pub const fn credential(&self) -> Credential {
        match self {
            Self::Operator(operator) => operator.credential,
            Self::Member(member) => member.credential,
        }
    }
}
