//! The end of a batch: its output and error file, in the order of the lines.

use bytes::{BufMut, BytesMut};
use chrono::TimeDelta;
use shared::FileId;
use shared_chat::BatchStatus;

use super::held::{Held, Interrupted};
use crate::{
    purpose,
    state::object_of,
    store::{
        batch::{self, BatchRow},
        file::{self, Finished},
        progress, result,
    },
};

/// Results that are read at once.
const PAGE: i64 = 200;

/// Writes both files, as far as there is something for them, and ends the batch. Done again, it writes the same files
/// under the same ids.
pub async fn finish(held: &Held, batch: &BatchRow) -> Result<(), Interrupted> {
    let ends_as = match batch.status() {
        BatchStatus::Cancelling => BatchStatus::Cancelled,
        _ => batch::status(&batch.ends_as),
    };
    if batch.in_progress_at.is_none() {
        // Cancelled while its lines were looked at: what was refused by then says nothing.
        let mut tx = held.begin().await?;
        result::clear(&mut tx, held.claimed.batch).await?;
        tx.commit().await?;
    }
    let (output, error) = name_files(held, batch).await?;
    let output = write(held, batch, true, output).await?;
    let error = write(held, batch, false, error).await?;
    let mut tx = held.begin().await?;
    for written in [output, error].into_iter().flatten() {
        let (id, filename, bytes) = written;
        let expires_at = Some(held.now() + TimeDelta::seconds(batch.output_expires_s.into()));
        let finished = Finished { filename: &filename, purpose: purpose::BATCH_OUTPUT, bytes, expires_at };
        file::finish(&mut tx, id, &finished).await?;
    }
    if !progress::end(&mut tx, held.claimed.batch, &held.worker, ends_as, held.now()).await? {
        return Err(Interrupted::Lost);
    }
    result::clear(&mut tx, held.claimed.batch).await?;
    Ok(tx.commit().await?)
}

/// Gives ids to the files that there is something for, and rows that nobody sees yet.
async fn name_files(held: &Held, batch: &BatchRow) -> Result<(Option<FileId>, Option<FileId>), Interrupted> {
    let mut tx = held.begin().await?;
    let mut wanted = [None, None];
    for (index, ok) in [true, false].into_iter().enumerate() {
        let any = !result::page(&mut tx, held.claimed.batch, ok, 0, 1).await?.is_empty();
        wanted[index] = any.then(FileId::generate);
    }
    let named = progress::name_files(&mut tx, held.claimed.batch, &held.worker, wanted.into()).await?;
    let (output, error) = named.ok_or(Interrupted::Lost)?;
    for id in [output, error].into_iter().flatten() {
        file::begin(&mut tx, id, batch.project(), purpose::BATCH_OUTPUT, held.now()).await?;
    }
    tx.commit().await?;
    Ok((output, error))
}

/// Writes one file; its id, name and size.
async fn write(
    held: &Held,
    batch: &BatchRow,
    ok: bool,
    id: Option<FileId>,
) -> Result<Option<(FileId, String, u64)>, Interrupted> {
    let Some(id) = id else { return Ok(None) };
    let mut writer = held.batches.objects().writer(&object_of(held.claimed.tenant, id)?);
    let mut after = 0;
    loop {
        let mut tx = held.begin().await?;
        let page = result::page(&mut tx, held.claimed.batch, ok, after, PAGE).await?;
        tx.commit().await?;
        let Some((last, _)) = page.last() else { break };
        after = *last;
        let mut piece = BytesMut::new();
        for (_, line) in &page {
            piece.put_slice(line.as_bytes());
            piece.put_u8(b'\n');
        }
        writer.write(piece.freeze()).await?;
    }
    let kind = if ok { "output" } else { "error" };
    Ok(Some((id, format!("{}_{kind}.jsonl", batch.id()), writer.finish().await?)))
}
