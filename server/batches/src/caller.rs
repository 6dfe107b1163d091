//! Who calls `/v1`.

use axum::extract::FromRequestParts;
use http::request::Parts;
use shared::{ApiKeyId, ProjectId, TenantId};

use crate::{BatchesError, error::OnV1};

/// A caller whose key is good here. Whoever mounts the routes of `/v1` puts it into the request's extensions, after the
/// very check that model calls pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiCaller {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub key: ApiKeyId,
}

impl<S: Send + Sync> FromRequestParts<S> for ApiCaller {
    type Rejection = OnV1;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, OnV1> {
        parts.extensions.get().copied().ok_or(OnV1(BatchesError::NoCaller))
    }
}
