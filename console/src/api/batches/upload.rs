//! `POST /t/{tenant}/files/upload`: a file from a plain form, handed to the API as it comes, then back to the page.

use axum::{
    Extension,
    body::Body,
    extract::Path,
    http::{HeaderName, Method, Request, Response, header},
    response::{IntoResponse as _, Redirect},
};
use ui::query_href;

use crate::{
    api::{
        Answer, ApiProblem,
        call::{self, Api},
    },
    contexts::sign_in_href,
};

/// What the API must know of the body.
const OF_BODY: [HeaderName; 2] = [header::CONTENT_TYPE, header::CONTENT_LENGTH];

pub(crate) async fn upload(
    Extension(api): Extension<Api>,
    Path(slug): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let page = format!("/t/{slug}/files");
    let place = match send(api, &slug, request).await {
        Ok(()) => query_href(&page, [("said", "uploaded")]),
        Err(problem) if problem.is_signed_out() => sign_in_href(&page, ""),
        Err(problem) => {
            let said = problem.errors.first().map_or_else(
                || problem.detail.clone(),
                |error| format!("{}: {}", error.field, error.message),
            );
            query_href(&page, [("refused", said.as_str())])
        }
    };
    Redirect::to(&place).into_response()
}

async fn send(api: Api, slug: &str, request: Request<Body>) -> Answer<()> {
    let (parts, body) = request.into_parts();
    let me = call::me(api.clone(), &parts).await?;
    let tenant = me.tenant().filter(|tenant| tenant.slug == slug).ok_or_else(ApiProblem::not_found)?.id;
    let path = format!("/api/v1/tenants/{tenant}/files");
    let mut inner = call::inner(&parts, Method::POST, &path);
    for name in OF_BODY {
        if let Some(value) = parts.headers.get(&name) {
            inner = inner.header(name, value);
        }
    }
    let response = call::through(api.router, inner, body).await?;
    call::read::<serde_json::Value>(response).await.map(|_| ())
}
