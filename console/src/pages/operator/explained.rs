//! A decision with each number: what every deployment's score was made of, and why others were left out.

use leptos::prelude::*;
use shared::route::Task;
use shared_api::decisions::{Candidate, Decision};
use ui::*;

use crate::{
    api::routes::{ChoiceView, ExplainedView, LeftOutView, PARTS},
    pages::{cells, model_words, routes::classed},
};

/// The decision, its candidates, those left out, its record.
pub fn of(view: &ExplainedView) -> AnyView {
    let record = view.record.clone();
    view! {
        <div class="stack">
            {head(view)}
            {ordered(view)}
            {left_out(&view.left_out)}
            <Card title="Record" description="All that the plan came of: names, features and hashes, no word of the prompt">
                <details class="fold fold-small">
                    <summary>"The record as JSON"</summary>
                    <Snippet label="the record" code=record/>
                </details>
            </Card>
        </div>
    }
    .into_any()
}

/// `chat-main · canary, version 3`, or that there was none.
pub fn route_of(one: &Decision) -> AnyView {
    let Some(route) = &one.route else { return view! { <span class="muted">"–"</span> }.into_any() };
    let arm = one.arm.as_ref().map(|arm| format!(" · {arm}")).unwrap_or_default();
    let version = one.route_version.map(|version| format!("version {version}")).unwrap_or_default();
    view! { <span title=version>{format!("{route}{arm}")}</span> }.into_any()
}

pub const fn task(task: Task) -> &'static str {
    match task {
        Task::Code => "Code",
        Task::Reasoning => "Reasoning",
        Task::Vision => "Images",
        Task::LongContext => "A long context",
        Task::Language => "Another language",
        Task::SmallTalk => "Small talk",
        Task::General => "General",
    }
}

fn head(view: &ExplainedView) -> AnyView {
    let one = &view.decision;
    let number = |value: u32| format::group(i64::from(value));
    let told = one.task.as_ref().map(|told| {
        let words = format!("{}: {}", task(told.task), told.why);
        view! { <Fact label="Taken for">{words}</Fact> }
    });
    let wishes = view.wishes.join(", ");
    let wishes = (!wishes.is_empty()).then(|| view! { <Fact label="Wishes">{wishes}</Fact> });
    let weights: Vec<_> = view.weights.iter().map(|(label, weight)| format!("{label} {weight}")).collect();
    let (weights, now, route) = (weights.join(" · "), view.now, route_of(one));
    let prompt = format!("{} tokens, by estimate", number(view.prompt_tokens));
    let answer = format!("{} tokens expected", number(view.output_tokens));
    let at = one.at.timestamp();
    let (asked, tenant) = (one.asked.clone(), one.tenant.clone());
    view! {
        <Card title="The call">
            <Facts>
                <Fact label="Asked for">
                    <code>{asked}</code>
                </Fact>
                <Fact label="Tenant">{tenant}</Fact>
                <Fact label="Route">{route}</Fact>
                {told}
                <Fact label="Prompt">{prompt}</Fact>
                <Fact label="Answer">{answer}</Fact>
                {wishes}
                <Fact label="Weights">{weights}</Fact>
                <Fact label="When">
                    <Time at now/>
                </Fact>
            </Facts>
        </Card>
    }
    .into_any()
}

fn ordered(view: &ExplainedView) -> AnyView {
    if view.ordered.is_empty() {
        return view! {
            <Alert tone=Tone::Danger title="No deployment could serve it">
                <p>"Every candidate was left out; the reasons stand below."</p>
            </Alert>
        }
        .into_any();
    }
    let most = view.ordered.iter().map(|one| one.parts.iter().sum::<f32>()).fold(f32::EPSILON, f32::max);
    let legend = PARTS
        .iter()
        .enumerate()
        .filter(|(at, _)| view.ordered.iter().any(|one| one.parts[*at] > 0.0))
        .map(|(at, label)| {
            view! {
                <li>
                    <span class=format!("swatch part-{at}") aria-hidden="true"></span>
                    {*label}
                </li>
            }
            .into_any()
        })
        .collect_view();
    let each = view.ordered.iter().enumerate().map(|(at, one)| choice(at, one, most)).collect_view();
    view! {
        <Card
            title="In the order in which they are tried"
            description="A score is in seconds: the time that is expected, and what else is as bad as waiting so long. The lower, the better."
        >
            <ul class="score-legend" role="list">
                {legend}
            </ul>
            <ol class="choices-ranked" role="list">
                {each}
            </ol>
        </Card>
    }
    .into_any()
}

