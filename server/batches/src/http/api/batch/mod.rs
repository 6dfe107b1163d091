pub mod cancel;
pub mod create;
pub mod list;
pub mod read;

use serde_json::Value;
use shared_api::batches::{BatchProblem, BatchProgress, BatchRun, BatchState};
use shared_chat::BatchStatus;

use crate::store::batch::BatchRow;

pub fn shown(batch: &BatchRow) -> BatchRun {
    let counts = batch.counts();
    let text = |(key, value): (&String, &Value)| Some((key.clone(), value.as_str()?.to_owned()));
    let metadata = batch.metadata.iter().flat_map(|metadata| metadata.0.iter()).filter_map(text).collect();
    let problem = |error: &shared_chat::BatchError| BatchProblem {
        code: error.code.clone(),
        message: error.message.clone(),
        line: error.line,
    };
    BatchRun {
        id: batch.id(),
        project_id: batch.project(),
        key_id: batch.key(),
        endpoint: batch.endpoint.clone(),
        model: batch.model.clone(),
        status: state(batch.status()),
        progress: BatchProgress { total: counts.total, completed: counts.completed, failed: counts.failed },
        input_tokens: batch.input_tokens.unsigned_abs(),
        output_tokens: batch.output_tokens.unsigned_abs(),
        input_file_id: batch.input(),
        output_file_id: batch.output(),
        error_file_id: batch.error(),
        errors: batch.errors.iter().flat_map(|errors| errors.0.iter()).map(problem).collect(),
        metadata,
        created_at: batch.created_at,
        in_progress_at: batch.in_progress_at,
        expires_at: batch.expires_at,
        ended_at: batch.completed_at.or(batch.failed_at).or(batch.expired_at).or(batch.cancelled_at),
    }
}

const fn state(status: BatchStatus) -> BatchState {
    match status {
        BatchStatus::Validating => BatchState::Validating,
        BatchStatus::Failed => BatchState::Failed,
        BatchStatus::InProgress => BatchState::InProgress,
        BatchStatus::Finalizing => BatchState::Finalizing,
        BatchStatus::Completed => BatchState::Completed,
        BatchStatus::Expired => BatchState::Expired,
        BatchStatus::Cancelling => BatchState::Cancelling,
        BatchStatus::Cancelled => BatchState::Cancelled,
    }
}
