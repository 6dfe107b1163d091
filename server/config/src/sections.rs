//! The sections. Each field says what it does, its unit, and its default.

use std::{net::SocketAddr, path::PathBuf};

use schemars::JsonSchema;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

macro_rules! section_default {
    ($($name:ident),*) => {$(
        impl Default for $name {
            fn default() -> Self {
                match serde_json::from_str("{}") {
                    Ok(value) => value,
                    Err(_) => unreachable!("every field of a section has a default"),
                }
            }
        }
    )*};
}

section_default!(
    Server, Database, Redis, Egress, Telemetry, Mail, Gateway, Metering, Catalog, Secrets, Objects, Batches
);

/// All settings. With none given, everything runs embedded in one process.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    pub server: Server,
    pub database: Database,
    pub redis: Redis,
    pub egress: Egress,
    pub telemetry: Telemetry,
    pub mail: Mail,
    pub gateway: Gateway,
    pub metering: Metering,
    pub catalog: Catalog,
    pub secrets: Secrets,
    pub objects: Objects,
    pub batches: Batches,
}

/// Where the server listens and keeps its files.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// Public address: `/v1`, `/t/{tenant}/v1`, `/api/v1`, the console. Port 0 takes a free one. Default 127.0.0.1:8080.
    #[serde(default = "listen")]
    #[schemars(with = "String")]
    pub listen: SocketAddr,
    /// Address of `/metrics`, `/healthz`, `/readyz`. Default 127.0.0.1:9090.
    #[serde(default = "admin_listen")]
    #[schemars(with = "String")]
    pub admin_listen: SocketAddr,
    /// Everything that the process keeps. Default: `switchyard` in the user's data folder.
    #[serde(default = "data_dir")]
    pub data_dir: PathBuf,
    /// How people and programs reach it from outside, for links and for `{tenant}.HOST`. Default: http and `listen`.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub public_url: Option<Url>,
    /// Certificate chain (PEM), read again when it changes. With it, `listen` speaks TLS.
    #[serde(default)]
    pub tls_cert: Option<PathBuf>,
    /// Its private key (PEM).
    #[serde(default)]
    pub tls_key: Option<PathBuf>,
    /// The console's files. Default: `site` beside the executable.
    #[serde(default)]
    pub site_dir: Option<PathBuf>,
    /// Address ranges (CIDR) of the reverse proxies before the server, whose `X-Forwarded-For` is believed. Default: none.
    #[serde(default)]
    pub trusted_proxies: Vec<String>,
    /// Largest body of a model call, in bytes, 1024 to 1073741824. Default 33554432 (32 MiB).
    #[serde(default = "max_body_bytes")]
    pub max_body_bytes: u64,
    /// How long running calls may go on after a request to stop, in seconds, 0 to 3600. Default 30.
    #[serde(default = "drain_seconds")]
    pub drain_seconds: u64,
}

/// PostgreSQL.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// `postgres://…` as role switchyard_login (`DATABASE_URL`). Without it, a private server is started in the data folder.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub url: Option<SecretString>,
    /// The same database as its owner, for migrations (`DATABASE_MIGRATION_URL`).
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub migration_url: Option<SecretString>,
    /// Connections over all roles, 5 to 1000. Default 30.
    #[serde(default = "max_connections")]
    pub max_connections: u32,
}

/// Redis or Valkey, for counters and health shared by several replicas.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Redis {
    /// `redis://…` or `rediss://…` (`REDIS_URL`). Without it, they are kept in process.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub url: Option<SecretString>,
}

/// Calls that the server makes.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Egress {
    /// Address ranges (CIDR) that may be called though they are private. Engines may always be private or on this machine.
    #[serde(default)]
    pub allow: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    Json,
    Pretty,
}

/// Logs and traces.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Telemetry {
    /// A level or a filter such as `info,gateway=debug`. Default info.
    #[serde(default = "log_level")]
    pub log_level: String,
    /// `json` or `pretty`. Default json.
    #[serde(default = "log_format")]
    pub log_format: LogFormat,
    /// Traces go there by OTLP over HTTP (`OTEL_EXPORTER_OTLP_ENDPOINT`). Without it, none are made.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub otlp_endpoint: Option<Url>,
    /// Share of calls that are traced when the caller does not say, 0 to 1. Default 1.
    #[serde(default = "trace_sample_ratio")]
    pub trace_sample_ratio: f64,
}

