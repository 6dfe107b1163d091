//! Laying file, environment and flags over each other.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value};

use crate::{
    ConfigError, Settings,
    schema::{self, Kind},
};

const PREFIX: &str = "SWITCHYARD_";
/// Read by the build scripts, which may start the server with them set.
const NOT_SETTINGS: [&str; 6] = [
    "SWITCHYARD_API_KEY",
    "SWITCHYARD_BIN",
    "SWITCHYARD_CACHE",
    "SWITCHYARD_OPENAI_SPEC",
    "SWITCHYARD_TEST_S3",
    "SWITCHYARD_WASM_TOOLCHAIN",
];
/// Names that are usual elsewhere.
const USUAL: [(&str, &str); 4] = [
    ("DATABASE_URL", "database.url"),
    ("DATABASE_MIGRATION_URL", "database.migration_url"),
    ("REDIS_URL", "redis.url"),
    ("OTEL_EXPORTER_OTLP_ENDPOINT", "telemetry.otlp_endpoint"),
];

/// A setting from a flag.
#[derive(Debug, Clone)]
pub struct Override {
    /// `section.field`.
    pub key: &'static str,
    pub value: String,
    /// As the user wrote it, for example `--listen`.
    pub flag: &'static str,
}

/// Where settings come from.
#[derive(Debug, Default)]
pub struct Sources {
    pub file: Option<PathBuf>,
    pub environment: Vec<(String, String)>,
    pub overrides: Vec<Override>,
}

impl Sources {
    /// The process's own environment.
    pub fn from_process(file: Option<PathBuf>, overrides: Vec<Override>) -> Self {
        let environment = std::env::vars_os()
            .filter_map(|(k, v)| Some((k.into_string().ok()?, v.into_string().ok()?)))
            .collect();
        Self { file, environment, overrides }
    }
}

/// A value and who gave it.
struct Given {
    value: Value,
    origin: String,
}

struct Layers {
    known: BTreeMap<String, Kind>,
    given: BTreeMap<String, Given>,
}

/// Reads the settings.
pub fn load(sources: &Sources) -> Result<Settings, ConfigError> {
    let mut layers = Layers { known: schema::known().into_iter().collect(), given: BTreeMap::new() };
    if let Some(path) = &sources.file {
        layers.file(path)?;
    }
    layers.environment(&sources.environment)?;
    for flag in &sources.overrides {
        layers.text(flag.key, &flag.value, flag.flag)?;
    }
    let settings = layers.read()?;
    layers.check(&settings)?;
    Ok(settings)
}

