use access::{Refusal, TenantPermit, grants::CreateUpstream};
use axum::extract::State;
use http::StatusCode;
use secrets::Purpose;
use shared::{ErrorCode, TenantId};
use shared_api::engines::{NewUpstream, Upstream};
use web::{Json, Problem};

use crate::{CatalogState, store, store::upstream::UpstreamToMake, upstream};

/// How many a tenant may have.
const MOST: usize = 50;

/// Adds a tenant's own account at a provider outside, for a model that the tenant may use. Calls of the tenant alone go there,
/// where the provider allows engines outside and the project's data class does.
#[utoipa::path(
    post, path = "/api/v1/tenants/{tenant_id}/upstreams", tag = "upstreams", operation_id = "create_upstream",
    request_body = NewUpstream, params(("tenant_id" = TenantId, Path)),
    responses((status = 201, body = Upstream), (status = 400, description = "A field is wrong, or the provider does not answer"),
        (status = 403, description = "Engines outside are not allowed"), (status = 404), (status = 409, description = "The name is taken"))
)]
pub async fn create(
    State(state): State<CatalogState>,
    permit: TenantPermit<CreateUpstream>,
    Json(new): Json<NewUpstream>,
) -> Result<(StatusCode, Json<Upstream>), Refusal> {
    let checked = upstream::check_new(&new, &state.outside_egress)?;
    let mut tx = permit.begin().await?;
    if !store::upstream::allowed(&mut tx).await? {
        let detail =
            "Engines outside the platform are not enabled for this account. Your provider can enable them.";
        return Err(Problem::new(ErrorCode::Forbidden, detail).into());
    }
    let unknown = || Problem::field("model", format!("`{}` is not a model that you may use", new.model));
    let model_id = store::upstream::granted_model(&mut tx, &new.model).await?.ok_or_else(unknown)?;
    if store::upstream::list(&mut tx, None).await?.len() >= MOST {
        return Err(Problem::new(ErrorCode::Conflict, format!("There are {MOST} upstreams already.")).into());
    }
    // The provider is asked without a transaction held open.
    tx.commit().await?;
    state
        .outside_probe
        .probe(checked.engine, &checked.base_url, Some(&new.credential))
        .await
        .map_err(|refusal| Problem::field("base_url", format!("the provider does not answer: {refusal}")))?;
    let now = permit.now();
    let mut tx = permit.begin().await?;
    let key = access::tenant_data_key(&mut tx, &state.key_encryption_key, now).await?;
    let credential = key
        .seal(Purpose::EngineCredential, new.credential.as_bytes(), &mut rand::rng())
        .map_err(|error| Problem::internal(&error))?;
    let created_by = permit.caller().email();
    let make = UpstreamToMake { new: &new, checked: &checked, model_id, credential, created_by };
    let taken = || {
        let detail = format!("There is an upstream `{}` already. Choose another name.", new.name.trim());
        Problem::new(ErrorCode::Conflict, detail)
    };
    let id = store::upstream::insert(&mut tx, &make, now).await?.ok_or_else(taken)?;
    let made = store::upstream::list(&mut tx, Some(id)).await?.pop();
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made.ok_or_else(|| Problem::not_found("upstream"))?)))
}
