use std::sync::Arc;

use bytes::Bytes;
use object_store::{ObjectStore, buffered::BufWriter};
use tokio::io::AsyncWriteExt;

use crate::{ObjectError, ObjectPath};

/// What is held in memory before a part is sent; S3 takes no part below 5 MiB but the last.
const PART: usize = 8 << 20;

/// An object being written. It appears when [`Self::finish`] succeeds, and not before.
#[derive(Debug)]
pub struct ObjectWriter {
    inner: BufWriter,
    bytes: u64,
}

impl ObjectWriter {
    pub(crate) fn new(store: Arc<dyn ObjectStore>, path: &ObjectPath) -> Self {
        let inner = BufWriter::with_capacity(store, path.inner().clone(), PART).with_max_concurrency(2);
        Self { inner, bytes: 0 }
    }

    pub async fn write(&mut self, chunk: Bytes) -> Result<(), ObjectError> {
        self.bytes += chunk.len() as u64;
        self.inner.put(chunk).await.map_err(ObjectError::Store)
    }

    /// How much was written so far.
    pub const fn bytes(&self) -> u64 {
        self.bytes
    }

    /// Publishes the object; its size in bytes.
    pub async fn finish(mut self) -> Result<u64, ObjectError> {
        self.inner.shutdown().await.map_err(ObjectError::Publish)?;
        Ok(self.bytes)
    }

    /// Removes what was written.
    pub async fn abort(mut self) {
        // Before the first part is sent there is nothing to remove, which is told as an error.
        let _removed = self.inner.abort().await;
    }
}
