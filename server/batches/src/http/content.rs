//! A file's content on its way out.

use axum::{body::Body, response::Response};
use http::{HeaderValue, header};
use shared::TenantId;

use crate::{Batches, BatchesError, state::object_of, store::file::FileRow};

/// Streams the content, to be saved under the file's name and never to be shown as a page.
pub async fn stream(batches: &Batches, tenant: TenantId, file: &FileRow) -> Result<Response, BatchesError> {
    let found = batches.objects().read(&object_of(tenant, file.id())?).await?;
    let Some((bytes, content)) = found else {
        tracing::error!(file = %file.id(), "a file has no content");
        return Err(BatchesError::no_file(file.id()));
    };
    let mut response = Response::new(Body::from_stream(content));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(value) = HeaderValue::from_str(&disposition(&file.filename)) {
        headers.insert(header::CONTENT_DISPOSITION, value);
    }
    Ok(response)
}

/// RFC 6266: the name in ASCII, and whole in UTF-8.
fn disposition(filename: &str) -> String {
    let plain: String = filename
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() || " ._-".contains(c) { c } else { '_' })
        .collect();
    let whole: String = url::form_urlencoded::byte_serialize(filename.as_bytes()).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{}", whole.replace('+', "%20"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_leave_its_quotes() {
        assert_eq!(
            disposition("a\"b\r\n é.jsonl"),
            "attachment; filename=\"a_b__ _.jsonl\"; filename*=UTF-8''a%22b%0D%0A%20%C3%A9.jsonl"
        );
    }
}
