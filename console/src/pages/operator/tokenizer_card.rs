//! A model's tokenizer: what is set, a form for another one, and taking it away.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::catalog::Model;
use ui::*;

use crate::forms::{DialogSubmit, Form, FormAction, FormProblem, hidden, problem_of};

const WHY: &str = "With a model's own tokenizer.json prompts are counted exactly before they are sent, \
                   and one too long for the context is refused at once.";

/// What became of an upload, as the address says.
pub(super) fn said() -> AnyView {
    let query = use_query_map();
    let of = |name: &str| query.with_untracked(|query| query.get_str(name).unwrap_or_default().to_owned());
    let refused = of("refused");
    if !refused.is_empty() {
        return view! {
            <Alert tone=Tone::Danger title="The tokenizer was not taken">
                {refused}
            </Alert>
        }
        .into_any();
    }
    let taken = of("said") == "tokenizer";
    taken
        .then(|| {
            view! {
                <Alert tone=Tone::Success title="The tokenizer is set">
                    "Gateways count by it as soon as they have it."
                </Alert>
            }
        })
        .into_any()
}

pub(super) fn card(remove: FormAction, model: &Model) -> AnyView {
    let set = model.tokenizer.clone();
    let has = set.is_some();
    let buttons = move || {
        let label = if has { "Replace…" } else { "Upload…" };
        view! {
            {has.then(|| view! { <DialogTrigger dialog="remove-tokenizer">"Remove…"</DialogTrigger> })}
            <DialogTrigger dialog="tokenizer" icon=Icon::ArrowUp>
                {label}
            </DialogTrigger>
        }
    };
    let body = match set {
        Some(hash) => {
            let size =
                model.tokenizer_bytes.map_or_else(|| "–".to_owned(), |bytes| format::bytes(bytes as f64));
            view! {
                <Facts>
                    <Fact label="Prompts">"Counted exactly"</Fact>
                    <Fact label="Size">{size}</Fact>
                    <Fact label="SHA-256">
                        <span class="hash">
                            <Copyable text=hash label="Copy the SHA-256"/>
                        </span>
                    </Fact>
                </Facts>
            }
            .into_any()
        }
        None => {
            view! { <p class="card-text">"None is set: tokens of a prompt are estimated."</p> }.into_any()
        }
    };
    view! {
        <Card title="Tokenizer" description="How prompts are counted before a call" actions=buttons>
            {body}
        </Card>
        {upload(model, has)}
        {has.then(|| removal(remove, model))}
    }
    .into_any()
}

/// A plain form: the browser sends the file itself, with its own progress, with a script or without.
fn upload(model: &Model, has: bool) -> AnyView {
    let busy = RwSignal::new(false);
    let action = format!("/operator/models/{}/tokenizer", model.id);
    let title = if has { "Replace the tokenizer" } else { "Upload a tokenizer" };
    view! {
        <Dialog id="tokenizer" title description=WHY>
            <form
                class="form"
                method="post"
                enctype="multipart/form-data"
                action=action
                on:submit=move |_| busy.set(true)
            >
                <FileInput
                    id="tokenizer-file"
                    name="file"
                    label="File"
                    hint="The tokenizer.json beside the model's weights, at most 48 MiB."
                    accept=".json,application/json"
                    required=true
                />
                <DialogSubmit dialog="tokenizer" label="Upload" busy=busy.into()/>
            </form>
        </Dialog>
    }
    .into_any()
}

fn removal(action: FormAction, model: &Model) -> AnyView {
    let id = model.id;
    let title = format!("Remove the tokenizer of {}?", model.display_name);
    view! {
        <Dialog id="remove-tokenizer" title>
            <p>"Tokens of its prompts are estimated from then on. The file can be uploaded again."</p>
            <Form action>
                <FormProblem problem=problem_of(action)/>
                {hidden("model", id)}
                <DialogSubmit
                    dialog="remove-tokenizer"
                    label="Remove tokenizer"
                    kind=ButtonKind::Danger
                    busy=action.pending()
                />
            </Form>
        </Dialog>
    }
    .into_any()
}
