use std::{fs::DirBuilder, path::Path as Directory, sync::Arc};

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream::BoxStream};
use object_store::{ObjectStore, ObjectStoreExt, PutPayload, aws::AmazonS3Builder, local::LocalFileSystem};
use secrecy::{ExposeSecret, SecretString};
use shared::TenantId;
use url::Url;

use crate::{Area, ObjectError, ObjectPath, ObjectWriter, path::prefix};

/// The content of an object, in pieces.
pub type ObjectBytes = BoxStream<'static, Result<Bytes, ObjectError>>;

/// A bucket of S3, or of what speaks its API.
#[derive(Debug, Clone)]
pub struct S3 {
    pub bucket: String,
    pub region: String,
    /// Another address than Amazon's; plain http is accepted there, as on a private network.
    pub endpoint: Option<Url>,
    /// Without it, the environment's own credentials (instance or pod role) are used.
    pub credentials: Option<(String, SecretString)>,
}

/// What is known of a stored object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    pub name: String,
    pub bytes: u64,
}

/// The store. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Objects {
    store: Arc<dyn ObjectStore>,
}

impl Objects {
    /// Keeps objects in a directory, made with mode 0700 if it is not there.
    pub fn local(directory: &Directory) -> Result<Self, ObjectError> {
        use std::os::unix::fs::DirBuilderExt;
        DirBuilder::new().recursive(true).mode(0o700).create(directory).map_err(ObjectError::Directory)?;
        let store = LocalFileSystem::new_with_prefix(directory).map_err(ObjectError::Setting)?;
        Ok(Self { store: Arc::new(store.with_fsync(true)) })
    }

    /// Keeps objects in a bucket. Contacts nothing yet.
    pub fn s3(settings: &S3) -> Result<Self, ObjectError> {
        let mut builder =
            if settings.credentials.is_some() { AmazonS3Builder::new() } else { AmazonS3Builder::from_env() };
        builder = builder.with_bucket_name(&settings.bucket).with_region(&settings.region);
        if let Some(endpoint) = &settings.endpoint {
            builder = builder
                .with_endpoint(endpoint.as_str().trim_end_matches('/'))
                .with_allow_http(endpoint.scheme() == "http")
                .with_virtual_hosted_style_request(false);
        }
        if let Some((id, secret)) = &settings.credentials {
            builder = builder.with_access_key_id(id).with_secret_access_key(secret.expose_secret());
        }
        Ok(Self { store: Arc::new(builder.build().map_err(ObjectError::Setting)?) })
    }

    /// Stores an object whole, over one that is there.
    pub async fn put(&self, path: &ObjectPath, content: Bytes) -> Result<(), ObjectError> {
        let put = self.store.put(path.inner(), PutPayload::from_bytes(content)).await;
        put.map(drop).map_err(ObjectError::Store)
    }

    /// Stores an object piece by piece, over one that is there.
    pub fn writer(&self, path: &ObjectPath) -> ObjectWriter {
        ObjectWriter::new(self.store.clone(), path)
    }

    /// Size and content; None when it is not there.
    pub async fn read(&self, path: &ObjectPath) -> Result<Option<(u64, ObjectBytes)>, ObjectError> {
        match self.store.get(path.inner()).await {
            Ok(found) => {
                let bytes = found.meta.size;
                Ok(Some((bytes, found.into_stream().map_err(ObjectError::Store).boxed())))
            }
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(ObjectError::Store(error)),
        }
    }

    /// Whether it is there.
    pub async fn exists(&self, path: &ObjectPath) -> Result<bool, ObjectError> {
        match self.store.head(path.inner()).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(ObjectError::Store(error)),
        }
    }

    /// Removes an object; also succeeds when it is gone already.
    pub async fn delete(&self, path: &ObjectPath) -> Result<(), ObjectError> {
        match self.store.delete(path.inner()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(ObjectError::Store(error)),
        }
    }

    /// Everything of a tenant in an area.
    pub async fn list(&self, area: Area, tenant: TenantId) -> Result<Vec<Object>, ObjectError> {
        let listed = self.store.list(Some(&prefix(area, tenant)));
        let object = |meta: object_store::ObjectMeta| Object {
            name: meta.location.filename().unwrap_or_default().to_owned(),
            bytes: meta.size,
        };
        listed.map_ok(object).try_collect().await.map_err(ObjectError::Store)
    }
}
