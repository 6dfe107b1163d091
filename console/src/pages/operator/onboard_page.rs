//! Onboarding a tenant: one form in three short steps, then the link for its first owner.

use leptos::prelude::*;
use shared_api::{catalog::Model, tenancy::Slug};
use ui::*;

use crate::{
    api::{
        catalog::ReadCatalog,
        platform::{Onboard, Onboarded},
    },
    forms::{Form, FormAction, FormProblem, field, load, loaded, problem_of},
    pages::frame::Page,
};

#[component]
pub fn OnboardPage() -> impl IntoView {
    let action = FormAction::new::<Onboard>();
    let models = load(|| ReadCatalog {});
    let made = Memo::new(move |_| action.done::<Onboarded>());
    let step = move || if made.with(Option::is_some) { 3 } else { 0 };
    let steps = move || {
        view! { <Stepper label="Onboarding" steps=vec!["Organisation", "First owner", "Models"] current=step()/> }
    };
    view! {
        <Page
            title="Onboard a tenant"
            description="Who they are, who runs it, what they may call. It can be called as soon as it exists."
            crumbs=vec![Crumb::new("Operator", "/operator"), Crumb::new("Tenants", "/operator/tenants")]
        >
            {steps}
            {loaded(
                models,
                SkeletonShape::Lines,
                move |models| {
                    view! {
                        {move || match made.get() {
                            Some(made) => result(&made),
                            None => form(action, &models),
                        }}
                    }
                    .into_any()
                },
            )}
        </Page>
    }
}

fn form(action: FormAction, models: &[Model]) -> AnyView {
    let problem = problem_of(action);
    let models = models_section(models, field(problem, "models"));
    view! {
        <Card>
            <Form action=action>
                <FormProblem problem fields=&["name", "slug", "admin_email", "models"]/>
                <Organisation name_error=field(problem, "name") slug_error=field(problem, "slug")/>
                <FormSection
                    title="First owner"
                    description="Gets an invitation and adds everybody else. You see the link once on the next page."
                >
                    <TextInput
                        name="admin_email"
                        label="E-mail"
                        kind="email"
                        required=true
                        autocomplete="off"
                        placeholder="name@company.com"
                        error=field(problem, "admin_email")
                    />
                </FormSection>
                {models}
                <FormActions>
                    <LinkButton href="/operator/tenants">"Cancel"</LinkButton>
                    <Button submit=true kind=ButtonKind::Primary busy=action.pending()>
                        "Onboard tenant"
                    </Button>
                </FormActions>
            </Form>
        </Card>
    }
    .into_any()
}

/// Name and short name; the short name follows the name until it is typed.
#[component]
fn Organisation(name_error: Signal<Option<String>>, slug_error: Signal<Option<String>>) -> impl IntoView {
    let (name, slug) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let suggest = |name: &str| Slug::suggest(name).map(|slug| slug.as_str().to_owned()).unwrap_or_default();
    Effect::new(move |before: Option<String>| {
        let suggestion = suggest(&name.get());
        if slug.get_untracked() == before.unwrap_or_default() {
            slug.set(suggestion.clone());
        }
        suggestion
    });
    view! {
        <FormSection
            title="Organisation"
            description="The short name is part of the endpoint and cannot be changed later."
        >
            <TextInput
                name="name"
                label="Name"
                required=true
                max_length=100
                autocomplete="off"
                placeholder="Acme Robotics"
                bind=name
                error=name_error
            />
            <TextInput
                name="slug"
                label="Short name"
                mono=true
                max_length=63
                autocomplete="off"
                prefix="/t/"
                hint="Lower-case letters, digits and hyphens. Left empty, it is made from the name."
                bind=slug
                error=slug_error
            />
        </FormSection>
    }
}

fn models_section(models: &[Model], error: Signal<Option<String>>) -> AnyView {
    let items: Vec<_> = models
        .iter()
        .filter(|model| model.retired_at.is_none())
        .map(|model| {
            let hint =
                if model.deployments == 0 { "Not served by any deployment yet" } else { &model.description };
            CheckItem::new(model.name.clone(), model.display_name.clone(), model.deployments > 0).hint(hint)
        })
        .collect();
    let choice = if items.is_empty() {
        view! {
            <p class="muted">
                "There are no models yet. " <a href="/operator/deployments">"Register a deployment"</a>
                " and grant its model afterwards."
            </p>
        }
        .into_any()
    } else {
        view! { <CheckboxGroup name="models[]" legend="Granted models" items framed=true error/> }.into_any()
    };
    view! {
        <FormSection title="Models" description="What the tenant's keys may call. Can be changed at any time.">
            {choice}
        </FormSection>
    }
    .into_any()
}

fn result(made: &Onboarded) -> AnyView {
    let Onboarded { tenant, email, link } = made.clone();
    let link = link.map(|link| view! { <SecretReveal label="Invitation link" secret=link/> });
    let detail = format!("/operator/tenants/{}", tenant.id);
    view! {
        <Card title=format!("{} is ready", tenant.name)>
            <Stack>
                <Alert tone=Tone::Success title=format!("{email} is invited as first owner")>
                    "Send this link, unless the mail reaches them. It works once, for a few days."
                </Alert>
                {link}
                <Facts>
                    <Fact label="Endpoint">
                        <Copyable text=tenant.endpoint.clone() label="Copy endpoint"/>
                    </Fact>
                    <Fact label="Console">
                        <code>{format!("/t/{}", tenant.slug)}</code>
                    </Fact>
                </Facts>
                <p>"Next: the owner accepts the invitation, makes an API key, and calls the endpoint with any OpenAI client."</p>
                <Row>
                    <LinkButton href=detail kind=ButtonKind::Primary>
                        "Open the tenant"
                    </LinkButton>
                    <LinkButton href="/operator/tenants">"All tenants"</LinkButton>
                </Row>
            </Stack>
        </Card>
    }
    .into_any()
}
