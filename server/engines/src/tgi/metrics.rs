//! TGI's load: its queue and its running batch. It does not tell how full its cache is.

use snapshot::EngineLoad;

use crate::prometheus::sum;

const RUNNING: &[&str] = &["tgi_batch_current_size"];
const WAITING: &[&str] = &["tgi_queue_size"];

pub fn load(text: &str) -> Option<EngineLoad> {
    Some(EngineLoad { running: sum(text, RUNNING)?, waiting: sum(text, WAITING)?, ..EngineLoad::default() })
}
