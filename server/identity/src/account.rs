//! Making people without the API: for the command line and the demo, which have the database itself.

use chrono::{DateTime, Utc};
use db::{Database, TenantTx};
use secrets::{Pepper, Token, TokenKind};
use shared::{MemberId, OperatorId, Role};
use shared_api::identity::{DisplayName, EmailAddress};

use crate::{IdentityError, Passwords, check_password, store};

/// Makes an operator; refuses a weak password and an address that is taken.
pub async fn create_operator(
    database: &Database,
    email: &EmailAddress,
    name: &DisplayName,
    password: &str,
    now: DateTime<Utc>,
) -> Result<OperatorId, IdentityError> {
    check_password(password, &[email.as_str(), name.as_str()])?;
    let hash = Passwords::default().hash(password).await?;
    let mut tx = database.operator().await?;
    let id = OperatorId::generate();
    store::operator::insert(&mut tx, id, email, name, &hash, now).await?;
    tx.commit().await?;
    Ok(id)
}

/// Whether anybody can operate this deployment yet.
pub async fn has_operator(database: &Database) -> Result<bool, IdentityError> {
    let mut tx = database.operator().await?;
    let any = store::operator::exist(&mut tx).await?;
    tx.commit().await?;
    Ok(any)
}

/// The operator with an address.
pub async fn find_operator(
    database: &Database,
    email: &EmailAddress,
) -> Result<Option<OperatorId>, IdentityError> {
    let mut tx = database.operator().await?;
    let found = store::operator::by_email(&mut tx, email).await?;
    tx.commit().await?;
    Ok(found)
}

/// Gives an operator a new password and ends their sessions. `NotFound` when there is no such address.
pub async fn set_operator_password(
    database: &Database,
    email: &EmailAddress,
    password: &str,
) -> Result<OperatorId, IdentityError> {
    check_password(password, &[email.as_str()])?;
    let hash = Passwords::default().hash(password).await?;
    let mut tx = database.operator().await?;
    let id = store::operator::by_email(&mut tx, email).await?.ok_or(IdentityError::NotFound("operator"))?;
    store::operator::set_password(&mut tx, id, &hash).await?;
    store::session::end_all_of_operator(&mut tx, id, None).await?;
    tx.commit().await?;
    Ok(id)
}

/// Makes a token that does not expire; reveal it once.
pub async fn create_operator_token(
    database: &Database,
    pepper: &Pepper,
    operator: OperatorId,
    name: &DisplayName,
    now: DateTime<Utc>,
) -> Result<Token, IdentityError> {
    let token = Token::generate(TokenKind::Operator, &mut rand::rng());
    let new = store::token::NewRow {
        name,
        hash: token.hash(pepper),
        last_four: token.last_four(),
        expires_at: None,
    };
    let mut tx = database.operator().await?;
    store::token::insert_for_operator(&mut tx, operator, &new, None, now).await?;
    tx.commit().await?;
    Ok(token)
}

/// A member to be made without an invitation.
#[derive(Debug)]
pub struct NewMember<'a> {
    pub email: &'a EmailAddress,
    pub name: &'a DisplayName,
    pub role: Role,
    /// From [`crate::hash_password`] or [`Passwords::hash`].
    pub password_hash: &'a str,
}

/// Makes a member of the transaction's tenant (as `switchyard_app`).
pub async fn create_member(
    tx: &mut TenantTx,
    member: &NewMember<'_>,
    now: DateTime<Utc>,
) -> Result<MemberId, IdentityError> {
    let id = MemberId::generate();
    store::member::insert(tx, id, member, now).await?;
    Ok(id)
}
