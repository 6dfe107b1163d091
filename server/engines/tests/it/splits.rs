//! However the bytes are cut, the events are the same; and no bytes make a panic.

use bytes::Bytes;
use engines::{TaskKind, engine};
use proptest::{collection, prelude::*, sample};
use snapshot::EngineKind;

use crate::support::{decode, labels};

type Stream = (EngineKind, TaskKind, &'static [u8]);

const STREAMS: &[Stream] = &[
    (EngineKind::Vllm, TaskKind::Chat, include_bytes!("fixtures/vllm/text.sse")),
    (EngineKind::Vllm, TaskKind::Chat, include_bytes!("fixtures/vllm/tools.sse")),
    (EngineKind::Vllm, TaskKind::Chat, include_bytes!("fixtures/vllm/named_tool.sse")),
    (EngineKind::Vllm, TaskKind::Completion, include_bytes!("fixtures/vllm/completion.sse")),
    (EngineKind::Sglang, TaskKind::Chat, include_bytes!("fixtures/sglang/tools.sse")),
    (EngineKind::Tgi, TaskKind::Chat, include_bytes!("fixtures/tgi/chat_tools.sse")),
    (EngineKind::Tgi, TaskKind::Completion, include_bytes!("fixtures/tgi/generate.sse")),
    (EngineKind::Tgi, TaskKind::Completion, include_bytes!("fixtures/tgi/generate_error.sse")),
    (EngineKind::Llamacpp, TaskKind::Chat, include_bytes!("fixtures/llamacpp/tools.sse")),
    (EngineKind::Llamacpp, TaskKind::Completion, include_bytes!("fixtures/llamacpp/real_completion.sse")),
    (EngineKind::Openai, TaskKind::Chat, include_bytes!("fixtures/openai/crlf.sse")),
    (EngineKind::Openai, TaskKind::Chat, include_bytes!("fixtures/openai/malformed.sse")),
    (EngineKind::Ollama, TaskKind::Chat, include_bytes!("fixtures/ollama/text.ndjson")),
    (EngineKind::Ollama, TaskKind::Chat, include_bytes!("fixtures/ollama/tools.ndjson")),
    (EngineKind::Ollama, TaskKind::Completion, include_bytes!("fixtures/ollama/generate.ndjson")),
    (EngineKind::Anthropic, TaskKind::Chat, include_bytes!("fixtures/anthropic/text.sse")),
    (EngineKind::Anthropic, TaskKind::Chat, include_bytes!("fixtures/anthropic/tools.sse")),
    (EngineKind::Anthropic, TaskKind::Chat, include_bytes!("fixtures/anthropic/error.sse")),
];

fn parts<'a>(stream: &'a [u8], cuts: &mut Vec<usize>) -> Vec<&'a [u8]> {
    for cut in cuts.iter_mut() {
        *cut %= stream.len() + 1;
    }
    cuts.extend([0, stream.len()]);
    cuts.sort_unstable();
    cuts.windows(2).map(|pair| &stream[pair[0]..pair[1]]).collect()
}

#[test]
fn a_stream_byte_by_byte_is_the_same_stream() {
    for (kind, task, stream) in STREAMS {
        assert_eq!(decode(*kind, *task, stream.chunks(1)), decode(*kind, *task, [*stream]));
    }
}

proptest! {
    #[test]
    fn any_cuts_give_the_same_events(
        (kind, task, stream) in sample::select(STREAMS),
        mut cuts in collection::vec(any::<usize>(), 0..24),
    ) {
        let cut = decode(kind, task, parts(stream, &mut cuts));
        prop_assert_eq!(cut, decode(kind, task, [stream]));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(
        kind in sample::select(&EngineKind::ALL[..]),
        task in sample::select(&TaskKind::ALL[..]),
        pieces in collection::vec(prop_oneof![
            collection::vec(any::<u8>(), 0..40),
            sample::select(vec!["data: ", "\n", "\r\n\r\n", "{\"choices\":[", "{\"delta\":{", "]}", "[DONE]", ":", "null"])
                .prop_map(|text| text.as_bytes().to_vec()),
            sample::select(vec![
                "{\"type\":\"content_block_delta\",\"delta\":", "{\"type\":\"input_json_delta\",\"partial_json\":\"{\"}}",
                "{\"tool_calls\":[{\"index\":", "\"function\":{\"name\":\"f\",\"arguments\":", "{\"token\":{\"text\":\"a\"},\"details\":",
            ]).prop_map(|text| text.as_bytes().to_vec()),
        ], 0..40),
    ) {
        let all = pieces.concat();
        let _ = engine(kind).whole(task, Bytes::from(all.clone()), &labels());
        prop_assert_eq!(decode(kind, task, pieces.iter().map(Vec::as_slice)), decode(kind, task, [all.as_slice()]));
    }
}
