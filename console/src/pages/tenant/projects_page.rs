//! Projects: what keys and costs belong to.

use leptos::prelude::*;
use shared::{Action, Resource as Of, TenantId};
use shared_api::{engines::DataClass, tenancy::Project};
use ui::*;

use crate::{
    api::tenancy::{ArchiveProject, ChangeProject, CreateProject, ProjectsView, ReadProjects},
    contexts::{use_scope, use_tenant},
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, Problem, field, hidden, load, loaded,
        on_success, problem_of,
    },
    pages::{cells, frame::Page},
};

/// The actions of this page, whose projects they change, and what the person may do.
#[derive(Clone, Copy)]
struct Projects {
    tenant: TenantId,
    create: FormAction,
    change: FormAction,
    archive: FormAction,
    may_create: bool,
    may_change: bool,
    may_archive: bool,
    /// Data class and kept answers.
    may_govern: bool,
}

#[component]
pub fn ProjectsPage() -> impl IntoView {
    let (tenant, scope) = (use_tenant(), use_scope());
    let page = Projects {
        tenant: tenant.id,
        create: FormAction::new::<CreateProject>(),
        change: FormAction::new::<ChangeProject>(),
        archive: FormAction::new::<ArchiveProject>(),
        may_create: scope.may(Action::Create, Of::Project),
        may_change: scope.may(Action::Update, Of::Project),
        may_archive: scope.may(Action::Delete, Of::Project),
        may_govern: scope.may(Action::Update, Of::Tenant),
    };
    let projects = load(move || ReadProjects { tenant: page.tenant });
    on_success(page.create, move || projects.refetch());
    on_success(page.change, move || projects.refetch());
    on_success(page.archive, move || projects.refetch());
    let base = format!("/t/{}", tenant.slug);
    view! {
        <Page
            title="Projects"
            description="A project owns keys and carries a cost centre. Make one for each application."
            actions=move || page.may_create.then(create_button)
        >
            <EarlyProblem problem=problem_of(page.create)/>
            <EarlyProblem problem=problem_of(page.change)/>
            <EarlyProblem problem=problem_of(page.archive)/>
            {loaded(projects, SkeletonShape::Table, move |view| content(page, &base, view))}
        </Page>
    }
}

fn create_button() -> impl IntoView {
    view! {
        <DialogTrigger dialog="create-project" kind=ButtonKind::Primary icon=Icon::Plus>
            "New project"
        </DialogTrigger>
    }
}

fn content(page: Projects, base: &str, view: ProjectsView) -> AnyView {
    let table = if view.projects.is_empty() { empty(page) } else { table(page, base, &view) };
    let create = page.may_create.then(|| create_dialog(page, &view.classes));
    let dialogs = view.projects.iter().map(|project| dialogs(page, project, &view.classes)).collect_view();
    view! {
        <Card flush=true>{table}</Card>
        {create}
        {dialogs}
    }
    .into_any()
}

fn empty(page: Projects) -> AnyView {
    view! {
        <EmptyState
            icon=Icon::Folder
            title="No projects yet"
            description="A project owns keys and carries a cost centre. Make one for each application."
        >
            {page.may_create.then(create_button)}
        </EmptyState>
    }
    .into_any()
}

fn table(page: Projects, base: &str, view: &ProjectsView) -> AnyView {
    let rows = view.projects.iter().map(|project| row(page, base, project, view.now)).collect_view();
    let mut columns = vec![
        Column::text("Name"),
        Column::text("Cost centre"),
        Column::text("Data class"),
        Column::text("State"),
        Column::text("Made"),
        Column::text("Id"),
    ];
    columns.push(Column::actions());
    view! {
        <DataTable caption="Projects" stacked=true columns>
            {rows}
        </DataTable>
    }
    .into_any()
}

fn row(page: Projects, base: &str, project: &Project, now: i64) -> AnyView {
    let archived = project.archived_at.is_some();
    let usage = usage_of(base, project);
    let (tone, words) = if archived { (Tone::Neutral, "Archived") } else { (Tone::Success, "Active") };
    let id = view! {
        <CopyButton text=project.id.to_string() label=format!("Copy the id of {}", project.name) worded=true/>
    };
    view! {
        <tr>
            {cells::linked(&project.name, usage)}
            {cells::cell("Cost centre", project.cost_centre.clone().unwrap_or_else(|| "–".to_owned()))}
            {cells::cell("Data class", project.data_class.clone().unwrap_or_else(|| "–".to_owned()))}
            {cells::state("State", tone, words)}
            {cells::moment("Made", Some(project.created_at.timestamp()), now, "")}
            {cells::quiet("Id", id)}
            {cells::figure("Actions", actions(page, base, project))}
        </tr>
    }
    .into_any()
}

fn usage_of(base: &str, project: &Project) -> String {
    query_href(&format!("{base}/usage"), [("project", project.id.to_string().as_str()), ("group_by", "key")])
}

