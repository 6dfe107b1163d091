//! What a request may not ask for, by the field's name.

use serde_json::Value;

use super::MessagesRequest;
use crate::{
    Refused,
    fields::{Fields, quoted},
};

const NOT_THERE: &[(&str, &str)] = &[
    ("container", "there are no containers to run code in"),
    ("mcp_servers", "MCP servers are not called from here"),
    ("fallbacks", "name the model that is to answer in `model`"),
];

pub(super) fn check(request: &MessagesRequest) -> Result<(), Refused> {
    for (field, why) in NOT_THERE {
        let asked = |value: &Value| !value.is_null() && value.as_array().is_none_or(|all| !all.is_empty());
        if request.rest.get(*field).is_some_and(asked) {
            return Err(Refused::unsupported(*field, why));
        }
    }
    if request.messages.is_empty() {
        return Err(Refused::wrong("messages", "empty", "at least one message"));
    }
    if request.max_tokens == 0 {
        return Err(Refused::wrong("max_tokens", "0", "1 or more"));
    }
    if let Some(tier) =
        request.service_tier.as_deref().filter(|tier| !["auto", "standard_only"].contains(tier))
    {
        let why = format!("there is no tier {}; accepted is \"auto\" or \"standard_only\"", quoted(tier));
        return Err(Refused::unsupported("service_tier", &why));
    }
    context_management(request)
}

/// Coding tools always ask that all thinking be kept, which it is. Any other edit would change the conversation.
fn context_management(request: &MessagesRequest) -> Result<(), Refused> {
    let Some(value) = request.rest.get("context_management").filter(|value| !value.is_null()) else {
        return Ok(());
    };
    let context = Fields::of(value, "context_management")?;
    for (i, edit) in context.maybe_list("edits")?.unwrap_or_default().iter().enumerate() {
        let edit = Fields::of(edit, format!("context_management.edits[{i}]"))?;
        let keeps_all = edit.get("keep").is_some_and(|keep| keep == "all");
        if !(edit.text("type")?.starts_with("clear_thinking") && keeps_all) {
            return Err(Refused::unsupported(
                edit.at("type"),
                "conversations are not edited; shorten `messages`",
            ));
        }
    }
    Ok(())
}
