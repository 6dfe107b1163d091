//! The way in for people who are not signed in yet.

use std::{convert::Infallible, time::Duration};

use axum::extract::{FromRef, FromRequestParts};
use db::{OperatorTx, TenantTx};
use http::request::Parts;
use shared::{InvitationId, TenantId};
use web::{Problem, request_id::CurrentRequestId};

use crate::{Access, audit, database_problem, store};

/// For sign-in and for accepting an invitation, and nothing else: the endpoints that take it are on the short list of
/// the authorization coverage test.
#[derive(Debug, Clone)]
pub struct Entry {
    access: Access,
    request_id: Option<String>,
}

impl<S> FromRequestParts<S> for Entry
where
    Access: FromRef<S>,
    S: Send + Sync,
{
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let request_id = parts.extensions.get::<CurrentRequestId>().map(|id| id.as_str().to_owned());
        Ok(Self { access: Access::from_ref(state), request_id })
    }
}

impl Entry {
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<Option<TenantId>, Problem> {
        let found =
            async { store::lookup::tenant_by_slug(&mut self.access.db().lookup().await?, slug).await };
        found.await.map_err(|error| database_problem(&error))
    }

    /// Which invitation a token opens, by the token's hash.
    pub async fn invitation(&self, hash: &[u8; 32]) -> Result<Option<(TenantId, InvitationId)>, Problem> {
        let found = async { store::lookup::invitation(&mut self.access.db().lookup().await?, hash).await };
        found.await.map_err(|error| database_problem(&error))
    }

    pub async fn tenant(&self, tenant: TenantId) -> Result<TenantTx, Problem> {
        self.access.tenant(tenant).await
    }

    pub async fn operator(&self) -> Result<OperatorTx, Problem> {
        self.access.operator().await
    }

    /// See [`Access::attempt`].
    pub async fn attempt(&self, key: &str, burst: u64, every: Duration) -> Result<(), Problem> {
        self.access.attempt(key, burst, every).await
    }

    /// Writes both rows of something that was done before anybody was signed in, in the chain it belongs to.
    pub async fn record(
        &self,
        chain: audit::Chain,
        actor: &str,
        action: &str,
        resource: &str,
    ) -> Result<(), Problem> {
        let begun = audit::Begun::new(chain, actor, action, resource, self.request_id.clone());
        audit::begin(&self.access, &begun).await?;
        audit::complete(&self.access, &begun, audit::Phase::Success).await
    }
}
