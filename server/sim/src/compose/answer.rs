//! The answer to a prompt, from the prompt alone.

use super::{
    labels,
    prompt::{Format, Prompt, ToolChoice, ToolSpec},
    sample,
    tokens::Pieces,
};

/// Characters of a message that an answer quotes.
const QUOTE: usize = 400;

const OPENERS: [&str; 4] =
    ["You asked:", "As I understand it, your question is:", "Your message says:", "To take up your words:"];
const CLOSING: &str = "This answer was composed by a simulated engine, so it can only reflect what it was given: \
     it read your message from the first word to the last and kept the order in which you put things. \
     Ask again with other words and the answer will follow them.";
const PADDING: &str = " A simulated engine can go on like this for as long as it is asked to.";

#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// What was thought before.
    pub reasoning: Option<Pieces>,
    pub said: Said,
    pub finish: Finish,
    /// The stop text that ended it.
    pub stopped_by: Option<String>,
    pub prompt_tokens: u64,
    pub cached_tokens: u64,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    Text(Pieces),
    Tools(Vec<ToolUse>),
}

#[derive(Debug, Clone, PartialEq)]
pub struct ToolUse {
    pub name: String,
    pub arguments: serde_json::Value,
    /// The arguments as text.
    pub json: Pieces,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finish {
    Stop,
    Length,
    ToolCalls,
}

impl Finish {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stop => "stop",
            Self::Length => "length",
            Self::ToolCalls => "tool_calls",
        }
    }
}

impl Answer {
    /// All tokens generated, those of the thoughts among them.
    pub fn completion_tokens(&self) -> u64 {
        let said: u64 = match &self.said {
            Said::Text(pieces) => pieces.len(),
            Said::Tools(uses) => uses.iter().map(|tool| tool.json.len()).sum(),
        };
        said + self.reasoning_tokens()
    }

    pub fn reasoning_tokens(&self) -> u64 {
        self.reasoning.as_ref().map_or(0, Pieces::len)
    }

    pub fn text(&self) -> &str {
        match &self.said {
            Said::Text(pieces) => &pieces.text,
            Said::Tools(_) => "",
        }
    }

    pub fn tools(&self) -> &[ToolUse] {
        match &self.said {
            Said::Text(_) => &[],
            Said::Tools(uses) => uses,
        }
    }
}

/// Answers a prompt of `prompt_tokens` with at most `room` tokens.
pub fn compose(prompt: &Prompt, prompt_tokens: u64, cached_tokens: u64, room: u64) -> Answer {
    let question = prompt.last("user").unwrap_or_default();
    let mut room = room.min(prompt.limit.unwrap_or(u64::MAX));
    let mut answer = Answer {
        reasoning: None,
        said: Said::Text(Pieces::default()),
        finish: Finish::Stop,
        stopped_by: None,
        prompt_tokens,
        cached_tokens,
    };
    if prompt.reasoning {
        let mut thoughts = Pieces::of(thoughts(question));
        let cut = thoughts.truncate(room);
        room -= thoughts.len();
        answer.reasoning = Some(thoughts);
        if cut {
            answer.finish = Finish::Length;
            return answer;
        }
    }
    let tools = tools_wanted(prompt, question);
    if !tools.is_empty() {
        answer.said = Said::Tools(tools.into_iter().map(|tool| tool_use(tool, question)).collect());
        answer.finish = Finish::ToolCalls;
        return answer;
    }
    let mut text = text(prompt, question);
    answer.stopped_by = stop_at(&mut text, &prompt.stops);
    let mut pieces = Pieces::of(text);
    if answer.stopped_by.is_none() && pieces.len() < prompt.at_least {
        pieces = padded(pieces, prompt.at_least.min(room));
    }
    if pieces.truncate(room) {
        answer.finish = Finish::Length;
        answer.stopped_by = None;
    }
    answer.said = Said::Text(pieces);
    answer
}

fn text(prompt: &Prompt, question: &str) -> String {
    match &prompt.format {
        _ if prompt.guard => {
            labels::hazard(question).map_or_else(|| "safe".to_owned(), |code| format!("unsafe\n{code}"))
        }
        Format::Json(schema) => sample::from_schema(schema, question).to_string(),
        Format::Text => prose(prompt, question),
    }
}

fn thoughts(question: &str) -> String {
    format!(
        "The user says “{}”. I have nothing but these words, so I answer from them alone.",
        quoted(question)
    )
}

fn tool_use(tool: &ToolSpec, question: &str) -> ToolUse {
    let arguments = sample::from_schema(&tool.parameters, question);
    let arguments = if arguments.is_object() { arguments } else { serde_json::json!({}) };
    ToolUse { name: tool.name.clone(), json: Pieces::of(arguments.to_string()), arguments }
}

/// The tools to call: those the choice demands, else those that the last message mentions.
fn tools_wanted<'a>(prompt: &'a Prompt, question: &str) -> Vec<&'a ToolSpec> {
    let asked_now = prompt.turns.last().is_some_and(|turn| turn.role == "user");
    let question = question.to_lowercase();
    let mut mentioned = prompt.tools.iter().filter(|tool| mentions(&question, tool));
    let wanted: Vec<_> = match &prompt.tool_choice {
        ToolChoice::Named(name) => prompt.tools.iter().filter(|tool| tool.name == *name).take(1).collect(),
        ToolChoice::Required => mentioned.next().or(prompt.tools.first()).into_iter().collect(),
        ToolChoice::Auto if asked_now => mentioned.collect(),
        ToolChoice::None | ToolChoice::Auto => vec![],
    };
    let most = if prompt.one_tool { 1 } else { wanted.len() };
    wanted.into_iter().take(most).collect()
}

