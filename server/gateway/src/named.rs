//! What the names in a request mean to its caller: models, a route, `auto`, and suffixes that say how to choose.

use std::sync::Arc;

use shared::{
    ErrorCode,
    route::{Preset, Task},
};
use shared_chat::Message;
use snapshot::{ModelEntry, RouteEntry};

use crate::{
    admit::Caller, capability, error::CallError, gateway::Core, parsed::Parsed, request::ModelRequest,
    routed::Routed,
};

/// The platform chooses the model, by what the prompt is about.
const AUTO: [&str; 2] = ["auto", "openrouter/auto"];
/// Suffixes of OpenRouter's that ask for what is not here.
const ELSEWHERE: [&str; 4] = ["online", "exacto", "thinking", "free"];
const SUFFIXES: &str = "`:floor` (the cheapest) and `:nitro` (the fastest)";

/// What a suffix of a model's name asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Suffix {
    /// `:floor`
    Cheapest,
    /// `:nitro`
    Fastest,
}

/// What `auto` made of a prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Auto {
    pub(crate) task: Task,
    /// The feature that told it.
    pub(crate) why: &'static str,
}

/// The models that may serve a request.
#[derive(Debug, Default)]
pub(crate) struct Named {
    /// By priority; equals where `auto` chose them.
    pub(crate) models: Vec<Arc<ModelEntry>>,
    pub(crate) routed: Option<Routed>,
    pub(crate) auto: Option<Auto>,
    /// Asked for by a suffix.
    pub(crate) by_price: bool,
    pub(crate) preset: Option<Preset>,
}

impl Named {
    /// `model` and `models` are one list by priority: what a caller means by it is the first that it can have. So a
    /// name that is not there for it is passed over, the first one too, and refused only where nothing is left; which
    /// model answers stands in the answer. One list then serves keys that may use different models, and outlasts a
    /// model that is withdrawn. What is not a model's name but asks for what is not here (a suffix) is refused wherever
    /// it stands. One route may stand in the list; its rules bind the whole call.
    pub(crate) fn read(
        gateway: &Core,
        caller: &Caller,
        parsed: &Parsed,
        session: Option<u64>,
    ) -> Result<Self, CallError> {
        let mut named = Self::default();
        let mut refused = None;
        let fallbacks = parsed.wishes().models.iter().enumerate();
        let fallbacks = fallbacks.map(|(index, name)| (name.as_str(), format!("models[{index}]")));
        for (name, field) in std::iter::once((parsed.model(), "model".to_owned())).chain(fallbacks) {
            match named.add(gateway, caller, parsed, session, (name, &field)) {
                Ok(()) => {}
                Err(error) if error.code == ErrorCode::ModelNotFound => _ = refused.get_or_insert(error),
                Err(error) => return Err(error),
            }
        }
        // Those that can't take the request are passed over likewise.
        named.models.retain(|entry| match capability::check(parsed, &entry.model) {
            Ok(()) => true,
            Err(error) => {
                refused.get_or_insert(error);
                false
            }
        });
        match refused {
            Some(error) if named.models.is_empty() => Err(error),
            _ => Ok(named),
        }
    }

    fn add(
        &mut self,
        gateway: &Core,
        caller: &Caller,
        parsed: &Parsed,
        session: Option<u64>,
        (name, field): (&str, &str),
    ) -> Result<(), CallError> {
        let missing = || CallError { param: Some(field.to_owned()), ..CallError::model_not_found(name) };
        // A name that is in the catalog is never read as one with a suffix.
        let (meant, suffix) = if let Some(meant) = meaning(gateway, caller, name) {
            (meant, None)
        } else {
            let (base, suffix) = name.rsplit_once(':').ok_or_else(missing)?;
            let meant = meaning(gateway, caller, base).ok_or_else(missing)?;
            (meant, Some(suffix_of(suffix, field)?.ok_or_else(missing)?))
        };
        match suffix {
            Some(Suffix::Cheapest) => (self.by_price, self.preset) = (true, Some(Preset::Cost)),
            Some(Suffix::Fastest) => self.preset = Some(Preset::Throughput),
            None => {}
        }
        match meant {
            Meaning::Model(entry) => self.push(entry),
            Meaning::Auto => {
                self.auto = Some(about(parsed));
                let snapshot = gateway.configuration.load();
                let models = snapshot.models_of(caller.tenant());
                let fits = |entry: &&Arc<ModelEntry>| {
                    caller.may_use(&entry.model) && capability::check(parsed, &entry.model).is_ok()
                };
                models.into_iter().filter(fits).cloned().for_each(|entry| self.push(entry));
                if self.models.is_empty() {
                    return Err(no_model_fits(field));
                }
            }
            Meaning::Route(entry) => self.take_route(&entry, caller, parsed, session, (name, field))?,
        }
        Ok(())
    }

