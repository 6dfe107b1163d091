//! What a page shows before there is anything.

use leptos::prelude::*;

use crate::icon::{Icon, IconView};

/// Says what would be here and offers the next step (as children, usually a primary button).
#[component]
pub fn EmptyState(
    icon: Icon,
    #[prop(into)] title: String,
    #[prop(optional, into)] description: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-icon">
                <IconView icon/>
            </span>
            <p class="empty-title">{title}</p>
            {(!description.is_empty()).then(|| view! { <p class="empty-description">{description}</p> })}
            {children.map(|children| view! { <div class="empty-actions">{children()}</div> })}
        </div>
    }
    .into_any()
}
