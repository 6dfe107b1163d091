//! A tenant's files and batches.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{BatchId, FileId, Page, TenantId};
use shared_api::{
    batches::{BatchRun, StoredFile},
    tenancy::{ApiKey, Project},
};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
pub(crate) mod upload;

#[cfg(feature = "ssr")]
use {
    super::{call, flash, tenancy},
    serde_json::json,
};

/// What the page of files shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FilesView {
    pub files: Page<StoredFile>,
    pub projects: Vec<Project>,
    pub now: i64,
}

/// What the page of batches shows, and what its form offers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchesView {
    pub batches: Page<BatchRun>,
    pub projects: Vec<Project>,
    pub now: i64,
}

/// What a new batch can be made of.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewBatchView {
    /// Files that are meant for batches.
    pub files: Vec<StoredFile>,
    /// Keys that work.
    pub keys: Vec<ApiKey>,
    pub projects: Vec<Project>,
    pub now: i64,
}

/// One batch, with the names of what it names.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchView {
    pub batch: BatchRun,
    pub project: Option<String>,
    pub key: Option<String>,
    pub now: i64,
}

#[cfg(feature = "ssr")]
fn under(tenant: TenantId, rest: &str) -> String {
    format!("/api/v1/tenants/{tenant}/{rest}")
}

#[cfg(feature = "ssr")]
async fn keys_of(tenant: TenantId, query: &str) -> Answer<Vec<ApiKey>> {
    Ok(call::get::<Page<ApiKey>>(&under(tenant, &format!("keys?limit=200{query}"))).await?.data)
}

/// `purpose` may be empty for all.
#[server(prefix = "/_fn", endpoint = "files")]
pub async fn read_files(
    tenant: TenantId,
    #[server(default)] purpose: String,
    #[server(default)] after: String,
) -> Result<Answer<FilesView>, ApiProblem> {
    let list = ui::query_href(&under(tenant, "files"), [("purpose", purpose.as_str())]);
    let list = call::page_of(&list, 50, &after);
    let read = async {
        let (files, projects) =
            futures::try_join!(call::get::<Page<StoredFile>>(&list), tenancy::projects_of(tenant))?;
        Ok(FilesView { files, projects, now: call::now() })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "files/delete")]
pub async fn delete_file(
    tenant: TenantId,
    file: FileId,
    #[server(default)] name: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&under(tenant, &format!("files/{file}"))).await;
    call::reply(done.map(|()| Flash::new(format!("{name} was deleted"))).inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "batches")]
pub async fn read_batches(
    tenant: TenantId,
    #[server(default)] after: String,
) -> Result<Answer<BatchesView>, ApiProblem> {
    let list = call::page_of(&under(tenant, "batches"), 50, &after);
    let read = async {
        let (batches, projects) =
            futures::try_join!(call::get::<Page<BatchRun>>(&list), tenancy::projects_of(tenant))?;
        Ok(BatchesView { batches, projects, now: call::now() })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "batches/new")]
pub async fn read_new_batch(tenant: TenantId) -> Result<Answer<NewBatchView>, ApiProblem> {
    let files = under(tenant, "files?purpose=batch&limit=100");
    let read = async {
        let (files, keys, projects) = futures::try_join!(
            call::get::<Page<StoredFile>>(&files),
            keys_of(tenant, "&status=active"),
            tenancy::projects_of(tenant)
        )?;
        Ok(NewBatchView { files: files.data, keys, projects, now: call::now() })
    };
    call::reply(read.await)
}

/// `batch` as it stands in the address.
#[server(prefix = "/_fn", endpoint = "batches/one")]
pub async fn read_batch(tenant: TenantId, batch: String) -> Result<Answer<BatchView>, ApiProblem> {
    let read = async {
        let id = batch.parse::<BatchId>().map_err(|_| ApiProblem::not_found())?;
        let path = under(tenant, &format!("batches/{id}"));
        let (batch, keys, projects) = futures::try_join!(
            call::get::<BatchRun>(&path),
            keys_of(tenant, ""),
            tenancy::projects_of(tenant)
        )?;
        let project = projects.into_iter().find(|one| one.id == batch.project_id).map(|one| one.name);
        let key = keys.into_iter().find(|one| one.id == batch.key_id).map(|one| one.name);
        Ok(BatchView { batch, project, key, now: call::now() })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "batches/create")]
pub async fn create_batch(
    tenant: TenantId,
    #[server(default)] input_file_id: String,
    #[server(default)] key_id: String,
    endpoint: String,
    #[server(default)] note: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let mut body = json!({ "input_file_id": input_file_id, "key_id": key_id, "endpoint": endpoint });
    if !note.trim().is_empty() {
        body["metadata"] = json!({ "note": note.trim() });
    }
    let made = call::post::<BatchRun>(&under(tenant, "batches"), &body).await;
    call::reply(
        made.map(|_| Flash::new("The batch was made; its lines are checked now")).inspect(flash::leave),
    )
}

#[server(prefix = "/_fn", endpoint = "batches/cancel")]
pub async fn cancel_batch(tenant: TenantId, batch: BatchId) -> Result<Answer<Flash>, ApiProblem> {
    let path = under(tenant, &format!("batches/{batch}/cancel"));
    let done = call::post::<BatchRun>(&path, &json!({})).await;
    let said = done.map(|_| Flash::new("The batch is being cancelled; what is done stays"));
    call::reply(said.inspect(flash::leave))
}
