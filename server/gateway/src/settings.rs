//! What an operator may set of the path of a call.

use std::time::Duration;

use routing::{BreakerPolicy, OutlierPolicy};

use crate::address::PublicHosts;

/// The clocks of a call. Each has an error of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// Resolving, connecting and TLS, for one attempt.
    pub connect: Duration,
    /// From sending a streamed request to its first meaningful frame, for one attempt.
    pub first_token: Duration,
    /// Between two frames of a stream.
    pub between_tokens: Duration,
    /// From admission to the end, all attempts together. The only bound on an answer that is not streamed.
    pub total: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(2),
            first_token: Duration::from_mins(1),
            between_tokens: Duration::from_secs(30),
            total: Duration::from_mins(10),
        }
    }
}

/// What calls that may wait hold of a deployment at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BatchShare {
    /// Of its slots, in percent; at least one slot.
    pub percent: u32,
    /// Slots of an engine that does not tell how many it has.
    pub slots: u32,
}

impl Default for BatchShare {
    fn default() -> Self {
        Self { percent: 25, slots: 16 }
    }
}

#[derive(Debug, Clone)]
pub struct Settings {
    /// Hosts under which each tenant has a subdomain.
    pub public_hosts: PublicHosts,
    /// The longest request body, in bytes.
    pub max_body_bytes: usize,
    /// The longest answer that is not streamed, in bytes.
    pub max_answer_bytes: usize,
    pub timeouts: Timeouts,
    /// Requests sent to engines for one call, at most.
    pub max_attempts: u16,
    pub breaker: BreakerPolicy,
    /// When a deployment counts as much worse than the others of its model.
    pub outliers: OutlierPolicy,
    /// How often they are set beside each other: a showing is what calls saw in between.
    pub outliers_every: Duration,
    /// How long a deployment that came back takes less than its share.
    pub slow_start: Duration,
    /// Calls at once for a tenant that has no limit of its own.
    pub tenant_concurrency: u32,
    /// How old the configuration may get without the database before calls are refused. None: they are served.
    pub max_configuration_age: Option<Duration>,
    /// How often a long stream's tokens are written down.
    pub checkpoint_every: Duration,
    /// How often each deployment's health is probed.
    pub probe_every: Duration,
    pub probe_timeout: Duration,
    /// Whether spans are made for an exporter.
    pub export_traces: bool,
    pub batch: BatchShare,
    /// How long a WebSocket may stay open.
    pub max_connection_age: Duration,
    /// How long a stored response is kept.
    pub keep_responses: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            public_hosts: PublicHosts::default(),
            max_body_bytes: 32 << 20,
            max_answer_bytes: 64 << 20,
            timeouts: Timeouts::default(),
            max_attempts: 3,
            breaker: BreakerPolicy::default(),
            outliers: OutlierPolicy::default(),
            outliers_every: Duration::from_secs(10),
            slow_start: Duration::from_secs(30),
            tenant_concurrency: 1000,
            max_configuration_age: None,
            checkpoint_every: Duration::from_secs(5),
            probe_every: Duration::from_secs(5),
            probe_timeout: Duration::from_secs(2),
            export_traces: false,
            batch: BatchShare::default(),
            max_connection_age: Duration::from_hours(1),
            keep_responses: Duration::from_hours(30 * 24),
        }
    }
}

impl Settings {
    /// From the operator's settings.
    pub fn from_config(config: &config::Settings) -> Self {
        let (gateway, server) = (&config.gateway, &config.server);
        let host = server.public_url.as_ref().and_then(|url| url.host_str());
        Self {
            public_hosts: PublicHosts::new(host.or(Some("localhost"))),
            max_body_bytes: usize::try_from(server.max_body_bytes).unwrap_or(usize::MAX),
            timeouts: Timeouts {
                connect: Duration::from_millis(gateway.connect_timeout_ms),
                first_token: Duration::from_millis(gateway.first_token_timeout_ms),
                between_tokens: Duration::from_millis(gateway.between_tokens_timeout_ms),
                total: Duration::from_millis(gateway.total_timeout_ms),
            },
            max_attempts: u16::try_from(gateway.max_attempts).unwrap_or(u16::MAX).max(1),
            tenant_concurrency: gateway.max_concurrent_requests,
            max_configuration_age: gateway.snapshot_max_age_s.map(Duration::from_secs),
            probe_every: Duration::from_millis(config.catalog.probe_interval_ms),
            batch: BatchShare { percent: gateway.batch_share_percent, slots: gateway.assumed_slots },
            export_traces: config.telemetry.otlp_endpoint.is_some(),
            ..Self::default()
        }
    }
}
