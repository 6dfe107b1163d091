//! Tools and the choice among them.

use serde_json::{Value, json};
use shared_chat::{ChatRequest, Rest, Tool, ToolFunction};

use super::MessagesRequest;
use crate::{
    Refused,
    fields::{Fields, quoted},
};

pub(super) fn convert(request: &MessagesRequest, chat: &mut ChatRequest) -> Result<(), Refused> {
    let given = request.tools.as_deref().unwrap_or_default();
    let tool = |(i, tool)| function(&Fields::new(tool, format!("tools[{i}]")));
    let tools = given.iter().enumerate().map(tool).collect::<Result<Vec<_>, _>>()?;
    if let Some(choice) = &request.tool_choice {
        let choice = Fields::new(choice, "tool_choice");
        let converted = choose(&choice, given)?;
        if !tools.is_empty() {
            chat.tool_choice = Some(converted);
            if let Some(alone) = choice.maybe_flag("disable_parallel_tool_use")? {
                chat.rest.insert("parallel_tool_calls".to_owned(), (!alone).into());
            }
        }
    }
    chat.tools = Some(tools).filter(|tools| !tools.is_empty());
    Ok(())
}

fn function(tool: &Fields<'_>) -> Result<Tool, Refused> {
    if let Some(kind) = tool.maybe_text("type")?.filter(|kind| *kind != "custom") {
        let why = format!("{} is not built in; accepted is \"custom\", with an `input_schema`", quoted(kind));
        return Err(Refused::unsupported(tool.at("type"), &why));
    }
    if tool.get("defer_loading") == Some(&Value::Bool(true)) {
        return Err(Refused::unsupported(tool.at("defer_loading"), "the model sees every tool"));
    }
    let known = ["type", "name", "description", "input_schema", "strict", "defer_loading", "allowed_callers"];
    let mut function = ToolFunction {
        name: tool.text("name")?.to_owned(),
        description: tool.maybe_text("description")?.map(str::to_owned),
        parameters: Some(Value::Object(tool.object("input_schema")?.map.clone())),
        rest: Rest::new(),
    };
    if let Some(strict) = tool.maybe_flag("strict")? {
        function.rest.insert("strict".to_owned(), strict.into());
    }
    let rest = tool.others(&known).map(|(key, value)| (key.clone(), value.clone())).collect();
    Ok(Tool { kind: "function".to_owned(), function: Some(function), rest })
}

fn choose(choice: &Fields<'_>, tools: &[Rest]) -> Result<Value, Refused> {
    match choice.text("type")? {
        "any" | "tool" if tools.is_empty() => Err(Refused::wrong(
            choice.at("type"),
            "a choice of a tool",
            "\"auto\" or \"none\" where there are no `tools`",
        )),
        "auto" => Ok("auto".into()),
        "any" => Ok("required".into()),
        "none" => Ok("none".into()),
        "tool" => {
            let name = choice.text("name")?;
            if !tools.iter().any(|tool| tool.get("name").is_some_and(|one| one == name)) {
                return Err(Refused::wrong(choice.at("name"), &quoted(name), "the name of one of `tools`"));
            }
            Ok(json!({"type": "function", "function": {"name": name}}))
        }
        other => {
            Err(Refused::wrong(choice.at("type"), &quoted(other), "\"auto\", \"any\", \"tool\" or \"none\""))
        }
    }
}
