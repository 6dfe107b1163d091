//! The state of a playground: its settings as they are typed, its columns, and what sending does.

use leptos::prelude::*;
#[cfg(feature = "hydrate")]
use serde_json::Value;
use shared::TenantId;
use shared_api::catalog::Price;

#[cfg(feature = "hydrate")]
use super::{arriving, talk::Settled};
use super::{
    asking,
    setup::{Body, MOST, Refusal, Setup},
    talk::{Answer, Said, Turn},
};

/// The longest beginning of an answer that is rendered anew at each paragraph, in bytes.
#[cfg(feature = "hydrate")]
const SETTLED_AT_MOST: usize = 32 << 10;

/// A model that can be tried.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    pub name: String,
    pub title: String,
    /// Served outside the platform.
    pub external: bool,
    pub takes_images: bool,
    pub takes_tools: bool,
    pub takes_schema: bool,
    pub price: Option<Price>,
}

/// What is typed, a signal a field of [`Setup`].
#[derive(Clone, Copy)]
pub struct Fields {
    pub system: RwSignal<String>,
    pub prompt: RwSignal<String>,
    pub temperature: RwSignal<String>,
    pub top_p: RwSignal<String>,
    pub max_tokens: RwSignal<String>,
    pub seed: RwSignal<String>,
    pub stop: RwSignal<String>,
    pub schema: RwSignal<String>,
    pub tools: RwSignal<String>,
}

/// One model's side of the conversation.
#[derive(Clone, Copy)]
pub struct Column {
    pub at: usize,
    /// Empty: the column is not shown.
    pub model: RwSignal<String>,
    /// What is whole.
    pub turns: RwSignal<Vec<Turn>>,
    /// What is on its way.
    pub live: RwSignal<Option<Turn>>,
    /// Whether answers are shown as the text that came, not as Markdown.
    pub as_text: RwSignal<bool>,
    stop: StoredValue<Option<Stop>>,
    /// Whether paragraphs are being rendered, or could not be.
    settling: StoredValue<bool>,
}

/// Ends what a column is doing.
#[cfg(feature = "hydrate")]
type Stop = futures::future::AbortHandle;
#[cfg(not(feature = "hydrate"))]
type Stop = ();

#[derive(Clone, Copy)]
pub struct Play {
    pub tenant: TenantId,
    /// Of which project the calls are.
    pub project: RwSignal<String>,
    pub choices: StoredValue<Vec<Choice>>,
    pub fields: Fields,
    pub columns: [Column; MOST],
    /// Images to be sent, as `data:` URLs.
    pub images: RwSignal<Vec<String>>,
    /// Whether sending was tried: from then on what is wrong is said.
    pub tried: RwSignal<bool>,
    /// The browser's clock while something is awaited.
    pub clock: RwSignal<f64>,
}

impl Play {
    pub fn new(tenant: TenantId, project: String, choices: Vec<Choice>, setup: &Setup) -> Self {
        let typed = |text: &String| RwSignal::new(text.clone());
        let fields = Fields {
            system: typed(&setup.system),
            prompt: typed(&setup.prompt),
            temperature: typed(&setup.temperature),
            top_p: typed(&setup.top_p),
            max_tokens: typed(&setup.max_tokens),
            seed: typed(&setup.seed),
            stop: typed(&setup.stop),
            schema: typed(&setup.schema),
            tools: typed(&setup.tools),
        };
        let known = |name: &&String| choices.iter().any(|choice| choice.name == **name);
        let mut models: Vec<_> = setup.models.iter().filter(known).cloned().collect();
        if models.is_empty() {
            models.extend(choices.first().map(|choice| choice.name.clone()));
        }
        let columns = std::array::from_fn(|at| Column {
            at,
            model: RwSignal::new(models.get(at).cloned().unwrap_or_default()),
            turns: RwSignal::new(Vec::new()),
            live: RwSignal::new(None),
            as_text: RwSignal::new(false),
            stop: StoredValue::new(None),
            settling: StoredValue::new(false),
        });
        Self {
            tenant,
            project: RwSignal::new(project),
            choices: StoredValue::new(choices),
            fields,
            columns,
            images: RwSignal::new(Vec::new()),
            tried: RwSignal::new(false),
            clock: RwSignal::new(0.0),
        }
    }

