//! What `/v1` tells about a call in its response's headers.

use http::{HeaderMap, HeaderName, HeaderValue};
use shared::UsageEventId;

const MODEL: HeaderName = HeaderName::from_static("x-switchyard-model");
const DEPLOYMENT: HeaderName = HeaderName::from_static("x-switchyard-deployment");
const EXTERNAL: HeaderName = HeaderName::from_static("x-switchyard-external");
const COUNTED_BY: HeaderName = HeaderName::from_static("x-switchyard-counted-by");
const QUEUE_MS: HeaderName = HeaderName::from_static("x-switchyard-queue-ms");
const ROUTE: HeaderName = HeaderName::from_static("x-switchyard-route");
const TASK: HeaderName = HeaderName::from_static("x-switchyard-task");
const DEGRADED: HeaderName = HeaderName::from_static("x-switchyard-degraded");
const GENERATION: HeaderName = HeaderName::from_static("x-generation-id");

/// Filled in as the call goes on; written on whatever response it ends in.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    pub(crate) model: Option<HeaderValue>,
    /// Only where the key may see it.
    pub(crate) deployment: Option<HeaderValue>,
    /// An engine outside the platform served.
    pub(crate) external: bool,
    /// What counted tokens: `tokenizer` or `estimate`, where no engine did.
    pub(crate) counted_by: Option<&'static str>,
    pub(crate) queue_ms: Option<u32>,
    /// The route that it went by: `support; version=3; arm=canary`.
    pub(crate) route: Option<HeaderValue>,
    /// What `auto` took it for, and why: `code; it has marks of code`.
    pub(crate) task: Option<HeaderValue>,
    /// What its route did since nothing could serve it: `model`, `wait` or `batch`.
    pub(crate) degraded: Option<&'static str>,
    pub(crate) generation: Option<UsageEventId>,
}

impl Shown {
    pub(crate) fn apply(self, headers: &mut HeaderMap) {
        let queue = self.queue_ms.map(HeaderValue::from);
        let generation = self.generation.and_then(|id| HeaderValue::from_str(&id.to_string()).ok());
        let external = self.external.then_some(HeaderValue::from_static("true"));
        let all = [
            (MODEL, self.model),
            (DEPLOYMENT, self.deployment),
            (EXTERNAL, external),
            (COUNTED_BY, self.counted_by.map(HeaderValue::from_static)),
            (ROUTE, self.route),
            (TASK, self.task),
            (QUEUE_MS, queue),
            (DEGRADED, self.degraded.map(HeaderValue::from_static)),
            (GENERATION, generation),
        ];
        for (name, value) in all {
            if let Some(value) = value {
                headers.insert(name, value);
            }
        }
    }
}
