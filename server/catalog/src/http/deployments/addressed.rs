//! A deployment as its engine is addressed.

use access::Refusal;
use db::OperatorTx;
use shared::DeploymentId;
use shared_api::catalog::Deployment;
use snapshot::EngineKind;
use url::Url;
use web::Problem;
use zeroize::Zeroizing;

use crate::{CatalogState, operator_key, store};

pub struct Addressed {
    pub deployment: Deployment,
    pub engine: EngineKind,
    pub base_url: Url,
    credential: Option<Zeroizing<String>>,
}

impl Addressed {
    pub fn credential(&self) -> Option<&str> {
        self.credential.as_ref().map(|text| text.as_str())
    }
}

/// A deployment with its credential opened.
pub async fn addressed(
    tx: &mut OperatorTx,
    state: &CatalogState,
    id: DeploymentId,
) -> Result<Addressed, Refusal> {
    let missing = || Problem::not_found("deployment");
    let deployment = store::deployment::get(tx, id).await?.ok_or_else(missing)?;
    let sealed = store::deployment::credential(tx, id).await?;
    let credential = operator_key::open(tx, &state.key_encryption_key, sealed).await?;
    let parse = |error: snapshot::ParseEngineKindError| Problem::internal(&error);
    let engine = deployment.engine.parse().map_err(parse)?;
    let base_url = deployment.base_url.parse().map_err(|_| missing())?;
    Ok(Addressed { deployment, engine, base_url, credential })
}
