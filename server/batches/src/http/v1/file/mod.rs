pub mod content;
pub mod create;
pub mod delete;
pub mod list;
pub mod read;

use shared_chat::{FileObject, Rest};

use crate::store::file::FileRow;

/// A file in OpenAI's shape.
pub fn object(file: &FileRow) -> FileObject {
    FileObject {
        id: file.id().to_string(),
        object: FileObject::OBJECT.to_owned(),
        bytes: file.bytes(),
        created_at: file.created_at.timestamp(),
        expires_at: file.expires_at.map(|at| at.timestamp()),
        filename: file.filename.clone(),
        purpose: file.purpose.clone(),
        status: "processed".to_owned(),
        status_details: None,
        rest: Rest::new(),
    }
}
