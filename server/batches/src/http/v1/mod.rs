//! `/v1/files*` and `/v1/batches*`, in OpenAI's shapes. Source: OpenAI's OpenAPI document 2.3.0.

mod batch;
mod file;
mod id;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::{HeaderValue, StatusCode, header};
use shared::ErrorCode;
use shared_chat::ErrorBody;

pub use batch::object as batch_object;

use crate::Batches;

/// Where the tenant is named by the key alone or by the subdomain, and where the path names it too.
const PREFIXES: [&str; 2] = ["/v1", "/t/{tenant}/v1"];

/// To stand inside a layer that puts an [`crate::ApiCaller`] into each request.
pub fn routes(batches: Batches) -> Router {
    let mut table = Router::new();
    for prefix in PREFIXES {
        let at = |path: &str| format!("{prefix}{path}");
        let upload = post(file::create::create).layer(DefaultBodyLimit::disable());
        table = table
            .route(&at("/files"), upload.get(file::list::list).fallback(|| wrong_method("GET, POST")))
            .route(
                &at("/files/{file_id}"),
                get(file::read::read).delete(file::delete::delete).fallback(|| wrong_method("GET, DELETE")),
            )
            .route(
                &at("/files/{file_id}/content"),
                get(file::content::content).fallback(|| wrong_method("GET")),
            )
            .route(
                &at("/batches"),
                get(batch::list::list).post(batch::create::create).fallback(|| wrong_method("GET, POST")),
            )
            .route(&at("/batches/{batch_id}"), get(batch::read::read).fallback(|| wrong_method("GET")))
            .route(
                &at("/batches/{batch_id}/cancel"),
                post(batch::cancel::cancel).fallback(|| wrong_method("POST")),
            );
    }
    table.with_state(batches)
}

async fn wrong_method(accepted: &'static str) -> Response {
    let code = ErrorCode::MethodNotAllowed;
    let message = format!("This path does not accept the request's method. It accepts {accepted}.");
    let body = ErrorBody::new(message, code.openai_type()).with_code(code.code());
    let mut response = (StatusCode::METHOD_NOT_ALLOWED, axum::Json(body)).into_response();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(accepted));
    response
}
