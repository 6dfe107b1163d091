//! Idempotency keys, kept in the database for a day.

use db::SystemTx;
use web::{
    Problem,
    idempotency::{Claim, Kept, Store},
};

use crate::{Access, database_problem, store};

/// `web`'s store over our table.
#[derive(Debug, Clone)]
pub struct IdempotencyRecords(pub Access);

impl IdempotencyRecords {
    async fn begin(&self) -> Result<SystemTx, Problem> {
        self.0.db().system().await.map_err(|error| database_problem(&error))
    }
}

#[async_trait::async_trait]
impl Store for IdempotencyRecords {
    async fn claim(&self, principal: &str, key: &str, request_hash: &[u8]) -> Result<Claim, Problem> {
        let now = self.0.clock().now();
        let mut tx = self.begin().await?;
        let claimed = async {
            let claim = store::idempotency::claim(&mut tx, principal, key, request_hash, now).await?;
            tx.commit().await.map(|()| claim)
        };
        claimed.await.map_err(|error| database_problem(&error))
    }

    async fn complete(&self, principal: &str, key: &str, kept: Kept) -> Result<(), Problem> {
        let mut tx = self.begin().await?;
        let done = async {
            store::idempotency::complete(&mut tx, principal, key, &kept).await?;
            tx.commit().await
        };
        done.await.map_err(|error| database_problem(&error))
    }

    async fn release(&self, principal: &str, key: &str) -> Result<(), Problem> {
        let mut tx = self.begin().await?;
        let done = async {
            store::idempotency::release(&mut tx, principal, key).await?;
            tx.commit().await
        };
        done.await.map_err(|error| database_problem(&error))
    }
}
