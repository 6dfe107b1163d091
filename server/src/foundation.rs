//! What every role stands on: database, shared state, keys, time.

use std::{path::PathBuf, sync::Arc};

use access::{Access, AccessParts};
use anyhow::Context;
use config::Settings;
use db::{Database, DatabaseSettings};
use egress::EgressRules;
use kv::Kv;
use objects::{Objects, S3};
use secrecy::{ExposeSecret, SecretString};
use secrets::{KeyEncryptionKey, KeyFileError, Pepper};
use shared::Clock;
use web::TrustedProxies;

/// How the database is to be opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening {
    /// Launch it if it is ours, migrate it.
    Migrate,
    /// It is there and up to date.
    Existing,
    /// It may be away.
    Lazy,
}

#[derive(Clone)]
pub struct Foundation {
    pub settings: Arc<Settings>,
    pub db: Database,
    pub kv: Arc<dyn Kv>,
    /// Where files are kept.
    pub objects: Objects,
    pub clock: Clock,
    pub pepper: Pepper,
    pub key_encryption_key: KeyEncryptionKey,
    /// Which addresses engines may have.
    pub engine_rules: EgressRules,
    /// Which addresses engines outside the platform may have, and all that somebody else gave us.
    pub outbound_rules: EgressRules,
}

/// How the settings say to reach the database.
pub fn database_settings(settings: &Settings) -> DatabaseSettings {
    DatabaseSettings {
        url: settings.database.url.clone(),
        migration_url: settings.database.migration_url.clone(),
        data_dir: settings.server.data_dir.clone(),
        max_connections: settings.database.max_connections,
        cluster_parameters: Vec::new(),
    }
}

impl Foundation {
    pub async fn lay(settings: Settings, opening: Opening) -> anyhow::Result<Self> {
        let data_dir = &settings.server.data_dir;
        std::fs::create_dir_all(data_dir)
            .with_context(|| format!("cannot make the data directory {}", data_dir.display()))?;
        let how = database_settings(&settings);
        let db = match opening {
            Opening::Migrate => Database::open(how).await,
            Opening::Existing => Database::open_existing(how).await,
            Opening::Lazy => Database::open_lazily(how).await,
        }
        .context("the database did not open")?;
        let (pepper, key_encryption_key) = keys(&settings)?;
        let kv = kv::open(settings.redis.url.as_ref().map(|url| url.expose_secret()))?;
        Ok(Self {
            kv,
            objects: objects(&settings)?,
            clock: Clock::system(),
            pepper,
            key_encryption_key,
            engine_rules: EgressRules::engines(listed_networks(&settings)?)?,
            outbound_rules: EgressRules::outbound(listed_networks(&settings)?)?,
            db,
            settings: Arc::new(settings),
        })
    }

    pub fn access(&self) -> Access {
        Access::new(AccessParts {
            db: self.db.clone(),
            kv: self.kv.clone(),
            clock: self.clock.clone(),
            pepper: self.pepper.clone(),
        })
    }
}

/// The store of files: a bucket where one is set, else a directory.
pub fn objects(settings: &Settings) -> anyhow::Result<Objects> {
    let set = &settings.objects;
    let Some(bucket) = &set.s3_bucket else {
        let directory = set.dir.clone().unwrap_or_else(|| settings.server.data_dir.join("objects"));
        return Objects::local(&directory)
            .with_context(|| format!("files cannot be kept in {}", directory.display()));
    };
    let s3 = S3 {
        bucket: bucket.clone(),
        region: set.s3_region.clone(),
        endpoint: set.s3_endpoint.clone(),
        credentials: set.s3_access_key_id.clone().zip(set.s3_secret_access_key.clone()),
    };
    Objects::s3(&s3).context("files cannot be kept in the bucket of objects.s3_bucket")
}

/// The server's own keys, as they were given or from their files.
pub fn keys(settings: &Settings) -> anyhow::Result<(Pepper, KeyEncryptionKey)> {
    let (own, folder) = (&settings.secrets, settings.server.data_dir.join("keys"));
    let pepper = key(own.pepper.as_ref(), own.pepper_file.as_ref(), folder.join("pepper"))
        .context("secrets.pepper")?;
    let kek = key(own.key.as_ref(), own.key_file.as_ref(), folder.join("kek")).context("secrets.key")?;
    Ok((Pepper::new(pepper), KeyEncryptionKey::new(kek)))
}

fn key(
    given: Option<&SecretString>,
    file: Option<&PathBuf>,
    default: PathBuf,
) -> Result<[u8; 32], KeyFileError> {
    match given {
        Some(text) => secrets::from_base64(text.expose_secret()),
        None => secrets::load_or_create(file.unwrap_or(&default), &mut rand::rng()),
    }
}

/// The reverse proxies before this server.
pub fn trusted_proxies(settings: &Settings) -> anyhow::Result<TrustedProxies> {
    let ranges = settings.server.trusted_proxies.iter().map(|range| range.parse());
    Ok(TrustedProxies::new(ranges.collect::<Result<_, _>>().context("server.trusted_proxies")?))
}

/// The networks that the operator lets be reached beside public ones.
fn listed_networks(settings: &Settings) -> anyhow::Result<Vec<ipnet::IpNet>> {
    let parse = |text: &String| {
        text.parse()
            .with_context(|| format!("egress.allow: `{text}` is not an address range such as 10.0.0.0/8"))
    };
    settings.egress.allow.iter().map(parse).collect()
}
