//! `/setup/{token}`: the first operator of an empty deployment.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use ui::*;

use super::invitation_page::NewPassword;
use crate::{
    api::identity::SetUp,
    contexts::theme,
    forms::{Form, FormAction, FormProblem, field, problem_of},
};

#[component]
pub fn SetUpPage() -> impl IntoView {
    let token =
        use_params_map().with_untracked(|params| params.get_str("token").unwrap_or_default().to_owned());
    let action = FormAction::new::<SetUp>();
    let problem = problem_of(action);
    view! {
        <Title text="Set up"/>
        <AuthLayout
            title="Set up Switchyard"
            description="You are the first operator. This link works once."
            theme=theme()
        >
            <Form action attr:class="form">
                <FormProblem problem fields=&["name", "email", "password"]/>
                <input type="hidden" name="token" value=token/>
                <TextInput
                    name="name"
                    label="Your name"
                    autocomplete="name"
                    error=field(problem, "name")
                    required=true
                    max_length=100
                />
                <TextInput
                    name="email"
                    label="E-mail"
                    kind="email"
                    autocomplete="username"
                    error=field(problem, "email")
                    required=true
                />
                <NewPassword error=field(problem, "password")/>
                <Button submit=true kind=ButtonKind::Primary wide=true busy=action.pending()>
                    "Make my account"
                </Button>
            </Form>
        </AuthLayout>
    }
}