    fn take_route(
        &mut self,
        entry: &Arc<RouteEntry>,
        caller: &Caller,
        parsed: &Parsed,
        session: Option<u64>,
        (name, field): (&str, &str),
    ) -> Result<(), CallError> {
        if let Some(routed) = &self.routed {
            let message = format!(
                "`{field}` names the route `{name}` beside the route `{}`: accepted is one route in a request.",
                routed.entry().route.name
            );
            return Err(CallError::field(ErrorCode::InvalidValue, field, message));
        }
        let missing = || CallError { param: Some(field.to_owned()), ..CallError::model_not_found(name) };
        let routed = Routed::draw(entry, caller, parsed, session).ok_or_else(missing)?;
        let allowed = routed.models().filter(|entry| caller.may_use_on(&entry.model, name));
        allowed.cloned().for_each(|entry| self.push(entry));
        self.routed = Some(routed);
        if self.models.is_empty() { Err(missing()) } else { Ok(()) }
    }

    fn push(&mut self, entry: Arc<ModelEntry>) {
        if self.models.iter().all(|one| one.model.id != entry.model.id) {
            self.models.push(entry);
        }
    }
}

/// What one name means.
enum Meaning {
    Model(Arc<ModelEntry>),
    Route(Arc<RouteEntry>),
    Auto,
}

/// A model or route that may not be used looks like one that does not exist.
fn meaning(gateway: &Core, caller: &Caller, name: &str) -> Option<Meaning> {
    if let Ok(entry) = caller.model(gateway, name) {
        return Some(Meaning::Model(entry));
    }
    let snapshot = gateway.configuration.load();
    if let Some(entry) = snapshot.route(caller.tenant().tenant.id, name) {
        return entry
            .models()
            .any(|model| caller.may_use_on(&model.model, name))
            .then(|| Meaning::Route(entry.clone()));
    }
    AUTO.contains(&name).then_some(Meaning::Auto)
}

fn suffix_of(suffix: &str, field: &str) -> Result<Option<Suffix>, CallError> {
    match suffix {
        "floor" => Ok(Some(Suffix::Cheapest)),
        "nitro" => Ok(Some(Suffix::Fastest)),
        suffix if ELSEWHERE.contains(&suffix) => {
            let message = format!("The suffix `:{suffix}` is not available here: accepted are {SUFFIXES}.");
            Err(CallError::field(ErrorCode::UnsupportedField, field, message))
        }
        _ => Ok(None),
    }
}

fn no_model_fits(field: &str) -> CallError {
    CallError::field(
        ErrorCode::UnsupportedField,
        field,
        format!("`{field}` is \"auto\", but none of the models that this key may use can take this request."),
    )
}

/// What a prompt is about, by its last message.
fn about(parsed: &Parsed) -> Auto {
    let request = parsed.request();
    let (messages, _) = request.messages();
    let last = messages.iter().rev().find(|message| message.role == "user");
    let question = last.and_then(|message| message.content.as_ref()).map(shared_chat::Content::text);
    let images = messages.iter().any(has_image);
    let asks_reasoning = matches!(request, ModelRequest::Chat(chat)
        if ["reasoning", "reasoning_effort"].iter().any(|field| chat.rest.get(*field).is_some_and(|asked| !asked.is_null())));
    let features = routing::Features::of(
        question.as_deref().unwrap_or_default(),
        parsed.about_tokens(),
        images,
        asks_reasoning,
    );
    let (task, why) = features.task();
    Auto { task, why }
}

fn has_image(message: &Message) -> bool {
    match &message.content {
        Some(shared_chat::Content::Parts(parts)) => {
            parts.iter().any(|part| part.get("type").is_some_and(|kind| kind == "image_url"))
        }
        _ => false,
    }
}
