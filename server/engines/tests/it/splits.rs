//! However the bytes are cut, the events are the same; and no bytes make a panic.

use proptest::{collection, prelude::*, sample};
use snapshot::EngineKind;

use crate::support::decode;

const STREAMS: &[(EngineKind, &[u8])] = &[
    (EngineKind::Vllm, include_bytes!("fixtures/vllm/text.sse")),
    (EngineKind::Vllm, include_bytes!("fixtures/vllm/tools.sse")),
    (EngineKind::Openai, include_bytes!("fixtures/openai/crlf.sse")),
    (EngineKind::Openai, include_bytes!("fixtures/openai/malformed.sse")),
    (EngineKind::Ollama, include_bytes!("fixtures/ollama/text.ndjson")),
    (EngineKind::Ollama, include_bytes!("fixtures/ollama/tools.ndjson")),
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
    for (kind, stream) in STREAMS {
        assert_eq!(decode(*kind, stream.chunks(1)), decode(*kind, [*stream]));
    }
}

proptest! {
    #[test]
    fn any_cuts_give_the_same_events(
        (kind, stream) in sample::select(STREAMS),
        mut cuts in collection::vec(any::<usize>(), 0..24),
    ) {
        let cut = decode(kind, parts(stream, &mut cuts));
        prop_assert_eq!(cut, decode(kind, [stream]));
    }

    #[test]
    fn any_bytes_are_read_without_a_panic(
        kind in sample::select(&EngineKind::ALL[..]),
        pieces in collection::vec(prop_oneof![
            collection::vec(any::<u8>(), 0..40),
            sample::select(vec!["data: ", "\n", "\r\n\r\n", "{\"choices\":[", "{\"delta\":{", "]}", "[DONE]", ":", "null"])
                .prop_map(|text| text.as_bytes().to_vec()),
        ], 0..40),
    ) {
        let all = pieces.concat();
        prop_assert_eq!(decode(kind, pieces.iter().map(Vec::as_slice)), decode(kind, [all.as_slice()]));
    }
}
