//! What the handlers stand on.

use access::Access;
use axum::extract::FromRef;

#[derive(Clone)]
pub struct BillingState {
    pub access: Access,
}

impl FromRef<BillingState> for Access {
    fn from_ref(state: &BillingState) -> Self {
        state.access.clone()
    }
}
