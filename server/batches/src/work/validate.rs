//! Before the first call: every line of the input is looked at.

use std::collections::HashSet;

use sha2::{Digest, Sha256};
use shared_chat::BatchError;

use super::held::{Held, Interrupted};
use crate::{
    BatchesError, Endpoint,
    line::{self, BadLine, DUPLICATE, GoodLine, TOO_LONG},
    lines::Line,
    store::{
        batch::BatchRow,
        progress,
        result::{self, Outcome},
    },
};

/// Outcomes that are kept in one statement.
pub const CHUNK: usize = 500;

/// What the lines have in common, as far as they were read.
#[derive(Default)]
struct Seen {
    /// Hashes of ids: long ids of many lines would be too much to keep.
    ids: HashSet<[u8; 16]>,
    total: u32,
    bad: u32,
    models: Models,
}

/// What the lines name as their model.
#[derive(Default)]
enum Models {
    #[default]
    None,
    Same(String),
    Several,
}

impl Seen {
    fn check(&mut self, line: &Line, endpoint: Endpoint, most: usize) -> Result<(), BadLine> {
        let Some(content) = &line.content else {
            return Err(BadLine::new(TOO_LONG, format!("The line is longer than {most} bytes.")));
        };
        let good = line::check(content, endpoint)?;
        let mut id = [0; 16];
        id.copy_from_slice(&Sha256::digest(&good.custom_id)[..16]);
        if !self.ids.insert(id) {
            let message = "An earlier line has the same `custom_id`.";
            return Err(BadLine::new(DUPLICATE, message).of(&good.custom_id));
        }
        self.note(good);
        Ok(())
    }

    fn note(&mut self, good: GoodLine) {
        match &self.models {
            Models::None => self.models = Models::Same(good.model),
            Models::Same(same) if *same != good.model => self.models = Models::Several,
            Models::Same(_) | Models::Several => {}
        }
    }
}

/// Answers bad lines and begins the batch, or fails it as a whole.
pub async fn validate(held: &Held, batch: &BatchRow) -> Result<(), Interrupted> {
    let Some(mut lines) = held.lines(batch).await? else {
        return fail(held, "file_not_found", "The input file does not exist any more.").await;
    };
    let limits = held.batches.limits();
    let mut seen = Seen::default();
    let mut refused = Vec::new();
    while let Some(line) = lines.next().await? {
        seen.total += 1;
        if seen.total > limits.max_requests {
            let message = format!("The input file has more than {} requests.", limits.max_requests);
            return fail(held, "too_many_requests_in_batch", &message).await;
        }
        if let Err(bad) = seen.check(&line, batch.endpoint(), limits.max_line_bytes) {
            seen.bad += 1;
            refused.push(held.refusal(line.number, &bad, batch.created_at));
        }
        if refused.len() >= CHUNK {
            keep(held, &mut refused).await?;
        }
    }
    if seen.total == 0 {
        return fail(held, "empty_file", "The input file has no requests.").await;
    }
    keep(held, &mut refused).await?;
    let mut tx = held.begin().await?;
    let model = match &seen.models {
        Models::Same(model) => Some(model.as_str()),
        Models::None | Models::Several => None,
    };
    let counts = (seen.total, seen.bad);
    // Not begun is no error: it was cancelled meanwhile.
    progress::begin(&mut tx, held.claimed.batch, &held.worker, counts, model, held.now()).await?;
    Ok(tx.commit().await?)
}

/// Keeps refusals without counting them: the counts are set once all lines are looked at.
async fn keep(held: &Held, refused: &mut Vec<Outcome>) -> Result<(), Interrupted> {
    let mut tx = held.begin().await?;
    progress::held(&mut tx, held.claimed.batch, &held.worker).await?.ok_or(Interrupted::Lost)?;
    result::keep(&mut tx, held.claimed.batch, refused).await?;
    tx.commit().await?;
    refused.clear();
    Ok(())
}

async fn fail(held: &Held, code: &str, message: &str) -> Result<(), Interrupted> {
    let error = BatchError { code: code.to_owned(), message: message.to_owned(), param: None, line: None };
    let mut tx = held.begin().await?;
    progress::fail(&mut tx, held.claimed.batch, &held.worker, &[error], held.now()).await?;
    result::clear(&mut tx, held.claimed.batch).await?;
    tx.commit().await.map_err(|error| Interrupted::Failed(BatchesError::Db(error)))
}
