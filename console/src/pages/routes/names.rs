//! A list of names in their order: typed, or picked from what there is.

use leptos::prelude::*;
use ui::*;

/// How many names are offered to be picked.
const PICKS: usize = 24;

/// A line of names between commas, and below it those that can be added by a press.
#[component]
pub fn NameList(
    #[prop(into)] name: String,
    #[prop(into)] id: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    bind: RwSignal<String>,
    offered: Vec<String>,
) -> impl IntoView {
    let what = label.clone();
    let picks = move || {
        let there = bind.get();
        let has = |one: &str| words(&there).any(|word| word == one);
        let left: Vec<_> = offered.iter().filter(|one| !has(one)).take(PICKS).cloned().collect();
        (!left.is_empty()).then(|| {
            let each = left.into_iter().map(|one| pick(bind, &what, one)).collect_view();
            view! { <div class="picks">{each}</div> }
        })
    };
    view! {
        <div class="name-list">
            <TextInput name id label hint error required mono=true autocomplete="off" bind/>
            {picks}
        </div>
    }
    .into_any()
}

fn pick(bind: RwSignal<String>, what: &str, one: String) -> AnyView {
    let label = format!("Add {one} to {}", what.to_lowercase());
    let added = one.clone();
    let press = move |_| {
        bind.update(|text| {
            let before: Vec<_> = words(text).map(str::to_owned).collect();
            *text = before.into_iter().chain([added.clone()]).collect::<Vec<_>>().join(", ");
        });
    };
    view! {
        <button type="button" class="pick" aria-label=label on:click=press>
            <IconView icon=Icon::Plus/>
            {one}
        </button>
    }
    .into_any()
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| letter == ',' || letter.is_whitespace()).filter(|word| !word.is_empty())
}
