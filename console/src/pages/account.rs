//! One's own account: name, password, sessions, tokens. The same for members and operators.

use leptos::prelude::*;
use shared_api::identity::{MySession, PersonalToken};
use ui::*;

use super::{
    cells::{code, figure, moment, named, quiet},
    frame::Page,
    signed_out::NewPassword,
};
use crate::{
    api::identity::{
        AccountView, ChangePassword, CreateToken, EndSession, ReadAccount, RenameMe, RevokeToken,
    },
    contexts::use_scope,
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, field, hidden, load, loaded, on_success,
        problem_of,
    },
};

/// The actions on sessions and tokens.
#[derive(Clone, Copy)]
struct Own {
    end: FormAction,
    create: FormAction,
    revoke: FormAction,
}

#[component]
pub fn AccountPage() -> impl IntoView {
    let own = Own {
        end: FormAction::new::<EndSession>(),
        create: FormAction::new::<CreateToken>(),
        revoke: FormAction::new::<RevokeToken>(),
    };
    let account = load(|| ReadAccount {});
    on_success(own.end, move || account.refetch());
    on_success(own.create, move || account.refetch());
    on_success(own.revoke, move || account.refetch());
    view! {
        <Page title="Your account" description="Your own name, password, sessions and tokens.">
            <EarlyProblem problem=problem_of(own.end)/>
            <EarlyProblem problem=problem_of(own.create)/>
            <EarlyProblem problem=problem_of(own.revoke)/>
            <Grid>{profile()} {password(move || account.refetch())}</Grid>
            {loaded(account, SkeletonShape::Table, move |view| content(own, &view))}
        </Page>
    }
}

