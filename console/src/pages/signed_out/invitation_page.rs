//! `/invitations/{token}`: what it invites to, and becoming a member.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use shared_api::identity::InvitationPreview;
use ui::*;

use crate::{
    api::{
        ApiProblem,
        identity::{AcceptInvitation, PreviewInvitation},
    },
    contexts::{answer_with, theme},
    forms::{Form, FormAction, FormProblem, field, load, loaded_answer, problem_of},
};

#[component]
pub fn InvitationPage() -> impl IntoView {
    let params = use_params_map();
    let token = move || params.with(|params| params.get_str("token").unwrap_or_default().to_owned());
    let invitation = load(move || PreviewInvitation { token: token() });
    let action = FormAction::new::<AcceptInvitation>();
    loaded_answer(invitation, SkeletonShape::Lines, move |answer| match answer {
        Ok(preview) => accept(action, token(), preview),
        Err(problem) => closed(problem),
    })
}

fn accept(action: FormAction, token: String, preview: InvitationPreview) -> AnyView {
    let problem = problem_of(action);
    let title = format!("Join {}", preview.tenant_name);
    let description = format!("You are invited as {}, with the address {}.", preview.role, preview.email);
    view! {
        <Title text=title.clone()/>
        <AuthLayout title description theme=theme()>
            <Form action attr:class="form">
                <FormProblem problem fields=&["name", "password"]/>
                <input type="hidden" name="token" value=token/>
                // Password keepers file the password under it.
                <input type="hidden" autocomplete="username" value=preview.email/>
                <TextInput
                    name="name"
                    label="Your name"
                    autocomplete="name"
                    error=field(problem, "name")
                    required=true
                    max_length=100
                />
                <NewPassword error=field(problem, "password")/>
                <Button submit=true kind=ButtonKind::Primary wide=true busy=action.pending()>
                    "Accept the invitation"
                </Button>
            </Form>
        </AuthLayout>
    }
    .into_any()
}

fn closed(problem: ApiProblem) -> AnyView {
    answer_with(problem.status);
    view! {
        <Title text="Invitation"/>
        <AuthLayout title="This invitation cannot be used" description=problem.detail theme=theme()>
            <LinkButton href="/sign-in" wide=true>
                "Sign in"
            </LinkButton>
        </AuthLayout>
    }
    .into_any()
}

/// A password that is being chosen.
#[component]
pub fn NewPassword(
    #[prop(default = "password".to_owned(), into)] name: String,
    #[prop(default = "Password".to_owned(), into)] label: String,
    error: Signal<Option<String>>,
) -> impl IntoView {
    view! {
        <TextInput
            name
            label
            kind="password"
            autocomplete="new-password"
            hint="At least 12 characters; a few words in a row are good."
            error
            required=true
        />
    }
}
