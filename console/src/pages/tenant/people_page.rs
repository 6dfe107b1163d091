//! Who belongs to the workspace, with what role, and who is invited.

use leptos::prelude::*;
use shared::{Action, Resource as Of, Role, TenantId};
use shared_api::tenancy::{Invitation, InvitationStatus, Member};
use ui::*;

use super::people_dialogs;
use crate::{
    api::people::{ChangeRole, Invite, PeopleView, ReadPeople, RevokeInvitation, SetMemberDisabled},
    contexts::{use_scope, use_tenant},
    forms::{EarlyProblem, FormAction, load, loaded, on_success, problem_of},
    pages::{cells, frame::Page},
};

/// The actions of this page, whose people they change, and what the person may do.
#[derive(Clone, Copy)]
pub(super) struct People {
    pub tenant: TenantId,
    pub invite: FormAction,
    pub revoke: FormAction,
    pub role: FormAction,
    pub disable: FormAction,
    pub may_invite: bool,
    pub may_change: bool,
    /// Only owners make owners.
    pub owner: bool,
}

#[component]
pub fn PeoplePage() -> impl IntoView {
    let (tenant, scope) = (use_tenant(), use_scope());
    let me = scope.me();
    let page = People {
        tenant: tenant.id,
        invite: FormAction::new::<Invite>(),
        revoke: FormAction::new::<RevokeInvitation>(),
        role: FormAction::new::<ChangeRole>(),
        disable: FormAction::new::<SetMemberDisabled>(),
        may_invite: scope.may(Action::Create, Of::Invitation),
        may_change: scope.may(Action::Update, Of::Member),
        owner: matches!(me.standing, shared_api::identity::MyStanding::Member { role: Role::Owner, .. }),
    };
    let sees_invitations = scope.may(Action::Read, Of::Invitation);
    let people = load(move || ReadPeople { tenant: page.tenant, invitations: sees_invitations });
    on_success(page.invite, move || people.refetch());
    on_success(page.revoke, move || people.refetch());
    on_success(page.role, move || people.refetch());
    on_success(page.disable, move || people.refetch());
    let my_email = me.email;
    view! {
        <Page
            title="People"
            description="Everybody of this workspace signs in with an e-mail address of their own."
            actions=move || page.may_invite.then(invite_button)
        >
            <EarlyProblem problem=problem_of(page.invite)/>
            <EarlyProblem problem=problem_of(page.revoke)/>
            <EarlyProblem problem=problem_of(page.role)/>
            <EarlyProblem problem=problem_of(page.disable)/>
            {loaded(people, SkeletonShape::Table, move |view| content(page, &my_email, sees_invitations, &view))}
        </Page>
    }
}

fn invite_button() -> impl IntoView {
    view! {
        <DialogTrigger dialog="invite" kind=ButtonKind::Primary icon=Icon::Plus>
            "Invite"
        </DialogTrigger>
    }
}

fn content(page: People, my_email: &str, sees_invitations: bool, view: &PeopleView) -> AnyView {
    let invite = page.may_invite.then(|| people_dialogs::invite(page));
    let dialogs = page.may_change.then(|| people_dialogs::of_members(page, &view.members, my_email));
    let invitations = sees_invitations.then(|| {
        let invitations = invitations(page, view);
        view! {
            <Card title="Invitations" description="A link works once, for a few days" flush=true>
                {invitations}
            </Card>
        }
    });
    let revocations = page.may_invite.then(|| people_dialogs::of_invitations(page, &view.invitations));
    let members = members(page, my_email, view);
    view! {
        <Card title="Members" flush=true>
            {members}
        </Card>
        {invitations}
        {invite}
        {dialogs}
        {revocations}
    }
    .into_any()
}

fn members(page: People, my_email: &str, view: &PeopleView) -> AnyView {
    let rows = view.members.iter().map(|member| member_row(page, my_email, member, view.now)).collect_view();
    let mut columns = vec![
        Column::text("Name"),
        Column::text("Role"),
        Column::text("State"),
        Column::text("Last signed in"),
    ];
    if page.may_change {
        columns.push(Column::actions());
    }
    view! {
        <DataTable caption="Members" stacked=true columns>
            {rows}
        </DataTable>
    }
    .into_any()
}

/// Whether the person at hand may change that member: nobody themselves, only owners an owner.
pub(super) fn changeable(page: People, my_email: &str, member: &Member) -> bool {
    page.may_change && member.email != my_email && (page.owner || member.role != Role::Owner)
}

fn member_row(page: People, my_email: &str, member: &Member, now: i64) -> AnyView {
    let (id, disabled) = (member.id, member.disabled_at.is_some());
    let (tone, words) = if disabled { (Tone::Danger, "Disabled") } else { (Tone::Success, "Active") };
    let name = if member.email == my_email { format!("{} (you)", member.name) } else { member.name.clone() };
    let actions = changeable(page, my_email, member).then(|| {
        view! {
            <Menu id=format!("menu-{id}") label=format!("Actions for {}", member.name)>
                <MenuButton icon=Icon::User dialog=format!("role-{id}")>
                    "Change role…"
                </MenuButton>
                <MenuLine/>
                <MenuButton danger=!disabled icon=Icon::Pause dialog=format!("disable-{id}")>
                    {if disabled { "Enable…" } else { "Disable…" }}
                </MenuButton>
            </Menu>
        }
    });
    view! {
        <tr>
            {cells::named_with(name, &member.email)}
            {cells::cell("Role", role_name(member.role))}
            {cells::state("State", tone, words)}
            {cells::moment("Last signed in", member.last_sign_in_at.map(|at| at.timestamp()), now, "never")}
            {page.may_change.then(|| cells::figure("Actions", actions))}
        </tr>
    }
    .into_any()
}

fn invitations(page: People, view: &PeopleView) -> AnyView {
    let rows = view.invitations.iter().map(|one| invitation_row(page, one, view.now)).collect_view();
    let mut columns = vec![
        Column::text("E-mail"),
        Column::text("Role"),
        Column::text("State"),
        Column::text("Invited by"),
        Column::text("Expires"),
    ];
    if page.may_invite {
        columns.push(Column::actions());
    }
    let empty = view.invitations.is_empty();
    view! {
        <DataTable
            caption="Invitations"
            stacked=true
            columns
            empty
            empty_text="Nobody is invited"
        >
            {rows}
        </DataTable>
    }
    .into_any()
}

fn invitation_row(page: People, invitation: &Invitation, now: i64) -> AnyView {
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
            {page.may_invite.then(|| cells::figure("Actions", revoke))}
        </tr>
    }
    .into_any()
}

/// A role as people read it.
pub(crate) fn role_name(role: Role) -> &'static str {
    match role {
        Role::Owner => "Owner",
        Role::Admin => "Admin",
        Role::Developer => "Developer",
        Role::Billing => "Billing",
        Role::Viewer => "Viewer",
    }
}
