//! Every component in its states.

use leptos::prelude::*;
use ui::*;

use crate::{frame, keys, sample};

pub fn page() -> AnyView {
    frame::tenant("/gallery.html", content())
}

fn content() -> AnyView {
    view! {
        <PageHeader
            title="Components"
            description="Everything the console is made of."
            meta=|| view! { <Badge tone=Tone::Info>"Gallery"</Badge> }
        />
        <Tabs
            label="Gallery"
            tabs=vec![
                Tab::new("All", "#", true),
                Tab::new("Overview", "overview.html", false),
                Tab::new("Keys", "keys.html", false),
                Tab::new("Onboarding", "onboard.html", false),
                Tab::new("Sign in", "sign_in.html", false),
            ]
        />
        <Stack>
            <Card title="Buttons">{buttons()}</Card>
            <Card title="Badges and states">{badges()}</Card>
            {alerts()}
            <Card title="Charts" description="Hover, or open the table below each">
                <Stack>{charts()}</Stack>
            </Card>
            <Grid>
                <Card title="Code samples">{code()}</Card>
                <Card title="A secret, shown once">
                    <SecretReveal label="API key" secret="sy_live_8fK2mQ0vT4xWcN7aLz3RbYd1HsEpUj6GkOiA9tC5"/>
                </Card>
            </Grid>
            <Card title="Filters and table" flush=true>
                <div class="card-body">{keys::filters()}</div>
                {keys::table()}
                <Pagination previous="?before=1" next="?after=7" summary="51–57 of 312"/>
            </Card>
            <Card title="An empty table" flush=true>
                <DataTable
                    caption="Invoices"
                    columns=vec![Column::text("Number"), Column::text("Period"), Column::number("Total")]
                    empty=true
                    empty_text="No invoices yet. The first is issued on 1 December."
                >
                    ""
                </DataTable>
            </Card>
            <Grid>
                <Card>
                    <EmptyState
                        icon=Icon::Folder
                        title="No projects yet"
                        description="A project owns keys and carries a cost centre. Make one for each application."
                    >
                        <Button kind=ButtonKind::Primary icon=Icon::Plus>
                            "New project"
                        </Button>
                    </EmptyState>
                </Card>
                <Card title="Loading">
                    <Stack>
                        <Skeleton/>
                        <Skeleton shape=SkeletonShape::Chart/>
                    </Stack>
                </Card>
            </Grid>
            <Card title="Facts">{facts()}</Card>
            <Card title="Dialogs and menus">{dialogs()}</Card>
        </Stack>
        <div class="toasts" role="status">
            <ToastView tone=Tone::Success text="Key ci-pipeline created" on_close=|| ()/>
            <ToastView tone=Tone::Danger text="The project could not be saved: its name is taken" on_close=|| ()/>
        </div>
    }
    .into_any()
}

fn buttons() -> AnyView {
    view! {
        <Stack>
            <Row>
                <Button kind=ButtonKind::Primary>"Create key"</Button>
                <Button>"Secondary"</Button>
                <Button kind=ButtonKind::Ghost>"Ghost"</Button>
                <Button kind=ButtonKind::Danger icon=Icon::Trash>
                    "Delete tenant"
                </Button>
                <LinkButton href="#" icon=Icon::External>
                    "Link"
                </LinkButton>
                <IconButton icon=Icon::Refresh label="Refresh"/>
            </Row>
            <Row>
                <Button kind=ButtonKind::Primary busy=true>
                    "Create key"
                </Button>
                <Button busy=true>"Secondary"</Button>
                <Button kind=ButtonKind::Primary disabled=true>
                    "Disabled"
                </Button>
                <Button disabled=true>"Disabled"</Button>
                <Button size=ButtonSize::Small icon=Icon::Download>
                    "Export CSV"
                </Button>
                <Button size=ButtonSize::Small kind=ButtonKind::Primary>
                    "Small"
                </Button>
                <Copyable text="proj_01JD4M8Z5S2Q" label="Copy project id"/>
            </Row>
        </Stack>
    }
    .into_any()
}

fn badges() -> AnyView {
    view! {
        <Stack>
            <Row>
                <Badge>"vLLM"</Badge>
                <Badge tone=Tone::Info>"Canary 10%"</Badge>
                <Badge tone=Tone::Success>"Paid"</Badge>
                <Badge tone=Tone::Warning>"Past due"</Badge>
                <Badge tone=Tone::Danger>"Suspended"</Badge>
            </Row>
            <Row>
                <Status>"Draining"</Status>
                <Status tone=Tone::Info>"Starting"</Status>
                <Status tone=Tone::Success>"Healthy"</Status>
                <Status tone=Tone::Warning>"Degraded"</Status>
                <Status tone=Tone::Danger>"Down"</Status>
            </Row>
            <Row>
                <Avatar name="Acme Robotics"/>
                <Avatar name="Globex"/>
                <Avatar name="Initech Bank"/>
                <Avatar name="Umbrella"/>
                <Avatar name="Hooli"/>
                <Avatar name="Ada Lindqvist" person=true/>
                <Logo/>
            </Row>
        </Stack>
    }
    .into_any()
}

