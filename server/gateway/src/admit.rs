//! Stage 2: who calls, and may they use this model.

use std::sync::Arc;

use secrets::{Token, TokenKind};
use shared::ErrorCode;
use shared_chat::ChatRequest;
use snapshot::{KeyEntry, KeyHash, Model, ModelEntry, TenantEntry, TenantStatus};

use crate::{arrival::Arrival, error::CallError, gateway::Core, intake::Parsed};

/// The scope that lets a key see which deployment served it.
const EXPLAIN: &str = "routing:explain";

/// A key that is good at this address, at this moment.
#[derive(Debug, Clone)]
pub(crate) struct Caller {
    entry: KeyEntry,
    hash: KeyHash,
}

impl Caller {
    /// Every reason for a key not to be good here has the one same answer.
    pub(crate) fn identify(gateway: &Core, arrival: &Arrival<'_>) -> Result<Self, CallError> {
        gateway.serves(arrival.at())?;
        let Some(sent) = arrival.bearer() else {
            return Err(CallError::new(
                ErrorCode::InvalidApiKey,
                "No API key was sent. Send the header `Authorization: Bearer sy_live_…`; keys are made in the \
                 console under Keys.",
            ));
        };
        // Nonsense is refused by its checksum, without a hash or a look-up.
        let token = Token::parse(sent).map_err(|_| CallError::invalid_key())?;
        if token.kind() != TokenKind::ApiKey {
            return Err(CallError::invalid_key());
        }
        let hash = token.hash(&gateway.pepper);
        let entry = gateway.configuration.load().secret(&hash).cloned().ok_or_else(CallError::invalid_key)?;
        let expired = entry.expires_at.is_some_and(|end| end <= arrival.at());
        let revoked = entry.key.disabled || gateway.revocations.contains(entry.key.id);
        if expired || revoked || !arrival.agrees_with(&entry.tenant.tenant.slug) {
            return Err(CallError::invalid_key());
        }
        if entry.tenant.tenant.status == TenantStatus::Suspended {
            return Err(suspended());
        }
        Ok(Self { entry, hash })
    }

    pub(crate) const fn entry(&self) -> &KeyEntry {
        &self.entry
    }

    pub(crate) fn tenant(&self) -> &TenantEntry {
        &self.entry.tenant
    }

    pub(crate) fn explains_routing(&self) -> bool {
        self.entry.key.scopes.iter().any(|scope| scope == EXPLAIN)
    }

    /// Whether the tenant's grants and the key's own list allow a model.
    pub(crate) fn may_use(&self, model: &Model) -> bool {
        let listed = self.entry.key.allowed_models.as_ref();
        self.entry.tenant.models.contains(&model.id) && listed.is_none_or(|names| names.contains(&model.name))
    }

    /// A model by its name. One that may not be used looks like one that does not exist.
    pub(crate) fn model(&self, gateway: &Core, name: &str) -> Result<Arc<ModelEntry>, CallError> {
        let snapshot = gateway.configuration.load();
        let found = snapshot.model_by_name(name).filter(|entry| self.may_use(&entry.model));
        found.cloned().ok_or_else(|| CallError::model_not_found(name))
    }

    /// Looked at again while a call is under way, whenever keys or tenants change.
    pub(crate) fn still_good(&self, gateway: &Core) -> Result<(), CallError> {
        let snapshot = gateway.configuration.load();
        let now = snapshot.secret(&self.hash).filter(|now| !now.key.disabled);
        if gateway.revocations.contains(self.entry.key.id) || now.is_none() {
            return Err(CallError::invalid_key());
        }
        if now.is_some_and(|now| now.tenant.tenant.status == TenantStatus::Suspended) {
            return Err(suspended());
        }
        Ok(())
    }
}

fn suspended() -> CallError {
    CallError::new(
        ErrorCode::TenantSuspended,
        "This account is suspended, so its calls are refused. Ask your platform operator to lift the suspension.",
    )
}

/// A caller, and a request for a model that it may use and that can take it.
#[derive(Debug)]
pub(crate) struct Admitted {
    caller: Caller,
    model: Arc<ModelEntry>,
    parsed: Parsed,
}

impl Admitted {
    /// Refused, it gives back what was read.
    pub(crate) fn admit(
        gateway: &Core,
        caller: &Caller,
        parsed: Parsed,
    ) -> Result<Self, Box<(Parsed, CallError)>> {
        let checked = caller.model(gateway, &parsed.request().model).and_then(|model| {
            fits_model(parsed.request(), &model.model)?;
            Ok(model)
        });
        match checked {
            Ok(model) => Ok(Self { caller: caller.clone(), model, parsed }),
            Err(error) => Err(Box::new((parsed, error))),
        }
    }

    pub(crate) const fn caller(&self) -> &Caller {
        &self.caller
    }

    pub(crate) const fn model(&self) -> &Arc<ModelEntry> {
        &self.model
    }

    pub(crate) const fn parsed(&self) -> &Parsed {
        &self.parsed
    }
}

/// What a request asks that its model says it can't do.
fn fits_model(request: &ChatRequest, model: &Model) -> Result<(), CallError> {
    if let (Some(asked), Some(most)) = (request.output_limit(), model.max_output_tokens)
        && asked > u64::from(most)
    {
        let field =
            if request.max_completion_tokens.is_some() { "max_completion_tokens" } else { "max_tokens" };
        let message =
            format!("`{field}` is {asked}: the model `{}` writes at most {most} tokens.", model.name);
        return Err(CallError::field(ErrorCode::InvalidValue, field, message));
    }
    for (index, message) in request.messages.iter().enumerate() {
        for kind in message.content.iter().flat_map(|content| content.other_kinds()) {
            let Some(needed) = modality(kind) else { continue };
            if !model.input_modalities.iter().any(|has| has == needed) {
                let field = format!("messages[{index}].content");
                let text = format!(
                    "`{field}` has a part of type `{kind}`: the model `{}` accepts {} only.",
                    model.name,
                    model.input_modalities.join(", ")
                );
                return Err(CallError::field(ErrorCode::UnsupportedField, field, text));
            }
        }
    }
    Ok(())
}

/// The input modality that a kind of content part needs; None for kinds that are text in other words.
fn modality(kind: &str) -> Option<&'static str> {
    match kind {
        "image_url" => Some("image"),
        "input_audio" => Some("audio"),
        "video_url" => Some("video"),
        "file" => Some("file"),
        _ => None,
    }
}
