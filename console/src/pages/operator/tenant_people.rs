//! A tenant's members and invitations, as the operator sees them.

use leptos::prelude::*;
use shared::Role;
use shared_api::tenancy::{Invitation, InvitationStatus, Member};
use ui::*;

use super::tenant_page::Actions;
use crate::{
    api::platform::TenantView,
    forms::{DialogSubmit, Form, FormProblem, field, hidden, problem_of},
    pages::{cells, tenant::people_page::role_name},
};

pub(super) fn members(view: &TenantView) -> AnyView {
    let rows = view.members.iter().map(|member| member_row(member, view.now)).collect_view();
    let columns = ["Name", "Role", "State", "Last signed in"].map(Column::text).to_vec();
    let empty = view.members.is_empty();
    view! {
        <Card title="Members" flush=true>
            <DataTable
                caption="Members"
                stacked=true
                columns
                empty
                empty_text="Nobody yet: the first owner has not accepted"
            >
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn member_row(member: &Member, now: i64) -> AnyView {
    let (tone, words) =
        if member.disabled_at.is_some() { (Tone::Danger, "Disabled") } else { (Tone::Success, "Active") };
    view! {
        <tr>
            {cells::named_with(member.name.clone(), &member.email)}
            {cells::cell("Role", role_name(member.role))}
            {cells::state("State", tone, words)}
            {cells::moment("Last signed in", member.last_sign_in_at.map(|at| at.timestamp()), now, "never")}
        </tr>
    }
    .into_any()
}

pub(super) fn invitations(actions: Actions, view: &TenantView) -> AnyView {
    let rows = view.invitations.iter().map(|one| invitation_row(one, view.now)).collect_view();
    let mut columns = ["E-mail", "Role", "State", "Invited by", "Expires"].map(Column::text).to_vec();
    columns.push(Column::actions());
    let empty = view.invitations.is_empty();
    let (invite, revocations) = (invite(actions, view), revocations(actions, view));
    let button = || {
        view! {
            <DialogTrigger dialog="invite" size=ButtonSize::Small icon=Icon::Plus>
                "Invite"
            </DialogTrigger>
        }
    };
    view! {
        <Card title="Invitations" description="A link works once, for a few days" actions=button flush=true>
            <DataTable
                caption="Invitations"
                stacked=true
                columns
                empty
                empty_text="Nobody is invited"
            >
                {rows}
            </DataTable>
        </Card>
        {invite}
        {revocations}
    }
    .into_any()
}

fn invitation_row(invitation: &Invitation, now: i64) -> AnyView {
    let (tone, state) = match invitation.status {
        InvitationStatus::Open => (Tone::Info, "Open"),
        InvitationStatus::Accepted => (Tone::Success, "Accepted"),
        InvitationStatus::Revoked => (Tone::Neutral, "Revoked"),
        InvitationStatus::Expired => (Tone::Neutral, "Expired"),
    };
    let id = invitation.id;
    let open = invitation.status == InvitationStatus::Open;
    let revoke = open.then(|| {
        view! {
            <DialogTrigger dialog=format!("revoke-{id}") size=ButtonSize::Small>
                "Revoke…"
            </DialogTrigger>
        }
    });
    view! {
        <tr>
            {cells::named(&invitation.email)}
            {cells::cell("Role", role_name(invitation.role))}
            {cells::state("State", tone, state)}
            {cells::quiet("Invited by", invitation.invited_by.clone())}
            {cells::moment("Expires", open.then(|| invitation.expires_at.timestamp()), now, "–")}
            {cells::figure("Actions", revoke)}
        </tr>
    }
    .into_any()
}

fn invite(actions: Actions, view: &TenantView) -> AnyView {
    let problem = problem_of(actions.invite);
    let tenant = view.tenant.id;
    let roles = Role::ALL
        .into_iter()
        .map(|role| SelectOption::new(role.as_str(), role_name(role)))
        .collect::<Vec<_>>();
    view! {
        <Dialog id="invite" title="Invite somebody" description="You see the link once, to send it yourself if need be.">
            <Form action=actions.invite attr:class="form">
                <FormProblem problem fields=&["email", "role"]/>
                {hidden("tenant", tenant)}
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
                    options=roles
                    value=Role::Owner.as_str()
                    error=field(problem, "role")
                />
                <DialogSubmit dialog="invite" label="Invite" busy=actions.invite.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn revocations(actions: Actions, view: &TenantView) -> AnyView {
    let tenant = view.tenant.id;
    let open = view.invitations.iter().filter(|one| one.status == InvitationStatus::Open);
    open.map(|invitation| {
        let (id, invitation_id, email) =
            (format!("revoke-{}", invitation.id), invitation.id, invitation.email.clone());
        view! {
            <Dialog id=id.clone() title=format!("Revoke the invitation of {email}?")>
                <p>"Its link stops working at once."</p>
                <Form action=actions.revoke_invitation>
                    <FormProblem problem=problem_of(actions.revoke_invitation)/>
                    {hidden("tenant", tenant)}
                    {hidden("invitation", invitation_id)}
                    {hidden("email", email.clone())}
                    <DialogSubmit
                        dialog=id.clone()
                        label="Revoke"
                        kind=ButtonKind::Danger
                        busy=actions.revoke_invitation.pending()
                    />
                </Form>
            </Dialog>
        }
        .into_any()
    })
    .collect_view()
    .into_any()
}
