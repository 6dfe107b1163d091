//! Progress through a wizard.

use leptos::prelude::*;

use crate::icon::{Icon, IconView};

/// Names the steps and marks where one is: before `current` done, after it still to come.
#[component]
pub fn Stepper(
    #[prop(into)] label: String,
    steps: Vec<&'static str>,
    /// Counted from zero; the number of steps means all done.
    current: usize,
) -> impl IntoView {
    let items = steps
        .into_iter()
        .enumerate()
        .map(|(at, step)| {
            let (class, word) = match at.cmp(&current) {
                std::cmp::Ordering::Less => ("step step-done", "done: "),
                std::cmp::Ordering::Equal => ("step step-current", ""),
                std::cmp::Ordering::Greater => ("step", ""),
            };
            let mark = if at < current {
                view! { <IconView icon=Icon::Check/> }.into_any()
            } else {
                (at + 1).to_string().into_any()
            };
            view! {
                <li class=class aria-current=(at == current).then_some("step")>
                    <span class="step-mark" aria-hidden="true">{mark}</span>
                    <span class="step-name">
                        <span class="visually-hidden">{word}</span>
                        {step}
                    </span>
                </li>
            }
        })
        .collect_view();
    view! { <ol class="stepper" role="list" aria-label=label>{items}</ol> }.into_any()
}
