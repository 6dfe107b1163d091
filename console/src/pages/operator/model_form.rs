//! The form that changes what is said of a model.

use leptos::prelude::*;
use shared_api::catalog::{Model, ModelKind};
use ui::*;

use super::model_fields::capabilities;
use crate::forms::{Form, FormAction, FormProblem, field, hidden, problem_of};

const FIELDS: &[&str] = &[
    "display_name",
    "description",
    "context_length",
    "max_output_tokens",
    "capabilities",
    "input_modalities",
    "output_modalities",
    "supported_parameters",
];

pub(super) fn change(action: FormAction, model: &Model) -> AnyView {
    let problem = problem_of(action);
    let id = model.id;
    let longest = model.max_output_tokens.map(|tokens| tokens.to_string()).unwrap_or_default();
    let tokens = move |name: &'static str, label: &'static str, value: String, required: bool| {
        view! {
            <TextInput
                name
                label
                kind="number"
                min="1"
                required
                suffix="tokens"
                value
                error=field(problem, name)
            />
        }
        .into_any()
    };
    let words = move |name: &'static str, label: &'static str, hint: &'static str, of: &[String]| {
        let value = of.join(", ");
        view! { <TextInput name label hint value mono=true autocomplete="off" error=field(problem, name)/> }
            .into_any()
    };
    let limits = (
        tokens("context_length", "Context", model.context_length.to_string(), true),
        tokens("max_output_tokens", "Longest answer", longest, false),
    );
    let forms = (
        words("input_modalities", "Takes", "text, image, audio", &model.input_modalities),
        words("output_modalities", "Gives", "text, embeddings, scores", &model.output_modalities),
        words("supported_parameters", "Parameters", "As OpenRouter lists them.", &model.supported_parameters),
    );
    let (display_name, description) = (model.display_name.clone(), model.description.clone());
    let able = (model.kind == ModelKind::Chat).then(|| capabilities(problem, &model.capabilities));
    view! {
        <Card title="Edit" description="What catalogues and clients are told, and what is let through to engines">
            <Form action>
                <FormProblem problem fields=FIELDS/>
                {hidden("model", id)}
                <FormSection title="Words" description="What people read.">
                    <TextInput
                        name="display_name"
                        label="Name for people"
                        value=display_name
                        required=true
                        error=field(problem, "display_name")
                    />
                    <TextInput
                        name="description"
                        label="Description"
                        value=description
                        error=field(problem, "description")
                    />
                </FormSection>
                <FormSection title="Limits" description="Checked before a call is sent.">{limits}</FormSection>
                <FormSection title="Abilities" description="What may be asked of it.">
                    {able} {forms}
                </FormSection>
                <FormActions>
                    <Button submit=true busy=action.pending()>
                        "Save"
                    </Button>
                </FormActions>
            </Form>
        </Card>
    }
    .into_any()
}