/// Messages to people.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mail {
    /// `smtp://` or `smtps://` with host and, if need be, user and password. Without it, operators read messages in the console.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub smtp_url: Option<SecretString>,
    /// Sender's address. Default `Switchyard <no-reply@localhost>`.
    #[serde(default = "mail_from")]
    pub from: String,
}

/// The path of a model call.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gateway {
    /// Connecting to an engine, in milliseconds, 10 to 60000. Default 2000.
    #[serde(default = "connect_timeout_ms")]
    pub connect_timeout_ms: u64,
    /// From the begin of an attempt at a deployment to its first token, in milliseconds, 100 to 3600000. Default 60000.
    #[serde(default = "first_token_timeout_ms")]
    pub first_token_timeout_ms: u64,
    /// Between two tokens, in milliseconds, 100 to 3600000. Default 30000.
    #[serde(default = "between_tokens_timeout_ms")]
    pub between_tokens_timeout_ms: u64,
    /// The whole call, in milliseconds, 1000 to 86400000. Default 600000.
    #[serde(default = "total_timeout_ms")]
    pub total_timeout_ms: u64,
    /// Deployments tried for one call before the first token, 1 to 10. Default 3.
    #[serde(default = "max_attempts")]
    pub max_attempts: u32,
    /// Calls of one tenant at once, where the tenant has no limit of its own, 1 to 100000. Default 1000.
    #[serde(default = "max_concurrent_requests")]
    pub max_concurrent_requests: u32,
    /// Share of a deployment's slots that batches may hold, in percent, 1 to 100. They wait for interactive calls. Default 25.
    #[serde(default = "batch_share_percent")]
    pub batch_share_percent: u32,
    /// Slots of an engine that does not tell how many it has, as batches reckon them, 1 to 10000. Default 16.
    #[serde(default = "assumed_slots")]
    pub assumed_slots: u32,
    /// How old the configuration may grow while the database is away before calls are refused, in seconds, 1 to 31536000. Default: no limit.
    #[serde(default)]
    pub snapshot_max_age_s: Option<u64>,
}

/// Usage events and their way into the database.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Metering {
    /// Disk that unshipped events may take, in bytes, 16777216 at the least. Default 10737418240 (10 GiB).
    #[serde(default = "spool_max_bytes")]
    pub spool_max_bytes: u64,
    /// Longest wait for company in a group commit, in microseconds, 0 to 100000. Default 0: sync at once, what comes meanwhile joins the next.
    #[serde(default)]
    pub commit_interval_us: u64,
    /// Folder with the data folders of gateways. A worker ships the usage of those that do not run any more. Default: none.
    #[serde(default)]
    pub adopt_from: Option<PathBuf>,
    /// Longest time between two shipments to the database, in milliseconds, 10 to 60000. Default 200.
    #[serde(default = "ship_interval_ms")]
    pub ship_interval_ms: u64,
}

/// Models and deployments.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Catalog {
    /// Whether a new model is granted to every tenant at once. Default false; the demo sets it.
    #[serde(default)]
    pub grant_new_models_to_all: bool,
    /// Time between two health checks of a deployment, in milliseconds, 100 to 600000. Default 5000.
    #[serde(default = "probe_interval_ms")]
    pub probe_interval_ms: u64,
}

/// Keys of the server itself.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Secrets {
    /// File of the key-encryption key, 32 bytes in base64. Default `keys/kek` in the data folder, made at first start.
    #[serde(default)]
    pub key_file: Option<PathBuf>,
    /// The key-encryption key itself, 32 bytes in base64, in the place of its file.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub key: Option<SecretString>,
    /// File of the pepper of token hashes, likewise. Default `keys/pepper`. All replicas need the same.
    #[serde(default)]
    pub pepper_file: Option<PathBuf>,
    /// The pepper itself, in the place of its file.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub pepper: Option<SecretString>,
}

