//! The form that makes a batch.

use leptos::prelude::*;
use ui::*;

use super::batches_page::Batches;
use crate::{
    api::batches::NewBatchView,
    forms::{DialogSubmit, Form, FormProblem, field, hidden, problem_of},
};

const ENDPOINTS: [(&str, &str); 4] = [
    ("/v1/chat/completions", "Chat"),
    ("/v1/embeddings", "Embeddings"),
    ("/v1/responses", "Responses"),
    ("/v1/completions", "Completions"),
];

const FIELDS: &[&str] = &["input_file_id", "key_id", "endpoint", "metadata"];

pub(super) fn form(page: Batches, base: &str, view: &NewBatchView) -> AnyView {
    let body = if view.files.is_empty() {
        let href = format!("{base}/files");
        view! {
            <Stack>
                <p>"A batch begins with a file of calls, and there is none yet."</p>
                <Row>
                    <LinkButton href kind=ButtonKind::Primary icon=Icon::ArrowUp>
                        "Upload a file"
                    </LinkButton>
                </Row>
            </Stack>
        }
        .into_any()
    } else if view.keys.is_empty() {
        let href = format!("{base}/keys");
        view! { <p>"Calls are made and billed as one of your keys, and none works. "<a href=href>"Make a key first."</a></p> }
            .into_any()
    } else {
        fields(page, view)
    };
    view! {
        <Dialog
            id="create-batch"
            title="New batch"
            description="Runs within 24 hours, at the price of the same calls one by one."
        >
            {body}
        </Dialog>
    }
    .into_any()
}

fn fields(page: Batches, view: &NewBatchView) -> AnyView {
    let problem = problem_of(page.create);
    let project =
        |id| view.projects.iter().find(|one| one.id == id).map(|one| one.name.clone()).unwrap_or_default();
    let files: Vec<_> = view
        .files
        .iter()
        .map(|file| {
            let words = format!(
                "{} · {} · {}",
                file.filename,
                project(file.project_id),
                format::bytes(file.bytes as f64)
            );
            SelectOption::new(file.id.to_string(), words)
        })
        .collect();
    let keys: Vec<_> = view
        .keys
        .iter()
        .map(|key| {
            SelectOption::new(key.id.to_string(), format!("{} · {}", key.name, project(key.project_id)))
        })
        .collect();
    let endpoints = ENDPOINTS.map(|(value, label)| SelectOption::new(value, label)).to_vec();
    view! {
        <Form action=page.create attr:class="form">
            <FormProblem problem fields=FIELDS/>
            {hidden("tenant", page.tenant)}
            <Select name="input_file_id" label="Input" options=files error=field(problem, "input_file_id")/>
            <Select
                name="endpoint"
                label="Calls"
                options=endpoints
                hint="Every line of the file names the same."
                error=field(problem, "endpoint")
            />
            <Select
                name="key_id"
                label="Key"
                options=keys
                hint="Of the same project as the file: its models and limits hold."
                error=field(problem, "key_id")
            />
            <TextInput
                name="note"
                label="Note"
                max_length=100
                autocomplete="off"
                placeholder="November evaluation"
                error=field(problem, "metadata")
            />
            <DialogSubmit dialog="create-batch" label="Start batch" busy=page.create.pending()/>
        </Form>
    }
    .into_any()
}
