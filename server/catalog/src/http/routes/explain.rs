use access::{OperatorPermit, Refusal, grants::UpdateRoute};
use axum::extract::State;
use shared_api::decisions::{ExplainDecision, Explained};
use web::{Json, Problem};

use crate::CatalogState;

/// Makes a decision again and tells each number: which deployments could serve, in which order and why, and why the others
/// could not. A record gives the same plan wherever it is explained.
#[utoipa::path(
    post, path = "/api/v1/routes/explain", tag = "routes", operation_id = "explain_route_decision", request_body = ExplainDecision,
    responses((status = 200, body = Explained), (status = 400, description = "Not one of the three is given, the record is none, or the request would be refused"),
        (status = 404, description = "There is no such decision any more"))
)]
pub async fn explain(
    State(state): State<CatalogState>,
    _: OperatorPermit<UpdateRoute>,
    Json(asked): Json<ExplainDecision>,
) -> Result<Json<Explained>, Refusal> {
    let explained = match (asked.decision_id, asked.record, asked.request) {
        (Some(id), None, None) => {
            state.explainer.explain_kept(&id).ok_or_else(|| Problem::not_found("decision"))?
        }
        (None, Some(record), None) => {
            state.explainer.explain_record(record).map_err(|error| Problem::field("record", error))?
        }
        (None, None, Some(request)) => state.explainer.explain_request(request).await?,
        _ => return Err(Problem::field("decision_id", "expected either this, `record` or `request`").into()),
    };
    Ok(Json(explained))
}
