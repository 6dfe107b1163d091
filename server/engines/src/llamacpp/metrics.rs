//! llama.cpp's load: from its metrics where they are on (`--metrics`), else from its slots.

use serde::Deserialize;
use snapshot::EngineLoad;

use crate::prometheus::{share, sum};

const RUNNING: &[&str] = &["llamacpp:requests_processing"];
const WAITING: &[&str] = &["llamacpp:requests_deferred"];
/// Of builds before 5600; later ones do not tell it.
const KV_USE: &[&str] = &["llamacpp:kv_cache_usage_ratio"];

pub fn load(text: &str) -> Option<EngineLoad> {
    Some(EngineLoad {
        running: sum(text, RUNNING)?,
        waiting: sum(text, WAITING)?,
        kv_use: share(text, KV_USE),
        ..EngineLoad::default()
    })
}

/// One of the requests that it can run at once.
#[derive(Deserialize)]
pub struct Slot {
    #[serde(default)]
    is_processing: bool,
}

pub fn count(slots: usize) -> u32 {
    u32::try_from(slots).unwrap_or(u32::MAX)
}

/// Slots tell no queue: it is taken for empty.
pub fn busy(slots: &[Slot]) -> EngineLoad {
    EngineLoad {
        running: count(slots.iter().filter(|slot| slot.is_processing).count()),
        slots: Some(count(slots.len())),
        ..EngineLoad::default()
    }
}
