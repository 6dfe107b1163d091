//! One model's column: its head, what was said, the answer as it comes, and its figures.

use leptos::prelude::*;
use rust_decimal::Decimal;
use ui::*;

use super::{
    asking,
    play::{Choice, Column, Play},
    talk::{Answer, Said, ToolCall, Turn},
};

pub(super) fn columns(play: Play, code: Callback<Column>) -> AnyView {
    let count = move || play.shown().count().to_string();
    let each = play.columns.map(|column| {
        let shown = Memo::new(move |_| column.model.with(|model| !model.is_empty()));
        move || shown.get().then(|| conversation(play, column, code))
    });
    view! {
        <div class="play-columns" data-count=count>
            {each.into_iter().collect_view()}
        </div>
    }
    .into_any()
}

fn conversation(play: Play, column: Column, code: Callback<Column>) -> AnyView {
    let said = move || {
        column.turns.with(|turns| {
            let last = turns.len();
            turns
                .iter()
                .enumerate()
                .map(|(at, turn)| whole(play, column, at + 1 == last, turn))
                .collect_view()
        })
    };
    let live = move || column.live.with(|live| live.as_ref().map(|turn| words(&turn.said)));
    let awaited = Memo::new(move |_| column.live.with(Option::is_some));
    let nothing = move || {
        let nothing = column.turns.with(Vec::is_empty) && !awaited.get();
        nothing.then(|| view! { <p class="talk-nothing">"The answer will stand here."</p> })
    };
    // The spoken word for those who cannot see that it ended.
    let ended = move || {
        column.turns.with(|turns| {
            turns.last().map(|turn| if turn.answer.error.is_some() { "Failed" } else { "Answered" })
        })
    };
    let asked =
        Memo::new(move |_| column.live.with(|live| live.as_ref().map(|turn| turn.answer.asked_at.to_bits())));
    let label =
        move || column.model.with(|name| play.choice(name).map_or(name.clone(), |choice| choice.title));
    view! {
        <section class="talk" aria-label=label aria-busy=move || awaited.get().then_some("true")>
            {head(play, column, code)}
            <div class="talk-scroll" tabindex="0" role="group" aria-label="Conversation">
                <div class="talk-turns">
                    {nothing}
                    {said}
                    {move || asked.get().map(|_| untrack(live))}
                    {move || awaited.get().then(|| arriving(play, column))}
                </div>
            </div>
            <span class="visually-hidden" role="status">{ended}</span>
        </section>
    }
    .into_any()
}

fn head(play: Play, column: Column, code: Callback<Column>) -> AnyView {
    let options = play.choices.with_value(|choices| {
        choices.iter().map(|one| SelectOption::new(one.name.clone(), one.title.clone())).collect::<Vec<_>>()
    });
    let choice = Memo::new(move |_| column.model.with(|name| play.choice(name)));
    let badges = move || {
        choice.get().map(|choice| {
            view! {
                {choice.external.then(|| view! { <Badge tone=Tone::Warning>"External"</Badge> })}
                {choice.takes_images.then(|| view! { <Badge>"Images"</Badge> })}
            }
        })
    };
    let several = move || play.shown().count() > 1;
    let close = move || {
        several().then(|| {
            view! {
                <IconButton
                    icon=Icon::Close
                    label="Remove this model"
                    size=ButtonSize::Small
                    on:click=move |_| column.close()
                />
            }
        })
    };
    view! {
        <header class="talk-head">
            <Select
                id=format!("model-{}", column.at)
                name=format!("model-{}", column.at)
                label=format!("Model {}", column.at + 1)
                label_hidden=true
                options
                bind=column.model
            />
            {badges}
            <span class="talk-tools">
                <IconButton
                    icon=Icon::Document
                    label="Answers as text"
                    size=ButtonSize::Small
                    attr:aria-pressed=move || if column.as_text.get() { "true" } else { "false" }
                    on:click=move |_| column.as_text.update(|text| *text = !*text)
                />
                <IconButton
                    icon=Icon::Code
                    label="View as code"
                    size=ButtonSize::Small
                    on:click=move |_| code.run(column)
                />
                {close}
            </span>
        </header>
    }
    .into_any()
}

