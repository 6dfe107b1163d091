//! A file on its way in: `multipart/form-data`, streamed into the object store in bounded memory.

use axum::extract::multipart::MultipartRejection;
use axum::extract::{Multipart, multipart::Field};
use objects::ObjectWriter;
use shared::{FileId, ProjectId, TenantId};
use shared_chat::ExpiresAfter;

use crate::{
    Batches, BatchesError, purpose, removal, request,
    state::object_of,
    store::file::{self, FileRow, Finished},
};

/// The longest value of a field that is not the file.
const LONGEST_VALUE: usize = 1024;
const LONGEST_NAME: usize = 255;

/// Whose the file is to be.
#[derive(Debug, Clone, Copy)]
pub enum Owner {
    /// The project of the key.
    Key(ProjectId),
    /// The form names it, before the file.
    Form,
}

impl Owner {
    const fn fields(self) -> &'static str {
        match self {
            Self::Key(_) => "`file`, `purpose` or `expires_after`",
            Self::Form => "`project_id`, `purpose`, `expires_after` or `file`",
        }
    }
}

/// What the form said.
#[derive(Default)]
struct Form {
    project: Option<ProjectId>,
    purpose: Option<&'static str>,
    anchor: Option<String>,
    seconds: Option<String>,
    file: Option<(FileId, String, u64)>,
}

impl Form {
    /// Seconds until it goes. A batch's input goes after 30 days unless the form says otherwise.
    fn expiry(&self) -> Result<Option<i32>, BatchesError> {
        let (anchor, seconds) = match (&self.anchor, &self.seconds) {
            (None, None) => {
                return Ok((self.purpose == Some(purpose::BATCH)).then_some(request::DEFAULT_EXPIRY_S));
            }
            (Some(anchor), Some(seconds)) => (anchor.clone(), seconds),
            (Some(_), None) => return Err(BatchesError::missing("expires_after.seconds", "a whole number")),
            (None, Some(_)) => return Err(BatchesError::missing("expires_after.anchor", "`created_at`")),
        };
        let seconds = seconds.parse().map_err(|_| {
            BatchesError::field("expires_after.seconds", "expected a whole number of seconds")
        })?;
        request::expiry("expires_after", &ExpiresAfter { anchor, seconds }).map(Some)
    }
}

/// Receives a form with one file. Whatever goes wrong, nothing of it stays.
pub async fn receive(
    batches: &Batches,
    tenant: TenantId,
    owner: Owner,
    form: Result<Multipart, MultipartRejection>,
) -> Result<FileRow, BatchesError> {
    let form = form.map_err(|_| BatchesError::MediaType)?;
    let mut begun = None;
    let received = fill(batches, tenant, owner, form, &mut begun).await;
    if received.is_err()
        && let Some(id) = begun
    {
        discard(batches, tenant, id).await;
    }
    received
}

async fn fill(
    batches: &Batches,
    tenant: TenantId,
    owner: Owner,
    mut form: Multipart,
    begun: &mut Option<FileId>,
) -> Result<FileRow, BatchesError> {
    let mut said = Form { project: None, ..Form::default() };
    if let Owner::Key(project) = owner {
        said.project = Some(project);
    }
    while let Some(field) = form.next_field().await.map_err(broken)? {
        let name = field.name().unwrap_or_default().to_owned();
        match (name.as_str(), owner) {
            ("file", _) if said.file.is_some() => {
                return Err(BatchesError::field("file", "is there twice: expected one file"));
            }
            ("file", _) => said.file = Some(content(batches, tenant, said.project, field, begun).await?),
            ("purpose", _) => said.purpose = Some(purpose::of_upload(&value(field, "purpose").await?)?),
            ("expires_after[anchor]", _) => said.anchor = Some(value(field, "expires_after.anchor").await?),
            ("expires_after[seconds]", _) => {
                said.seconds = Some(value(field, "expires_after.seconds").await?);
            }
            ("expires_after", _) => {
                let text = value(field, "expires_after").await?;
                let after: ExpiresAfter = serde_json::from_str(&text).map_err(|_| {
                    BatchesError::field(
                        "expires_after",
                        "expected `expires_after[anchor]` and `expires_after[seconds]`",
                    )
                })?;
                (said.anchor, said.seconds) = (Some(after.anchor), Some(after.seconds.to_string()));
            }
            ("project_id", Owner::Form) => {
                let text = value(field, "project_id").await?;
                let id = text.trim().parse().map_err(|error: shared::ParseIdError| {
                    BatchesError::field("project_id", error.to_string())
                })?;
                said.project = Some(id);
            }
            (other, _) => return Err(BatchesError::unknown(other, owner.fields())),
        }
    }
    show(batches, tenant, &said).await
}