fn actions(page: Projects, base: &str, project: &Project) -> AnyView {
    let id = project.id;
    let archived = project.archived_at.is_some();
    let change = page.may_change.then(|| {
        view! {
            <MenuButton icon=Icon::Settings dialog=format!("change-{id}")>
                "Edit…"
            </MenuButton>
        }
    });
    let may_archive = if archived { page.may_change } else { page.may_archive };
    let archive = may_archive.then(|| {
        view! {
            <MenuLine/>
            <MenuButton danger=!archived icon=Icon::Box dialog=format!("archive-{id}")>
                {if archived { "Restore…" } else { "Archive…" }}
            </MenuButton>
        }
    });
    let usage = usage_of(base, project);
    view! {
        <Menu id=format!("menu-{id}") label=format!("Actions for {}", project.name)>
            <MenuLink href=usage icon=Icon::Activity>
                "View usage"
            </MenuLink>
            {change}
            {archive}
        </Menu>
    }
    .into_any()
}

/// The two fields of a project; `id` keeps those of different dialogs apart.
fn fields(problem: Problem, id: &str, name: &str, cost_centre: &str) -> AnyView {
    view! {
        <FormProblem problem fields=&["name", "cost_centre", "data_class"]/>
        <TextInput
            id=format!("{id}-name")
            name="name"
            label="Name"
            value=name
            required=true
            max_length=100
            placeholder="support-bot"
            autocomplete="off"
            error=field(problem, "name")
        />
        <TextInput
            id=format!("{id}-cost-centre")
            name="cost_centre"
            label="Cost centre"
            value=cost_centre
            max_length=100
            autocomplete="off"
            hint="Where your finance books it. It stands in every export."
            error=field(problem, "cost_centre")
        />
    }
    .into_any()
}

/// How sensitive its data is, from the provider's list.
fn data_class(problem: Problem, id: &str, classes: &[DataClass], value: &str) -> AnyView {
    if classes.is_empty() {
        return ().into_any();
    }
    let each = classes.iter().map(|class| {
        let outside = if class.allows_external { "may leave the platform" } else { "stays on the platform" };
        SelectOption::new(class.name.clone(), format!("{} · {outside}", class.name))
    });
    let options: Vec<_> = std::iter::once(SelectOption::new("", "None")).chain(each).collect();
    view! {
        <Select
            id=format!("{id}-data-class")
            name="data_class"
            label="Data class"
            options
            value
            hint="Calls of a class that stays are never answered by engines outside."
            error=field(problem, "data_class")
        />
    }
    .into_any()
}

fn create_dialog(page: Projects, classes: &[DataClass]) -> AnyView {
    let problem = problem_of(page.create);
    let fields = (fields(problem, "new", "", ""), data_class(problem, "new", classes, ""));
    view! {
        <Dialog id="create-project" title="New project">
            <Form action=page.create attr:class="form">
                {hidden("tenant", page.tenant)}
                {fields}
                <DialogSubmit dialog="create-project" label="Make project" busy=page.create.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn dialogs(page: Projects, project: &Project, classes: &[DataClass]) -> AnyView {
    let change = page.may_change.then(|| change_dialog(page, project, classes));
    let archive = (page.may_archive || page.may_change).then(|| archive_dialog(page, project));
    view! {
        {change}
        {archive}
    }
    .into_any()
}

fn change_dialog(page: Projects, project: &Project, classes: &[DataClass]) -> AnyView {
    let (id, project_id) = (format!("change-{}", project.id), project.id);
    let centre = project.cost_centre.as_deref().unwrap_or_default();
    let problem = problem_of(page.change);
    let fields = fields(problem, &id, &project.name, centre);
    let keeps = project.store_responses;
    let governed = page.may_govern.then(|| {
        let class = data_class(problem, &id, classes, project.data_class.as_deref().unwrap_or_default());
        view! {
            {hidden("governs", true)}
            {class}
            <Checkbox
                id=format!("{id}-keeps")
                name="store_responses"
                label="Keep answers of the Responses API"
                hint="So that a later call can name an earlier answer and go on from it."
                checked=keeps
            />
        }
    });
    view! {
        <Dialog id=id.clone() title=format!("Edit {}", project.name)>
            <Form action=page.change attr:class="form">
                {hidden("tenant", page.tenant)}
                {hidden("project", project_id)}
                {fields}
                {governed}
                <DialogSubmit dialog=id.clone() label="Save" busy=page.change.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn archive_dialog(page: Projects, project: &Project) -> AnyView {
    let (id, project_id, name) = (format!("archive-{}", project.id), project.id, project.name.clone());
    let archived = project.archived_at.is_some();
    let (title, text, label, kind) = if archived {
        let text = "Keys can be made in it again.";
        (format!("Restore {}?", project.name), text, "Restore project", ButtonKind::Primary)
    } else {
        let text = "Revoke or disable its keys first. Its usage stays on record, and it can be restored.";
        (format!("Archive {}?", project.name), text, "Archive project", ButtonKind::Danger)
    };
    view! {
        <Dialog id=id.clone() title>
            <p>{text}</p>
            <Form action=page.archive>
                <FormProblem problem=problem_of(page.archive)/>
                {hidden("tenant", page.tenant)}
                {hidden("project", project_id)}
                {hidden("name", name.clone())}
                {hidden("archived", !archived)}
                <DialogSubmit dialog=id.clone() label kind busy=page.archive.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