/// What was said to the model.
fn words(said: &Said) -> AnyView {
    match said {
        Said::Text { text, images } => {
            let images = images
                .iter()
                .map(|url| view! { <img class="talk-image" src=url.clone() alt="Attached image"/> })
                .collect_view();
            view! { <div class="talk-said">{images} <p>{text.clone()}</p></div> }.into_any()
        }
        Said::Results(results) => {
            let each = results.iter().map(|(_, text)| view! { <pre>{text.clone()}</pre> }).collect_view();
            view! { <div class="talk-said"><span class="talk-kind">"Result of the tool"</span>{each}</div> }
                .into_any()
        }
    }
}

fn whole(play: Play, column: Column, last: bool, turn: &Turn) -> AnyView {
    let answer = &turn.answer;
    let calls = (last && !answer.open_calls().is_empty()).then(|| results(play, column, answer.open_calls()));
    let error = answer.error.clone().map(|text| view! { <Alert tone=Tone::Danger>{text}</Alert> });
    let why = match answer.finish.as_deref() {
        _ if answer.stopped => Some("Stopped"),
        Some("length") => Some("Ended at the longest answer that was allowed"),
        Some("content_filter") => Some("Ended by the content filter"),
        _ => None,
    };
    view! {
        {words(&turn.said)}
        <div class="talk-answer">
            {thoughts(answer.reasoning.clone())}
            {text(column, answer)}
            {answer.tools.iter().map(called).collect_view()}
            {why.map(|why| view! { <p class="talk-why">{why}</p> })}
            {error}
            {figures(&figures_of(play, column, answer, None))}
            {calls}
        </div>
    }
    .into_any()
}

/// An answer's words, as Markdown unless the text is wanted.
fn text(column: Column, answer: &Answer) -> AnyView {
    let text = answer.text.clone();
    let Some(html) = answer.html.clone() else {
        return view! { <p class="talk-text">{text}</p> }.into_any();
    };
    let shown = move || {
        if column.as_text.get() {
            view! { <p class="talk-text">{text.clone()}</p> }.into_any()
        } else {
            view! { <Prose html=html.clone()/> }.into_any()
        }
    };
    shown.into_any()
}

/// The answer while it comes.
fn arriving(play: Play, column: Column) -> AnyView {
    let of = move |read: fn(&Answer) -> String| {
        column.live.with(|live| live.as_ref().map(|turn| read(&turn.answer)).unwrap_or_default())
    };
    let as_text = column.as_text;
    let begun = Memo::new(move |_| {
        let html = of(|answer| answer.settled.html.clone());
        if as_text.get() { String::new() } else { html }
    });
    let text = move || {
        if as_text.get() {
            of(|answer| answer.text.clone())
        } else {
            of(|answer| answer.text[answer.settled.bytes..].to_owned())
        }
    };
    let reasoning = Memo::new(move |_| of(|answer| answer.reasoning.clone()));
    let tools =
        Memo::new(move |_| column.live.with(|live| live.as_ref().map(|turn| turn.answer.tools.clone())));
    let numbers = move || {
        let now = play.clock.get();
        column.live.with(|live| {
            live.as_ref().map(|turn| figures(&figures_of(play, column, &turn.answer, Some(now))))
        })
    };
    view! {
        <div class="talk-answer talk-arriving">
            {move || thoughts(reasoning.get())}
            {move || Some(begun.get()).filter(|html| !html.is_empty()).map(|html| view! { <Prose html/> })}
            <p class="talk-text">{text}</p>
            {move || tools.get().map(|tools| tools.iter().map(called).collect_view())}
            {numbers}
        </div>
    }
    .into_any()
}

fn thoughts(text: String) -> AnyView {
    if text.is_empty() {
        return ().into_any();
    }
    view! {
        <details class="talk-thoughts" open=true>
            <summary>"Reasoning"</summary>
            <p class="talk-text">{text}</p>
        </details>
    }
    .into_any()
}

