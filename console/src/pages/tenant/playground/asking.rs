//! The browser's request for a streamed answer, and the little else that only a browser can do.

#[cfg(feature = "hydrate")]
pub use browser::{ask, images_of, now, remember, rendered};

/// Milliseconds since the page was opened; nothing on the server, where nothing is measured.
#[cfg(not(feature = "hydrate"))]
pub fn now() -> f64 {
    0.0
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{
        prelude::*,
        wasm_bindgen::{JsCast as _, JsValue, closure::Closure},
        web_sys::{
            AbortController, File, FileReader, Headers, HtmlInputElement, ReadableStreamDefaultReader,
            RequestInit, Response, js_sys,
        },
    };
    use serde::Deserialize;
    use wasm_bindgen_futures::JsFuture;

    use super::super::events::Events;
    use crate::{
        api::markdown::{RenderMarkdown, Rendered},
        forms,
    };

    pub fn now() -> f64 {
        window().performance().map_or(0.0, |clock| clock.now())
    }

    /// Ends the request when it is dropped: what nobody reads is not made.
    struct AbortOnDrop(AbortController);

    impl Drop for AbortOnDrop {
        fn drop(&mut self) {
            self.0.abort();
        }
    }

    /// Sends a JSON body and hands over each event of the answer. The error is what a person may read.
    pub async fn ask(url: &str, body: &str, mut each: impl FnMut(&[u8])) -> Result<(), String> {
        let unreachable =
            |_| "The server could not be reached. Check your connection and try again.".to_owned();
        let broken = |_| "The connection broke before the answer was whole.".to_owned();
        let controller = AbortOnDrop(AbortController::new().map_err(unreachable)?);
        let request = request(body, &controller).map_err(unreachable)?;
        let fetched = JsFuture::from(window().fetch_with_str_and_init(url, &request)).await;
        let response: Response = fetched.map_err(unreachable)?.unchecked_into();
        if !response.ok() {
            return Err(refusal(&response).await);
        }
        let Some(body) = response.body() else { return Ok(()) };
        let reader: ReadableStreamDefaultReader = body.get_reader().unchecked_into();
        let mut events = Events::default();
        loop {
            let read = JsFuture::from(reader.read()).await.map_err(broken)?;
            let field =
                |name: &str| js_sys::Reflect::get(&read, &JsValue::from_str(name)).unwrap_or_default();
            if field("done").is_truthy() {
                return Ok(());
            }
            let bytes: js_sys::Uint8Array = field("value").unchecked_into();
            events.feed(&bytes.to_vec(), &mut each);
        }
    }

    fn request(body: &str, controller: &AbortOnDrop) -> Result<RequestInit, JsValue> {
        let headers = Headers::new()?;
        headers.set("content-type", "application/json")?;
        headers.set("accept", "text/event-stream")?;
        let request = RequestInit::new();
        request.set_method("POST");
        request.set_headers(&headers);
        request.set_body(&JsValue::from_str(body));
        request.set_signal(Some(&controller.0.signal()));
        Ok(request)
    }

    /// Either of the two forms in which the platform refuses: OpenAI's error, or problem details.
    #[derive(Deserialize)]
    struct Refusal {
        detail: Option<String>,
        error: Option<Message>,
    }

    #[derive(Deserialize)]
    struct Message {
        message: String,
    }

    async fn refusal(response: &Response) -> String {
        let text = match response.text() {
            Ok(text) => JsFuture::from(text).await.ok().and_then(|text| text.as_string()).unwrap_or_default(),
            Err(_) => String::new(),
        };
        let said = serde_json::from_str::<Refusal>(&text).ok();
        said.and_then(|said| said.error.map(|error| error.message).or(said.detail))
            .unwrap_or_else(|| format!("The server answered with status {}.", response.status()))
    }

    /// A text as Markdown; None where it is empty or the server renders it not.
    pub async fn rendered(text: &str) -> Option<String> {
        if text.is_empty() {
            return None;
        }
        let rendered = forms::ask::<RenderMarkdown, Rendered>(&[("text", text)]).await;
        rendered.ok().map(|rendered| rendered.html)
    }

    /// Reads the chosen images, each as a `data:` URL, and lets the same ones be chosen again.
    pub fn images_of(input: &HtmlInputElement, each: impl Fn(String) + Clone + 'static) {
        let files = input.files();
        let count = files.as_ref().map_or(0, |files| files.length());
        for file in (0..count).filter_map(|at| files.as_ref()?.get(at)) {
            read(&file, each.clone());
        }
        input.set_value("");
    }

    fn read(file: &File, each: impl Fn(String) + 'static) {
        let Ok(reader) = FileReader::new() else { return };
        let done = {
            let reader = reader.clone();
            Closure::once_into_js(move || {
                if let Some(url) = reader.result().ok().and_then(|url| url.as_string()) {
                    each(url);
                }
            })
        };
        reader.set_onload(Some(done.unchecked_ref()));
        let _ = reader.read_as_data_url(file);
    }

    /// Keeps the address in step with what is chosen, so that a reload shows the same.
    pub fn remember(href: &str) {
        if let Ok(history) = window().history() {
            let state = history.state().unwrap_or(JsValue::NULL);
            let _ = history.replace_state_with_url(&state, "", Some(href));
        }
    }
}
