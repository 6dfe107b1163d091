//! The spool against crashes: what a dead process left is a copy of its folder at that moment, cut anywhere.

mod carried;
mod damage;
mod limits;
mod recovered;

use std::{
    fs::{self, OpenOptions},
    path::Path,
    sync::Arc,
    time::Duration,
};

use rust_decimal::Decimal;
use shared::{
    ApiKeyId, Clock, Currency, DeploymentId, ModelId, PoolId, PriceId, ProjectId, TenantId, UsageEventId,
};
use snapshot::{EngineKind, Price, TokenCounts};
use tempfile::TempDir;

use crate::{
    AdmittedCall, Meter, Operation, Recovered, Serving, SpoolSettings, UsageEvent,
    folder::{HEADER, Position},
    shipper::backlog::Backlog,
};

pub(crate) const SETTINGS: SpoolSettings =
    SpoolSettings { max_bytes: 1 << 20, commit_interval: Duration::ZERO, segment_bytes: 4096 };

pub(crate) fn call() -> AdmittedCall {
    let model_id = ModelId::generate();
    AdmittedCall {
        id: UsageEventId::generate(),
        tenant_id: TenantId::generate(),
        team_id: None,
        project_id: ProjectId::generate(),
        cost_centre: Some("CC-100".to_owned()),
        key_id: ApiKeyId::generate(),
        end_user: None,
        model_asked: "llama".to_owned(),
        model_id: Some(model_id),
        operation: Operation::ChatCompletion,
        streamed: true,
        started_at: Clock::system().now(),
        trace_id: None,
        price: Some(Arc::new(Price {
            id: PriceId::generate(),
            model_id,
            valid_from: Clock::system().now(),
            currency: Currency::EUR,
            prompt: Decimal::new(1, 6),
            cached_prompt: Decimal::new(1, 7),
            completion: Decimal::new(2, 6),
            request: Decimal::ZERO,
        })),
        demo: false,
        taken: None,
        shadow: false,
    }
}

pub(crate) fn tokens(completion: u64) -> TokenCounts {
    TokenCounts { prompt: 10, cached: 0, completion, reasoning: 0 }
}

pub(crate) fn serving() -> Serving {
    Serving {
        model: "llama".to_owned(),
        deployment_id: DeploymentId::generate(),
        pool_id: PoolId::generate(),
        region: Some("eu-west".to_owned()),
        engine: EngineKind::Vllm,
    }
}

pub(crate) fn open(folder: &Path) -> (Meter, Recovered) {
    Meter::open(folder, SETTINGS).unwrap()
}

/// Returns when all that is queued is on disk; how far that is.
pub(crate) async fn settle(meter: &Meter) -> Position {
    meter.spool().carry(&[]).await.unwrap();
    committed(meter)
}

/// The end of the last record that is on disk.
pub(crate) fn committed(meter: &Meter) -> Position {
    let at = *meter.spool().committed.borrow();
    // In a new segment there is only its header: what is before that is before the segment.
    if at.offset == HEADER.len() as u64 { Position { offset: 0, ..at } } else { at }
}

/// What `kill -9` would leave now.
pub(crate) fn as_killed(folder: &Path) -> TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), copy.path().join(entry.file_name())).unwrap();
    }
    copy
}

/// The segments' numbers, rising.
pub(crate) fn segments(folder: &Path) -> Vec<u64> {
    let mut numbers: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .filter_map(|entry| {
            let name = entry.unwrap().file_name().into_string().unwrap();
            u64::from_str_radix(name.strip_suffix(".spool")?, 16).ok()
        })
        .collect();
    numbers.sort_unstable();
    numbers
}

pub(crate) fn segment_path(folder: &Path, number: u64) -> std::path::PathBuf {
    folder.join(format!("{number:016x}.spool"))
}

/// Cuts the last segment off at a share of its bytes; where that is.
pub(crate) fn cut_last(folder: &Path, share: f64) -> Position {
    let segment = *segments(folder).last().unwrap();
    let file = OpenOptions::new().write(true).open(segment_path(folder, segment)).unwrap();
    let offset = (file.metadata().unwrap().len() as f64 * share) as u64;
    file.set_len(offset).unwrap();
    Position { segment, offset }
}

/// Every event that a shipper would ship from the beginning.
pub(crate) fn all_events(meter: &Meter) -> Vec<UsageEvent> {
    Backlog::new(meter.spool().clone()).read(usize::MAX).unwrap().events
}
