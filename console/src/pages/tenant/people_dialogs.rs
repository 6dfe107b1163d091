//! The forms of the page of people.

use leptos::prelude::*;
use shared::Role;
use shared_api::tenancy::{Invitation, InvitationStatus, Member};
use ui::*;

use super::people_page::{People, changeable, role_name};
use crate::forms::{DialogSubmit, Form, FormProblem, field, hidden, problem_of};

/// The roles that this person may give, with what each may do.
fn roles(page: People) -> Vec<SelectOption> {
    let words = |role: Role| match role {
        Role::Owner => "everything, other owners included",
        Role::Admin => "everything but owners",
        Role::Developer => "projects, keys and usage",
        Role::Billing => "usage and money",
        Role::Viewer => "reads usage and the catalogue",
    };
    Role::ALL
        .into_iter()
        .filter(|role| page.owner || *role != Role::Owner)
        .map(|role| SelectOption::new(role.as_str(), format!("{}: {}", role_name(role), words(role))))
        .collect()
}

pub(super) fn invite(page: People) -> AnyView {
    let problem = problem_of(page.invite);
    view! {
        <Dialog id="invite" title="Invite somebody" description="They get a link by which they choose their name and password.">
            <Form action=page.invite attr:class="form">
                <FormProblem problem fields=&["email", "role"]/>
                {hidden("tenant", page.tenant)}
                <TextInput
                    name="email"
                    label="E-mail"
                    kind="email"
                    required=true
                    autocomplete="off"
                    error=field(problem, "email")
                />
                <Select
                    name="role"
                    label="Role"
                    options=roles(page)
                    value=Role::Developer.as_str()
                    error=field(problem, "role")
                />
                <DialogSubmit dialog="invite" label="Invite" busy=page.invite.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

/// What asks before a member is changed, for each that can be.
pub(super) fn of_members(page: People, members: &[Member], my_email: &str) -> AnyView {
    let others = members.iter().filter(|member| changeable(page, my_email, member));
    others.map(|member| (role(page, member), disable(page, member))).collect_view().into_any()
}

fn role(page: People, member: &Member) -> AnyView {
    let (id, member_id) = (format!("role-{}", member.id), member.id);
    let roles = roles(page);
    let present = member.role.as_str();
    let problem = problem_of(page.role);
    view! {
        <Dialog id=id.clone() title=format!("Change the role of {}", member.name)>
            <Form action=page.role attr:class="form">
                <FormProblem problem fields=&["role"]/>
                {hidden("tenant", page.tenant)}
                {hidden("member", member_id)}
                <Select
                    id=format!("{id}-role")
                    name="role"
                    label="Role"
                    options=roles
                    value=present
                    error=field(problem, "role")
                />
                <DialogSubmit dialog=id.clone() label="Change role" busy=page.role.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn disable(page: People, member: &Member) -> AnyView {
    let (id, member_id) = (format!("disable-{}", member.id), member.id);
    let off = member.disabled_at.is_some();
    let (title, text, label, kind) = if off {
        let text = "They can sign in again with the password they had.";
        (format!("Enable {}?", member.name), text, "Enable", ButtonKind::Primary)
    } else {
        let text = "They are signed out everywhere and their tokens stop working. API keys belong to projects and go on.";
        (format!("Disable {}?", member.name), text, "Disable", ButtonKind::Danger)
    };
    view! {
        <Dialog id=id.clone() title>
            <p>{text}</p>
            <Form action=page.disable>
                <FormProblem problem=problem_of(page.disable)/>
                {hidden("tenant", page.tenant)}
                {hidden("member", member_id)}
                {hidden("disabled", !off)}
                <DialogSubmit dialog=id.clone() label kind busy=page.disable.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

/// What asks before an invitation is revoked, for each that is open.
pub(super) fn of_invitations(page: People, invitations: &[Invitation]) -> AnyView {
    let open = invitations.iter().filter(|one| one.status == InvitationStatus::Open);
    open.map(|invitation| revoke(page, invitation)).collect_view().into_any()
}

fn revoke(page: People, invitation: &Invitation) -> AnyView {
    let (id, invitation_id, email) =
        (format!("revoke-{}", invitation.id), invitation.id, invitation.email.clone());
    view! {
        <Dialog id=id.clone() title=format!("Revoke the invitation of {email}?")>
            <p>"Its link stops working at once."</p>
            <Form action=page.revoke>
                <FormProblem problem=problem_of(page.revoke)/>
                {hidden("tenant", page.tenant)}
                {hidden("invitation", invitation_id)}
                {hidden("email", email.clone())}
                <DialogSubmit dialog=id.clone() label="Revoke" kind=ButtonKind::Danger busy=page.revoke.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