fn alerts() -> AnyView {
    view! {
        <Alert>"Prompts and answers are not stored. Turn content logging on per project."</Alert>
        <Alert tone=Tone::Info title="A new version of llama-3.3-70b takes 10% of your traffic">
            "The canary ends on 24 November. "
            <a href="#">"See how it compares"</a>
        </Alert>
        <Alert tone=Tone::Success>"Invoice INV-2026-0114 was paid."</Alert>
        <Alert tone=Tone::Warning title="support-bot has used 87% of its budget">
            "At this pace it is used up on 26 November."
        </Alert>
        <Alert tone=Tone::Danger title="Pool gpu-eu-1 is down">
            "Calls go to gpu-eu-2. Latency is higher than usual."
        </Alert>
    }
    .into_any()
}

fn charts() -> AnyView {
    let hours = sample::times(24, 3_600);
    let none = hours.clone();
    let week = sample::times(7, 86_400);
    view! {
        <TimeChart
            id="one-line"
            title="Output tokens per hour"
            series=vec![Series::new("Output tokens", sample::requests(&hours, 2_800_000.0, 3))]
            times=hours
        />
        <Grid>
            <TimeChart
                id="week"
                title="Spend, last 7 days"
                kind=ChartKind::StackedBars
                unit=Unit::Money("EUR".into())
                series=vec![
                    Series::new("Shared pool", sample::requests(&week, 420.0, 3)),
                    Series::new("Dedicated pool", sample::requests(&week, 700.0, 4)),
                    Series::new("External", sample::requests(&week, 90.0, 9)),
                ]
                times=week
                height=160
            />
            <TimeChart id="none" title="Cache hit rate" unit=Unit::Ratio series=vec![] times=none/>
        </Grid>
    }
    .into_any()
}

fn code() -> AnyView {
    let curl = "curl https://acme.llm.example.com/v1/chat/completions \\\n  -H \"Authorization: Bearer $SWITCHYARD_API_KEY\" \\\n  -H \"Content-Type: application/json\" \\\n  -d '{\"model\": \"llama-3.3-70b\",\n       \"messages\": [{\"role\": \"user\", \"content\": \"Hello\"}]}'";
    let python = "from openai import OpenAI\n\nclient = OpenAI(base_url=\"https://acme.llm.example.com/v1\")\nanswer = client.chat.completions.create(\n    model=\"llama-3.3-70b\",\n    messages=[{\"role\": \"user\", \"content\": \"Hello\"}],\n)\nprint(answer.choices[0].message.content)";
    let node = "import OpenAI from \"openai\";\n\nconst client = new OpenAI({ baseURL: \"https://acme.llm.example.com/v1\" });";
    view! {
        <CodeBlock
            id="quick-start"
            label="Call the endpoint"
            samples=vec![CodeSample::new("curl", curl), CodeSample::new("Python", python), CodeSample::new("Node", node)]
        />
    }
    .into_any()
}

fn facts() -> AnyView {
    view! {
        <Facts>
            <Fact label="Tenant">
                <Copyable text="ten_01JD4M8Z5S2Q" label="Copy tenant id"/>
            </Fact>
            <Fact label="State">
                <Status tone=Tone::Success>"Active"</Status>
            </Fact>
            <Fact label="Created">
                <Time at=sample::NOW - 900_000 date=true/>
            </Fact>
            <Fact label="Tokens this month">
                <Number value=3_104_882_190 compact=true/>
            </Fact>
            <Fact label="Spend this month">
                <Money amount="5612.0834" currency="USD"/>
            </Fact>
            <Fact label="Cost of the last call">
                <Money amount="0.000434" currency="USD" fine=true/>
            </Fact>
        </Facts>
    }
    .into_any()
}

fn dialogs() -> AnyView {
    view! {
        <Row>
            <DialogTrigger dialog="sample-dialog">"Open a dialog"</DialogTrigger>
            <Menu id="sample-menu" label="Sample actions">
                <MenuLink href="#" icon=Icon::Activity>
                    "View usage"
                </MenuLink>
                <MenuButton icon=Icon::Pause>"Suspend"</MenuButton>
                <MenuLine/>
                <MenuButton danger=true icon=Icon::Trash dialog="sample-dialog">
                    "Delete…"
                </MenuButton>
            </Menu>
        </Row>
        <Dialog id="sample-dialog" title="Delete tenant Globex?" description="Its data is erased, with proof, in 30 days.">
            <TextInput name="confirm" label="Type globex to confirm" required=true mono=true/>
            <DialogActions>
                <DialogClose dialog="sample-dialog">"Cancel"</DialogClose>
                <Button kind=ButtonKind::Danger>"Delete tenant"</Button>
            </DialogActions>
        </Dialog>
    }
    .into_any()
}
