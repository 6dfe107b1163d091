//! Content parts into chat's.

use serde_json::{Map, Value, json};
use shared_chat::Content;

use crate::{
    Refused,
    fields::{Fields, quoted, shown},
};

/// A text or parts; None when absent.
pub(super) fn content(item: &Fields<'_>, key: &str) -> Result<Option<Content>, Refused> {
    match item.get(key) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(Content::Text(text.clone()))),
        Some(Value::Array(parts)) => {
            let convert = |(i, value)| part(&Fields::of(value, format!("{}[{i}]", item.at(key)))?);
            let parts = parts.iter().enumerate().map(convert).collect::<Result<Vec<_>, _>>()?;
            Ok(Some(simplest(parts)))
        }
        Some(other) => {
            Err(Refused::wrong(item.at(key), shown(other), "a string or an array of content parts"))
        }
    }
}

/// One bare text needs no part around it.
fn simplest(parts: Vec<Value>) -> Content {
    let bare = match parts.as_slice() {
        [Value::Object(part)] if part.len() == 2 && part["type"] == "text" => part["text"].as_str(),
        _ => None,
    };
    match bare {
        Some(text) => Content::Text(text.to_owned()),
        None => Content::Parts(parts),
    }
}

fn part(part: &Fields<'_>) -> Result<Value, Refused> {
    match part.text("type")? {
        // What the model said comes back with marks that only answers have.
        "output_text" => {
            Ok(with(part, "text", &["text", "annotations", "logprobs"], &[("text", part.text("text")?)]))
        }
        "input_text" | "text" => Ok(with(part, "text", &["text"], &[("text", part.text("text")?)])),
        "refusal" => Ok(with(part, "refusal", &["refusal"], &[("refusal", part.text("refusal")?)])),
        "input_image" => image(part),
        "input_file" => file(part),
        "input_audio" => Ok(with(part, "input_audio", &[], &[])),
        other => {
            let accepted = "\"input_text\", \"input_image\", \"input_file\", \"input_audio\", \"output_text\" or \
                            \"refusal\"";
            Err(Refused::wrong(part.at("type"), &quoted(other), accepted))
        }
    }
}

/// A part of chat's with these texts, and every field that is not known here.
fn with(part: &Fields<'_>, kind: &str, known: &[&str], texts: &[(&str, &str)]) -> Value {
    let others = part.others(known).map(|(key, value)| (key.clone(), value.clone()));
    let mut all: Map<String, Value> = others.collect();
    all.insert("type".to_owned(), kind.into());
    all.extend(texts.iter().map(|(key, text)| ((*key).to_owned(), Value::from(*text))));
    Value::Object(all)
}

fn image(part: &Fields<'_>) -> Result<Value, Refused> {
    if part.get("file_id").is_some() {
        let why = "images are not read from files here; send `image_url`, which may be a data: URL";
        return Err(Refused::unsupported(part.at("file_id"), why));
    }
    let mut image = json!({"url": part.text("image_url")?});
    if let Some(detail) = part.maybe_text("detail")? {
        image["detail"] = detail.into();
    }
    let mut converted = with(part, "image_url", &["image_url", "detail"], &[]);
    converted["image_url"] = image;
    Ok(converted)
}

fn file(part: &Fields<'_>) -> Result<Value, Refused> {
    for field in ["file_id", "file_url"] {
        if part.get(field).is_some() {
            let why = "files are not fetched here; send `file_data`, base64 in a data: URL";
            return Err(Refused::unsupported(part.at(field), why));
        }
    }
    let mut file = json!({"file_data": part.text("file_data")?});
    if let Some(name) = part.maybe_text("filename")? {
        file["filename"] = name.into();
    }
    let mut converted = with(part, "file", &["file_data", "filename", "detail"], &[]);
    converted["file"] = file;
    Ok(converted)
}

/// The content as parts.
pub(super) fn list(content: Content) -> Vec<Value> {
    match content {
        Content::Null => Vec::new(),
        Content::Text(text) => vec![json!({"type": "text", "text": text})],
        Content::Parts(parts) => parts,
    }
}

/// An assistant's content that is nothing but a refusal is a field of its own in chat.
pub(super) fn refusal(content: Content) -> (Content, Option<String>) {
    let only = match &content {
        Content::Parts(parts) => match parts.as_slice() {
            [part] if part["type"] == "refusal" => part["refusal"].as_str().map(str::to_owned),
            _ => None,
        },
        _ => None,
    };
    if only.is_some() { (Content::Null, only) } else { (content, None) }
}
