//! Tools and the choice among them.

use serde_json::{Value, json};
use shared_chat::{Rest, Tool, ToolFunction};

use super::{ResponsesRequest, custom};
use crate::{
    Refused,
    fields::{Fields, quoted, shown},
};

type Converted = (Option<Vec<Tool>>, Option<Value>);

pub(super) fn convert(request: &ResponsesRequest) -> Result<Converted, Refused> {
    let given = request.tools.as_deref().unwrap_or_default();
    let tool = |(i, tool)| function(&Fields::new(tool, format!("tools[{i}]")));
    let tools = given.iter().enumerate().map(tool).collect::<Result<Vec<_>, _>>()?;
    let (tools, choice) = choose(tools, request.tool_choice.as_ref())?;
    // An empty list is refused by engines; it says the same as none.
    Ok((Some(tools).filter(|tools| !tools.is_empty()), choice))
}

fn function(tool: &Fields<'_>) -> Result<Tool, Refused> {
    let kind = tool.text("type")?;
    if !["function", "custom"].contains(&kind) {
        return Err(Refused::unsupported(tool.at("type"), &why_not(kind)));
    }
    for field in ["defer_loading", "allowed_callers", "output_schema"] {
        if tool.get(field).is_some_and(|value| *value != Value::Bool(false)) {
            return Err(Refused::unsupported(
                tool.at(field),
                "the model sees every tool and calls it itself",
            ));
        }
    }
    if kind == "custom" {
        return custom::tool(tool);
    }
    let known =
        ["type", "name", "description", "parameters", "defer_loading", "allowed_callers", "output_schema"];
    let rest: Rest = tool.others(&known).map(|(key, value)| (key.clone(), value.clone())).collect();
    let function = ToolFunction {
        name: tool.text("name")?.to_owned(),
        description: tool.maybe_text("description")?.map(str::to_owned),
        parameters: tool.maybe_object("parameters")?.map(|schema| Value::Object(schema.map.clone())),
        rest,
    };
    Ok(Tool { kind: "function".to_owned(), function: Some(function), rest: Rest::new() })
}

fn why_not(kind: &str) -> String {
    let what = match kind {
        "web_search" | "web_search_preview" | "web_search_2025_08_26" | "web_search_preview_2025_03_11" => {
            "there is no web search"
        }
        "file_search" => "there is no file search",
        "code_interpreter" => "there is no code interpreter",
        "computer" | "computer_use" | "computer_use_preview" => "there is no computer to use",
        "mcp" => "MCP servers are not called from here",
        "image_generation" => "images are not generated",
        "local_shell" | "shell" | "apply_patch" => "shells and patches are not built in",
        _ => {
            let kind = quoted(kind);
            return format!("a tool of type {kind} is not known; accepted are \"function\" and \"custom\"");
        }
    };
    format!("{what}; accepted are \"function\" and \"custom\", which you answer yourself")
}

fn choose(tools: Vec<Tool>, choice: Option<&Value>) -> Result<(Vec<Tool>, Option<Value>), Refused> {
    let field = "tool_choice";
    match choice {
        None | Some(Value::Null) => Ok((tools, None)),
        Some(Value::String(word)) if ["none", "auto", "required"].contains(&word.as_str()) => {
            if word == "required" && tools.is_empty() {
                return Err(Refused::wrong(
                    field,
                    "\"required\"",
                    "\"none\" or \"auto\" where there are no `tools`",
                ));
            }
            let choice = (!tools.is_empty()).then(|| Value::from(word.clone()));
            Ok((tools, choice))
        }
        Some(Value::String(other)) => {
            Err(Refused::wrong(field, &quoted(other), "\"none\", \"auto\", \"required\" or an object"))
        }
        Some(Value::Object(object)) => named(tools, &Fields::new(object, field)),
        Some(other) => Err(Refused::wrong(field, shown(other), "a string or an object")),
    }
}

fn named(tools: Vec<Tool>, choice: &Fields<'_>) -> Result<(Vec<Tool>, Option<Value>), Refused> {
    match choice.text("type")? {
        // Both are functions by now.
        "function" | "custom" => {
            let name = choice.text("name")?;
            known(&tools, name, choice.at("name"))?;
            let choice = json!({"type": "function", "function": {"name": name}});
            Ok((tools, Some(choice)))
        }
        "allowed_tools" => allowed(tools, choice),
        other => {
            let why = format!(
                "{} is not a choice here; accepted is \"function\", \"custom\" or \"allowed_tools\"",
                quoted(other)
            );
            Err(Refused::unsupported(choice.at("type"), &why))
        }
    }
}

/// Few engines know a choice among several tools. That the model sees no others says the same.
fn allowed(tools: Vec<Tool>, choice: &Fields<'_>) -> Result<(Vec<Tool>, Option<Value>), Refused> {
    let mode = choice.text("mode")?;
    if !["auto", "required"].contains(&mode) {
        return Err(Refused::wrong(choice.at("mode"), &quoted(mode), "\"auto\" or \"required\""));
    }
    let mut names = Vec::new();
    for (i, tool) in choice.maybe_list("tools")?.unwrap_or_default().iter().enumerate() {
        let tool = Fields::of(tool, format!("{}[{i}]", choice.at("tools")))?;
        let name = tool.text("name")?;
        known(&tools, name, tool.at("name"))?;
        names.push(name);
    }
    if names.is_empty() {
        return Err(Refused::missing(choice.at("tools"), "an array of at least one tool"));
    }
    let tools = tools.into_iter().filter(|tool| names.contains(&name(tool))).collect();
    Ok((tools, Some(mode.into())))
}

fn name(tool: &Tool) -> &str {
    tool.function.as_ref().map_or("", |function| function.name.as_str())
}

fn known(tools: &[Tool], wanted: &str, field: String) -> Result<(), Refused> {
    if tools.iter().any(|tool| name(tool) == wanted) {
        return Ok(());
    }
    Err(Refused::wrong(field, &quoted(wanted), "the name of one of `tools`"))
}
