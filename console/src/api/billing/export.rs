//! `GET /t/{tenant}/usage.csv`: the API's export under a page's filters, as the API streams it.

use axum::{
    Extension,
    body::Body,
    extract::Path,
    http::{Method, Request, Response, StatusCode, header},
    response::{IntoResponse, Redirect},
};

use super::UsageFilter;
use crate::{
    api::{
        ApiProblem,
        call::{self, Api},
    },
    contexts::sign_in_href,
};

/// Headers of the export that go on to the browser.
const PASSED: [header::HeaderName; 2] = [header::CONTENT_TYPE, header::CONTENT_DISPOSITION];

pub(crate) async fn download(
    Extension(api): Extension<Api>,
    Path(slug): Path<String>,
    request: Request<Body>,
) -> Response<Body> {
    let (parts, _) = request.into_parts();
    let query = parts.uri.query().unwrap_or_default();
    let exported = async {
        let me = call::me(api.clone(), &parts).await?;
        let tenant = me.tenant().filter(|tenant| tenant.slug == slug).ok_or_else(ApiProblem::not_found)?.id;
        let query = UsageFilter::parse(query).to_api(api.clock.now());
        let path = format!("/api/v1/tenants/{tenant}/usage.csv?{query}");
        call::exchange(api.router, &parts, Method::GET, &path, None::<&()>).await
    };
    match exported.await {
        Ok(response) if response.status().is_success() => pass(response),
        Ok(response) => call::read::<()>(response).await.map_or_else(plain, IntoResponse::into_response),
        Err(problem) if problem.is_signed_out() => {
            Redirect::to(&sign_in_href(&format!("/t/{slug}/usage"), query)).into_response()
        }
        Err(problem) => plain(problem),
    }
}

fn pass(response: Response<Body>) -> Response<Body> {
    let (from, body) = response.into_parts();
    let mut response = Response::new(body);
    for name in PASSED {
        if let Some(value) = from.headers.get(&name) {
            response.headers_mut().insert(name, value.clone());
        }
    }
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}

/// A refusal as text: what a person who followed a link can read.
fn plain(problem: ApiProblem) -> Response<Body> {
    let status = StatusCode::from_u16(problem.status).unwrap_or(StatusCode::BAD_GATEWAY);
    (status, problem.detail).into_response()
}
