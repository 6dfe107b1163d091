//! A tenant's API keys: filters, the table, dialogs to create and revoke.

use leptos::prelude::*;
use ui::*;

use crate::{fields, frame, sample::NOW};

pub fn page() -> AnyView {
    frame::tenant("/keys.html", content())
}

fn content() -> AnyView {
    view! {
        <PageHeader
            title="API keys"
            description="Keys belong to a project and call only the models they are allowed. A key is shown once, when it is made."
            actions=|| {
                view! {
                    <LinkButton href="/quick-start" icon=Icon::Book>
                        "Quick start"
                    </LinkButton>
                    <DialogTrigger dialog="create-key" kind=ButtonKind::Primary icon=Icon::Plus>
                        "Create key"
                    </DialogTrigger>
                }
            }
        />
        <Stack>
            {filters()}
            <Card flush=true>
                {table()}
                <Pagination next="?after=key_7" summary="1–7 of 12"/>
            </Card>
        </Stack>
        <Dialog id="create-key" title="Create API key" description="It can call the endpoint as soon as it exists.">
            {fields::create_key()}
        </Dialog>
        <Dialog id="revoke-2" title="Revoke ci-pipeline?">
            <p>"Calls with this key fail within a second. This cannot be undone; its usage stays on record."</p>
            <form method="post" action="/keys/2/revoke">
                <DialogActions>
                    <DialogClose dialog="revoke-2">"Cancel"</DialogClose>
                    <Button submit=true kind=ButtonKind::Danger>
                        "Revoke key"
                    </Button>
                </DialogActions>
            </form>
        </Dialog>
    }
    .into_any()
}

pub fn filters() -> AnyView {
    view! {
        <FilterBar action="/keys" reset="/keys">
            <TextInput name="q" label="Search" kind="search" placeholder="Name or prefix"/>
            <Select
                name="project"
                label="Project"
                value="support-bot"
                options=vec![
                    SelectOption::new("", "All projects"),
                    SelectOption::new("support-bot", "support-bot"),
                    SelectOption::new("code-review", "code-review"),
                ]
            />
            <Select
                name="state"
                label="State"
                options=vec![
                    SelectOption::new("", "Any"),
                    SelectOption::new("active", "Active"),
                    SelectOption::new("revoked", "Revoked"),
                ]
            />
        </FilterBar>
    }
    .into_any()
}

struct Key {
    id: u32,
    name: &'static str,
    prefix: &'static str,
    project: &'static str,
    state: (Tone, &'static str),
    models: &'static str,
    used: Option<i64>,
    spend: &'static str,
}

fn rows() -> Vec<Key> {
    let key = |id, name, prefix, project, state, models, used, spend| Key {
        id,
        name,
        prefix,
        project,
        state,
        models,
        used,
        spend,
    };
    let active = (Tone::Success, "Active");
    vec![
        key(
            1,
            "support-bot production",
            "sy_live_8fK2…",
            "support-bot",
            active,
            "All",
            Some(40),
            "1204.8812",
        ),
        key(2, "ci-pipeline", "sy_live_Qm31…", "code-review", active, "2 models", Some(310), "688.02"),
        key(
            3,
            "nightly-embeddings",
            "sy_live_b7Xe…",
            "search-embeddings",
            active,
            "bge-m3",
            Some(41_000),
            "212.4",
        ),
        key(
            4,
            "contracts-worker",
            "sy_live_T0pa…",
            "contract-analysis",
            (Tone::Warning, "Expires in 3 days"),
            "All",
            Some(7_500),
            "96.1",
        ),
        key(5, "ada laptop", "sy_live_29Lm…", "internal-playground", active, "All", Some(172_000), "8.5801"),
        key(
            6,
            "load-test",
            "sy_live_Zz8w…",
            "internal-playground",
            (Tone::Neutral, "Expired"),
            "All",
            Some(2_000_000),
            "0.0231",
        ),
        key(7, "old gateway", "sy_live_1cVd…", "support-bot", (Tone::Danger, "Revoked"), "All", None, "0"),
    ]
}

pub fn table() -> AnyView {
    let rows = rows()
        .into_iter()
        .map(|key| {
            view! {
                <tr>
                    <Cell>
                        <a class="cell-main" href=format!("/keys/{}", key.id)>
                            {key.name}
                        </a>
                    </Cell>
                    <Cell label="Key">
                        <code>{key.prefix}</code>
                    </Cell>
                    <Cell label="Project">{key.project}</Cell>
                    <Cell label="State">
                        <Status tone=key.state.0>{key.state.1}</Status>
                    </Cell>
                    <Cell label="Models" muted=true>
                        {key.models}
                    </Cell>
                    <Cell label="Last used" muted=true>
                        {match key.used {
                            Some(ago) => view! { <Time at=NOW - ago now=NOW/> }.into_any(),
                            None => "never".into_any(),
                        }}
                    </Cell>
                    <Cell label="Spend, 30 d" numeric=true>
                        <Money amount=key.spend currency="USD" fine=true/>
                    </Cell>
                    <Cell label="Actions" numeric=true>
                        {actions(key.id, key.name)}
                    </Cell>
                </tr>
            }
        })
        .collect_view();
    view! {
        <DataTable
            caption="API keys"
            stacked=true
            columns=vec![
                Column::text("Name").sorted_by("?sort=-name", Some(Order::Ascending)),
                Column::text("Key"),
                Column::text("Project").sorted_by("?sort=project", None),
                Column::text("State"),
                Column::text("Models"),
                Column::text("Last used").sorted_by("?sort=used", None),
                Column::number("Spend, 30 d").sorted_by("?sort=spend", None),
                Column::actions(),
            ]
        >
            {rows}
        </DataTable>
    }
    .into_any()
}

fn actions(id: u32, name: &str) -> AnyView {
    view! {
        <Menu id=format!("key-{id}-menu") label=format!("Actions for {name}")>
            <MenuLink href=format!("/usage?key={id}") icon=Icon::Activity>
                "View usage"
            </MenuLink>
            <MenuLink href=format!("/keys/{id}/edit") icon=Icon::Settings>
                "Edit limits"
            </MenuLink>
            <MenuLine/>
            <MenuButton danger=true icon=Icon::Trash dialog=format!("revoke-{id}")>
                "Revoke…"
            </MenuButton>
        </Menu>
    }
    .into_any()
}