fn broken(error: axum::extract::multipart::MultipartError) -> BatchesError {
    BatchesError::Upload(error.body_text())
}

/// A short value.
async fn value(mut field: Field<'_>, name: &'static str) -> Result<String, BatchesError> {
    let mut whole = Vec::new();
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        whole.extend_from_slice(&piece);
        if whole.len() > LONGEST_VALUE {
            return Err(BatchesError::field(name, format!("expected at most {LONGEST_VALUE} bytes")));
        }
    }
    String::from_utf8(whole).map_err(|_| BatchesError::field(name, "expected text in UTF-8"))
}

/// Streams the content under a row that nobody sees yet.
async fn content(
    batches: &Batches,
    tenant: TenantId,
    project: Option<ProjectId>,
    mut field: Field<'_>,
    begun: &mut Option<FileId>,
) -> Result<(FileId, String, u64), BatchesError> {
    let project = project.ok_or_else(|| {
        BatchesError::missing("project_id", "the id of a project, in the form before `file`")
    })?;
    let filename = filename(field.file_name())?;
    let id = FileId::generate();
    let mut tx = batches.db().tenant(tenant).await?;
    file::begin(&mut tx, id, project, "user_data", batches.now()).await?;
    tx.commit().await?;
    *begun = Some(id);
    let mut writer = batches.objects().writer(&object_of(tenant, id)?);
    match copy(&mut field, &mut writer, batches.limits().max_file_bytes).await {
        Ok(()) => Ok((id, filename, writer.finish().await?)),
        Err(error) => {
            writer.abort().await;
            Err(error)
        }
    }
}

fn filename(sent: Option<&str>) -> Result<String, BatchesError> {
    let sent = sent.map(|name| name.rsplit(['/', '\\']).next().unwrap_or(name)).unwrap_or_default();
    if sent.is_empty() {
        return Err(BatchesError::field(
            "file",
            "has no file name: expected `filename=` in its Content-Disposition",
        ));
    }
    if sent.chars().count() > LONGEST_NAME || sent.chars().any(char::is_control) {
        let message = format!("expected a file name of at most {LONGEST_NAME} printable characters");
        return Err(BatchesError::field("file", message));
    }
    Ok(sent.to_owned())
}

async fn copy(field: &mut Field<'_>, writer: &mut ObjectWriter, most: u64) -> Result<(), BatchesError> {
    while let Some(piece) = field.chunk().await.map_err(broken)? {
        if writer.bytes() + piece.len() as u64 > most {
            return Err(BatchesError::TooLarge { field: "file", most });
        }
        writer.write(piece).await?;
    }
    Ok(())
}

/// The whole form is there: the file is shown.
async fn show(batches: &Batches, tenant: TenantId, said: &Form) -> Result<FileRow, BatchesError> {
    let purpose = said
        .purpose
        .ok_or_else(|| BatchesError::missing("purpose", "what the file is for, such as `batch`"))?;
    let (id, filename, bytes) =
        said.file.as_ref().ok_or_else(|| BatchesError::missing("file", "a file with a file name"))?;
    let most = batches.limits().max_input_bytes;
    if purpose == purpose::BATCH && *bytes > most {
        return Err(BatchesError::TooLarge { field: "file", most });
    }
    let now = batches.now();
    let expires_at = said.expiry()?.map(|seconds| now + chrono::TimeDelta::seconds(seconds.into()));
    let finished = Finished { filename, purpose, bytes: *bytes, expires_at };
    let mut tx = batches.db().tenant(tenant).await?;
    let row = file::finish(&mut tx, *id, &finished).await?.ok_or_else(|| BatchesError::no_file(id))?;
    tx.commit().await?;
    Ok(row)
}

/// Removes what a failed upload left. What cannot be removed now is swept away later.
pub async fn discard(batches: &Batches, tenant: TenantId, id: FileId) {
    let deleted = async {
        let mut tx = batches.db().tenant(tenant).await?;
        file::delete(&mut tx, id, None).await?;
        removal::ask(tx.conn(), tenant, id, batches.now()).await?;
        Ok::<(), BatchesError>(tx.commit().await?)
    };
    match deleted.await {
        Ok(()) => removal::at_once(batches, tenant, id).await,
        Err(error) => tracing::warn!(%error, file = %id, "an unfinished upload is left for the sweep"),
    }
}