impl Layers {
    fn file(&mut self, path: &Path) -> Result<(), ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let tree: Value = toml::from_str(&text).map_err(|error| ConfigError::Toml {
            path: path.to_owned(),
            message: error.message().to_owned(),
        })?;
        let origin = format!("in {}", path.display());
        for (section, fields) in tree.as_object().into_iter().flatten() {
            let Some(fields) = fields.as_object() else {
                if !self.known.keys().any(|key| key.split('.').next() == Some(section)) {
                    return Err(self.unknown(section, section, origin));
                }
                let message = format!("expected a table: [{section}] and its settings below");
                return Err(ConfigError::Invalid { key: section.clone(), origin, message });
            };
            for (field, value) in fields {
                let key = format!("{section}.{field}");
                if !self.known.contains_key(&key) {
                    return Err(self.unknown(&key, &key, origin));
                }
                self.given.insert(key, Given { value: value.clone(), origin: origin.clone() });
            }
        }
        Ok(())
    }

    fn environment(&mut self, environment: &[(String, String)]) -> Result<(), ConfigError> {
        for (name, value) in environment {
            if let Some((_, key)) = USUAL.iter().find(|(usual, _)| usual == name) {
                if !value.is_empty() {
                    self.text(key, value, &format!("environment variable {name}"))?;
                }
            } else if let Some(rest) = name.strip_prefix(PREFIX)
                && !NOT_SETTINGS.contains(&name.as_str())
            {
                let key = rest.to_lowercase().replacen("__", ".", 1);
                if !self.known.contains_key(&key) {
                    return Err(self.unknown(name, &key, "environment".to_owned()));
                }
                self.text(&key, value, &format!("environment variable {name}"))?;
            }
        }
        Ok(())
    }

    fn text(&mut self, key: &str, text: &str, origin: &str) -> Result<(), ConfigError> {
        let kind = self.known.get(key).copied().unwrap_or(Kind::Text);
        let parsed = match kind {
            Kind::Text => Some(Value::String(text.to_owned())),
            Kind::Integer => text.parse::<u64>().ok().map(Value::from),
            Kind::Number => text.parse::<f64>().ok().filter(|n| n.is_finite()).map(Value::from),
            Kind::Boolean => text.parse::<bool>().ok().map(Value::from),
            Kind::List => {
                Some(text.split(',').map(str::trim).filter(|t| !t.is_empty()).map(Value::from).collect())
            }
        };
        let invalid =
            |message| ConfigError::Invalid { key: key.to_owned(), origin: origin.to_owned(), message };
        if kind == Kind::Text && text.is_empty() {
            return Err(invalid("is empty: give a value, or do not set it at all".to_owned()));
        }
        let value = parsed.ok_or_else(|| invalid(format!("`{text}`: expected {}", expected(kind))))?;
        self.given.insert(key.to_owned(), Given { value, origin: origin.to_owned() });
        Ok(())
    }

    fn unknown(&self, shown: &str, key: &str, origin: String) -> ConfigError {
        let environment = shown.starts_with(PREFIX);
        let spelled = |known: &str| {
            if environment {
                format!("{PREFIX}{}", known.replacen('.', "__", 1).to_uppercase())
            } else {
                known.to_owned()
            }
        };
        let sections = self.known.keys().filter_map(|k| k.split('.').next());
        let nearest = if key.contains('.') {
            schema::nearest(key, self.known.keys().map(String::as_str))
        } else if environment {
            // One underscore where two belong is the usual slip.
            let flat = |known: &String| (known.replacen('.', "_", 1), known.clone());
            let flat: BTreeMap<String, String> = self.known.keys().map(flat).collect();
            schema::nearest(key, flat.keys().map(String::as_str)).and_then(|near| flat.get(&near).cloned())
        } else {
            schema::nearest(key, sections)
        };
        ConfigError::Unknown { key: shown.to_owned(), origin, nearest: nearest.map(|known| spelled(&known)) }
    }

    /// The tree, read into its type. Sections are read one by one, so that an error can name its key.
    fn read(&self) -> Result<Settings, ConfigError> {
        let mut tree = Map::new();
        for (key, given) in &self.given {
            let Some((section, field)) = key.split_once('.') else { continue };
            let one: Value = [(
                section.to_owned(),
                Value::Object(Map::from_iter([(field.to_owned(), given.value.clone())])),
            )]
            .into_iter()
            .collect::<Map<_, _>>()
            .into();
            serde_json::from_value::<Settings>(one).map_err(|error| ConfigError::Invalid {
                key: key.clone(),
                origin: given.origin.clone(),
                message: without_secret(key, &error.to_string()),
            })?;
            let section = tree.entry(section).or_insert_with(|| Value::Object(Map::new()));
            if let Some(section) = section.as_object_mut() {
                section.insert(field.to_owned(), given.value.clone());
            }
        }
        serde_json::from_value(Value::Object(tree)).map_err(|error| ConfigError::Invalid {
            key: String::new(),
            origin: "all sources".to_owned(),
            message: error.to_string(),
        })
    }

    fn origin(&self, key: &str) -> String {
        self.given.get(key).map_or_else(|| "default".to_owned(), |given| given.origin.clone())
    }

    fn range(&self, key: &str, value: u64, least: u64, most: u64) -> Result<(), ConfigError> {
        if (least..=most).contains(&value) {
            return Ok(());
        }
        Err(self.invalid(key, format!("{value}: expected a whole number from {least} to {most}")))
    }

    fn invalid(&self, key: &str, message: String) -> ConfigError {
        ConfigError::Invalid { key: key.to_owned(), origin: self.origin(key), message }
    }

    fn web_address(&self, key: &str, url: Option<&url::Url>) -> Result<(), ConfigError> {
        match url {
            Some(url) if !matches!(url.scheme(), "http" | "https") || url.host().is_none() => {
                Err(self.invalid(key, format!("`{url}`: expected an address with http:// or https://")))
            }
            _ => Ok(()),
        }
    }

    fn address_ranges(&self, key: &str, ranges: &[String]) -> Result<(), ConfigError> {
        let Some(bad) = ranges.iter().find(|range| range.parse::<ipnet::IpNet>().is_err()) else {
            return Ok(());
        };
        let message = format!("`{bad}`: expected an address range such as 10.0.0.0/8 or fd00::/8");
        Err(self.invalid(key, message))
    }

    fn one_of(&self, key: &str, set: bool, other: &str, other_set: bool) -> Result<(), ConfigError> {
        if set && other_set {
            return Err(self.invalid(key, format!("{other} is set too: expected one of the two")));
        }
        Ok(())
    }

    fn check(&self, settings: &Settings) -> Result<(), ConfigError> {
        let Settings {
            server,
            database,
            egress,
            gateway,
            metering,
            catalog,
            telemetry,
            objects,
            batches,
            secrets,
            ..
        } = settings;
        self.range("server.max_body_bytes", server.max_body_bytes, 1024, 1 << 30)?;
        self.range("server.drain_seconds", server.drain_seconds, 0, 3600)?;
        self.range("database.max_connections", database.max_connections.into(), 5, 1000)?;
        self.range("gateway.connect_timeout_ms", gateway.connect_timeout_ms, 10, 60_000)?;
        self.range("gateway.first_token_timeout_ms", gateway.first_token_timeout_ms, 100, 3_600_000)?;
        self.range("gateway.between_tokens_timeout_ms", gateway.between_tokens_timeout_ms, 100, 3_600_000)?;
        self.range("gateway.total_timeout_ms", gateway.total_timeout_ms, 1000, 86_400_000)?;
        self.range("gateway.max_attempts", gateway.max_attempts.into(), 1, 10)?;
        self.range("gateway.max_concurrent_requests", gateway.max_concurrent_requests.into(), 1, 100_000)?;
        self.range("gateway.batch_share_percent", gateway.batch_share_percent.into(), 1, 100)?;
        self.range("gateway.assumed_slots", gateway.assumed_slots.into(), 1, 10_000)?;
        self.range("metering.spool_max_bytes", metering.spool_max_bytes, 16 << 20, u64::MAX)?;
        self.range("metering.commit_interval_us", metering.commit_interval_us, 0, 100_000)?;
        self.range("metering.ship_interval_ms", metering.ship_interval_ms, 10, 60_000)?;
        self.range("catalog.probe_interval_ms", catalog.probe_interval_ms, 100, 600_000)?;
        self.range("batches.max_file_bytes", batches.max_file_bytes, 1024, 1 << 40)?;
        self.range("batches.max_input_bytes", batches.max_input_bytes, 1024, 1 << 40)?;
        self.range("batches.max_requests", batches.max_requests.into(), 1, 1_000_000)?;
        self.range("batches.max_concurrent_batches", batches.max_concurrent_batches.into(), 0, 1000)?;
        self.range("batches.max_concurrent_calls", batches.max_concurrent_calls.into(), 1, 10_000)?;
        self.range(
            "batches.max_concurrent_calls_per_tenant",
            batches.max_concurrent_calls_per_tenant.into(),
            1,
            10_000,
        )?;
        self.web_address("objects.s3_endpoint", objects.s3_endpoint.as_ref())?;
        if objects.s3_access_key_id.is_some() != objects.s3_secret_access_key.is_some() {
            let missing = if objects.s3_access_key_id.is_some() {
                "objects.s3_secret_access_key"
            } else {
                "objects.s3_access_key_id"
            };
            let message =
                "expected both objects.s3_access_key_id and objects.s3_secret_access_key, or neither";
            return Err(self.invalid(missing, message.to_owned()));
        }
        if !(0.0..=1.0).contains(&telemetry.trace_sample_ratio) {
            let message = format!("{}: expected a number from 0 to 1", telemetry.trace_sample_ratio);
            return Err(self.invalid("telemetry.trace_sample_ratio", message));
        }
        if let Some(age) = gateway.snapshot_max_age_s {
            self.range("gateway.snapshot_max_age_s", age, 1, 31_536_000)?;
        }
        self.web_address("server.public_url", server.public_url.as_ref())?;
        self.web_address("telemetry.otlp_endpoint", telemetry.otlp_endpoint.as_ref())?;
        self.address_ranges("egress.allow", &egress.allow)?;
        self.address_ranges("server.trusted_proxies", &server.trusted_proxies)?;
        self.one_of("secrets.key", secrets.key.is_some(), "secrets.key_file", secrets.key_file.is_some())?;
        let pepper_file = secrets.pepper_file.is_some();
        self.one_of("secrets.pepper", secrets.pepper.is_some(), "secrets.pepper_file", pepper_file)?;
        if server.tls_cert.is_some() != server.tls_key.is_some() {
            let missing = if server.tls_cert.is_some() { "server.tls_key" } else { "server.tls_cert" };
            return Err(self.invalid(missing, "TLS needs both server.tls_cert and server.tls_key".to_owned()));
        }
        Ok(())
    }
}

fn expected(kind: Kind) -> &'static str {
    match kind {
        Kind::Text => "text",
        Kind::Integer => "a whole number",
        Kind::Number => "a number",
        Kind::Boolean => "true or false",
        Kind::List => "values separated by commas",
    }
}

/// serde quotes the bad value; a secret's is not for the eyes.
fn without_secret(key: &str, message: &str) -> String {
    let secret = key.starts_with("secrets.") || key.ends_with("secret_access_key");
    if secret || key.ends_with("url") && !key.starts_with("server") && !key.starts_with("telemetry") {
        "not of the right type: expected text".to_owned()
    } else {
        message.to_owned()
    }
}
