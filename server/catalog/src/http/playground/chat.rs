use access::{Refusal, TenantPermit, grants::CreatePlayground};
use axum::{
    body::Bytes,
    extract::{Extension, State},
    response::Response,
};
use shared::TenantId;
use shared_api::playground::PlaygroundChat;
use web::{Json, Problem, request_id::CurrentRequestId};

use crate::{CatalogState, playground, store};

/// The longest body, in bytes: conversations carry images.
pub const MAX_BYTES: usize = 32 << 20;

/// A chat completion for a project, by a member instead of a key: the same answer, limits and metering as
/// `/v1/chat/completions`, streamed where the request asks for it. Errors of the call are OpenAI's error object.
///
/// Usage goes to the project's key "Playground", which is made on first use and has no secret.
#[utoipa::path(
    post, path = "/api/v1/tenants/{tenant_id}/playground/chat", tag = "playground", operation_id = "playground_chat",
    request_body = PlaygroundChat, params(("tenant_id" = TenantId, Path)),
    responses((status = 200, description = "A chat completion, or its stream of server-sent events", content(
            (Object = "application/json"), (String = "text/event-stream"))),
        (status = 400), (status = 403), (status = 404), (status = 503, description = "No model could answer"))
)]
pub async fn chat(
    State(state): State<CatalogState>,
    permit: TenantPermit<CreatePlayground>,
    request_id: Option<Extension<CurrentRequestId>>,
    Json(PlaygroundChat { project_id, request }): Json<PlaygroundChat>,
) -> Result<Response, Refusal> {
    let gateway = state.playground.as_ref().ok_or_else(playground::no_gateway)?;
    let mut tx = permit.begin().await?;
    match store::playground::project_works(&mut tx, project_id).await? {
        Some(true) => {}
        Some(false) => return Err(Problem::field("project_id", "this project is archived").into()),
        None => return Err(Problem::field("project_id", "there is no such project").into()),
    }
    let key = store::playground::key(&mut tx, project_id, permit.now()).await?;
    tx.commit().await?;
    let body = serde_json::to_vec(&request).map_err(|error| Problem::internal(&error))?;
    let request_id = request_id.map(|Extension(id)| id.as_str().to_owned());
    Ok(gateway.chat(key, Bytes::from(body), request_id).await)
}