fn called(call: &ToolCall) -> AnyView {
    view! {
        <div class="talk-call">
            <span class="talk-kind">
                <IconView icon=Icon::Code/>
                {call.name.clone()}
            </span>
            <pre>{call.arguments.clone()}</pre>
        </div>
    }
    .into_any()
}

/// Asks what the tools gave back, and goes on with it.
fn results(play: Play, column: Column, calls: &[ToolCall]) -> AnyView {
    let answers: Vec<_> = calls.iter().map(|call| (call.clone(), RwSignal::new(String::new()))).collect();
    let fields = answers
        .iter()
        .enumerate()
        .map(|(at, (call, bind))| {
            let id = format!("result-{}-{at}", column.at);
            view! { <TextArea id name="result" label=format!("Result of {}", call.name) rows=2 mono=true bind=*bind/> }
        })
        .collect_view();
    let go = move |_| {
        let results = answers.iter().map(|(call, text)| (call.id.clone(), text.get_untracked())).collect();
        column.ask(play, Said::Results(results));
    };
    view! {
        <div class="talk-results">
            {fields}
            <Button size=ButtonSize::Small on:click=go>
                "Send result"
            </Button>
        </div>
    }
    .into_any()
}

/// First token, speed, tokens and cost, in this order; empty where not known yet.
#[derive(Default)]
struct Figures {
    first: String,
    rate: String,
    tokens: String,
    cost: String,
}

/// `now` while the answer comes.
fn figures_of(play: Play, column: Column, answer: &Answer, now: Option<f64>) -> Figures {
    let waited = now.map(|now| (now - answer.asked_at).max(0.0));
    let first = answer.first_token_ms().or(waited).map(format::millis).unwrap_or_default();
    if answer.first_at.is_none() && now.is_none() {
        return Figures::default();
    }
    Figures {
        first,
        rate: answer.rate().map(|rate| format!("{} tok/s", format::fixed(rate, 1))).unwrap_or_default(),
        tokens: format::group(answer.tokens() as i64),
        cost: play
            .choice(&column.model.get_untracked())
            .map(|choice| cost(&choice, answer))
            .unwrap_or_default(),
    }
}

/// As the platform booked it; until that is said, the answer's tokens at the model's price.
fn cost(choice: &Choice, answer: &Answer) -> String {
    let Some(price) = &choice.price else { return "free".to_owned() };
    let currency = price.currency.to_string();
    let booked = answer.usage.as_ref().and_then(|usage| usage.cost.as_ref()).map(ToString::to_string);
    let booked = booked.and_then(|cost| cost.parse().or_else(|_| Decimal::from_scientific(&cost)).ok());
    if let Some(cost) = booked {
        return format::money_fine(&cost.normalize().to_string(), &currency);
    }
    let so_far = price.request + price.completion * Decimal::from(answer.tokens());
    format!("≈ {}", format::money_fine(&so_far.normalize().to_string(), &currency))
}

fn figures(figures: &Figures) -> AnyView {
    if figures.first.is_empty() {
        return ().into_any();
    }
    let one = |label: &'static str, value: &String| {
        let value = if value.is_empty() { "–".to_owned() } else { value.clone() };
        view! {
            <div>
                <dt>{label}</dt>
                <dd>{value}</dd>
            </div>
        }
        .into_any()
    };
    view! {
        <dl class="talk-figures">
            {one("First token", &figures.first)}
            {one("Speed", &figures.rate)}
            {one("Tokens", &figures.tokens)}
            {one("Cost", &figures.cost)}
        </dl>
    }
    .into_any()
}

/// Keeps the clock going while something is awaited, and ends all of it with the page.
pub(super) fn keep_time(play: Play) {
    Effect::new(move || {
        let tick = move || {
            if untrack(|| play.running()) {
                play.clock.set(asking::now());
            }
        };
        if let Ok(timer) = set_interval_with_handle(tick, std::time::Duration::from_millis(100)) {
            on_cleanup(move || timer.clear());
        }
    });
    on_cleanup(move || play.stop());
}
