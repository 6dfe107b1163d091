//! `switchyard admin route explain`

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use config::Settings;
use serde_json::Value;
use shared::ApiKeyId;
use shared_api::decisions::{Candidate, Explained, PastedRequest};
use snapshot::{Snapshot, disk};

use super::text_of;
use crate::{data_plane::saved_configuration, wiring::explain};

#[derive(Debug, Args)]
pub struct Explain {
    /// File with a record (JSON): `record` of POST /api/v1/routes/explain; - reads standard input
    #[arg(required_unless_present = "request", conflicts_with = "request")]
    record: Option<PathBuf>,
    /// File with a request's body (JSON) as a caller would send it; - reads standard input. Deployments are taken for
    /// idle and healthy
    #[arg(long, value_name = "FILE", requires = "tenant")]
    request: Option<PathBuf>,
    /// Whose request it is, by slug
    #[arg(long, value_name = "SLUG")]
    tenant: Option<String>,
    /// In whose name [default: any key of the tenant]
    #[arg(long, value_name = "KEY_ID")]
    key: Option<ApiKeyId>,
    /// Where it would be sent
    #[arg(long, default_value = "/v1/chat/completions")]
    path: String,
    /// A gateway's saved configuration [default: the one in the data directory]
    #[arg(long, value_name = "FILE")]
    snapshot: Option<PathBuf>,
    /// Print all of it as JSON, the record included
    #[arg(long)]
    json: bool,
}

impl Explain {
    pub async fn run(self, settings: &Settings) -> anyhow::Result<()> {
        let explained = match (&self.record, &self.request) {
            (Some(record), _) => recorded(record)?,
            (None, Some(request)) => self.decide(request, settings).await?,
            (None, None) => bail!("give a record, or --request with --tenant"),
        };
        if self.json {
            println!("{}", serde_json::to_string_pretty(&explained)?);
        } else {
            print!("{}", text(&explained));
        }
        Ok(())
    }

    /// What would be decided of a request by a gateway with that configuration and nothing else to do.
    async fn decide(&self, request: &Path, settings: &Settings) -> anyhow::Result<Explained> {
        let file = self.snapshot.clone().unwrap_or_else(|| saved_configuration(&settings.server.data_dir));
        let shown = file.display();
        let rows = disk::load(&file)?.with_context(|| format!("there is no snapshot at {shown}"))?;
        let snapshot = Snapshot::build(rows);
        let slug = self.tenant.as_deref().unwrap_or_default();
        let tenant =
            snapshot.tenant_by_slug(slug).with_context(|| format!("{shown} knows no tenant `{slug}`"))?;
        let request = PastedRequest {
            tenant_id: tenant.tenant.id,
            key_id: self.key,
            path: Some(self.path.clone()),
            body: json_of(request)?,
        };
        let explained = explain::on_paper(snapshot, settings, request).await?;
        explained.map_err(|refused| anyhow::anyhow!("the request would be refused: {refused}"))
    }
}

fn recorded(path: &Path) -> anyhow::Result<Explained> {
    let parsed = json_of(path)?;
    // A whole answer of the API is taken as well as the record in it.
    let record = parsed.get("record").cloned().unwrap_or(parsed);
    let explained = explain::without_gateway().explain_record(record).map_err(anyhow::Error::msg);
    explained.with_context(|| format!("{} is no record of a decision", path.display()))
}

fn json_of(path: &Path) -> anyhow::Result<Value> {
    serde_json::from_str(&text_of(path)?).with_context(|| format!("{} is not JSON", path.display()))
}

/// For people: what was asked, then a line for each candidate.
fn text(of: &Explained) -> String {
    let decision = &of.decision;
    let route = match (&decision.route, decision.route_version, &decision.arm) {
        (Some(name), Some(version), Some(arm)) => format!(", route {name} v{version}, arm {arm}"),
        (Some(name), Some(version), None) => format!(", route {name} v{version}"),
        _ => String::new(),
    };
    let task = decision.task.as_ref();
    let task = task.map(|told| format!(", taken for {} ({})", told.task.as_str(), told.why));
    let mut lines = vec![
        format!("{} of {}{route}{}", decision.asked, decision.tenant, task.unwrap_or_default()),
        format!(
            "{} prompt tokens, {} expected, {} must fit; weights {}",
            of.prompt_tokens,
            of.output_tokens,
            of.tokens,
            serde_json::to_string(&of.weights).unwrap_or_default()
        ),
    ];
    for (at, choice) in of.ordered.iter().enumerate() {
        let score = &choice.score;
        lines.push(format!(
            "{:>3}. {}  {} ({})  total {:.4} = wait {:.4} + prefill {:.4} + lora {:.4}, decode {:.4}, cost {:.4}, misfit {:.2}{}",
            at + 1,
            named(&choice.candidate),
            choice.rank,
            choice.reason,
            score.total,
            score.wait,
            score.prefill,
            score.lora,
            score.decode,
            score.cost,
            score.misfit,
            if score.leaves { ", leaves its deployment" } else { "" }
        ));
    }
    for left in &of.left_out {
        let detail = left.detail.as_ref().map(|detail| format!(": {detail}")).unwrap_or_default();
        lines.push(format!("  -  {}  left out, {}{detail}", named(&left.candidate), left.why));
    }
    lines.push(String::new());
    lines.join("\n")
}

/// `gpu-1 (llama, vllm, eu; 3 here, 2 running, 0 waiting, 512 tokens cached)`
fn named(candidate: &Candidate) -> String {
    let region = candidate.region.as_ref().map(|region| format!(", {region}")).unwrap_or_default();
    let told = match (candidate.running, candidate.waiting) {
        (Some(running), Some(waiting)) => format!(", {running} running, {waiting} waiting"),
        _ => String::new(),
    };
    format!(
        "{} ({}, {}{region}; {} here{told}, {} tokens cached)",
        candidate.deployment, candidate.model, candidate.engine, candidate.in_flight, candidate.cached_tokens
    )
}
