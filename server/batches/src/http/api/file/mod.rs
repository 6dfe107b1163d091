pub mod content;
pub mod create;
pub mod delete;
pub mod list;

use shared_api::batches::StoredFile;

use crate::store::file::FileRow;

pub fn shown(file: &FileRow) -> StoredFile {
    StoredFile {
        id: file.id(),
        project_id: file.project(),
        filename: file.filename.clone(),
        purpose: file.purpose.clone(),
        bytes: file.bytes(),
        created_at: file.created_at,
        expires_at: file.expires_at,
    }
}
