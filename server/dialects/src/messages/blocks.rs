//! Content blocks into chat's content parts.

use serde_json::{Map, Value, json};
use shared_chat::{Content, Rest};

use crate::{
    Refused,
    fields::{Fields, quoted},
};

/// Converts each block by `convert`.
pub(super) fn all(
    given: &[Rest],
    path: &str,
    convert: impl Fn(&Fields<'_>) -> Result<Value, Refused>,
) -> Result<Content, Refused> {
    let each = |(i, block)| convert(&Fields::new(block, format!("{path}[{i}]")));
    Ok(simplest(given.iter().enumerate().map(each).collect::<Result<Vec<_>, _>>()?))
}

/// One bare text needs no part around it.
pub(super) fn simplest(parts: Vec<Value>) -> Content {
    let bare = match parts.as_slice() {
        [Value::Object(part)] if part.len() == 2 && part["type"] == "text" => part["text"].as_str(),
        _ => None,
    };
    match bare {
        Some(text) => Content::Text(text.to_owned()),
        None => Content::Parts(parts),
    }
}

pub(super) fn text_only(block: &Fields<'_>) -> Result<Value, Refused> {
    match block.text("type")? {
        "text" => part(block),
        other => Err(Refused::wrong(block.at("type"), &quoted(other), "\"text\"")),
    }
}

/// A block that a user's message or a tool's result may have.
pub(super) fn part(block: &Fields<'_>) -> Result<Value, Refused> {
    match block.text("type")? {
        "text" => {
            let text = block.text("text")?;
            Ok(with(block, json!({"type": "text", "text": text}), &["text", "citations"]))
        }
        "image" => image(block),
        "document" => document(block),
        other => {
            let why = format!(
                "a block of type {} has no place here; accepted are \"text\", \"image\", \"document\" and, in a \
                 user's message, \"tool_result\"",
                quoted(other)
            );
            Err(Refused::unsupported(block.at("type"), &why))
        }
    }
}

/// The part, with every field of the block that is not known here (`cache_control`).
fn with(block: &Fields<'_>, part: Value, known: &[&str]) -> Value {
    let others = block.others(known).filter(|(key, _)| *key != "type");
    let mut all: Map<String, Value> = others.map(|(key, value)| (key.clone(), value.clone())).collect();
    if let Value::Object(part) = part {
        all.extend(part);
    }
    Value::Object(all)
}

fn image(block: &Fields<'_>) -> Result<Value, Refused> {
    let source = block.object("source")?;
    let url = match source.text("type")? {
        "base64" => data_url(&source)?,
        "url" => source.text("url")?.to_owned(),
        other => return Err(Refused::wrong(source.at("type"), &quoted(other), "\"base64\" or \"url\"")),
    };
    Ok(with(block, json!({"type": "image_url", "image_url": {"url": url}}), &["source"]))
}

fn data_url(source: &Fields<'_>) -> Result<String, Refused> {
    Ok(format!("data:{};base64,{}", source.text("media_type")?, source.text("data")?))
}

/// A document of text is text; any other goes to models that read files.
fn document(block: &Fields<'_>) -> Result<Value, Refused> {
    if block
        .maybe_object("citations")?
        .is_some_and(|citations| citations.get("enabled") == Some(&Value::Bool(true)))
    {
        return Err(Refused::unsupported(block.at("citations"), "models here do not cite"));
    }
    let source = block.object("source")?;
    let title = block.maybe_text("title")?;
    let known = ["source", "title", "context", "citations"];
    match source.text("type")? {
        "text" => {
            let around = [title, block.maybe_text("context")?, Some(source.text("data")?)];
            let text = around.into_iter().flatten().collect::<Vec<_>>().join("\n\n");
            Ok(with(block, json!({"type": "text", "text": text}), &known))
        }
        "base64" => {
            let mut file = json!({"file_data": data_url(&source)?});
            if let Some(title) = title {
                file["filename"] = title.into();
            }
            Ok(with(block, json!({"type": "file", "file": file}), &["source", "title", "citations"]))
        }
        other => Err(Refused::wrong(source.at("type"), &quoted(other), "\"text\" or \"base64\"")),
    }
}
