//! The models that this workspace may call: found, compared, understood.

mod filter;
mod model_page;
mod models_page;
mod resolution;
mod routes_card;

pub use model_page::ModelPage;
pub use models_page::ModelsPage;

use shared_api::catalog::{ModelKind, TenantModel};

pub(super) fn is_chat(model: &TenantModel) -> bool {
    model.kind == ModelKind::Chat
}

pub(super) fn can(model: &TenantModel, capability: &str) -> bool {
    model.capabilities.iter().any(|name| name == capability)
}

pub(super) fn takes_images(model: &TenantModel) -> bool {
    can(model, "vision") || model.input_modalities.iter().any(|name| name == "image")
}
