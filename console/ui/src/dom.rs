//! The few browser calls that components make. Each does nothing where its element is not there.

use wasm_bindgen::{JsCast, prelude::Closure};
use web_sys::{
    Document, HtmlDialogElement, HtmlDocument, HtmlElement, HtmlTextAreaElement,
    js_sys::{Promise, Reflect},
};

fn document() -> Option<Document> {
    web_sys::window()?.document()
}

fn by_id<T: JsCast>(id: &str) -> Option<T> {
    document()?.get_element_by_id(id)?.dyn_into().ok()
}

/// Whether buttons with `command` work by themselves; then a click handler must not do it a second time.
fn has_commands() -> bool {
    let button = document().and_then(|document| document.create_element("button").ok());
    button.is_some_and(|button| Reflect::has(&button, &"commandForElement".into()).unwrap_or(false))
}

/// Does what `command="show-modal"` does, in browsers without it.
pub fn show_dialog_by_button(id: &str) {
    if !has_commands() {
        show_dialog(id);
    }
}

/// Does what `command="close"` does, in browsers without it.
pub fn close_dialog_by_button(id: &str) {
    if !has_commands() {
        close_dialog(id);
    }
}

/// Opens a dialog modally; an open one stays as it is.
pub fn show_dialog(id: &str) {
    if let Some(dialog) = by_id::<HtmlDialogElement>(id).filter(|dialog| !dialog.open()) {
        let _ = dialog.show_modal();
    }
}

pub fn close_dialog(id: &str) {
    if let Some(dialog) = by_id::<HtmlDialogElement>(id) {
        dialog.close();
    }
}

/// Closes a popover; one that is not open throws, which is ignored.
pub fn hide_popover(id: &str) {
    if let Some(element) = by_id::<HtmlElement>(id) {
        let _ = element.hide_popover();
    }
}

/// Sets or removes an attribute of the root element.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else { return };
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Keeps a preference for a year, for all pages.
pub fn set_cookie(name: &str, value: &str) {
    if let Some(document) = document().and_then(|document| document.dyn_into::<HtmlDocument>().ok()) {
        let _ = document.set_cookie(&format!("{name}={value}; Path=/; Max-Age=31536000; SameSite=Lax"));
    }
}

/// Puts text on the clipboard. The clipboard API exists only on HTTPS and localhost, and a browser
/// may refuse it: then the older way is taken.
pub fn copy(text: &str) {
    let Some(window) = web_sys::window() else { return };
    if !window.is_secure_context() {
        copy_by_selection(text);
        return;
    }
    let written: Promise = window.navigator().clipboard().write_text(text);
    let text = text.to_owned();
    let refused = Closure::once(move |_| copy_by_selection(&text));
    let _ = written.catch(&refused);
    // Freed by the collector together with the promise.
    refused.forget();
}

/// Selects the text in a field out of sight and copies the selection.
fn copy_by_selection(text: &str) {
    let Some(document) = document().and_then(|document| document.dyn_into::<HtmlDocument>().ok()) else {
        return;
    };
    let Some(body) = document.body() else { return };
    let Some(area) = document
        .create_element("textarea")
        .ok()
        .and_then(|element| element.dyn_into::<HtmlTextAreaElement>().ok())
    else {
        return;
    };
    area.set_value(text);
    area.set_class_name("visually-hidden");
    // Inside an open dialog only its own content can be selected.
    let host = document.query_selector("dialog[open]").ok().flatten().unwrap_or_else(|| body.into());
    if host.append_child(&area).is_ok() {
        area.select();
        let _ = document.exec_command("copy");
        area.remove();
    }
}