    /// What is set now.
    pub fn setup(self) -> Setup {
        let fields = self.fields;
        Setup {
            models: self.shown().map(|column| column.model.get()).collect(),
            system: fields.system.get(),
            prompt: fields.prompt.get(),
            temperature: fields.temperature.get(),
            top_p: fields.top_p.get(),
            max_tokens: fields.max_tokens.get(),
            seed: fields.seed.get(),
            stop: fields.stop.get(),
            schema: fields.schema.get(),
            tools: fields.tools.get(),
        }
    }

    /// The columns that have a model.
    pub fn shown(self) -> impl Iterator<Item = Column> {
        self.columns.into_iter().filter(|column| column.model.with(|model| !model.is_empty()))
    }

    pub fn choice(self, model: &str) -> Option<Choice> {
        self.choices.with_value(|choices| choices.iter().find(|choice| choice.name == model).cloned())
    }

    pub fn running(self) -> bool {
        self.columns.iter().any(|column| column.live.with(Option::is_some))
    }

    pub fn begun(self) -> bool {
        self.running() || self.columns.iter().any(|column| column.turns.with(|turns| !turns.is_empty()))
    }

    /// What is wrong with one field, once sending was tried.
    pub fn refusal(self, field: &'static str) -> Signal<Option<String>> {
        Signal::derive(move || {
            let refusals = if self.tried.get() { self.setup().refusals() } else { Vec::new() };
            refusals.into_iter().find(|(name, _)| *name == field).map(|(_, text)| text)
        })
    }

    /// Shows one more column, with a model that none has yet where there is one.
    pub fn compare(self) {
        let taken: Vec<_> = self.shown().map(|column| column.model.get()).collect();
        let next = self.choices.with_value(|choices| {
            let free = choices.iter().find(|choice| !taken.contains(&choice.name));
            free.or(choices.first()).map(|choice| choice.name.clone())
        });
        let free = self.columns.into_iter().find(|column| column.model.with_untracked(String::is_empty));
        if let (Some(column), Some(next)) = (free, next) {
            column.model.set(next);
        }
    }

    /// Asks every column what stands in the box.
    pub fn send(self) {
        self.tried.set(true);
        let text = self.fields.prompt.get_untracked().trim().to_owned();
        let images = self.images.get_untracked();
        let nothing = text.is_empty() && images.is_empty();
        if nothing || self.running() || !untrack(|| self.setup().refusals()).is_empty() {
            return;
        }
        for column in untrack(|| self.shown().collect::<Vec<_>>()) {
            let sees = self.choice(&column.model.get_untracked()).is_some_and(|choice| choice.takes_images);
            let images = if sees { images.clone() } else { Vec::new() };
            column.ask(self, Said::Text { text: text.clone(), images });
        }
        self.fields.prompt.set(String::new());
        self.images.set(Vec::new());
    }

    pub fn stop(self) {
        self.columns.into_iter().for_each(Column::stop);
    }

    /// Forgets what was said; the settings stay.
    pub fn clear(self) {
        self.columns.into_iter().for_each(Column::forget);
    }
}

impl Column {
    /// A request of this column after what was said so far and `said`.
    pub fn request(self, setup: &Setup, said: Option<Said>) -> Result<Body, Vec<Refusal>> {
        let mut turns = self.turns.get_untracked();
        turns.extend(said.map(|said| Turn::new(said, Answer::default())));
        setup.request(&self.model.get_untracked(), setup.messages(&turns))
    }

