//! Words by which engines' errors are known, and what of them a caller may see.

use std::net::{IpAddr, SocketAddr};

/// vLLM, OpenAI, llama.cpp, TGI and TEI, SGLang, Ollama and Anthropic, in this order.
pub const CONTEXT: &[&str] = &[
    "maximum context length",
    "maximum model length",
    "cannot be greater than max_model_len",
    "context_length_exceeded",
    "exceed_context_size",
    "exceeds the available context size",
    "`inputs` must have less than",
    "`inputs` tokens + `max_new_tokens` must be",
    "longer than the model's context length",
    "input length exceeds the context length",
    "context window",
    "prompt is too long",
    "exceed context limit",
];
pub const OUT_OF_MEMORY: &[&str] = &[
    "out of memory",
    "outofmemory",
    "requires more system memory",
    "unable to allocate",
    "insufficient memory",
];
pub const OVERLOADED: &[&str] =
    &["overload", "server busy", "too many pending", "queue is full", "queue full"];
pub const LOADING: &[&str] = &["loading model", "model is loading", "still loading", "not ready"];
/// Types of errors that are inside a 200.
pub const BAD_REQUEST: &[&str] = &["badrequest", "invalid_request", "validation"];

/// Characters of an engine's words that are passed on.
const LENGTH: usize = 400;
const REMOVED: &str = "[removed]";
/// Signs of a stack trace.
const TRACE: &[&str] =
    &["Traceback", "File \"", "goroutine ", "panicked at", "\n  at ", ".py:", ".py\", line"];

/// vLLM's list of what is wrong with a body, whose first line only counts it: `field: what`, each once.
fn faults(words: &str) -> Option<String> {
    let (first, rest) = words.split_once('\n')?;
    if !first.trim_end().trim_end_matches(':').trim_end_matches('s').ends_with("validation error") {
        return None;
    }
    let part = |line: &str, key: &str| {
        let (_, rest) = line.split_once(&format!("'{key}': '"))?;
        rest.split_once('\'').map(|(value, _)| value.to_owned())
    };
    let told = rest.lines().filter_map(|line| {
        let field = part(line, "loc")?;
        Some(format!("{}: {}", field.strip_prefix("body.").unwrap_or(&field), part(line, "msg")?))
    });
    let told: Vec<_> = told.take(3).collect();
    (!told.is_empty()).then(|| told.join("; "))
}

/// An engine's words without addresses and paths; None when they are empty or hold a stack trace.
pub fn safe(words: &str) -> Option<String> {
    if TRACE.iter().any(|sign| words.contains(sign)) {
        return None;
    }
    let faults = faults(words);
    let words = faults.as_deref().unwrap_or(words);
    let line = words.lines().map(str::trim).find(|line| !line.is_empty())?;
    let kept: String = line.chars().take(LENGTH).filter(|c| !c.is_control()).collect();
    let parts: Vec<_> = kept.split(' ').map(|word| if is_place(word) { REMOVED } else { word }).collect();
    Some(parts.join(" "))
}

/// A URL, an address, a host with a port or an absolute path.
fn is_place(word: &str) -> bool {
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '/' && c != '[' && c != ']');
    let bare = bare.rsplit_once('=').map_or(bare, |(_, value)| value).trim_matches(['\'', '"', '`']);
    let address = bare.parse::<IpAddr>().is_ok()
        || bare.parse::<SocketAddr>().is_ok()
        || bare.trim_matches(['[', ']']).parse::<IpAddr>().is_ok();
    address || bare.contains("://") || is_path(bare) || is_host_and_port(bare)
}

fn is_path(word: &str) -> bool {
    word.starts_with('/') && word.len() > 1 || word.contains(":\\")
}

fn is_host_and_port(word: &str) -> bool {
    word.split('/').next().and_then(|host| host.rsplit_once(':')).is_some_and(|(host, port)| {
        let named = host.contains('.') || host == "localhost" || host.contains('-');
        named && !port.is_empty() && port.len() <= 5 && port.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths_are_removed() {
        let cases = [
            ("connect to 10.0.0.7:8000 failed", "connect to [removed] failed"),
            ("see http://gpu-7.internal:8000/v1/x.", "see [removed]"),
            ("host='gpu-7.internal:8000' is away", "[removed] is away"),
            ("no file (/srv/models/llama) there", "no file [removed] there"),
            ("[fd00::1]:8000, 192.168.1.2, localhost:11434", "[removed] [removed] [removed]"),
            ("temperature must be between 0.0 and 2.0", "temperature must be between 0.0 and 2.0"),
            ("a ratio of 3:1 and 10:30 o'clock", "a ratio of 3:1 and 10:30 o'clock"),
        ];
        for (words, expected) in cases {
            assert_eq!(safe(words).as_deref(), Some(expected));
        }
    }

    #[test]
    fn the_faults_of_a_body_are_told_and_not_only_counted() {
        let one = "1 validation error:\n  {'type': 'list_type', 'loc': 'body.messages', 'msg': 'Input should be a valid list', 'input': 'x'}";
        assert_eq!(safe(one).as_deref(), Some("messages: Input should be a valid list"));
        let two = "2 validation errors:\n  {'type': 'missing', 'loc': 'body.prompt', 'msg': 'Field required'}\n  {'type': 'missing', 'loc': 'body.messages', 'msg': 'Field required'}";
        assert_eq!(safe(two).as_deref(), Some("prompt: Field required; messages: Field required"));
        assert_eq!(safe("1 validation error:\n  odd").as_deref(), Some("1 validation error:"));
    }

    #[test]
    fn stack_traces_are_not_passed_on() {
        assert_eq!(safe("Traceback (most recent call last):\n  File \"/x.py\", line 1"), None);
        assert_eq!(safe("  \n"), None);
    }
}
