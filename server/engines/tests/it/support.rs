//! Decoding in one go, and a client that may reach the loopback interface.

use std::{sync::Once, time::Duration};

use bytes::Bytes;
use egress::{ConnectTimeout, EgressRules, EngineClient};
use engines::{Labels, StreamEvent, Target, engine};
use snapshot::EngineKind;
use url::Url;

pub fn labels() -> Labels {
    Labels { id: "chatcmpl-ours".into(), created: 1_770_000_000, model: "acme/model".into() }
}

/// All events of a stream that came in these parts.
pub fn decode<'a>(kind: EngineKind, parts: impl IntoIterator<Item = &'a [u8]>) -> Vec<StreamEvent> {
    let mut decoder = engine(kind).decoder(labels());
    let mut events = Vec::new();
    for part in parts {
        decoder.push(Bytes::copy_from_slice(part));
        events.extend(std::iter::from_fn(|| decoder.next()));
    }
    events.extend(std::iter::from_fn(|| decoder.end()));
    events
}

pub fn client() -> EngineClient {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    EngineClient::new(
        &EgressRules::engines(vec!["127.0.0.0/8".parse().unwrap()]).unwrap(),
        ConnectTimeout::default(),
    )
    .unwrap()
}

pub fn target<'a>(client: &'a EngineClient, base_url: &'a Url) -> Target<'a> {
    Target { client, base_url, credential: None, timeout: Duration::from_secs(2) }
}

pub fn url(sim: &sim::Handle) -> Url {
    sim.base_url().parse().unwrap()
}
