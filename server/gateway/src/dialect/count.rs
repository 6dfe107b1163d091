//! How many tokens a conversation has: Anthropic's `POST /v1/messages/count_tokens`, OpenAI's
//! `POST /v1/responses/input_tokens`.
//!
//! The engine is asked where it tokenises; else the model's own tokenizer counts, or the estimate that stands in for it.

use bytes::Bytes;
use dialects::{
    messages::{CountTokensRequest, CountTokensResponse},
    responses::{InputTokens, ResponsesRequest, to_chat},
};
use engines::Labels;
use shared_chat::{ChatRequest, Rest, TokenizeRequest, TokenizeResponse};

use super::unreadable;
use crate::{
    error::CallError,
    intake,
    parsed::Parsed,
    request::ModelRequest,
    road::{Bill, Convert, Road, Writer},
    surface::Endpoint,
};

pub(crate) fn messages(body: &[u8]) -> Result<Parsed, CallError> {
    let request: CountTokensRequest = intake::json(body, "`model` and `messages`")?;
    of(Endpoint::CountTokens, request.to_chat()?)
}

/// Responses that go on from another are not counted here: what they go on from is the caller's to send.
pub(crate) fn responses(body: &[u8]) -> Result<Parsed, CallError> {
    let request: ResponsesRequest = intake::json(body, "`model` and `input`")?;
    if let Some(id) = &request.previous_response_id {
        return Err(super::responses::no_previous(id));
    }
    of(Endpoint::InputTokens, to_chat(&request, &[])?)
}

fn of(endpoint: Endpoint, chat: ChatRequest) -> Result<Parsed, CallError> {
    let request = TokenizeRequest {
        model: chat.model,
        prompt: None,
        messages: Some(chat.messages),
        tools: chat.tools,
        add_special_tokens: None,
        return_token_strs: None,
        rest: Rest::new(),
    };
    Parsed::of(endpoint, ModelRequest::Tokenize(request), Road::Converted(Box::new(Count(endpoint))))
}

/// The answer of an endpoint that counts.
pub(crate) fn answer(endpoint: Endpoint, tokens: u64) -> Result<Bytes, CallError> {
    let json = match endpoint {
        Endpoint::InputTokens => serde_json::to_vec(&InputTokens::of(tokens)),
        _ => serde_json::to_vec(&CountTokensResponse { input_tokens: tokens }),
    };
    json.map(Bytes::from).map_err(|error| unreadable(&error))
}

#[derive(Debug, Clone, Copy)]
struct Count(Endpoint);

impl Convert for Count {
    fn writer(self: Box<Self>, _labels: &Labels) -> Box<dyn Writer> {
        self
    }
}

impl Writer for Count {
    fn whole(&mut self, json: &[u8], _bill: &Bill) -> Result<Bytes, CallError> {
        let answer_of: TokenizeResponse = serde_json::from_slice(json).map_err(|error| unreadable(&error))?;
        answer(self.0, answer_of.count)
    }
}
