//! The body for an engine that speaks OpenAI's dialect: the caller's, but for the model's name and a stream's usage.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Number, Value};
use shared_chat::{
    ChatRequest, CompletionRequest, EmbeddingRequest, EncodingFormat, Message, RerankRequest, Rest, Stop,
    StreamOptions, TextOrTokens, Tool,
};

use super::{Abilities, Embeddings, StreamUsage};
use crate::{EngineRequest, PrepareContext, Task, Unsupported};

/// The request, where the engine has a route for it.
pub fn prepare(
    abilities: &Abilities,
    task: Task<'_>,
    context: &PrepareContext<'_>,
) -> Result<EngineRequest, Unsupported> {
    let (path, body) = route(abilities, task, context)?;
    Ok(EngineRequest::new(path, body, context).streamed(task.wants_stream()))
}

fn route(
    abilities: &Abilities,
    task: Task<'_>,
    context: &PrepareContext<'_>,
) -> Result<(&'static str, Bytes), Unsupported> {
    let model = context.upstream_model;
    let path = |path: Option<&'static str>| path.ok_or_else(|| Unsupported::task(task.kind()));
    match task {
        Task::Chat(request) => Ok(("/v1/chat/completions", chat(request, model, abilities.stream_usage)?)),
        Task::Completion(request) => {
            let path = path(abilities.completions.then_some("/v1/completions"))?;
            Ok((path, completion(request, model, abilities.stream_usage)?))
        }
        Task::Embedding(request) => {
            let able = abilities.embeddings.ok_or_else(|| Unsupported::task(task.kind()))?;
            Ok(("/v1/embeddings", embedding(request, model, able)?))
        }
        Task::Rerank(request) => Ok((path(abilities.rerank)?, renamed(request, model)?)),
        Task::Tokenize(request) => Ok((path(abilities.tokenize)?, renamed(request, model)?)),
        Task::Detokenize(request) => Ok((path(abilities.detokenize)?, renamed(request, model)?)),
        Task::Classify(request) => Ok((path(abilities.classify)?, renamed(request, model)?)),
    }
}

/// A body as it came, with the engine's name of the model.
fn renamed(request: &impl Serialize, model: &str) -> Result<Bytes, Unsupported> {
    let mut body = serde_json::to_value(request).map_err(|_| Unsupported::unwritable())?;
    if let Some(body) = body.as_object_mut() {
        body.insert("model".to_owned(), model.into());
    }
    Ok(body.to_string().into())
}

/// A reranking for an engine whose documents are texts alone.
pub fn texts_to_rank(request: &RerankRequest, model: &str) -> Bytes {
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

fn completion(request: &CompletionRequest, model: &str, usage: StreamUsage) -> Result<Bytes, Unsupported> {
    let mut request = request.clone();
    request.stream_options = options(request.wants_stream(), request.stream_options.as_ref(), usage);
    renamed(&request, model)
}

fn embedding(request: &EmbeddingRequest, model: &str, able: Embeddings) -> Result<Bytes, Unsupported> {
    if !able.dimensions && request.dimensions.is_some() {
        return Err(Unsupported::new(
            "dimensions",
            "cannot be set for this model: its engine gives vectors of one length",
        ));
    }
    if !able.tokens && matches!(request.input, TextOrTokens::Tokens(_) | TextOrTokens::TokenArrays(_)) {
        return Err(Unsupported::token_ids("input"));
    }
    if able.base64 || request.encoding() == EncodingFormat::Float {
        return renamed(request, model);
    }
    let floats = EmbeddingRequest { encoding_format: None, ..request.clone() };
    renamed(&floats, model)
}

/// A [`ChatRequest`] by reference, with what differs for the engine.
#[derive(Serialize)]
struct Outgoing<'a> {
    model: &'a str,
    messages: &'a [Message],
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: &'a Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: &'a Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: &'a Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: &'a Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: &'a Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: &'a Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: &'a Option<Stop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: &'a Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: &'a Option<Vec<Tool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: &'a Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: &'a Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: &'a Option<String>,
    #[serde(flatten)]
    rest: &'a Rest,
}

/// The body, with the engine's name of the model and the usage of a stream asked for.
fn chat(request: &ChatRequest, upstream_model: &str, usage: StreamUsage) -> Result<Bytes, Unsupported> {
    // Named one by one, so that a new field cannot be forgotten here.
    let ChatRequest {
        model: _,
        messages,
        stream,
        stream_options,
        max_tokens,
        max_completion_tokens,
        temperature,
        top_p,
        n,
        stop,
        seed,
        tools,
        tool_choice,
        response_format,
        user,
        rest,
    } = request;
    let outgoing = Outgoing {
        model: upstream_model,
        messages,
        stream,
        stream_options: options(request.wants_stream(), stream_options.as_ref(), usage),
        max_tokens,
        max_completion_tokens,
        temperature,
        top_p,
        n,
        stop,
        seed,
        tools,
        tool_choice,
        response_format,
        user,
        rest,
    };
    Ok(serde_json::to_vec(&outgoing).map_err(|_| Unsupported::unwritable())?.into())
}

fn options(stream: bool, asked: Option<&StreamOptions>, usage: StreamUsage) -> Option<StreamOptions> {
    if !stream {
        return asked.cloned();
    }
    let mut options = asked.cloned().unwrap_or_default();
    options.include_usage = Some(true);
    if usage == StreamUsage::Continuous {
        options.rest.insert("continuous_usage_stats".to_owned(), true.into());
    }
    Some(options)
}
