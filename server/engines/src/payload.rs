//! A piece of OpenAI's dialect as bytes: a chunk of a stream, or a whole answer.

mod scan;
mod weigh;

use bytes::{BufMut, Bytes, BytesMut};
use snapshot::TokenCounts;

pub use scan::ScanError;

/// Why an answer ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    Stop,
    Length,
    ToolCalls,
    ContentFilter,
    /// `error`: the engine broke off.
    Error,
    Other,
}

/// What a payload holds, found in one scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Choices in it; a chunk with none carries the usage only.
    pub choices: u32,
    /// Some choice says something: text, reasoning, a tool call. A role alone is nothing.
    pub meaningful: bool,
    /// Bytes of text that it says, for an estimate when the engine tells no usage.
    pub text_bytes: u64,
    /// Some choice calls a tool, or says more of a call.
    pub tools: bool,
    /// There is a null where OpenAI's document allows none, or a choice of a stream without `finish_reason`.
    pub untidy: bool,
    /// What the model thought is told as `reasoning` or `reasoning_content` alone.
    pub lone_reasoning: bool,
    /// The last `finish_reason` in it.
    pub finish: Option<Finish>,
    pub usage: Option<TokenCounts>,
}

impl Summary {
    /// Whether an answer has begun with this, for the clock of the first token.
    pub fn begins_answer(&self) -> bool {
        self.meaningful || self.finish.is_some()
    }

    /// The chunk that a stream ends with when usage was asked for.
    pub fn is_usage_only(&self) -> bool {
        self.choices == 0 && self.usage.is_some()
    }
}

/// JSON in OpenAI's dialect, and where what may be rewritten lies in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payload {
    json: Bytes,
    spans: Spans,
    pub summary: Summary,
}

/// Bytes from `start` up to `end`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Span {
    start: usize,
    end: usize,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Spans {
    id: Option<Span>,
    model: Option<Span>,
    usage: Option<Span>,
    /// The usage with its key and one of the commas around it.
    usage_member: Option<Span>,
}

/// What becomes of `usage`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum UsageRewrite {
    #[default]
    Keep,
    Strip,
    /// JSON in its place; added when there is none.
    Replace(Bytes),
}

/// What to write differently from how it came. Values are JSON: see [`json_text`].
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rewrite {
    pub id: Option<Bytes>,
    pub model: Option<Bytes>,
    pub usage: UsageRewrite,
}

/// A text as a JSON string.
pub fn json_text(text: &str) -> Bytes {
    serde_json::Value::from(text).to_string().into()
}

impl Payload {
    /// A payload that the engine sent in OpenAI's dialect, or why it is none.
    pub(crate) fn scan(json: Bytes) -> Result<Self, ScanError> {
        let (spans, summary) = scan::scan(&json)?;
        Ok(Self { json, spans, summary })
    }

    /// With this id, if the engine gave none.
    pub(crate) fn identified(self, id: &str) -> Self {
        let empty = |span: Span| matches!(&self.json[span.start..span.end], b"\"\"" | b"null");
        if !self.spans.id.is_some_and(empty) {
            return self;
        }
        let mut json = BytesMut::new();
        self.write(&Rewrite { id: Some(json_text(id)), ..Rewrite::default() }, &mut json);
        Self::scan(json.freeze()).unwrap_or(self)
    }

    /// The JSON as it came.
    pub fn json(&self) -> &Bytes {
        &self.json
    }

    /// Adds the JSON, rewritten.
    pub fn write(&self, rewrite: &Rewrite, out: &mut BytesMut) {
        let mut edits = [
            self.spans.id.zip(rewrite.id.as_deref()),
            self.spans.model.zip(rewrite.model.as_deref()),
            self.usage_edit(&rewrite.usage),
        ];
        edits.sort_unstable_by_key(|edit| edit.map(|(span, _)| span.start));
        out.reserve(self.json.len() + 64);
        let mut at = 0;
        for (span, replacement) in edits.into_iter().flatten() {
            out.put_slice(&self.json[at..span.start]);
            out.put_slice(replacement);
            at = span.end;
        }
        match (&rewrite.usage, self.spans.usage, self.last_brace()) {
            (UsageRewrite::Replace(usage), None, Some(end)) => {
                out.put_slice(&self.json[at..end]);
                out.put_slice(if self.is_empty_object(end) { b"\"usage\":" } else { b",\"usage\":" });
                out.put_slice(usage);
                out.put_slice(&self.json[end..]);
            }
            _ => out.put_slice(&self.json[at..]),
        }
    }

    fn last_brace(&self) -> Option<usize> {
        memchr::memrchr(b'}', &self.json)
    }

    fn is_empty_object(&self, end: usize) -> bool {
        self.json[..end].trim_ascii_end().last() == Some(&b'{')
    }

    /// Adds a frame of a stream: `data: ` and a blank line around the JSON.
    pub fn write_frame(&self, rewrite: &Rewrite, out: &mut BytesMut) {
        out.put_slice(b"data: ");
        let start = out.len();
        self.write(rewrite, out);
        // Between tokens a line break is white space, and inside strings there is none.
        if memchr::memchr2(b'\n', b'\r', &out[start..]).is_some() {
            out[start..]
                .iter_mut()
                .filter(|byte| matches!(byte, b'\n' | b'\r'))
                .for_each(|byte| *byte = b' ');
        }
        out.put_slice(b"\n\n");
    }

    fn usage_edit<'a>(&self, rewrite: &'a UsageRewrite) -> Option<(Span, &'a [u8])> {
        match rewrite {
            UsageRewrite::Keep => None,
            UsageRewrite::Strip => match self.spans.usage_member {
                Some(member) => Some((member, b"")),
                None => self.spans.usage.map(|value| (value, &b"null"[..])),
            },
            UsageRewrite::Replace(json) => self.spans.usage.map(|value| (value, json.as_ref())),
        }
    }
}
