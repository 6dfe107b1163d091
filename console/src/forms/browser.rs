//! The browser's requests to server functions.

use leptos::server_fn::{
    ServerFn,
    client::{Client, browser::BrowserClient},
    request::ClientReq as _,
    response::ClientRes,
};
use serde::de::DeserializeOwned;
use serde_json::value::RawValue;

use crate::api::{Answer, ApiProblem};

const FORM: &str = "application/x-www-form-urlencoded";
const JSON: &str = "application/json";

type Request = <BrowserClient as Client<ApiProblem>>::Request;
type Response = <BrowserClient as Client<ApiProblem>>::Response;

/// What a server function answered.
pub struct Reply {
    /// JSON of the value.
    pub json: Answer<String>,
    /// Where it leads instead.
    pub redirect: Option<String>,
}

/// What a server function answers to arguments that stand in no form.
pub async fn ask<F, T>(arguments: &[(&str, &str)]) -> Answer<T>
where
    F: ServerFn<Error = ApiProblem>,
    T: DeserializeOwned,
{
    let arguments = ui::query_href("", arguments.iter().copied());
    let json = post(F::PATH, arguments.trim_start_matches('?').to_owned()).await.json?;
    serde_json::from_str(&json).map_err(|_| unreadable())
}

/// Sends a form's fields.
pub async fn post(url: &str, body: String) -> Reply {
    match sent(url, body).await {
        Ok(reply) => reply,
        Err(problem) => Reply { json: Err(problem), redirect: None },
    }
}

async fn sent(url: &str, body: String) -> Answer<Reply> {
    let request: Request = Request::try_new_post(url, FORM, JSON, body)?;
    let response = <BrowserClient as Client<ApiProblem>>::send(request).await?;
    let redirect = <Response as ClientRes<ApiProblem>>::has_redirect(&response)
        .then(|| <Response as ClientRes<ApiProblem>>::location(&response));
    let text = <Response as ClientRes<ApiProblem>>::try_into_string(response).await?;
    let json = match serde_json::from_str::<Answer<Box<RawValue>>>(&text) {
        Ok(answer) => answer.map(|value| String::from(Box::<str>::from(value))),
        // A failure on the way is a problem without the answer around it.
        Err(_) => Err(serde_json::from_str(&text).unwrap_or_else(|_| unreadable())),
    };
    Ok(Reply { json, redirect })
}

fn unreadable() -> ApiProblem {
    ApiProblem::new(
        500,
        "internal_error",
        "The server's answer could not be read. Reload the page and try again.",
    )
}
