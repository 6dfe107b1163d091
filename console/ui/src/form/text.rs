//! Lines, paragraphs and moments of text.

use leptos::prelude::*;

use super::field::{Field, described_by, id_or_name, present};
use crate::markup::Text;

/// A one-line input.
#[component]
pub fn TextInput(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    /// Only where the name is not unique on the page.
    #[prop(optional, into)]
    id: String,
    /// `text`, `email`, `password`, `search`, `number`, `url`.
    #[prop(default = "text")]
    kind: &'static str,
    #[prop(optional, into)] value: String,
    /// Follows what is typed, and sets the field when it changes.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional, into)] placeholder: String,
    /// Such as `email`, `current-password`, `off`.
    #[prop(optional, into)]
    autocomplete: String,
    #[prop(optional)] required: bool,
    #[prop(optional)] label_hidden: bool,
    /// Fixed-width type, for identifiers.
    #[prop(optional)]
    mono: bool,
    /// Fixed text before the input, such as `$`.
    #[prop(optional, into)]
    prefix: String,
    /// Fixed text after it, such as `.example.com`.
    #[prop(optional, into)]
    suffix: String,
    #[prop(optional, into)] min: String,
    #[prop(optional, into)] max: String,
    #[prop(optional, into)] step: String,
    #[prop(optional, into)] pattern: String,
    #[prop(optional)] max_length: Option<u32>,
) -> impl IntoView {
    let id = id_or_name(id, &name);
    let node = follow(bind);
    let value = bind.map_or(value, |bound| bound.get_untracked());
    let optional = !required && kind != "search";
    view! {
        <Field id=id.clone() label=label hint=hint.clone() error=error may_be_empty=optional label_hidden=label_hidden>
            <div class="input-frame">
                {present(prefix).map(|text| view! { <span class="input-affix">{text}</span> })}
                <input
                    class=if mono { "input mono" } else { "input" }
                    type=kind
                    aria-describedby=described_by(&id, &hint)
                    id=id
                    name=name
                    value=value
                    placeholder=present(placeholder)
                    autocomplete=present(autocomplete)
                    required=required
                    min=present(min)
                    max=present(max)
                    step=present(step)
                    pattern=present(pattern)
                    maxlength=max_length.map(|length| length.to_string())
                    aria-invalid=move || error.get().map(|_| "true")
                    node_ref=node
                    on:input=move |event| {
                        if let Some(bound) = bind {
                            bound.set(event_target_value(&event));
                        }
                    }
                />
                {present(suffix).map(|text| view! { <span class="input-affix">{text}</span> })}
            </div>
        </Field>
    }
    .into_any()
}

/// Sets the input when the bound text is changed by code.
fn follow(bind: Option<RwSignal<String>>) -> NodeRef<leptos::html::Input> {
    let node = NodeRef::<leptos::html::Input>::new();
    if let Some(bound) = bind {
        Effect::new(move || {
            let text = bound.get();
            if let Some(input) = node.get().filter(|input| input.value() != text) {
                input.set_value(&text);
            }
        });
    }
    node
}

/// A paragraph.
#[component]
pub fn TextArea(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] id: String,
    #[prop(optional, into)] value: String,
    /// Follows what is typed, and sets the field when it changes.
    #[prop(optional)]
    bind: Option<RwSignal<String>>,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional, into)] placeholder: String,
    #[prop(default = 4)] rows: u32,
    #[prop(optional)] required: bool,
    #[prop(optional)] label_hidden: bool,
    #[prop(optional)] mono: bool,
) -> impl IntoView {
    let id = id_or_name(id, &name);
    let node = NodeRef::<leptos::html::Textarea>::new();
    if let Some(bound) = bind {
        Effect::new(move || {
            let text = bound.get();
            if let Some(area) = node.get().filter(|area| area.value() != text) {
                area.set_value(&text);
            }
        });
    }
    let value = bind.map_or(value, |bound| bound.get_untracked());
    view! {
        <Field id=id.clone() label=label hint=hint.clone() error=error may_be_empty=!required label_hidden=label_hidden>
            <textarea
                class=if mono { "input mono" } else { "input" }
                aria-describedby=described_by(&id, &hint)
                id=id
                name=name
                rows=rows.to_string()
                placeholder=present(placeholder)
                required=required
                aria-invalid=move || error.get().map(|_| "true")
                node_ref=node
                on:input=move |event| {
                    if let Some(bound) = bind {
                        bound.set(event_target_value(&event));
                    }
                }
                // Leptos leaves the text of this element unescaped; as inner HTML it is ours to escape.
                inner_html=Text(&value).to_string()
            ></textarea>
        </Field>
    }
    .into_any()
}

/// A date, with the time of day unless `date_only`. The value is what the browser's own control
/// uses: `2026-11-21T14:05` or `2026-11-21`.
#[component]
pub fn DateTimeInput(
    #[prop(into)] name: String,
    #[prop(into)] label: String,
    #[prop(optional, into)] id: String,
    #[prop(optional, into)] value: String,
    #[prop(optional, into)] hint: String,
    #[prop(optional, into)] error: MaybeProp<String>,
    #[prop(optional)] required: bool,
    #[prop(optional)] date_only: bool,
    #[prop(optional)] label_hidden: bool,
    #[prop(optional, into)] min: String,
    #[prop(optional, into)] max: String,
) -> impl IntoView {
    let kind = if date_only { "date" } else { "datetime-local" };
    view! {
        <TextInput
            name=name
            label=label
            id=id
            kind=kind
            value=value
            hint=hint
            error=error
            required=required
            label_hidden=label_hidden
            min=min
            max=max
        />
    }
    .into_any()
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn text_from_outside_stays_inside_the_text_area() {
        let html = Owner::new().with(|| {
            view! { <TextArea name="note" label="Note" value="</textarea><script>x</script>"/> }.to_html()
        });
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;") && !html.contains("<script>"), "{html}");
    }

    #[test]
    fn a_control_is_joined_with_its_label_hint_and_error() {
        let html = Owner::new().with(|| {
            view! { <TextInput name="slug" label="Short name" hint="Lower case" error="taken" required=true/> }.to_html()
        });
        for part in [
            r#"for="slug""#,
            r#"id="slug""#,
            r#"aria-describedby="slug-hint slug-error""#,
            r#"id="slug-hint""#,
            r#"id="slug-error""#,
            r#"aria-invalid="true""#,
            "required",
        ] {
            assert!(html.contains(part), "{part} in {html}");
        }
        assert!(!html.contains("Optional"));
    }
}
