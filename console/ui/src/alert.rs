//! Messages within a page.

use leptos::prelude::*;

use crate::{
    badge::Tone,
    icon::{Icon, IconView},
};

fn icon(tone: Tone) -> Icon {
    match tone {
        Tone::Success => Icon::Check,
        Tone::Warning => Icon::Alert,
        Tone::Danger => Icon::Error,
        Tone::Neutral | Tone::Info => Icon::Info,
    }
}

/// A message where it belongs; danger and warning are announced at once when they appear.
#[component]
pub fn Alert(
    #[prop(optional)] tone: Tone,
    #[prop(optional, into)] title: String,
    children: Children,
) -> impl IntoView {
    let role = if matches!(tone, Tone::Danger | Tone::Warning) { "alert" } else { "status" };
    view! {
        <div class=format!("alert {}", tone.class()) role=role>
            <IconView icon=icon(tone)/>
            <div class="alert-body">
                {(!title.is_empty()).then(|| view! { <p class="alert-title">{title}</p> })}
                <div>{children()}</div>
            </div>
        </div>
    }
    .into_any()
}

/// A line across the whole page, for what holds everywhere: demo data, a suspended tenant.
#[component]
pub fn Banner(#[prop(optional)] tone: Tone, children: Children) -> impl IntoView {
    view! {
        <div class=format!("banner {}", tone.class()) role="status">
            <IconView icon=icon(tone)/>
            <span>{children()}</span>
        </div>
    }
    .into_any()
}
