use access::{Refusal, TenantPermit, grants::ReadTenantModel};
use db::TenantTx;
use shared::{
    TenantId,
    route::{Degrade, RouteSpec},
};
use shared_api::routes::{NameKind, Resolution, ResolvedModel};
use web::{Json, Path, Problem};

use crate::store::routes::{known, own};

/// Where calls to a name go, in terms a tenant may see: which models, on whose kind of machines, in which regions.
///
/// A name with slashes is sent with each as `%2F`.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/models/{model}/resolution", tag = "routes", operation_id = "get_model_resolution",
    params(("tenant_id" = TenantId, Path), ("model" = String, Path)), responses((status = 200, body = Resolution), (status = 404))
)]
pub async fn resolution(
    permit: TenantPermit<ReadTenantModel>,
    path: Path<(TenantId, String)>,
) -> Result<Json<Resolution>, Refusal> {
    let Path((_, name)) = path;
    let mut tx = permit.begin().await?;
    let usable = known::to_tenant(&mut tx).await?.models;
    let (kind, named) = meaning(&mut tx, &name, usable.contains_key(&name)).await?;
    let mut models = Vec::new();
    for model in named {
        // What the tenant may not use answers nothing of its own, so it is not told of either.
        if usable.get(&model).is_some_and(|model| model.usable)
            && models.iter().all(|one: &ResolvedModel| one.model != model)
        {
            let places = known::places(&mut tx, &model).await?;
            models.push(ResolvedModel { model, places });
        }
    }
    let residency = known::residency(&mut tx).await?;
    tx.commit().await?;
    if models.is_empty() && kind != NameKind::OwnRoute {
        return Err(Problem::not_found("model").into());
    }
    Ok(Json(Resolution { name, kind, models, residency }))
}

/// What a name means, and the models behind it in the order in which they are named.
async fn meaning(tx: &mut TenantTx, name: &str, is_model: bool) -> Result<(NameKind, Vec<String>), Refusal> {
    if is_model {
        return Ok((NameKind::Model, vec![name.to_owned()]));
    }
    if let Some(route) = own::list(tx, None).await?.into_iter().find(|route| route.name == name) {
        return Ok((NameKind::OwnRoute, models_of(&route.spec)));
    }
    let offered = known::offered(tx, name).await?;
    Ok((NameKind::Route, offered.ok_or_else(|| Problem::not_found("model"))?))
}

fn models_of(spec: &RouteSpec) -> Vec<String> {
    let steps = spec.when_exhausted.iter().filter_map(|step| match step {
        Degrade::Model { model } => Some(model),
        Degrade::Wait { .. } | Degrade::Batch | Degrade::Fail => None,
    });
    spec.arms.iter().flat_map(|arm| &arm.models).chain(&spec.fallbacks).chain(steps).cloned().collect()
}
