//! What a prompt is about, for `auto`: told by cheap features, never by a model.

use shared::route::{Task, TaskFit};

/// Bytes of the prompt's end that are looked at.
const SCANNED: usize = 2_048;
/// From so many tokens on, a prompt is long whatever it is about.
const LONG: u32 = 16_000;
/// Words that a prompt needs for its language to be told.
const ENOUGH_WORDS: u32 = 8;

/// Marks of code, in lower case.
const CODE: [&str; 22] = [
    "```",
    "fn ",
    "def ",
    "class ",
    "import ",
    "#include",
    "function",
    "const ",
    "let ",
    "return ",
    "select ",
    "stack trace",
    "traceback",
    "compile",
    "refactor",
    "regex",
    "unit test",
    "segfault",
    "exception",
    "();",
    "=>",
    "</",
];
/// Marks of reasoning.
const REASONING: [&str; 16] = [
    "prove",
    "step by step",
    "derive",
    "theorem",
    "calculate",
    "how many",
    "solve",
    "probability",
    "integral",
    "equation",
    "logic",
    "puzzle",
    "if and only if",
    "optimal",
    "trade-off",
    "think carefully",
];
const GREETINGS: [&str; 10] = [
    "hi",
    "hello",
    "hey",
    "thanks",
    "thank you",
    "good morning",
    "good evening",
    "how are you",
    "bye",
    "what's up",
];
/// The commonest English words.
const ENGLISH: [&str; 24] = [
    "the", "a", "an", "of", "to", "and", "is", "in", "it", "you", "that", "for", "on", "with", "as", "are",
    "this", "i", "my", "what", "how", "can", "me", "be",
];

/// What is looked at. Counts only: no word of the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Features {
    pub prompt_tokens: u32,
    pub images: bool,
    /// The caller asked for reasoning effort.
    pub asks_reasoning: bool,
    code: u16,
    reasoning: u16,
    words: u32,
    english: u32,
    wide: u32,
    letters: u32,
    greets: bool,
}

impl Features {
    /// `question`: the last thing that the caller said. Its end is read, at most 2,048 bytes.
    pub fn of(question: &str, prompt_tokens: u32, images: bool, asks_reasoning: bool) -> Self {
        let from = question.len().saturating_sub(SCANNED);
        let from = (from..=question.len()).find(|at| question.is_char_boundary(*at)).unwrap_or(0);
        let text = question[from..].to_lowercase();
        let mut features = Self { prompt_tokens, images, asks_reasoning, ..Self::default() };
        let marks = |list: &[&str]| list.iter().filter(|mark| text.contains(**mark)).count() as u16;
        (features.code, features.reasoning) = (marks(&CODE), marks(&REASONING));
        for word in text
            .split(|letter: char| !letter.is_alphanumeric() && letter != '\'')
            .filter(|word| !word.is_empty())
        {
            features.words += 1;
            features.english += u32::from(ENGLISH.contains(&word));
        }
        features.letters = text.chars().filter(|letter| letter.is_alphabetic()).count() as u32;
        features.wide =
            text.chars().filter(|letter| letter.is_alphabetic() && !letter.is_ascii()).count() as u32;
        features.greets = GREETINGS.iter().any(|greeting| text.trim_start().starts_with(greeting));
        features
    }

    /// The task, and the feature that told it.
    pub const fn task(&self) -> (Task, &'static str) {
        if self.images {
            (Task::Vision, "it has images")
        } else if self.prompt_tokens >= LONG {
            (Task::LongContext, "its prompt is long")
        } else if self.code >= 2 {
            (Task::Code, "it has marks of code")
        } else if self.asks_reasoning {
            (Task::Reasoning, "it asks for reasoning effort")
        } else if self.reasoning >= 1 {
            (Task::Reasoning, "it has words of reasoning")
        } else if self.code >= 1 {
            (Task::Code, "it has a mark of code")
        } else if self.is_foreign() {
            (Task::Language, "it is not in English")
        } else if self.words <= 12 && self.greets {
            (Task::SmallTalk, "it is short and greets")
        } else {
            (Task::General, "nothing in it points elsewhere")
        }
    }

    const fn is_foreign(&self) -> bool {
        let wide = self.letters >= 4 && self.wide * 5 >= self.letters;
        wide || (self.words >= ENOUGH_WORDS && self.english * 20 < self.words)
    }
}

/// What is known of a model where its operator says nothing of its tasks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Abilities {
    pub vision: bool,
    pub reasoning: bool,
    pub context_length: u32,
}

/// How badly a model fits a task, 0 (perfectly) to 1 (not at all).
pub fn misfit(task: Task, said: &[TaskFit], abilities: Abilities) -> f32 {
    let said = said.iter().find(|one| one.task == task).map(|one| one.fit);
    let fit = said.unwrap_or_else(|| assumed(task, abilities));
    1.0 - f32::from(fit.min(100)) / 100.0
}

const fn assumed(task: Task, abilities: Abilities) -> u8 {
    match task {
        Task::Vision if abilities.vision => 90,
        Task::Vision => 0,
        Task::Reasoning if abilities.reasoning => 90,
        Task::Code if abilities.reasoning => 75,
        Task::Reasoning => 50,
        Task::LongContext => match abilities.context_length {
            0..16_384 => 20,
            16_384..65_536 => 50,
            65_536..131_072 => 75,
            _ => 90,
        },
        Task::Code | Task::Language => 60,
        Task::SmallTalk => 85,
        Task::General => 70,
    }
}
