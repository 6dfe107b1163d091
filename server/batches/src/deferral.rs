//! A call that nothing could serve, as a batch of one line.

use bytes::Bytes;
use chrono::TimeDelta;
use serde_json::value::RawValue;
use shared::FileId;
use shared_chat::Batch;

use crate::{
    ApiCaller, Batches, BatchesError, Endpoint,
    http::v1::batch_object,
    order, purpose,
    request::{DEFAULT_EXPIRY_S, Order},
    state::object_of,
    store::file::{self, Finished},
    upload,
};

/// The line's own name, and its file's.
const CUSTOM_ID: &str = "deferred-call";
const FILENAME: &str = "deferred-call.jsonl";

/// A line of a batch, as its worker reads it.
#[derive(serde::Serialize)]
struct Line<'a> {
    custom_id: &'a str,
    method: &'a str,
    url: &'a str,
    body: &'a RawValue,
}

impl Batches {
    /// Stores a call's body as a file of one line, and makes a batch of it. Nothing stays where that fails.
    ///
    /// # Errors
    /// A body that is no JSON or is too long; the database or the object store away.
    pub async fn defer(
        &self,
        caller: ApiCaller,
        endpoint: Endpoint,
        body: &[u8],
    ) -> Result<Batch, BatchesError> {
        let line = line(endpoint, body)?;
        if line.len() > self.limits().max_line_bytes {
            return Err(BatchesError::TooLarge { field: "body", most: self.limits().max_line_bytes as u64 });
        }
        let id = FileId::generate();
        let mut tx = self.db().tenant(caller.tenant).await?;
        file::begin(&mut tx, id, caller.project, purpose::BATCH, self.now()).await?;
        tx.commit().await?;
        let placed = self.place_line(caller, endpoint, id, line).await;
        match placed {
            Ok(batch) => {
                self.wake().notify_one();
                Ok(batch)
            }
            Err(error) => {
                upload::discard(self, caller.tenant, id).await;
                Err(error)
            }
        }
    }

    async fn place_line(
        &self,
        caller: ApiCaller,
        endpoint: Endpoint,
        id: FileId,
        line: Bytes,
    ) -> Result<Batch, BatchesError> {
        let bytes = line.len() as u64;
        let mut writer = self.objects().writer(&object_of(caller.tenant, id)?);
        writer.write(line).await?;
        writer.finish().await?;
        let now = self.now();
        let expires_at = Some(now + TimeDelta::seconds(DEFAULT_EXPIRY_S.into()));
        let finished = Finished { filename: FILENAME, purpose: purpose::BATCH, bytes, expires_at };
        let order = Order { input: id, endpoint, metadata: None, output_expires_s: DEFAULT_EXPIRY_S };
        let mut tx = self.db().tenant(caller.tenant).await?;
        file::finish(&mut tx, id, &finished).await?.ok_or_else(|| BatchesError::no_file(id))?;
        let most = self.limits().max_input_bytes;
        let batch = order::place(&mut tx, caller.project, caller.key, &order, most, now).await?;
        tx.commit().await?;
        Ok(batch_object(&batch))
    }
}

fn line(endpoint: Endpoint, body: &[u8]) -> Result<Bytes, BatchesError> {
    let body = serde_json::from_slice(body)
        .map_err(|_| BatchesError::field("body", "expected a JSON object, as the endpoint takes it"))?;
    let line = Line { custom_id: CUSTOM_ID, method: "POST", url: endpoint.as_str(), body };
    let mut line = serde_json::to_vec(&line)
        .map_err(|_| BatchesError::field("body", "expected a JSON object, as the endpoint takes it"))?;
    // A line is one, however its body was laid out: whitespace between JSON's tokens may be any.
    line.iter_mut().filter(|byte| matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    line.push(b'\n');
    Ok(line.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_of_several_lines_is_one_line() {
        let body = b"{\n  \"model\": \"m\",\r\n  \"input\": \"a\\nb\"\n}";
        let line = line(Endpoint::Embeddings, body).unwrap();
        assert_eq!(line.iter().position(|byte| *byte == b'\n'), Some(line.len() - 1));
        let good = crate::line::check(line.trim_ascii(), Endpoint::Embeddings).unwrap();
        assert_eq!((good.custom_id.as_str(), good.model.as_str()), (CUSTOM_ID, "m"));
        assert!(good.body.contains(r"a\nb"), "{}", good.body);
    }
}
