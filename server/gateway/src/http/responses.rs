//! `/v1/responses/{id}`: responses that a project keeps, read again and deleted. Source: OpenAI's OpenAPI document 2.3.0.
//!
//! One that was never stored, has expired, was deleted or is another project's is a 404, the same for all.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};
use shared::ErrorCode;
use url::form_urlencoded;

use crate::{
    admit::Caller,
    arrival::Arrival,
    error::CallError,
    gateway::Shared,
    memory::{self, Kept},
};

const MOST_LISTED: usize = 100;
const LISTED: usize = 20;

/// What stands in the path.
type InPath = Path<Vec<(String, String)>>;

/// GET …/v1/responses/{response}
pub(crate) async fn one(State(gateway): State<Shared>, Path(path): InPath, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let found = async {
        let caller = Caller::identify(&gateway, &arrival, None)?;
        for (name, value) in asked(&parts.uri) {
            take_for_granted(&name, &value)?;
        }
        let kept = kept(&gateway, &caller, &path).await?;
        kept.response.ok_or_else(|| not_found(id_of(&path)))
    };
    let response = found.await.map(Json).into_response();
    arrival.stamp(response)
}

/// DELETE …/v1/responses/{response}
pub(crate) async fn delete(State(gateway): State<Shared>, Path(path): InPath, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let deleted = async {
        let caller = Caller::identify(&gateway, &arrival, None)?;
        let id = id_of(&path);
        if !memory::forget(&gateway, caller.entry(), id).await? {
            return Err(not_found(id));
        }
        Ok(Json(json!({"id": id, "object": "response", "deleted": true})))
    };
    let response = deleted.await.into_response();
    arrival.stamp(response)
}

/// GET …/v1/responses/{response}/input_items
pub(crate) async fn input(State(gateway): State<Shared>, Path(path): InPath, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let listed = async {
        let caller = Caller::identify(&gateway, &arrival, None)?;
        let page = Page::read(asked(&parts.uri))?;
        page.of(&kept(&gateway, &caller, &path).await?).map(Json)
    };
    let response = listed.await.into_response();
    arrival.stamp(response)
}

fn id_of(path: &[(String, String)]) -> &str {
    path.iter().find(|(key, _)| key == "response").map_or("", |(_, id)| id)
}

async fn kept(gateway: &Shared, caller: &Caller, path: &[(String, String)]) -> Result<Kept, CallError> {
    let id = id_of(path);
    memory::recall(gateway, caller.entry(), id).await?.ok_or_else(|| not_found(id))
}

fn not_found(id: &str) -> CallError {
    let shown: String = id.chars().take(80).collect();
    let message = format!(
        "There is no response `{shown}`: it was not stored, has expired, was deleted, or is another project's."
    );
    CallError::field(ErrorCode::NotFound, "response_id", message)
}

fn asked(uri: &http::Uri) -> Vec<(String, String)> {
    form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect()
}

/// Parameters that a stored response has nothing to give for, unless they ask for what is so anyway.
fn take_for_granted(name: &str, value: &str) -> Result<(), CallError> {
    match (name, value) {
        ("stream" | "include_obfuscation", "false") => Ok(()),
        ("stream" | "include_obfuscation" | "starting_after" | "include" | "include[]", _) => {
            let message = format!(
                "`{name}` is not available here: a stored response is given whole, with what was included when it was \
                 made. Leave it out."
            );
            Err(CallError::field(ErrorCode::UnsupportedField, name, message))
        }
        _ => Err(unknown(name, "`stream`, `include` and `starting_after` are known, and not available")),
    }
}

fn unknown(name: &str, accepted: &str) -> CallError {
    let shown: String = name.chars().take(80).collect();
    let message = format!("The parameter `{shown}` is not known: {accepted}.");
    CallError::field(ErrorCode::UnknownField, shown, message)
}

/// Which items of a list are wanted.
#[derive(Debug, PartialEq, Eq)]
struct Page {
    limit: usize,
    newest_first: bool,
    after: Option<String>,
}

impl Page {
    fn read(asked: Vec<(String, String)>) -> Result<Self, CallError> {
        let mut page = Self { limit: LISTED, newest_first: true, after: None };
        for (name, value) in asked {
            match name.as_str() {
                "limit" => {
                    let limit = value.parse().ok().filter(|limit| (1..=MOST_LISTED).contains(limit));
                    page.limit = limit.ok_or_else(|| {
                        let message = format!("`limit` must be a whole number from 1 to {MOST_LISTED}.");
                        CallError::field(ErrorCode::InvalidValue, "limit", message)
                    })?;
                }
                "order" => {
                    page.newest_first = match value.as_str() {
                        "desc" => true,
                        "asc" => false,
                        _ => {
                            let message = "`order` must be `asc` or `desc`.";
                            return Err(CallError::field(ErrorCode::InvalidValue, "order", message));
                        }
                    };
                }
                "after" => page.after = Some(value),
                "include" | "include[]" => take_for_granted(&name, &value)?,
                _ => return Err(unknown(&name, "accepted are `limit`, `order` and `after`")),
            }
        }
        Ok(page)
    }

    fn of(&self, kept: &Kept) -> Result<Value, CallError> {
        let stem = kept.id.split_once('_').map_or(kept.id.as_str(), |(_, stem)| stem);
        let items = kept.input().iter().enumerate();
        let mut all: Vec<Value> = items.map(|(index, item)| item.listed(stem, index)).collect();
        if self.newest_first {
            all.reverse();
        }
        let from = match &self.after {
            None => 0,
            Some(after) => {
                let place = all.iter().position(|item| item["id"] == after.as_str());
                place.map(|place| place + 1).ok_or_else(|| {
                    let message = "`after` is not the id of an item of this response's input.";
                    CallError::field(ErrorCode::InvalidValue, "after", message)
                })?
            }
        };
        let left = &all[from..];
        let page = &left[..left.len().min(self.limit)];
        let id = |item: Option<&Value>| item.map_or(Value::Null, |item| item["id"].clone());
        Ok(json!({
            "object": "list",
            "data": page,
            "first_id": id(page.first()),
            "last_id": id(page.last()),
            "has_more": page.len() < left.len(),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(query: &str) -> Result<Page, CallError> {
        Page::read(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    #[test]
    fn what_is_asked_of_a_list_is_read_or_refused_by_name() {
        let read = page("limit=3&order=asc&after=msg_1").unwrap();
        assert_eq!(read, Page { limit: 3, newest_first: false, after: Some("msg_1".into()) });
        for (query, param, code) in [
            ("limit=0", "limit", ErrorCode::InvalidValue),
            ("limit=x", "limit", ErrorCode::InvalidValue),
            ("order=up", "order", ErrorCode::InvalidValue),
            ("include[]=x", "include[]", ErrorCode::UnsupportedField),
            ("befor=1", "befor", ErrorCode::UnknownField),
        ] {
            let error = page(query).unwrap_err();
            assert_eq!((error.param.as_deref(), error.code), (Some(param), code), "{query}");
        }
    }
}
