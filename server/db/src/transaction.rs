use shared::TenantId;
use sqlx::{PgConnection, PgPool, Postgres, Transaction};

use crate::{Database, DbError, Role};

/// What every role's transaction does alike.
macro_rules! transaction_of_role {
    ($($(#[$doc:meta])* $name:ident $(with $field:ident: $kind:ty)?;)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        #[must_use = "a transaction that is dropped is rolled back"]
        pub struct $name {
            inner: Transaction<'static, Postgres>,
            $($field: $kind,)?
        }

        impl $name {
            /// The connection, to execute statements on.
            pub fn conn(&mut self) -> &mut PgConnection {
                &mut self.inner
            }

            /// Makes everything done permanent.
            pub async fn commit(self) -> Result<(), DbError> {
                Ok(self.inner.commit().await?)
            }

            /// Undoes everything; so does dropping it, a little later.
            pub async fn rollback(self) -> Result<(), DbError> {
                Ok(self.inner.rollback().await?)
            }
        }
    )*};
}

transaction_of_role! {
    /// The one way to a tenant's rows: `switchyard_app` with `app.tenant_id` set for this transaction alone.
    TenantTx with tenant: TenantId;
    /// Operator work across tenants, without content tables.
    OperatorTx;
    /// A consistent read of what a gateway's snapshot needs: repeatable read, read only.
    GatewayTx;
    /// Inserts usage events and grows their rollups.
    MeteringTx;
    /// Sessions, idempotency records, jobs, mail; no business tables.
    SystemTx;
    /// `switchyard_app` without a tenant: every tenant table raises, so only the look-up functions answer.
    Lookup;
}

impl TenantTx {
    /// Whose rows this transaction sees.
    pub fn tenant_id(&self) -> TenantId {
        self.tenant
    }
}

impl Database {
    /// Begins work on the rows of one tenant.
    pub async fn tenant(&self, tenant: TenantId) -> Result<TenantTx, DbError> {
        let mut inner = begin(self.pool(Role::App).await?).await?;
        sqlx::query("select set_config('app.tenant_id', $1, true)")
            .bind(tenant.uuid().to_string())
            .execute(&mut *inner)
            .await?;
        Ok(TenantTx { inner, tenant })
    }

    /// Begins an operator's work on the rows of one tenant: with the operator's grants, so without content tables.
    /// The operator's policy spans tenants, so statements name the tenant, as all do.
    pub async fn tenant_as_operator(&self, tenant: TenantId) -> Result<TenantTx, DbError> {
        let mut inner = begin(self.pool(Role::Operator).await?).await?;
        sqlx::query("select set_config('app.tenant_id', $1, true)")
            .bind(tenant.uuid().to_string())
            .execute(&mut *inner)
            .await?;
        Ok(TenantTx { inner, tenant })
    }

    /// Begins operator work.
    pub async fn operator(&self) -> Result<OperatorTx, DbError> {
        Ok(OperatorTx { inner: begin(self.pool(Role::Operator).await?).await? })
    }

    /// Begins a consistent read of the configuration.
    pub async fn gateway(&self) -> Result<GatewayTx, DbError> {
        let statement = "begin isolation level repeatable read read only";
        Ok(GatewayTx { inner: self.pool(Role::Gateway).await?.begin_with(statement).await? })
    }

    /// Begins storing usage.
    pub async fn metering(&self) -> Result<MeteringTx, DbError> {
        Ok(MeteringTx { inner: begin(self.pool(Role::Metering).await?).await? })
    }

    /// Begins work on the platform's own rows.
    pub async fn system(&self) -> Result<SystemTx, DbError> {
        Ok(SystemTx { inner: begin(self.pool(Role::System).await?).await? })
    }

    /// Begins a look-up of which tenant an identifier belongs to.
    pub async fn lookup(&self) -> Result<Lookup, DbError> {
        Ok(Lookup { inner: begin(self.pool(Role::App).await?).await? })
    }
}

async fn begin(pool: &PgPool) -> Result<Transaction<'static, Postgres>, DbError> {
    Ok(pool.begin().await?)
}
