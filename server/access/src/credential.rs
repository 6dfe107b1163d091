//! From a request to a [`Caller`].

use axum::extract::FromRequestParts;
use db::DbError;
use http::{header, request::Parts};
use secrets::{Token, TokenKind};
use shared::ErrorCode;
use tower_sessions::Session;
use web::Problem;

use crate::{Access, Caller, Credential, MemberCaller, OperatorCaller, database_problem, session, store};

/// The caller, found once a request and kept in its extensions.
pub(crate) async fn caller(parts: &mut Parts, access: &Access) -> Result<Caller, Problem> {
    if let Some(found) = parts.extensions.get::<Caller>() {
        return Ok(found.clone());
    }
    let found = match parts.headers.get(header::AUTHORIZATION) {
        Some(value) => bearer(value.to_str().unwrap_or_default(), access).await?,
        None => signed_in(parts, access).await?,
    };
    let caller = found.ok_or_else(not_signed_in)?;
    parts.extensions.insert(caller.clone());
    Ok(caller)
}

fn not_signed_in() -> Problem {
    let detail = "Sign in, or send `Authorization: Bearer` with an operator token (sy_op_…) or a personal access token \
                  (sy_pat_…). API keys (sy_live_…) call /v1 only.";
    Problem::new(ErrorCode::NotSignedIn, detail)
}

async fn bearer(header: &str, access: &Access) -> Result<Option<Caller>, Problem> {
    let Some(token) = header.strip_prefix("Bearer ").and_then(|text| Token::parse(text.trim()).ok()) else {
        return Ok(None);
    };
    let hash = token.hash(access.pepper());
    let found = match token.kind() {
        TokenKind::Operator => by_operator_token(access, &hash).await,
        TokenKind::PersonalAccess => by_access_token(access, &hash).await,
        _ => Ok(None),
    };
    found.map_err(|error| database_problem(&error))
}

async fn by_operator_token(access: &Access, hash: &[u8; 32]) -> Result<Option<Caller>, DbError> {
    let mut tx = access.db().operator().await?;
    let now = access.clock().now();
    let found = store::caller::operator_by_token(&mut tx, hash, now).await?;
    tx.commit().await?;
    Ok(found.map(|(operator, token)| {
        Caller::Operator(OperatorCaller {
            id: operator.id,
            email: operator.email,
            name: operator.name,
            credential: Credential::OperatorToken(token),
        })
    }))
}

async fn by_access_token(access: &Access, hash: &[u8; 32]) -> Result<Option<Caller>, DbError> {
    let Some((tenant_id, token)) =
        store::lookup::access_token(&mut access.db().lookup().await?, hash).await?
    else {
        return Ok(None);
    };
    let mut tx = access.db().tenant(tenant_id).await?;
    let now = access.clock().now();
    let found = store::caller::member_by_token(&mut tx, token, now).await?;
    tx.commit().await?;
    Ok(found.map(|member| member_caller(tenant_id, member, Credential::AccessToken(token))))
}

async fn signed_in(parts: &mut Parts, access: &Access) -> Result<Option<Caller>, Problem> {
    let Ok(session) = Session::from_request_parts(parts, &()).await else { return Ok(None) };
    let Some(identity) = session::identity(&session).await? else { return Ok(None) };
    let found = by_session(access, &identity).await;
    found.map_err(|error| database_problem(&error))
}

async fn by_session(access: &Access, identity: &session::Identity) -> Result<Option<Caller>, DbError> {
    let credential = Credential::Session(identity.session_id);
    match identity.who {
        session::Who::Operator { id } => {
            let mut tx = access.db().operator().await?;
            let found = store::caller::operator(&mut tx, id).await?;
            tx.commit().await?;
            Ok(found.map(|operator| {
                Caller::Operator(OperatorCaller {
                    id,
                    email: operator.email,
                    name: operator.name,
                    credential,
                })
            }))
        }
        session::Who::Member { tenant_id, id } => {
            let mut tx = access.db().tenant(tenant_id).await?;
            let found = store::caller::member(&mut tx, id).await?;
            tx.commit().await?;
            Ok(found.map(|member| member_caller(tenant_id, member, credential)))
        }
    }
}

fn member_caller(
    tenant_id: shared::TenantId,
    member: store::caller::MemberRow,
    credential: Credential,
) -> Caller {
    Caller::Member(MemberCaller {
        tenant_id,
        id: member.id,
        email: member.email,
        name: member.name,
        role: member.role,
        credential,
    })
}
