//! Written text with its forms: headings, lists, tables, code.

use std::time::Duration;

use leptos::{
    ev::MouseEvent,
    prelude::*,
    wasm_bindgen::JsCast as _,
    web_sys::{Element, HtmlElement},
};

use crate::dom;

/// How long "Copied" stays.
const SHOWN: Duration = Duration::from_secs(2);

/// HTML that a server made of somebody's words: it must be free of anything that acts. Buttons of the class
/// `prose-copy` copy the code in their block.
#[component]
pub fn Prose(#[prop(into)] html: String) -> impl IntoView {
    view! { <div class="prose" inner_html=html on:click=copy></div> }.into_any()
}

fn copy(event: MouseEvent) {
    let pressed = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok());
    let Some(button) = pressed.filter(|target| target.class_name() == "prose-copy") else { return };
    let block: Option<Element> = button.closest(".prose-code").ok().flatten();
    let code = block.and_then(|block| block.query_selector("code").ok().flatten());
    dom::copy(code.and_then(|code| code.text_content()).unwrap_or_default().trim_end_matches('\n'));
    button.set_text_content(Some("Copied"));
    set_timeout(move || button.set_text_content(Some("Copy")), SHOWN);
}