/// Where files are kept: a directory, or a bucket of S3 or of what speaks its API.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Objects {
    /// Directory of the files. All replicas need the same. Default `objects` in the data folder.
    #[serde(default)]
    pub dir: Option<PathBuf>,
    /// Name of the bucket. With it, files are kept there and not in a directory.
    #[serde(default)]
    pub s3_bucket: Option<String>,
    /// Region of the bucket. Default us-east-1.
    #[serde(default = "s3_region")]
    pub s3_region: String,
    /// Address of the store, where it is not Amazon's.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub s3_endpoint: Option<Url>,
    /// Access key. Without it, the credentials of the machine or of the environment (`AWS_…`) are used.
    #[serde(default)]
    pub s3_access_key_id: Option<String>,
    /// Its secret.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub s3_secret_access_key: Option<SecretString>,
}

/// Files of `/v1/files` and batches of `/v1/batches`.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batches {
    /// Largest file, in bytes, 1024 to 1099511627776. Default 536870912 (512 MiB).
    #[serde(default = "max_file_bytes")]
    pub max_file_bytes: u64,
    /// Largest input file of a batch, in bytes, 1024 to 1099511627776. Default 209715200 (200 MiB).
    #[serde(default = "max_input_bytes")]
    pub max_input_bytes: u64,
    /// Requests of one batch, 1 to 1000000. Default 50000.
    #[serde(default = "max_batch_requests")]
    pub max_requests: u32,
    /// Batches that a process works on at once, 0 to 1000; 0 leaves them to other processes. Default 8.
    #[serde(default = "max_concurrent_batches")]
    pub max_concurrent_batches: u32,
    /// Requests of batches that a process has under way, 1 to 10000. Default 32.
    #[serde(default = "max_concurrent_calls")]
    pub max_concurrent_calls: u32,
    /// Of these, one tenant's, 1 to 10000. Default 16.
    #[serde(default = "max_concurrent_calls_per_tenant")]
    pub max_concurrent_calls_per_tenant: u32,
}

const fn loopback(port: u16) -> SocketAddr {
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), port)
}

fn listen() -> SocketAddr {
    loopback(8080)
}

fn admin_listen() -> SocketAddr {
    loopback(9090)
}

fn data_dir() -> PathBuf {
    let from = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    from("XDG_DATA_HOME")
        .or_else(|| from("HOME").map(|home| home.join(".local/share")))
        .unwrap_or_else(|| PathBuf::from("/var/lib"))
        .join("switchyard")
}

fn max_body_bytes() -> u64 {
    32 << 20
}

fn drain_seconds() -> u64 {
    30
}

fn max_connections() -> u32 {
    30
}

fn log_level() -> String {
    "info".to_owned()
}

fn log_format() -> LogFormat {
    LogFormat::Json
}

fn trace_sample_ratio() -> f64 {
    1.0
}

fn mail_from() -> String {
    "Switchyard <no-reply@localhost>".to_owned()
}

fn connect_timeout_ms() -> u64 {
    2_000
}

fn first_token_timeout_ms() -> u64 {
    60_000
}

fn between_tokens_timeout_ms() -> u64 {
    30_000
}

fn total_timeout_ms() -> u64 {
    600_000
}

fn max_attempts() -> u32 {
    3
}

fn batch_share_percent() -> u32 {
    25
}

fn assumed_slots() -> u32 {
    16
}

fn max_concurrent_requests() -> u32 {
    1_000
}

fn spool_max_bytes() -> u64 {
    10 << 30
}

fn ship_interval_ms() -> u64 {
    200
}

fn probe_interval_ms() -> u64 {
    5_000
}

fn s3_region() -> String {
    "us-east-1".to_owned()
}

fn max_file_bytes() -> u64 {
    512 << 20
}

fn max_input_bytes() -> u64 {
    200 << 20
}

fn max_batch_requests() -> u32 {
    50_000
}

fn max_concurrent_batches() -> u32 {
    8
}

fn max_concurrent_calls() -> u32 {
    32
}

fn max_concurrent_calls_per_tenant() -> u32 {
    16
}
