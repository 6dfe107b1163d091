pub mod cancel;
pub mod create;
pub mod list;
pub mod read;

use chrono::{DateTime, Utc};
use shared_chat::{Batch, BatchErrors, BatchInputDetails, BatchOutputDetails, BatchUsage, Rest};

use crate::{request::WINDOW_NAME, store::batch::BatchRow};

/// A batch in OpenAI's shape.
pub fn object(batch: &BatchRow) -> Batch {
    let second = |at: Option<DateTime<Utc>>| at.map(|at| at.timestamp());
    let errors = batch.errors.as_ref().map(|errors| BatchErrors::of(errors.0.clone()));
    Batch {
        id: batch.id().to_string(),
        object: Batch::OBJECT.to_owned(),
        endpoint: batch.endpoint.clone(),
        model: batch.model.clone(),
        errors,
        input_file_id: batch.input().to_string(),
        completion_window: WINDOW_NAME.to_owned(),
        status: batch.status(),
        output_file_id: batch.output().map(|id| id.to_string()),
        error_file_id: batch.error().map(|id| id.to_string()),
        created_at: batch.created_at.timestamp(),
        in_progress_at: second(batch.in_progress_at),
        expires_at: Some(batch.expires_at.timestamp()),
        finalizing_at: second(batch.finalizing_at),
        completed_at: second(batch.completed_at),
        failed_at: second(batch.failed_at),
        expired_at: second(batch.expired_at),
        cancelling_at: second(batch.cancelling_at),
        cancelled_at: second(batch.cancelled_at),
        request_counts: batch.counts(),
        usage: Some(usage(batch)),
        metadata: batch.metadata.as_ref().map(|metadata| metadata.0.clone()),
        rest: Rest::new(),
    }
}

fn usage(batch: &BatchRow) -> BatchUsage {
    let (input, output) = (batch.input_tokens.unsigned_abs(), batch.output_tokens.unsigned_abs());
    BatchUsage {
        input_tokens: input,
        input_tokens_details: BatchInputDetails { cached_tokens: batch.cached_tokens.unsigned_abs() },
        output_tokens: output,
        output_tokens_details: BatchOutputDetails { reasoning_tokens: batch.reasoning_tokens.unsigned_abs() },
        total_tokens: input + output,
    }
}
