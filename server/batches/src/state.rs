//! What the room stands on.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Weak},
};

use access::Access;
use axum::extract::FromRef;
use chrono::{DateTime, Utc};
use db::Database;
use objects::{Area, ObjectPath, Objects};
use parking_lot::Mutex;
use shared::{Clock, FileId, TenantId};
use tokio::sync::{Notify, Semaphore};

use crate::BatchesError;

/// How large and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    pub max_file_bytes: u64,
    /// Of an input file of a batch.
    pub max_input_bytes: u64,
    /// Of one line of it.
    pub max_line_bytes: usize,
    pub max_requests: u32,
    /// Batches that this process works on at once.
    pub max_concurrent_batches: usize,
    /// Calls under way in this process.
    pub max_concurrent_calls: usize,
    /// Of these, one tenant's.
    pub max_concurrent_calls_per_tenant: usize,
}

/// What [`Batches`] is made of.
pub struct BatchesParts {
    pub access: Access,
    pub db: Database,
    pub objects: Objects,
    pub clock: Clock,
    pub limits: Limits,
}

struct Inner {
    parts: BatchesParts,
    calls: Arc<Semaphore>,
    /// One for each tenant that has a batch under way.
    tenants: Mutex<HashMap<TenantId, Weak<Semaphore>>>,
    /// Told when there is something new for workers of this process.
    wake: Notify,
}

/// State of the room's routers and its worker; cheap to clone.
#[derive(Clone)]
pub struct Batches(Arc<Inner>);

impl fmt::Debug for Batches {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batches").field("limits", &self.0.parts.limits).finish_non_exhaustive()
    }
}

impl Batches {
    pub fn new(parts: BatchesParts) -> Self {
        let calls = Arc::new(Semaphore::new(parts.limits.max_concurrent_calls));
        Self(Arc::new(Inner { parts, calls, tenants: Mutex::default(), wake: Notify::new() }))
    }

    pub(crate) fn db(&self) -> &Database {
        &self.0.parts.db
    }

    pub(crate) fn objects(&self) -> &Objects {
        &self.0.parts.objects
    }

    pub(crate) fn limits(&self) -> &Limits {
        &self.0.parts.limits
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.0.parts.clock.now()
    }

    pub(crate) fn wake(&self) -> &Notify {
        &self.0.wake
    }

    /// Places of calls, over all tenants.
    pub(crate) fn calls(&self) -> Arc<Semaphore> {
        self.0.calls.clone()
    }

    /// A tenant's own places; shared by its batches for as long as one of them holds it.
    pub(crate) fn calls_of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut tenants = self.0.tenants.lock();
        if let Some(places) = tenants.get(&tenant).and_then(Weak::upgrade) {
            return places;
        }
        tenants.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(self.limits().max_concurrent_calls_per_tenant));
        tenants.insert(tenant, Arc::downgrade(&places));
        places
    }
}

/// Where a file's content is.
pub(crate) fn object_of(tenant: TenantId, file: FileId) -> Result<ObjectPath, BatchesError> {
    Ok(ObjectPath::new(Area::Files, tenant, &file.to_string())?)
}

impl FromRef<Batches> for Access {
    fn from_ref(batches: &Batches) -> Self {
        batches.0.parts.access.clone()
    }
}
