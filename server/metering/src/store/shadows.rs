//! `shadow_events`: copies of calls, the operator's alone.

use sqlx::PgConnection;

use super::text;
use crate::{event::UsageEvent, rollup::stored_amount};

/// A copy is made for its times and its end: that one is stored again changes nothing.
const INSERT: &str = "
insert into shadow_events (
  tenant_id, id, started_at, route_id, route_version, arm, model, deployment_id, engine, status, error_code,
  finish_reason, prompt_tokens, cached_tokens, completion_tokens, first_token_ms, total_ms, currency, cost)
select * from unnest(
  $1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::integer[], $6::text[], $7::text[], $8::uuid[], $9::text[],
  $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[], $16::integer[], $17::integer[],
  $18::text[], $19::numeric[])
on conflict do nothing";

/// Inserts the shadows among the events. One that took no arm was made by nothing that is known, and is left out.
pub(crate) async fn insert(conn: &mut PgConnection, events: &[UsageEvent]) -> Result<(), sqlx::Error> {
    let shadows = events.iter().filter(|event| event.shadow);
    let shadows: Vec<_> = shadows.filter_map(|event| Some((event, event.taken.as_ref()?))).collect();
    if shadows.is_empty() {
        return Ok(());
    }
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let events: Vec<_> = shadows.iter().map(|(event, _)| *event).collect();
    sqlx::query(INSERT)
        .bind(events.iter().map(|event| event.tenant_id.uuid()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.id.uuid()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.started_at).collect::<Vec<_>>())
        .bind(shadows.iter().map(|(_, taken)| taken.route_id.uuid()).collect::<Vec<_>>())
        .bind(shadows.iter().map(|(_, taken)| whole(taken.version)).collect::<Vec<_>>())
        .bind(shadows.iter().map(|(_, taken)| text(&taken.arm)).collect::<Vec<_>>())
        .bind(events.iter().map(|event| text(event.rollup_model())).collect::<Vec<_>>())
        .bind(
            events
                .iter()
                .map(|event| event.serving.as_ref().map(|of| of.deployment_id.uuid()))
                .collect::<Vec<_>>(),
        )
        .bind(
            events
                .iter()
                .map(|event| event.serving.as_ref().map(|of| of.engine.as_str()))
                .collect::<Vec<_>>(),
        )
        .bind(events.iter().map(|event| event.status.as_str()).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.error_code.as_deref().map(text)).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.finish_reason.as_deref().map(text)).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.tokens.prompt as i64).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.tokens.cached as i64).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.tokens.completion as i64).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.first_token_ms.map(whole)).collect::<Vec<_>>())
        .bind(events.iter().map(|event| whole(event.total_ms)).collect::<Vec<_>>())
        .bind(events.iter().map(|event| event.currency.as_ref().map(|of| of.as_str())).collect::<Vec<_>>())
        .bind(events.iter().map(|event| stored_amount(event)).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