/// Whether a question has a word of the tool's name, four letters or longer.
fn mentions(question: &str, tool: &ToolSpec) -> bool {
    let name = tool.name.to_lowercase();
    name.split(|c: char| !c.is_alphanumeric()).any(|word| word.len() >= 4 && question.contains(word))
}

fn prose(prompt: &Prompt, question: &str) -> String {
    let opener = OPENERS[question.len() % OPENERS.len()];
    let mut text = match prompt.turns.last() {
        Some(turn) if turn.role == "tool" => format!("The tool answered “{}”. ", quoted(&turn.text)),
        _ => String::new(),
    };
    if let Some(lora) = &prompt.lora {
        text.push_str(&format!("Speaking as “{lora}”. "));
    }
    if prompt.images > 0 {
        text.push_str(&format!("I was shown {} image(s). ", prompt.images));
    }
    text.push_str(&format!("{opener} “{}”. ", quoted(question)));
    if let Some(system) = prompt.last("system").filter(|system| !system.trim().is_empty()) {
        text.push_str(&format!("I kept to what I was told: “{}”. ", quoted(system)));
    }
    text.push_str(CLOSING);
    text
}

fn quoted(text: &str) -> &str {
    let text = text.trim();
    text.char_indices().nth(QUOTE).map_or(text, |(end, _)| text[..end].trim_end())
}

/// Cuts a text before the stop text that comes first in it.
fn stop_at(text: &mut String, stops: &[String]) -> Option<String> {
    let places = stops
        .iter()
        .filter(|stop| !stop.is_empty())
        .filter_map(|stop| Some((text.find(stop.as_str())?, stop)));
    let (end, stop) = places.min_by_key(|(end, _)| *end)?;
    text.truncate(end);
    Some(stop.clone())
}

fn padded(pieces: Pieces, at_least: u64) -> Pieces {
    let each = Pieces::of(PADDING.to_owned()).len();
    let times = (at_least.saturating_sub(pieces.len())).div_ceil(each);
    Pieces::of(pieces.text + &PADDING.repeat(usize::try_from(times).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::compose::Turn;

    fn asked(text: &str) -> Prompt {
        Prompt { turns: vec![Turn { role: "user".into(), text: text.into() }], ..Prompt::default() }
    }

    fn text(answer: &Answer) -> &str {
        assert!(answer.tools().is_empty(), "a text was expected");
        answer.text()
    }

    #[test]
    fn an_answer_quotes_the_last_message_and_repeats() {
        let first = compose(&asked("Why is the sky blue?"), 9, 0, 1000);
        assert!(text(&first).contains("“Why is the sky blue?”"));
        assert_eq!(first.finish, Finish::Stop);
        assert_eq!(first, compose(&asked("Why is the sky blue?"), 9, 0, 1000));
    }

    #[test]
    fn a_limit_cuts_and_says_so() {
        let prompt = Prompt { limit: Some(5), ..asked("hello") };
        let answer = compose(&prompt, 9, 0, 1000);
        assert_eq!((answer.completion_tokens(), answer.finish), (5, Finish::Length));
    }

    #[test]
    fn an_answer_is_padded_to_what_is_asked() {
        let prompt = Prompt { limit: Some(200), at_least: 200, ..asked("hello") };
        assert_eq!(compose(&prompt, 9, 0, 1000).completion_tokens(), 200);
    }

    #[test]
    fn a_stop_text_ends_the_answer_before_it() {
        let prompt = Prompt { stops: vec!["simulated".into()], ..asked("hello") };
        let answer = compose(&prompt, 9, 0, 1000);
        assert!(text(&answer).ends_with("composed by a "));
        assert_eq!(answer.stopped_by.as_deref(), Some("simulated"));
        assert_eq!(answer.finish, Finish::Stop);
    }

    #[test]
    fn thoughts_come_first_and_count() {
        let answer = compose(&Prompt { reasoning: true, ..asked("hello") }, 9, 0, 1000);
        assert!(answer.reasoning_tokens() > 5 && answer.completion_tokens() > answer.reasoning_tokens() + 5);
        let cut = compose(&Prompt { reasoning: true, limit: Some(3), ..asked("hello") }, 9, 0, 1000);
        assert_eq!((cut.completion_tokens(), cut.finish, text(&cut)), (3, Finish::Length, ""));
    }

    #[test]
    fn a_guard_judges() {
        let guard = |text| Prompt { guard: true, ..asked(text) };
        assert_eq!(text(&compose(&guard("nice"), 9, 0, 1000)), "safe");
        assert_eq!(text(&compose(&guard("how to murder"), 9, 0, 1000)), "unsafe\nS1");
    }

    #[test]
    fn tools_are_called_when_mentioned_and_not_twice() {
        let tool = |name: &str| ToolSpec {
            name: name.into(),
            description: String::new(),
            parameters: json!({"type": "object", "properties": {"city": {"type": "string"}}}),
        };
        let mut prompt = Prompt {
            tools: vec![tool("get_weather"), tool("get_time")],
            ..asked("The weather and time in Oslo?")
        };
        let Said::Tools(uses) = compose(&prompt, 9, 0, 1000).said else { panic!("tools were expected") };
        assert_eq!(
            uses.iter().map(|tool| tool.name.as_str()).collect::<Vec<_>>(),
            ["get_weather", "get_time"]
        );
        assert_eq!(uses[0].arguments, json!({"city": "Oslo"}));

        prompt.turns.push(Turn { role: "tool".into(), text: "12 degrees".into() });
        assert!(text(&compose(&prompt, 9, 0, 1000)).contains("12 degrees"));
    }
}
