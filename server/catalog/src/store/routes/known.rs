//! What documents may name, and where models are served.

use std::collections::{HashMap, HashSet};

use db::{DbError, OperatorTx, TenantTx};
use shared_api::routes::{OfferedRoute, Place, PlaceKind};

use crate::{
    route::{Known, KnownModel},
    store::model::kind,
};

fn models(rows: Vec<(String, String, bool)>) -> HashMap<String, KnownModel> {
    let model =
        |(name, text, usable): (String, String, bool)| (name, KnownModel { kind: kind(&text), usable });
    rows.into_iter().map(model).collect()
}

pub async fn to_operator(tx: &mut OperatorTx) -> Result<Known, DbError> {
    let known: Vec<(String, String, bool)> =
        sqlx::query_as("select name, kind, retired_at is null from models").fetch_all(tx.conn()).await?;
    let deployments: Vec<(String, String)> = sqlx::query_as(
        "select d.name, m.name from deployments d join models m on m.id = d.model_id where d.deleted_at is null",
    )
    .fetch_all(tx.conn())
    .await?;
    let pools: Vec<String> = sqlx::query_scalar("select name from pools").fetch_all(tx.conn()).await?;
    let regions: Vec<String> = sqlx::query_scalar(
        "select region from pools where region is not null \
         union select region from deployments where region is not null and deleted_at is null",
    )
    .fetch_all(tx.conn())
    .await?;
    let routes: Vec<String> =
        sqlx::query_scalar("select name from routes where retired_at is null").fetch_all(tx.conn()).await?;
    Ok(Known {
        models: models(known),
        routes: routes.into_iter().collect(),
        pools: pools.into_iter().collect(),
        regions: regions.into_iter().collect(),
        deployments: deployments.into_iter().collect(),
    })
}

/// The models it may use are usable, all others' names merely taken.
pub async fn to_tenant(tx: &mut TenantTx) -> Result<Known, DbError> {
    let tenant = tx.tenant_id().uuid();
    let known: Vec<(String, String, bool)> = sqlx::query_as(
        "select m.name, m.kind, m.retired_at is null and g.model_id is not null from models m \
         left join model_grants g on g.model_id = m.id and g.tenant_id = $1",
    )
    .bind(tenant)
    .fetch_all(tx.conn())
    .await?;
    let routes: Vec<String> = sqlx::query_scalar(
        "select name from offered_routes() union select name from tenant_routes where tenant_id = $1 and retired_at is null",
    )
    .bind(tenant)
    .fetch_all(tx.conn())
    .await?;
    Ok(Known {
        models: models(known),
        routes: routes.into_iter().collect::<HashSet<_>>(),
        ..Known::default()
    })
}

/// The models that an operator's route may answer with; None when none has that name.
pub async fn offered(tx: &mut TenantTx, name: &str) -> Result<Option<Vec<String>>, DbError> {
    Ok(sqlx::query_scalar("select models from offered_routes() where name = $1")
        .bind(name)
        .fetch_optional(tx.conn())
        .await?)
}

/// Operator's routes with those of their models that the tenant may use; none without such a model.
pub async fn all_offered(tx: &mut TenantTx) -> Result<Vec<OfferedRoute>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let rows: Vec<(String, String, Vec<String>)> = sqlx::query_as(
        "select r.name, r.description, array_agg(m.name order by m.name) from offered_routes() r \
         join models m on m.name = any (r.models) and m.retired_at is null \
         join model_grants g on g.model_id = m.id and g.tenant_id = $1 \
         group by r.name, r.description order by r.name",
    )
    .bind(tenant)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows
        .into_iter()
        .map(|(name, description, models)| OfferedRoute { name, description, models })
        .collect())
}

/// Regions that the tenant's calls must run in.
pub async fn residency(tx: &mut TenantTx) -> Result<Option<Vec<String>>, DbError> {
    let tenant = tx.tenant_id().uuid();
    Ok(sqlx::query_scalar("select residency from tenants where id = $1")
        .bind(tenant)
        .fetch_one(tx.conn())
        .await?)
}

/// The kinds of places where the tenant's calls to a model may run, in order, each once.
pub async fn places(tx: &mut TenantTx, model: &str) -> Result<Vec<Place>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let rows: Vec<(bool, bool, Option<String>, bool)> = sqlx::query_as(
        "with me as (select external_engines, residency from tenants where id = $1), \
           wanted as (select m.id from models m join model_grants g on g.model_id = m.id and g.tenant_id = $1 \
             where m.name = $2 and m.retired_at is null), \
           found as (select false as own, p.dedicated, p.region, p.external from wanted, places_of_model(wanted.id) p \
             union select true, true, null, true from wanted join tenant_upstreams u on u.tenant_id = $1 and u.model_id = wanted.id) \
         select found.* from found, me where (not found.external or me.external_engines) \
           and (me.residency is null or found.region = any(me.residency))",
    )
    .bind(tenant)
    .bind(model)
    .fetch_all(tx.conn())
    .await?;
    let place = |(own, dedicated, region, external): (bool, bool, Option<String>, bool)| {
        let pool = match (own, dedicated) {
            (true, _) => PlaceKind::Own,
            (false, true) => PlaceKind::Dedicated,
            (false, false) => PlaceKind::Shared,
        };
        Place { pool, region, external }
    };
    let mut places: Vec<_> = rows.into_iter().map(place).collect();
    places.sort();
    Ok(places)
}
