//! Some days of plausible past usage, marked as demo data.

use anyhow::Context;
use chrono::{DateTime, TimeDelta, Timelike, Utc};
use metering::{CallStatus, Operation, UsageEvent};
use rand::{Rng, RngExt, SeedableRng, rngs::StdRng};
use rust_decimal::Decimal;
use shared::{ApiKeyId, Page, ProjectId, TenantId, UsageEventId};
use shared_api::{
    catalog::{ModelKind, TenantModel},
    tenancy::{ApiKey, Project},
};
use snapshot::TokenCounts;

use super::{client::Client, document::Tenant, say};
use crate::foundation::Foundation;

const DAYS: i64 = 7;
/// Calls in the busiest hour of the first tenant.
const BUSY: f64 = 26.0;

/// Writes the past of each tenant that has none yet.
pub async fn write(
    foundation: &Foundation,
    client: &Client,
    tenants: &[Tenant],
    models: &[String],
) -> anyhow::Result<()> {
    for (position, tenant) in tenants.iter().enumerate() {
        let id: TenantId = tenant.id.parse()?;
        let now = foundation.clock.now();
        if has_past(client, id).await? {
            continue;
        }
        let past = Past::of(client, id, models, position).await?;
        let events = past.events(now);
        say(&format!(
            "writing {} calls of past usage for {}, marked as demo data",
            events.len(),
            tenant.slug
        ));
        metering::insert_demo_events(&foundation.db, &events).await.context("past usage was not written")?;
    }
    Ok(())
}

async fn has_past(client: &Client, tenant: TenantId) -> anyhow::Result<bool> {
    let report: shared_api::billing::UsageReport = client.get(&format!("/tenants/{tenant}/usage")).await?;
    Ok(report.includes_demo)
}

struct Past {
    tenant: TenantId,
    project: ProjectId,
    cost_centre: Option<String>,
    key: ApiKeyId,
    models: Vec<TenantModel>,
    scale: f64,
    seed: u64,
}

impl Past {
    async fn of(
        client: &Client,
        tenant: TenantId,
        names: &[String],
        position: usize,
    ) -> anyhow::Result<Self> {
        let projects: Page<Project> = client.get(&format!("/tenants/{tenant}/projects")).await?;
        let keys: Page<ApiKey> = client.get(&format!("/tenants/{tenant}/keys")).await?;
        let models: Page<TenantModel> = client.get(&format!("/tenants/{tenant}/models")).await?;
        let project = projects.data.into_iter().next().context("a tenant has a project")?;
        let key = keys.data.into_iter().next().context("the demo made a key")?;
        let models: Vec<_> = models
            .data
            .into_iter()
            .filter(|model| model.kind == ModelKind::Chat && names.contains(&model.name))
            .collect();
        Ok(Self {
            tenant,
            project: project.id,
            cost_centre: project.cost_centre,
            key: key.id,
            models,
            scale: BUSY / (position as f64 + 1.0),
            seed: 0x5357 + position as u64,
        })
    }

    /// Busy office hours, quiet nights and weekends, growing a little; the same at each first start.
    fn events(&self, now: DateTime<Utc>) -> Vec<UsageEvent> {
        let mut random = StdRng::seed_from_u64(self.seed);
        let mut events = Vec::new();
        let hours = DAYS * 24;
        for ago in (1..=hours).rev() {
            let hour = now - TimeDelta::hours(ago);
            let growth = 1.0 + 0.3 * (hours - ago) as f64 / hours as f64;
            let calls = (self.scale * daily(hour) * growth * random.random_range(0.7..1.3)) as u32;
            for _ in 0..calls {
                let at = hour + TimeDelta::milliseconds(random.random_range(0..3_600_000));
                if at < now {
                    events.extend(self.call(at, &mut random));
                }
            }
        }
        events
    }

    fn call(&self, at: DateTime<Utc>, random: &mut impl Rng) -> Option<UsageEvent> {
        // The first model is the favourite.
        let model =
            self.models.get(usize::from(random.random_bool(0.3)).min(self.models.len().saturating_sub(1)))?;
        let prompt: u64 = random.random_range(80..1800);
        let completion: u64 = random.random_range(20..420);
        let cached = if random.random_bool(0.4) { prompt / 2 } else { 0 };
        let first = random.random_range(70..260) + (prompt / 20) as u32;
        let failed = random.random_bool(0.012);
        let tokens = if failed {
            TokenCounts { prompt, ..TokenCounts::default() }
        } else {
            TokenCounts { prompt, cached, completion, reasoning: 0 }
        };
        let price = model.price.as_ref();
        let amount = price.filter(|_| !failed).map_or(Decimal::ZERO, |price| {
            price.prompt * Decimal::from(prompt - cached)
                + price.cached_prompt * Decimal::from(cached)
                + price.completion * Decimal::from(completion)
        });
        Some(UsageEvent {
            id: UsageEventId::generate(),
            tenant_id: self.tenant,
            started_at: at,
            team_id: None,
            project_id: self.project,
            cost_centre: self.cost_centre.clone(),
            key_id: self.key,
            end_user: None,
            model_asked: model.name.clone(),
            model_id: Some(model.id),
            serving: None,
            operation: Operation::ChatCompletion,
            streamed: random.random_bool(0.7),
            status: if failed { CallStatus::Error } else { CallStatus::Completed },
            http_status: if failed { 503 } else { 200 },
            error_code: failed.then(|| "engine_overloaded".to_owned()),
            finish_reason: (!failed).then(|| "stop".to_owned()),
            tokens,
            tokens_estimated: false,
            queue_ms: 0,
            first_token_ms: (!failed).then_some(first),
            total_ms: first + if failed { 0 } else { (completion * 13) as u32 },
            tries: 1,
            fallbacks: 0,
            price_id: price.map(|price| price.id),
            currency: price.map(|price| price.currency),
            amount,
            trace_id: None,
            demo: true,
            taken: None,
            shadow: false,
        })
    }
}

/// How busy an hour is, 0 to 1.
fn daily(at: DateTime<Utc>) -> f64 {
    use chrono::{Datelike, Weekday};
    let weekend = matches!(at.weekday(), Weekday::Sat | Weekday::Sun);
    let day = match at.hour() {
        0..=5 => 0.08,
        6..=7 => 0.3,
        8..=11 => 0.9,
        12 => 0.65,
        13..=16 => 1.0,
        17..=19 => 0.5,
        _ => 0.2,
    };
    if weekend { day * 0.35 } else { day }
}
