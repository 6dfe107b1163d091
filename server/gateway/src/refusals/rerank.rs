//! `POST /v1/rerank`.

use shared_chat::RerankRequest;

use super::{at_least_one, not_built, wrong};
use crate::error::CallError;

/// Documents of one call.
const MOST_DOCUMENTS: usize = 1000;

pub(crate) fn check(request: &RerankRequest) -> Result<(), CallError> {
    not_built(&request.rest, &[])?;
    at_least_one("top_n", request.top_n.map(u64::from))?;
    if request.query.is_empty() {
        return Err(wrong("query", "`query` is empty: send the text that documents are compared with."));
    }
    let count = request.documents.len();
    if count == 0 {
        return Err(wrong("documents", "`documents` is empty: send at least one document."));
    }
    if count > MOST_DOCUMENTS {
        return Err(wrong(
            "documents",
            format!("`documents` has {count} documents: accepted are at most {MOST_DOCUMENTS} a call."),
        ));
    }
    if let Some(index) = request.documents.iter().position(|document| document.text().is_empty()) {
        let field = format!("documents[{index}]");
        return Err(wrong(&field, format!("`{field}` is empty: each document needs some text.")));
    }
    Ok(())
}
