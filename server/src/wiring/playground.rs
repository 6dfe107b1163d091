//! The playground's calls, made by the gateway for a key without a secret.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::response::Response;
use bytes::Bytes;
use catalog::PlaygroundGateway;
use gateway::{ConfigurationCell, InsideCall, OnBehalf, Priority};
use http::{HeaderMap, HeaderValue};
use shared::ApiKeyId;

/// How long a key that was made a moment ago may take to reach the gateway's configuration, and how often it is looked for.
const ARRIVAL: Duration = Duration::from_secs(3);
const LOOK: Duration = Duration::from_millis(10);

pub struct Playground {
    pub gateway: OnBehalf,
    pub configuration: Arc<ConfigurationCell>,
}

#[async_trait]
impl PlaygroundGateway for Playground {
    async fn chat(&self, key: ApiKeyId, body: Bytes, request_id: Option<String>) -> Response {
        let arrived = async {
            while self.configuration.load().key(key).is_none() {
                tokio::time::sleep(LOOK).await;
            }
        };
        // One that does not arrive is refused by the gateway, in its own words.
        let _arrived = tokio::time::timeout(ARRIVAL, arrived).await;
        let mut headers = HeaderMap::new();
        if let Some(id) = request_id.and_then(|id| HeaderValue::try_from(id).ok()) {
            headers.insert("x-request-id", id);
        }
        let path = "/v1/chat/completions".to_owned();
        let call = InsideCall { key, path, body, priority: Priority::Interactive, work: None, headers };
        self.gateway.call(call).await
    }
}
