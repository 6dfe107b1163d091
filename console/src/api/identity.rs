//! Signing in and out, one's own account, accepting an invitation, the first operator.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared_api::identity::{InvitationPreview, Me, MySession, PersonalToken};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{call, flash},
    crate::contexts::within,
    leptos_axum::redirect,
    serde_json::json,
    shared::Page,
    shared_api::identity::{CreatedToken, MyStanding},
};

/// Who is signed in, and what the page before left to say.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Standing {
    pub me: Me,
    pub flash: Option<Flash>,
}

/// One's own sessions and tokens.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AccountView {
    pub sessions: Vec<MySession>,
    pub tokens: Vec<PersonalToken>,
    pub now: i64,
}

/// Where somebody's console begins.
#[cfg(feature = "ssr")]
fn home_of(me: &Me) -> String {
    match &me.standing {
        MyStanding::Operator { .. } => "/operator".to_owned(),
        MyStanding::Member { tenant, .. } => format!("/t/{}", tenant.slug),
    }
}

#[server(prefix = "/_fn", endpoint = "standing")]
pub async fn read_standing() -> Result<Answer<Standing>, ApiProblem> {
    let me = call::get::<Me>("/api/v1/me").await;
    call::reply(me.map(|me| Standing { me, flash: None }))
}

/// An empty `tenant` signs in as an operator.
#[server(prefix = "/_fn", endpoint = "sign-in")]
pub async fn sign_in(
    email: String,
    password: String,
    tenant: String,
    #[server(default)] next: String,
) -> Result<Answer<()>, ApiProblem> {
    let mut body = json!({ "email": email.trim(), "password": password });
    let tenant = tenant.trim().to_lowercase();
    if !tenant.is_empty() {
        body["tenant"] = json!(tenant);
    }
    let me = call::post::<Me>("/api/v1/sessions", &body).await;
    call::reply(me.map(|me| redirect(within(&next).unwrap_or(&home_of(&me)))))
}

#[server(prefix = "/_fn", endpoint = "sign-out")]
pub async fn sign_out() -> Result<Answer<()>, ApiProblem> {
    let operator = call::get::<Me>("/api/v1/me").await;
    let place = match &operator {
        Ok(me) if me.is_operator() => "/operator/sign-in".to_owned(),
        Ok(me) => me.tenant().map_or("/sign-in".to_owned(), |tenant| format!("/t/{}/sign-in", tenant.slug)),
        Err(_) => "/sign-in".to_owned(),
    };
    let ended = match call::delete::<()>("/api/v1/sessions/current").await {
        // It had ended already.
        Err(problem) if problem.is_signed_out() => Ok(()),
        other => other,
    };
    call::reply(ended.map(|()| redirect(&place)))
}

#[server(prefix = "/_fn", endpoint = "invitation")]
pub async fn preview_invitation(token: String) -> Result<Answer<InvitationPreview>, ApiProblem> {
    call::reply(call::post("/api/v1/invitations/preview", &json!({ "token": token })).await)
}

#[server(prefix = "/_fn", endpoint = "invitation/accept")]
pub async fn accept_invitation(
    token: String,
    name: String,
    password: String,
) -> Result<Answer<()>, ApiProblem> {
    let body = json!({ "token": token, "name": name, "password": password });
    let me = call::post::<Me>("/api/v1/invitations/accept", &body).await;
    call::reply(me.map(|me| redirect(&home_of(&me))))
}

#[server(prefix = "/_fn", endpoint = "setup")]
pub async fn set_up(
    token: String,
    email: String,
    name: String,
    password: String,
) -> Result<Answer<()>, ApiProblem> {
    let body = json!({ "token": token, "email": email, "name": name, "password": password });
    let me = call::post::<Me>("/api/v1/setup", &body).await;
    call::reply(me.map(|me| redirect(&home_of(&me))))
}

#[server(prefix = "/_fn", endpoint = "account")]
pub async fn read_account() -> Result<Answer<AccountView>, ApiProblem> {
    let read = async {
        let (sessions, tokens) = futures::try_join!(
            call::get::<Page<MySession>>("/api/v1/me/sessions"),
            call::get::<Page<PersonalToken>>("/api/v1/me/tokens?limit=200"),
        )?;
        Ok(AccountView { sessions: sessions.data, tokens: tokens.data, now: call::now() })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "account/rename")]
pub async fn rename_me(name: String) -> Result<Answer<Flash>, ApiProblem> {
    let me = call::patch::<Me>("/api/v1/me", &json!({ "name": name })).await;
    call::reply(me.map(|_| Flash::new("Your name was changed")).inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "account/password")]
pub async fn change_password(current: String, new: String) -> Result<Answer<Flash>, ApiProblem> {
    let body = json!({ "current": current, "new": new });
    let done = call::post::<()>("/api/v1/me/password", &body).await;
    let said = done.map(|()| Flash::new("Your password was changed, and your other sessions have ended"));
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "account/session/end")]
pub async fn end_session(id: String) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&format!("/api/v1/me/sessions/{}", call::segment(&id))).await;
    call::reply(done.map(|()| Flash::new("The session has ended")).inspect(flash::leave))
}

/// `days` until it expires; empty for never.
#[server(prefix = "/_fn", endpoint = "account/token/create")]
pub async fn create_token(
    name: String,
    #[server(default)] days: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let mut body = json!({ "name": name });
    if let Some(end) = super::tenancy::expiry(&days, call::moment()) {
        body["expires_at"] = json!(end);
    }
    let made = call::post::<CreatedToken>("/api/v1/me/tokens", &body).await.map(|made| {
        Flash::new(format!("Token {} was made", made.token.name)).with_secret("Token", made.secret)
    });
    call::reply(made.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "account/token/revoke")]
pub async fn revoke_token(id: String) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&format!("/api/v1/me/tokens/{}", call::segment(&id))).await;
    call::reply(done.map(|()| Flash::new("The token was revoked")).inspect(flash::leave))
}
