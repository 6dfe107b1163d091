//! Signing in: members with their workspace, operators without.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use ui::*;

use crate::{
    api::identity::SignIn,
    contexts::theme,
    forms::{Form, FormAction, FormProblem, field, problem_of},
};

/// `/sign-in`, and `/t/{slug}/sign-in` with the workspace filled in.
#[component]
pub fn SignInPage() -> impl IntoView {
    let slug =
        use_params_map().with_untracked(|params| params.get_str("tenant").unwrap_or_default().to_owned());
    let description = if slug.is_empty() {
        "to your workspace on Switchyard".to_owned()
    } else {
        format!("to the workspace {slug}")
    };
    let footer =
        || view! { "Running this deployment? " <a href="/operator/sign-in">"Sign in as an operator"</a> };
    view! {
        <Title text="Sign in"/>
        <AuthLayout title="Sign in" description theme=theme() footer>
            <SignInForm slug=Some(slug)/>
        </AuthLayout>
    }
}

/// `/operator/sign-in`
#[component]
pub fn OperatorSignIn() -> impl IntoView {
    let footer = || view! { "Working for a client? " <a href="/sign-in">"Sign in to your workspace"</a> };
    view! {
        <Title text="Operator sign in"/>
        <AuthLayout title="Operator sign in" description="to look after this deployment" theme=theme() footer>
            <SignInForm slug=None/>
        </AuthLayout>
    }
}

/// `slug` is the workspace, empty where it is to be typed; None for operators.
#[component]
fn SignInForm(slug: Option<String>) -> impl IntoView {
    let action = FormAction::new::<SignIn>();
    let problem = problem_of(action);
    let next = use_query_map().with_untracked(|query| query.get_str("next").unwrap_or_default().to_owned());
    let workspace = match slug {
        Some(slug) => view! {
            <TextInput
                name="tenant"
                label="Workspace"
                value=slug
                placeholder="acme"
                autocomplete="organization"
                hint="The short name in your console's address: /t/acme"
                error=field(problem, "tenant")
                required=true
            />
        }
        .into_any(),
        None => view! { <input type="hidden" name="tenant" value=""/> }.into_any(),
    };
    view! {
        <Form action attr:class="form">
            <FormProblem problem fields=&["tenant", "email", "password"]/>
            {workspace}
            <TextInput
                name="email"
                label="E-mail"
                kind="email"
                autocomplete="username"
                error=field(problem, "email")
                required=true
            />
            <TextInput
                name="password"
                label="Password"
                kind="password"
                autocomplete="current-password"
                error=field(problem, "password")
                required=true
            />
            <input type="hidden" name="next" value=next/>
            <Button submit=true kind=ButtonKind::Primary wide=true busy=action.pending()>
                "Sign in"
            </Button>
        </Form>
    }
}
