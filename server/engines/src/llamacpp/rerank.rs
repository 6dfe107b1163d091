//! Rerankings: documents are texts alone.

use bytes::Bytes;
use serde_json::Value;
use shared_chat::RerankRequest;

pub fn body(request: &RerankRequest, model: &str) -> Bytes {
    let mut body = request.rest.clone();
    body.insert("model".to_owned(), model.into());
    body.insert("query".to_owned(), request.query.clone().into());
    let texts = request.documents.iter().map(|document| Value::from(document.text()));
    body.insert("documents".to_owned(), texts.collect());
    if let Some(top) = request.top_n {
        body.insert("top_n".to_owned(), top.into());
    }
    Value::Object(body).to_string().into()
}
