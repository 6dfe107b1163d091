//! The audit log: append-only, one hash chain per tenant and one for the operators, two rows an action.
//!
//! `hash = sha256(prev ‖ fields)`, each field preceded by its length as eight bytes, little endian, in the order of
//! [`store::audit`]'s insert. A chain's first `prev` is 32 zero bytes. Rows are appended under an advisory lock that
//! ends with the transaction, so sequence numbers have no gaps and nobody's row slips between a row and its successor.

use std::sync::Arc;

use axum::{extract::Request, extract::State, middleware::Next, response::Response};
use http::{Extensions, StatusCode};
use parking_lot::Mutex;
use shared::{AuditActionId, TenantId};
use web::Problem;

use crate::{Access, database_problem, store};

/// Whose chain a row belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chain {
    Tenant(TenantId),
    Operator,
}

/// Where an action stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    Begun,
    Success,
    Denied,
    Error,
    Timeout,
}

impl Phase {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Success => "success",
            Self::Denied => "denied",
            Self::Error => "error",
            Self::Timeout => "timeout",
        }
    }

    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Self::Timeout,
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => Self::Denied,
            status if status.is_client_error() || status.is_server_error() => Self::Error,
            _ => Self::Success,
        }
    }
}

/// An action whose first row is written.
#[derive(Debug, Clone)]
pub struct Begun {
    pub chain: Chain,
    pub action_id: AuditActionId,
    pub actor: String,
    pub action: String,
    pub resource: String,
    pub request_id: Option<String>,
}

impl Begun {
    pub fn new(chain: Chain, actor: &str, action: &str, resource: &str, request_id: Option<String>) -> Self {
        Self {
            chain,
            action_id: AuditActionId::generate(),
            actor: actor.to_owned(),
            action: action.to_owned(),
            resource: resource.to_owned(),
            request_id,
        }
    }
}

/// Writes an action's first row.
pub async fn begin(access: &Access, begun: &Begun) -> Result<(), Problem> {
    append(access, begun, Phase::Begun).await
}

/// Writes its outcome.
pub async fn complete(access: &Access, begun: &Begun, phase: Phase) -> Result<(), Problem> {
    append(access, begun, phase).await
}

async fn append(access: &Access, begun: &Begun, phase: Phase) -> Result<(), Problem> {
    let at = access.clock().now();
    let written = async {
        match begun.chain {
            Chain::Tenant(tenant) => {
                let mut tx = access.db().tenant(tenant).await?;
                store::audit::append_tenant(&mut tx, begun, phase, at).await?;
                tx.commit().await
            }
            Chain::Operator => {
                let mut tx = access.db().operator().await?;
                store::audit::append_operator(&mut tx, begun, phase, at).await?;
                tx.commit().await
            }
        }
    };
    written.await.map_err(|error| database_problem(&error))
}

/// Where a permit leaves its action for the layer to complete.
#[derive(Clone, Default)]
struct Slot(Arc<Mutex<Option<Begun>>>);

/// Tells the layer of this request to write the outcome.
pub(crate) fn arm(extensions: &mut Extensions, begun: Begun) {
    if let Some(slot) = extensions.get::<Slot>() {
        *slot.0.lock() = Some(begun);
    } else {
        tracing::error!(action = begun.action, "a mutating endpoint stands outside the audit layer");
    }
}

/// Completes what a request began even when its client has gone and its future is dropped.
struct Completion {
    slot: Slot,
    access: Access,
}

impl Drop for Completion {
    fn drop(&mut self) {
        let Some(begun) = self.slot.0.lock().take() else { return };
        let access = self.access.clone();
        tokio::spawn(async move {
            if let Err(problem) = complete(&access, &begun, Phase::Error).await {
                tracing::error!(%problem, action = begun.action, "the outcome of an abandoned action is not in the audit log");
            }
        });
    }
}

/// Middleware around all of `/api`: writes the second row of an action from the response's status.
pub async fn layer(State(access): State<Access>, mut request: Request, next: Next) -> Response {
    let slot = Slot::default();
    request.extensions_mut().insert(slot.clone());
    let guard = Completion { slot, access };
    let response = next.run(request).await;
    let begun = guard.slot.0.lock().take();
    if let Some(begun) = begun
        && let Err(problem) = complete(&guard.access, &begun, Phase::of(response.status())).await
    {
        // The action is done and told as begun; the missing outcome is visible in the chain.
        tracing::error!(%problem, action = begun.action, "the outcome of an action is not in the audit log");
    }
    response
}
