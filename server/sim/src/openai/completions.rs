//! `POST /v1/completions`: prompts are completed as bare texts.

use axum::response::Response;
use bytes::BufMut;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    Labels,
    chat::call_id,
    frames::text,
    logprobs::{chat_entry, completion_lists},
    request::{Stop, StreamOptions, StreamUsage, choices},
    style::{NoUsage, Place, Usage},
    whole::extend,
    wire,
};
use crate::{
    call::{Arrival, Ask, Call},
    compose::{Answer, Pieces, Prompt},
    deliver::{self, Frame},
    failure::{Failure, Input, Wire},
    models::ModelKind,
    state::Sim,
    wrong,
};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    model: String,
    prompt: Prompts,
    stream: Option<bool>,
    stream_options: Option<StreamOptions>,
    max_tokens: Option<u64>,
    min_tokens: Option<u64>,
    ignore_eos: Option<bool>,
    n: Option<u32>,
    stop: Option<Stop>,
    logprobs: Option<u32>,
    #[serde(default)]
    echo: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Prompts {
    Text(String),
    Texts(Vec<String>),
    Tokens(Vec<u32>),
    TokenLists(Vec<Vec<u32>>),
}

impl Prompts {
    pub fn texts(self, sim: &Sim) -> Vec<String> {
        match self {
            Self::Text(text) => vec![text],
            Self::Texts(texts) => texts,
            Self::Tokens(ids) => vec![sim.vocabulary.decode(&ids)],
            Self::TokenLists(lists) => lists.iter().map(|ids| sim.vocabulary.decode(ids)).collect(),
        }
    }
}

/// One choice to be written: its prompt and the answer to it.
struct Choice {
    echo: String,
    answer: Answer,
}

pub async fn complete(arrival: Arrival) -> Response {
    let wire = wire(&arrival.sim);
    respond(arrival, wire).await.unwrap_or_else(|failure| wire.error(&failure))
}

async fn respond(arrival: Arrival, wire: Wire) -> Result<Response, Failure> {
    let id = call_id(&arrival, wire);
    let (call, body) = Call::arrive(arrival, wire).await?;
    let most = call.sim.most_choices();
    let read = wrong::read::<Body>(&body, "prompt");
    let (mut body, n) = match read.and_then(|body| choices(body.n, most).map(|n| (body, n))) {
        Ok(read) => read,
        Err(wrong) => return Err(call.refuse_wrong(&wrong)),
    };
    let prompts = body.prompts(&call.sim, wire);
    let context = call.sim.options.context;
    let ask = Ask {
        model: &body.model,
        kind: ModelKind::Chat,
        input: Input::Prompt,
        tokens: prompts.iter().map(Prompt::tokens).max().unwrap_or(0),
        limit: prompts.first().and_then(|prompt| prompt.limit),
        context,
        images: 0,
    };
    let stream = body.stream.unwrap_or(false);
    let (call, admitted) = match call.admit(ask).await {
        Err(failure) if stream && wire.voice().refuses_in_stream(&failure) => {
            return Ok(deliver::refused(wire, &failure));
        }
        admitted => admitted?,
    };
    let mut choices = Vec::new();
    for prompt in &prompts {
        let answer = call.compose(prompt, &admitted, prompt.tokens(), context);
        let echo = if body.echo { prompt.last("user").unwrap_or_default().to_owned() } else { String::new() };
        choices.extend((0..n).map(|_| Choice { echo: echo.clone(), answer: answer.clone() }));
    }
    let writer = Writer {
        labels: Labels::new(wire, wire.style().completion_id, id, body.model),
        choices,
        prompt_tokens: prompts.iter().map(Prompt::tokens).sum(),
        logprobs: body.logprobs,
        usage: body.stream_options.unwrap_or_default().usage(),
    };
    Ok(if stream {
        deliver::streamed(call, writer.frames()).await
    } else {
        deliver::whole(call, writer.whole(), writer.tokens()).await
    })
}

impl Body {
    /// The prompts to complete, taken out of the body.
    fn prompts(&mut self, sim: &Sim, wire: Wire) -> Vec<Prompt> {
        // OpenAI's own default of 16 tokens, which vLLM, SGLang and NIM keep.
        let short = matches!(wire, Wire::Vllm | Wire::Nim | Wire::Sglang | Wire::Openai);
        let limit = self.max_tokens.or(short.then_some(16));
        let at_least = match self.ignore_eos {
            Some(true) => limit.unwrap_or(256),
            _ => self.min_tokens.unwrap_or(0),
        };
        let stops = Stop::list(self.stop.take());
        let texts = std::mem::replace(&mut self.prompt, Prompts::Texts(vec![])).texts(sim);
        let prompt = |text| Prompt { limit, at_least, stops: stops.clone(), ..Prompt::bare(text) };
        texts.into_iter().map(prompt).collect()
    }
}

struct Writer {
    labels: Labels,
    choices: Vec<Choice>,
    prompt_tokens: u64,
    logprobs: Option<u32>,
    usage: StreamUsage,
}

impl Writer {
    fn tokens(&self) -> u64 {
        self.choices.iter().map(|choice| choice.answer.completion_tokens()).sum()
    }