    /// Sends and follows the answer until it is whole, fails or is stopped.
    pub fn ask(self, play: Play, said: Said) {
        let setup = untrack(|| play.setup());
        let Ok(body) = self.request(&setup, Some(said.clone())) else { return };
        let now = asking::now();
        play.clock.set(now);
        self.live.set(Some(Turn::new(said, Answer::asked(now))));
        self.settling.set_value(false);
        self.follow(play, body);
    }

    #[cfg(feature = "hydrate")]
    fn follow(self, play: Play, body: Body) {
        use futures::future::abortable;
        let url = format!("/api/v1/tenants/{}/playground/chat", play.tenant);
        let body = streamed(play, body);
        let (asking, handle) = abortable(async move {
            asking::ask(&url, &body, |event| {
                let now = asking::now();
                self.live.update(|live| {
                    if let Some(turn) = live {
                        turn.answer.take(event, now);
                    }
                });
                self.settle();
            })
            .await
        });
        self.stop.set_value(Some(handle));
        leptos::task::spawn_local(async move {
            let ended = asking.await;
            let arrived = |live: &Option<Turn>| {
                live.as_ref().map(|turn| (turn.answer.asked_at.to_bits(), turn.answer.text.clone()))
            };
            let Some(Some((asked, text))) = self.live.try_with_untracked(arrived) else { return };
            let html = asking::rendered(&text).await;
            // The page may be gone by now, or something else be asked.
            let ours = |live: &mut Option<Turn>| live.take_if(|turn| turn.answer.asked_at.to_bits() == asked);
            let Some(Some(mut turn)) = self.live.try_update(ours) else { return };
            turn.answer.html = html;
            match ended {
                Err(_) => turn.answer.stopped = true,
                Ok(Err(problem)) => turn.answer.error = Some(problem),
                Ok(Ok(())) => {}
            }
            turn.answer.finish.get_or_insert_default();
            self.turns.update(|turns| turns.push(turn));
        });
    }

    /// Shows paragraphs as Markdown once they are whole.
    #[cfg(feature = "hydrate")]
    fn settle(self) {
        let due = self.live.with_untracked(|live| {
            let answer = &live.as_ref()?.answer;
            let end = arriving::settled(&answer.text);
            let due = end > answer.settled.bytes && end <= SETTLED_AT_MOST;
            due.then(|| (answer.asked_at.to_bits(), answer.text[..end].to_owned()))
        });
        let Some((asked, text)) = due.filter(|_| !self.settling.get_value()) else { return };
        self.settling.set_value(true);
        leptos::task::spawn_local(async move {
            let Some(html) = asking::rendered(&text).await else { return };
            self.live.try_update(|live| {
                if let Some(turn) = live.as_mut().filter(|turn| turn.answer.asked_at.to_bits() == asked) {
                    turn.answer.settled = Settled { bytes: text.len(), html };
                    self.settling.set_value(false);
                }
            });
        });
    }

    /// On the server nothing is asked.
    #[cfg(not(feature = "hydrate"))]
    fn follow(self, _: Play, _: Body) {
        self.live.set(None);
    }

    pub fn stop(self) {
        #[cfg(feature = "hydrate")]
        if let Some(handle) = self.stop.try_update_value(Option::take).flatten() {
            handle.abort();
        }
        #[cfg(not(feature = "hydrate"))]
        self.stop.set_value(None);
    }

    /// Nothing of what is awaited is kept.
    fn forget(self) {
        self.live.set(None);
        self.stop();
        self.turns.set(Vec::new());
    }

    pub fn close(self) {
        self.forget();
        self.model.set(String::new());
    }
}

/// The body as it is sent: streamed, with the usage at the end.
#[cfg(feature = "hydrate")]
fn streamed(play: Play, body: Body) -> String {
    let mut whole: serde_json::Map<String, Value> =
        body.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
    whole.insert("stream".to_owned(), Value::Bool(true));
    whole.insert("stream_options".to_owned(), serde_json::json!({ "include_usage": true }));
    serde_json::json!({ "project_id": play.project.get_untracked(), "request": whole }).to_string()
}