fn seconds(value: f32) -> String {
    let value = f64::from(value);
    if value < 10.0 {
        format!("{} s", format::fixed(value, 3))
    } else {
        format!("{} s", format::fixed(value, 1))
    }
}

fn choice(at: usize, one: &ChoiceView, most: f32) -> AnyView {
    let drawn = classed(
        one.parts.iter().enumerate().map(|(at, part)| (format!("part-{at}"), f64::from(*part / most))),
    );
    let parts = PARTS
        .iter()
        .zip(one.parts)
        .filter(|(_, part)| *part > 0.0)
        .map(|(label, part)| {
            view! {
                <span class="score-part">
                    {*label}
                    " "
                    <b>{seconds(part)}</b>
                </span>
            }
            .into_any()
        })
        .collect_view();
    let first = (at == 0).then(|| view! { <Badge tone=Tone::Success>"First"</Badge> });
    let rank = one.rank.clone();
    let rank = (rank != "Serving").then(|| view! { <Badge tone=Tone::Warning>{rank}</Badge> });
    let of = &one.candidate;
    let href = format!("/operator/deployments/{}", of.deployment_id);
    view! {
        <li class="ranked">
            <div class="ranked-head">
                <span class="ranked-number">{at + 1}</span>
                <a class="ranked-name" href=href>
                    {of.deployment.clone()}
                </a>
                {first}
                {rank}
                <span class="ranked-total">{seconds(one.total)}</span>
            </div>
            <p class="ranked-facts">{about(of)}</p>
            <span class="score-bar" inner_html=drawn></span>
            <p class="score-parts">{parts}</p>
            <p class="ranked-facts">{format!("{} · {}", one.reason, load(one))}</p>
        </li>
    }
    .into_any()
}

/// What was known of its load.
fn load(one: &ChoiceView) -> String {
    let of = &one.candidate;
    let mut said = vec![format!("{} in flight here", of.in_flight)];
    if let (Some(running), Some(waiting)) = (of.running, of.waiting) {
        said.push(format!("{running} running, {waiting} waiting in its engine"));
    }
    said.push(format!("{} calls by estimate", format::fixed(f64::from(one.calls), 1)));
    if of.cached_tokens > 0 {
        said.push(format!("{} tokens of the prompt cached", format::group(i64::from(of.cached_tokens))));
    }
    if of.tier > 0 {
        said.push(format!("wanted {} places later", of.tier));
    }
    said.push(format!("weight {}", of.weight));
    said.join(" · ")
}

fn about(of: &Candidate) -> String {
    let region = of.region.as_ref().map(|region| format!(" · {region}")).unwrap_or_default();
    format!("{} · {}{region}", of.model, model_words::engine(&of.engine))
}

fn left_out(of: &[LeftOutView]) -> AnyView {
    if of.is_empty() {
        return ().into_any();
    }
    let rows = of.iter().map(left_out_row).collect_view();
    let columns = vec![Column::text("Deployment"), Column::text("Why"), Column::text("In detail")];
    view! {
        <Card title="Left out" description="Deployments of the models that were asked for, which could not serve this call" flush=true>
            <DataTable caption="Left out" stacked=true columns>
                {rows}
            </DataTable>
        </Card>
    }
    .into_any()
}

fn left_out_row(one: &LeftOutView) -> AnyView {
    let detail = if one.detail.is_empty() { "–".to_owned() } else { one.detail.clone() };
    let href = format!("/operator/deployments/{}", one.candidate.deployment_id);
    let name = view! { <a href=href>{one.candidate.deployment.clone()}</a> };
    view! {
        <tr>
            {cells::named_with(name, about(&one.candidate))}
            {cells::cell("Why", view! { <span class="cell-wrap">{one.why.clone()}</span> })}
            {cells::quiet("In detail", detail)}
        </tr>
    }
    .into_any()
}