    fn usage(&self, place: Place, completion: u64) -> Usage {
        let cached = self.choices.first().map_or(0, |choice| choice.answer.cached_tokens);
        Usage { place, prompt: self.prompt_tokens, cached, completion, reasoning: 0 }
    }

    /// Log probabilities of a text that begins at so many characters.
    fn logprobs(&self, text: &str, offset: usize) -> Option<Value> {
        let (top, pieces) = (self.logprobs?, Pieces::of(text.to_owned()));
        if self.labels.wire.style().chat_logprobs {
            let entry = |piece: &str| chat_entry(self.labels.wire, piece, top);
            return Some(json!({"content": pieces.iter().map(entry).collect::<Vec<_>>()}));
        }
        Some(completion_lists(&pieces, top, offset))
    }

    fn whole(&self) -> String {
        let style = self.labels.wire.style();
        let choices: Vec<_> =
            self.choices.iter().enumerate().map(|(at, choice)| self.choice(at, choice)).collect();
        let usage = self.usage(Place::Whole, self.tokens());
        let mut body = json!({
            "id": self.labels.id, "object": "text_completion", "created": self.labels.created,
            "model": self.labels.model, "choices": choices, "usage": (style.usage)(usage),
        });
        extend(&mut body, (style.completion_body)(usage));
        body.to_string()
    }

    fn choice(&self, index: usize, choice: &Choice) -> Value {
        let text = choice.echo.clone() + choice.answer.text();
        let logprobs = self.logprobs(&text, 0);
        let mut written = json!({
            "index": index, "text": text, "logprobs": logprobs,
            "finish_reason": choice.answer.finish.as_str(),
        });
        extend(&mut written, (self.labels.wire.style().completion_choice)(&choice.answer));
        written
    }

    fn frames(&self) -> Vec<Frame> {
        let mut frames = Vec::new();
        let mut sent = 0;
        for (index, choice) in self.choices.iter().enumerate() {
            let mut offset = 0;
            if !choice.echo.is_empty() {
                frames.push(self.frame(index, &choice.echo, 0, offset, sent, None));
                offset += choice.echo.chars().count();
            }
            for piece in Pieces::of(choice.answer.text().to_owned()).iter() {
                sent += 1;
                frames.push(self.frame(index, piece, 1, offset, sent, None));
                offset += piece.chars().count();
            }
            frames.push(self.frame(index, "", 0, offset, sent, Some(&choice.answer)));
        }
        let style = self.labels.wire.style();
        if self.usage.at_end && !style.usage_at_finish {
            let (head, usage) = (self.head(), self.usage(Place::End, sent));
            let (told, closing) = ((style.usage)(usage), (style.closing)(usage));
            frames.push(Frame::plain(format!("{head}],\"usage\":{told}{closing}}}\n\n")));
        }
        frames.push(Frame::plain(&b"data: [DONE]\n\n"[..]));
        frames
    }

    fn head(&self) -> String {
        let Labels { id, created, model, wire } = &self.labels;
        let (id, model, extra) = (json!(id), json!(model), wire.style().head);
        format!(
            r#"data: {{"id":{id},"object":"text_completion","created":{created},"model":{model}{extra},"choices":["#
        )
    }

    fn frame(
        &self,
        index: usize,
        piece: &str,
        tokens: u64,
        offset: usize,
        sent: u64,
        end: Option<&Answer>,
    ) -> Frame {
        let style = self.labels.wire.style();
        let mut out = bytes::BytesMut::from(self.head().as_bytes());
        out.put_slice(format!(r#"{{"index":{index},"text":"#).as_bytes());
        text(&mut out, piece);
        let logprobs = Some(piece).filter(|piece| !piece.is_empty());
        let logprobs = logprobs.and_then(|piece| self.logprobs(piece, offset));
        out.put_slice(format!(r#","logprobs":{}"#, logprobs.unwrap_or(Value::Null)).as_bytes());
        match end {
            Some(answer) => {
                let (reason, end) = (answer.finish.as_str(), (style.completion_end)(answer));
                out.put_slice(format!(r#","finish_reason":"{reason}"{end}}}]"#).as_bytes());
            }
            None => out.put_slice(format!(r#","finish_reason":null{}}}]"#, style.completion_rest).as_bytes()),
        }
        let usage = |place| (style.usage)(self.usage(place, sent));
        if end.is_some() && style.usage_at_finish {
            out.put_slice(format!(r#","usage":{}"#, usage(Place::End)).as_bytes());
        } else if self.usage.on_each && style.continuous {
            out.put_slice(format!(r#","usage":{}"#, usage(Place::Frame)).as_bytes());
        } else if style.no_usage == NoUsage::Null
            || style.no_usage == NoUsage::NullWhenAsked && self.usage.at_end
        {
            out.put_slice(br#","usage":null"#);
        }
        let last = end.is_some() && index + 1 == self.choices.len();
        if last && (style.usage_at_finish || !self.usage.at_end) {
            out.put_slice((style.closing)(self.usage(Place::End, sent)).as_bytes());
        }
        out.put_slice(b"}\n\n");
        Frame { bytes: out.freeze(), tokens }
    }
}
