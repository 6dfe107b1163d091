//! TEI's load: its queue. It has no KV cache, and does not tell what runs.

use snapshot::EngineLoad;

use crate::prometheus::sum;

const WAITING: &[&str] = &["te_queue_size"];

pub fn load(text: &str) -> Option<EngineLoad> {
    Some(EngineLoad { waiting: sum(text, WAITING)?, ..EngineLoad::default() })
}
