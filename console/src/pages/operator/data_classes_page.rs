//! Data classes: which projects' calls may leave the platform.

use leptos::prelude::*;
use shared_api::engines::DataClass;
use ui::*;

use crate::{
    api::engines::{ChangeDataClass, CreateDataClass, DataClassesView, ReadDataClasses},
    forms::{
        DialogSubmit, EarlyProblem, Form, FormAction, FormProblem, field, hidden, load, loaded, on_success,
        problem_of,
    },
    pages::{cells, frame::Page},
};

#[component]
pub fn DataClassesPage() -> impl IntoView {
    let create = FormAction::new::<CreateDataClass>();
    let change = FormAction::new::<ChangeDataClass>();
    let classes = load(|| ReadDataClasses {});
    on_success(create, move || classes.refetch());
    on_success(change, move || classes.refetch());
    view! {
        <Page
            title="Data classes"
            description="How sensitive a project's data is. A class that keeps data here bars engines outside, whatever else is allowed."
            actions=add_button
        >
            <EarlyProblem problem=problem_of(create)/>
            <EarlyProblem problem=problem_of(change)/>
            {loaded(classes, SkeletonShape::Table, move |view| content(change, &view))}
            {form(create)}
        </Page>
    }
}

fn add_button() -> impl IntoView {
    view! {
        <DialogTrigger dialog="create-class" kind=ButtonKind::Primary icon=Icon::Plus>
            "Add a data class"
        </DialogTrigger>
    }
}

fn content(change: FormAction, view: &DataClassesView) -> AnyView {
    if view.classes.is_empty() {
        return view! {
            <Card>
                <EmptyState
                    icon=Icon::Shield
                    title="No data classes yet"
                    description="Without one, a tenant's own permission alone decides whether its calls may leave for engines outside."
                >
                    {add_button()}
                </EmptyState>
            </Card>
        }
        .into_any();
    }
    let rows = view.classes.iter().map(|class| row(class, view.now)).collect_view();
    let dialogs = view.classes.iter().map(|class| edit(change, class)).collect_view();
    let columns = vec![
        Column::text("Class"),
        Column::text("Engines outside"),
        Column::text("Added"),
        Column::actions(),
    ];
    view! {
        <Card flush=true>
            <DataTable caption="Data classes" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
        {dialogs}
    }
    .into_any()
}

fn row(class: &DataClass, now: i64) -> AnyView {
    let (tone, words) =
        if class.allows_external { (Tone::Warning, "Allowed") } else { (Tone::Success, "Never") };
    let name = class.name.clone();
    let menu = view! {
        <DialogTrigger dialog=format!("change-{name}") size=ButtonSize::Small>
            "Edit…"
        </DialogTrigger>
    };
    view! {
        <tr>
            {cells::named_with(class.name.clone(), &class.description)}
            {cells::state("Engines outside", tone, words)}
            {cells::moment("Added", Some(class.created_at.timestamp()), now, "")}
            {cells::figure("Actions", menu)}
        </tr>
    }
    .into_any()
}

const OUTSIDE: &str = "Its calls may be answered by providers outside, where the tenant allows that too.";

fn form(create: FormAction) -> AnyView {
    let problem = problem_of(create);
    view! {
        <Dialog id="create-class" title="Add a data class">
            <Form action=create attr:class="form">
                <FormProblem problem fields=&["name", "description", "allows_external"]/>
                <TextInput
                    name="name"
                    label="Name"
                    required=true
                    mono=true
                    autocomplete="off"
                    placeholder="confidential"
                    pattern="[a-z0-9][a-z0-9\\-]{0,62}"
                    hint="Lower-case letters, digits and hyphens."
                    error=field(problem, "name")
                />
                <TextInput
                    name="description"
                    label="Description"
                    placeholder="Personal data of customers"
                    error=field(problem, "description")
                />
                <Checkbox name="allows_external" label="May leave the platform" hint=OUTSIDE/>
                <DialogSubmit dialog="create-class" label="Add data class" busy=create.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}

fn edit(change: FormAction, class: &DataClass) -> AnyView {
    let problem = problem_of(change);
    let (id, name) = (format!("change-{}", class.name), class.name.clone());
    let (description, checked) = (class.description.clone(), class.allows_external);
    view! {
        <Dialog id=id.clone() title=format!("Edit {name}")>
            <Form action=change attr:class="form">
                <FormProblem problem fields=&["description", "allows_external"]/>
                {hidden("class", name.clone())}
                <TextInput
                    id=format!("{id}-description")
                    name="description"
                    label="Description"
                    value=description.clone()
                    error=field(problem, "description")
                />
                <Checkbox
                    id=format!("{id}-external")
                    name="allows_external"
                    label="May leave the platform"
                    hint=OUTSIDE
                    checked
                />
                <DialogSubmit dialog=id.clone() label="Save" busy=change.pending()/>
            </Form>
        </Dialog>
    }
    .into_any()
}
