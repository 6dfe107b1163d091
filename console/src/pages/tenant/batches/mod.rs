//! Files and batches: many calls from one file, run in the background.

mod batch_page;
mod batches_page;
mod files_page;
mod new_batch;

pub use batch_page::BatchPage;
pub use batches_page::BatchesPage;
pub use files_page::FilesPage;

use leptos::prelude::*;
use shared::{FileId, TenantId};
use shared_api::batches::{BatchRun, BatchState};
use ui::*;

/// Where a batch stands, as people read it.
fn state(state: BatchState) -> (Tone, &'static str) {
    match state {
        BatchState::Validating => (Tone::Info, "Checking lines"),
        BatchState::InProgress => (Tone::Info, "Running"),
        BatchState::Finalizing => (Tone::Info, "Writing results"),
        BatchState::Completed => (Tone::Success, "Completed"),
        BatchState::Failed => (Tone::Danger, "Failed"),
        BatchState::Expired => (Tone::Warning, "Expired"),
        BatchState::Cancelling => (Tone::Warning, "Cancelling"),
        BatchState::Cancelled => (Tone::Neutral, "Cancelled"),
    }
}

/// Where the API hands a file's content out.
fn content_href(tenant: TenantId, file: FileId) -> String {
    format!("/api/v1/tenants/{tenant}/files/{file}/content")
}

/// How far it is: done ones, and those that failed, of all.
fn progress(batch: &BatchRun) -> AnyView {
    let counts = batch.progress;
    if counts.total == 0 {
        return view! { <span class="muted">"–"</span> }.into_any();
    }
    let done = counts.completed + counts.failed;
    let text = format!("{} of {}", format::group(done as i64), format::group(counts.total as i64));
    let failed = (counts.failed > 0).then(|| {
        let words = format!("{} failed", format::group(counts.failed as i64));
        view! { <span class="batch-failed">{words}</span> }
    });
    view! {
        <div class="batch-progress">
            <ProgressBar label="Progress" ratio=done as f64 / counts.total as f64 text/>
            {failed}
        </div>
    }
    .into_any()
}

/// The endpoint by the words of the console.
fn kind(endpoint: &str) -> &str {
    match endpoint {
        "/v1/chat/completions" => "Chat",
        "/v1/completions" => "Completions",
        "/v1/embeddings" => "Embeddings",
        "/v1/responses" => "Responses",
        "/v1/moderations" => "Moderations",
        other => other,
    }
}
