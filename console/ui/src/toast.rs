//! Short messages after an action, in a corner. Errors that must be acted on belong in an `Alert`.

use std::time::Duration;

use leptos::prelude::*;

use crate::{
    badge::Tone,
    icon::{Icon, IconView},
};

const SHOWN: Duration = Duration::from_secs(6);

#[derive(Clone)]
struct Toast {
    id: u32,
    tone: Tone,
    text: String,
}

/// The messages on show. `provide_toasts` makes it once, above the pages.
#[derive(Clone, Copy)]
pub struct Toasts(RwSignal<(u32, Vec<Toast>)>);

impl Toasts {
    /// Shows a message for six seconds.
    pub fn show(self, tone: Tone, text: impl Into<String>) {
        let id = self.0.with_untracked(|(next, _)| *next);
        let text = text.into();
        self.0.update(|(next, list)| {
            *next += 1;
            list.push(Toast { id, tone, text });
        });
        set_timeout(move || self.dismiss(id), SHOWN);
    }

    fn dismiss(self, id: u32) {
        // The region may be gone by the time the timer fires.
        let _ = self.0.try_update(|(_, list)| list.retain(|toast| toast.id != id));
    }
}

/// Makes the toasts of this app available below.
pub fn provide_toasts() -> Toasts {
    let toasts = Toasts(RwSignal::new((0, Vec::new())));
    provide_context(toasts);
    toasts
}

/// The toasts of this app, where they were provided.
pub fn use_toasts() -> Option<Toasts> {
    use_context::<Toasts>()
}

/// Where toasts appear: once, near the end of the page.
#[component]
pub fn ToastRegion() -> impl IntoView {
    let toasts = use_toasts().unwrap_or_else(provide_toasts);
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || toasts.0.get().1 key=|toast| toast.id let:toast>
                <ToastView tone=toast.tone text=toast.text on_close=move || toasts.dismiss(toast.id)/>
            </For>
        </div>
    }
    .into_any()
}

/// One message.
#[component]
pub fn ToastView(
    #[prop(optional)] tone: Tone,
    #[prop(into)] text: String,
    on_close: impl Fn() + 'static,
) -> impl IntoView {
    view! {
        <div class=format!("toast {}", tone.class())>
            <span class="status-dot" aria-hidden="true"></span>
            <span class="toast-text">{text}</span>
            <button type="button" class="toast-close" aria-label="Dismiss" on:click=move |_| on_close()>
                <IconView icon=Icon::Close/>
            </button>
        </div>
    }
    .into_any()
}