fn profile() -> AnyView {
    let action = FormAction::new::<RenameMe>();
    let problem = problem_of(action);
    on_success(action, || ());
    let me = use_scope().me();
    view! {
        <Card title="Profile" description=format!("You sign in as {}", me.email)>
            <Form action attr:class="form">
                <FormProblem problem fields=&["name"]/>
                <TextInput
                    name="name"
                    label="Name"
                    value=me.name
                    autocomplete="name"
                    required=true
                    max_length=100
                    error=field(problem, "name")
                />
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

fn password(then: impl Fn() + 'static) -> AnyView {
    let action = FormAction::new::<ChangePassword>();
    let problem = problem_of(action);
    let form = NodeRef::<leptos::html::Form>::new();
    on_success(action, move || {
        if let Some(form) = form.get_untracked() {
            form.reset();
        }
        then();
    });
    view! {
        <Card title="Password" description="A change ends your other sessions">
            <Form action node_ref=form attr:class="form">
                <FormProblem problem fields=&["current", "new"]/>
                <TextInput
                    name="current"
                    label="Present password"
                    kind="password"
                    autocomplete="current-password"
                    required=true
                    error=field(problem, "current")
                />
                <NewPassword name="new" label="New password" error=field(problem, "new")/>
                <FormActions>
                    <Button submit=true busy=action.pending()>
                        "Change password"
                    </Button>
                </FormActions>
            </Form>
        </Card>
    }
    .into_any()
}

fn content(own: Own, view: &AccountView) -> AnyView {
    let revocations = view.tokens.iter().map(|token| revoke_dialog(own, token)).collect_view();
    let (sessions, tokens) = (sessions(own, view), tokens(view));
    let actions = || {
        view! {
            <DialogTrigger dialog="create-token" size=ButtonSize::Small icon=Icon::Plus>
                "Make token"
            </DialogTrigger>
        }
    };
    view! {
        <Card title="Sessions" description="Browsers that you are signed in with" flush=true>
            {sessions}
        </Card>
        <Card title="Personal tokens" description="For scripts that call /api/v1 with your rights" actions flush=true>
            {tokens}
        </Card>
        {create_dialog(own)}
        {revocations}
    }
    .into_any()
}

fn sessions(own: Own, view: &AccountView) -> AnyView {
    let rows = view.sessions.iter().map(|session| session_row(own, session, view.now)).collect_view();
    view! {
        <DataTable
            caption="Sessions"
            stacked=true
            columns=vec![
                Column::text("Browser"),
                Column::text("Signed in"),
                Column::text("Last seen"),
                Column::text("Ends"),
                Column::actions(),
            ]
        >
            {rows}
        </DataTable>
    }
    .into_any()
}

fn session_row(own: Own, session: &MySession, now: i64) -> AnyView {
    let agent = session.user_agent.clone().unwrap_or_else(|| "Unknown".to_owned());
    let id = session.id;
    let action = if session.current {
        view! { <Badge tone=Tone::Success>"This one"</Badge> }.into_any()
    } else {
        view! {
            <Form action=own.end>
                {hidden("id", id)}
                <Button submit=true size=ButtonSize::Small busy=own.end.pending()>
                    "Sign out"
                </Button>
            </Form>
        }
        .into_any()
    };
    view! {
        <tr title=agent.clone()>
            {named(browser(&agent))}
            {quiet("Signed in", view! { <Time at=session.created_at.timestamp() now=now/> })}
            {quiet("Last seen", view! { <Time at=session.last_seen_at.timestamp() now=now/> })}
            {quiet("Ends", view! { <Time at=session.expires_at.timestamp() now=now/> })}
            {figure("Actions", action)}
        </tr>
    }
    .into_any()
}

/// "Firefox on Linux", as far as a user agent tells.
fn browser(agent: &str) -> String {
    let first = |known: &[(&str, &'static str)]| {
        known.iter().find(|(part, _)| agent.contains(part)).map(|(_, name)| *name)
    };
    let program =
        first(&[("Firefox/", "Firefox"), ("Edg/", "Edge"), ("Chrome/", "Chrome"), ("Safari/", "Safari")]);
    let system = first(&[
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ]);
    match (program, system) {
        (Some(program), Some(system)) => format!("{program} on {system}"),
        (Some(program), None) => program.to_owned(),
        _ => agent.chars().take(40).collect(),
    }
}

fn tokens(view: &AccountView) -> AnyView {
    let rows = view.tokens.iter().map(|token| token_row(token, view.now)).collect_view();
    view! {
        <DataTable
            caption="Personal tokens"
            stacked=true
            columns=vec![
                Column::text("Name"),
                Column::text("Ends with"),
                Column::text("Last used"),
                Column::text("Expires"),
                Column::actions(),
            ]
            empty=view.tokens.is_empty()
            empty_text="No tokens. Make one for a script that manages keys or reads usage."
        >
            {rows}
        </DataTable>
    }
    .into_any()
}

fn token_row(token: &PersonalToken, now: i64) -> AnyView {
    let revoke = view! {
        <DialogTrigger dialog=format!("revoke-{}", token.id) size=ButtonSize::Small>
            "Revoke…"
        </DialogTrigger>
    };
    view! {
        <tr>
            {named(&token.name)}
            {code("Ends with", format!("…{}", token.last_four))}
            {moment("Last used", token.last_used_at.map(|at| at.timestamp()), now, "never")}
            {moment("Expires", token.expires_at.map(|at| at.timestamp()), now, "never")}
            {figure("Actions", revoke)}
        </tr>
    }
    .into_any()
}

fn create_dialog(own: Own) -> AnyView {
    let problem = problem_of(own.create);
    let lives = [("30", "In 30 days"), ("90", "In 90 days"), ("365", "In a year"), ("", "Never")]
        .map(|(days, words)| SelectOption::new(days, words))
        .to_vec();
    view! {
        <Dialog id="create-token" title="Make a personal token" description="It has your own rights. It is shown once.">
            <Form action=own.create attr:class="form">
                <FormProblem problem fields=&["name", "expires_at"]/>
                <TextInput
                    id="token-name"
                    name="name"
                    label="Name"
                    required=true
                    max_length=100
                    placeholder="nightly report"
                    autocomplete="off"
                    error=field(problem, "name")
                />
                <Select name="days" label="Expires" options=lives value="90" error=field(problem, "expires_at")/>
                <DialogSubmit dialog="create-token" label="Make token" busy=own.create.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn revoke_dialog(own: Own, token: &PersonalToken) -> AnyView {
    let (id, token_id) = (format!("revoke-{}", token.id), token.id);
    view! {
        <Dialog id=id.clone() title=format!("Revoke {}?", token.name)>
            <p>"Scripts that use it are refused at once."</p>
            <Form action=own.revoke>
                <FormProblem problem=problem_of(own.revoke)/>
                {hidden("id", token_id)}
                <DialogSubmit
                    dialog=id.clone()
                    label="Revoke token"
                    kind=ButtonKind::Danger
                    busy=own.revoke.pending()
                />
            </Form>
        </Dialog>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_user_agent_is_told_in_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36";
        assert_eq!(browser(chrome), "Chrome on Linux");
        assert_eq!(browser("curl/8.5.0"), "curl/8.5.0");
    }
}
