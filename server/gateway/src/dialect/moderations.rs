//! `POST /v1/moderations`, by a registered classifier.

use bytes::Bytes;
use dialects::moderations::{NotAModerator, from_classification, from_text, inputs, response};
use engines::Labels;
use shared::ErrorCode;
use shared_chat::{
    ChatRequest, ChatResponse, ClassifyRequest, ClassifyResponse, Message, ModerationRequest, Rest,
    TextOrTokens,
};
use snapshot::Model;

use super::unreadable;
use crate::{
    admit::Caller,
    error::CallError,
    gateway::Core,
    intake,
    parsed::Parsed,
    refusals,
    request::ModelRequest,
    road::{Bill, Convert, Road, Writer},
    surface::Endpoint,
};

pub(crate) fn read(gateway: &Core, caller: &Caller, body: &[u8]) -> Result<Parsed, CallError> {
    let request: ModerationRequest = intake::json(body, "`input`")?;
    let texts = inputs(&request)?;
    refusals::moderation::check(&texts, &request.rest)?;
    let name = match request.model.filter(|name| !name.is_empty()) {
        Some(name) => name,
        None => caller.moderator(gateway).ok_or_else(no_moderator)?,
    };
    let model = caller.model(gateway, &name)?;
    let (request, says) = ask(name, &model.model, texts, request.rest)?;
    Parsed::of(Endpoint::Moderations, request, Road::Converted(Box::new(says)))
}

fn no_moderator() -> CallError {
    CallError::field(
        ErrorCode::ModelNotFound,
        "model",
        "This account has no moderation model. Ask your platform operator for one, or name it in `model`.",
    )
}

/// A model that writes text (Llama Guard) is asked as chat, any other to classify.
fn ask(
    name: String,
    model: &Model,
    texts: Vec<String>,
    rest: Rest,
) -> Result<(ModelRequest, Says), CallError> {
    if !model.can("completions") {
        let input = TextOrTokens::Texts(texts);
        return Ok((ModelRequest::Classify(ClassifyRequest { model: name, input, rest }), Says::Labels));
    }
    let count = texts.len();
    let mut texts = texts.into_iter();
    let (Some(text), None) = (texts.next(), texts.next()) else {
        return Err(CallError::field(
            ErrorCode::UnsupportedField,
            "input",
            format!("`input` has {count} texts: the model `{name}` judges one a call."),
        ));
    };
    let mut chat = ChatRequest::new(name, vec![Message::new("user", text)]);
    chat.rest = rest;
    Ok((ModelRequest::Chat(Box::new(chat)), Says::Text))
}

/// The form of the classifier's answer.
#[derive(Debug, Clone, Copy)]
enum Says {
    Labels,
    Text,
}

impl Convert for Says {
    fn writer(self: Box<Self>, labels: &Labels) -> Box<dyn Writer> {
        Box::new(Verdict { says: *self, labels: super::labels(labels) })
    }
}

#[derive(Debug)]
struct Verdict {
    says: Says,
    labels: dialects::Labels,
}

impl Verdict {
    fn results(&self, json: &[u8]) -> Result<Vec<shared_chat::ModerationResult>, CallError> {
        let told = |error: &NotAModerator| unreadable(error);
        match self.says {
            Says::Labels => {
                let mut answer: ClassifyResponse =
                    serde_json::from_slice(json).map_err(|error| unreadable(&error))?;
                answer.data.sort_by_key(|one| one.index);
                let results = answer.data.iter().map(|one| from_classification(one, &[]));
                results.collect::<Result<_, _>>().map_err(|error| told(&error))
            }
            Says::Text => {
                let answer: ChatResponse =
                    serde_json::from_slice(json).map_err(|error| unreadable(&error))?;
                let said = answer.choices.into_iter().next().and_then(|choice| choice.message.content);
                Ok(vec![from_text(&said.unwrap_or_default()).map_err(|error| told(&error))?])
            }
        }
    }
}

impl Writer for Verdict {
    fn whole(&mut self, json: &[u8], _bill: &Bill) -> Result<Bytes, CallError> {
        let answer = response(&self.labels, self.results(json)?);
        serde_json::to_vec(&answer).map(Bytes::from).map_err(|error| unreadable(&error))
    }
}
