//! However an answer is cut into chunks, nothing of it is lost, and its events are in order.

use std::collections::BTreeMap;

use proptest::{collection, prelude::*};
use serde_json::{Value, json};
use shared_chat::Usage;

use crate::support::{message_request, message_stream, response_events, response_request, sse};

/// A piece of an answer.
#[derive(Debug, Clone)]
enum Piece {
    Reasoning(String),
    Text(String),
    /// The next piece of the arguments of a call; its first has its name.
    Call(u32, String),
}

/// Arguments of some calls, each a JSON object, cut and mixed; words before them.
fn pieces() -> impl Strategy<Value = (Vec<Piece>, Vec<String>)> {
    let words = collection::vec(
        prop_oneof!["[a-zé\n]{1,6}".prop_map(Piece::Reasoning), "[a-zé\n]{1,6}".prop_map(Piece::Text)],
        0..6,
    );
    let calls = collection::vec(collection::btree_map("[a-z]{1,3}", "[a-z{}\"]{0,5}", 0..3), 0..4);
    (words, calls, collection::vec(any::<prop::sample::Index>(), 64), any::<bool>()).prop_map(
        |(mut all, calls, order, mixed)| {
            let calls: Vec<String> = calls.iter().map(|call| json!(call).to_string()).collect();
            let mut left: Vec<Vec<String>> = calls
                .iter()
                .map(|call| {
                    call.as_bytes().chunks(3).map(|cut| String::from_utf8(cut.to_vec()).unwrap()).collect()
                })
                .collect();
            for index in order.iter().cycle() {
                let with: Vec<usize> = (0..left.len()).filter(|call| !left[*call].is_empty()).collect();
                let Some(first) = with.first() else { break };
                let call = if mixed { with[index.index(with.len())] } else { *first };
                all.push(Piece::Call(call as u32, left[call].remove(0)));
            }
            (all, calls)
        },
    )
}

fn chunks(pieces: &[Piece]) -> Vec<String> {
    let mut named = Vec::new();
    let mut all = Vec::new();
    for piece in pieces {
        let delta = match piece {
            Piece::Reasoning(text) => json!({"reasoning_content": text}),
            Piece::Text(text) => json!({"content": text}),
            Piece::Call(index, arguments) if named.contains(index) => {
                json!({"tool_calls": [{"index": index, "function": {"arguments": arguments}}]})
            }
            Piece::Call(index, arguments) => {
                named.push(*index);
                let function = json!({"name": format!("f{index}"), "arguments": arguments});
                json!({"tool_calls": [{"index": index, "id": format!("call_{index}"), "type": "function", "function": function}]})
            }
        };
        all.push(json!({"choices": [{"index": 0, "delta": delta, "finish_reason": null}]}).to_string());
    }
    let finish = if named.is_empty() { "stop" } else { "tool_calls" };
    all.push(json!({"choices": [{"index": 0, "delta": {}, "finish_reason": finish}]}).to_string());
    all
}

/// All that was said by kind: reasoning, text, and each call's arguments.
fn said(pieces: &[Piece], calls: &[String]) -> (String, String, BTreeMap<String, String>) {
    let (mut reasoning, mut text) = (String::new(), String::new());
    for piece in pieces {
        match piece {
            Piece::Reasoning(more) => reasoning.push_str(more),
            Piece::Text(more) => text.push_str(more),
            Piece::Call(..) => {}
        }
    }
    let calls = calls.iter().enumerate().map(|(i, call)| (format!("call_{i}"), call.clone())).collect();
    (reasoning, text, calls)
}

proptest! {
    #[test]
    fn a_streamed_response_is_whole_and_in_order((pieces, calls) in pieces()) {
        let chunks = chunks(&pieces);
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        let events = response_events(&response_request(json!({})), &chunks, Some(Usage::of(1, 1)));
        let (mut reasoning, mut text, mut found) = (String::new(), String::new(), BTreeMap::new());
        let mut open: Option<(u64, Value)> = None;
        let mut items = Vec::new();
        for (number, event) in events.iter().enumerate() {
            prop_assert_eq!(&event["sequence_number"], &json!(number));
            let delta = event["delta"].as_str().unwrap_or_default();
            match event["type"].as_str().unwrap() {
                "response.output_item.added" => {
                    prop_assert!(open.is_none(), "one item at a time");
                    prop_assert_eq!(&event["output_index"], &json!(items.len()));
                    open = Some((items.len() as u64, event["item"]["id"].clone()));
                }
                "response.output_item.done" => {
                    let (index, id) = open.take().unwrap();
                    prop_assert_eq!((&event["output_index"], &event["item"]["id"]), (&json!(index), &id));
                    items.push(event["item"].clone());
                }
                "response.reasoning_text.delta" => reasoning.push_str(delta),
                "response.output_text.delta" => text.push_str(delta),
                "response.function_call_arguments.delta" => {
                    let (index, id) = open.clone().unwrap();
                    prop_assert_eq!((&event["output_index"], &event["item_id"]), (&json!(index), &id));
                    found.entry(id.to_string()).or_insert_with(String::new).push_str(delta);
                }
                _ => {}
            }
        }
        let (all_reasoning, all_text, all_calls) = said(&pieces, &calls);
        prop_assert_eq!((reasoning, text), (all_reasoning, all_text));
        prop_assert_eq!(&events.last().unwrap()["response"]["output"], &json!(items));
        let whole: BTreeMap<String, String> = items.iter().filter(|item| item["type"] == "function_call")
            .map(|item| (item["call_id"].as_str().unwrap().to_owned(), item["arguments"].as_str().unwrap().to_owned()))
            .collect();
        prop_assert_eq!(&whole, &all_calls);
        prop_assert_eq!(found.into_values().collect::<std::collections::BTreeSet<_>>(), all_calls.into_values().collect());
    }

    #[test]
    fn a_streamed_message_is_whole_and_in_order((pieces, calls) in pieces()) {
        let chunks = chunks(&pieces);
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        let stream = message_stream(&message_request(json!({})), &chunks, None);
        let (mut reasoning, mut text) = (String::new(), String::new());
        let mut found: BTreeMap<String, String> = BTreeMap::new();
        let (mut open, mut next) = (None::<(u64, Value)>, 0);
        let events = sse(&stream);
        for (name, event) in &events {
            prop_assert_eq!(name, event["type"].as_str().unwrap());
            match name.as_str() {
                "content_block_start" => {
                    prop_assert!(open.is_none(), "one block at a time");
                    prop_assert_eq!(&event["index"], &json!(next));
                    open = Some((next, event["content_block"]["id"].clone()));
                    next += 1;
                }
                "content_block_delta" => {
                    let (index, id) = open.clone().unwrap();
                    prop_assert_eq!(&event["index"], &json!(index));
                    let delta = &event["delta"];
                    reasoning.push_str(delta["thinking"].as_str().unwrap_or_default());
                    text.push_str(delta["text"].as_str().unwrap_or_default());
                    if let Some(json) = delta["partial_json"].as_str() {
                        found.entry(id.as_str().unwrap().to_owned()).or_default().push_str(json);
                    }
                }
                "content_block_stop" => {
                    let (index, _) = open.take().unwrap();
                    prop_assert_eq!(&event["index"], &json!(index));
                }
                _ => {}
            }
        }
        prop_assert!(open.is_none());
        prop_assert_eq!(&events.last().unwrap().0, "message_stop");
        let reason = if calls.is_empty() { "end_turn" } else { "tool_use" };
        prop_assert_eq!(&events[events.len() - 2].1["delta"]["stop_reason"], &json!(reason));
        let (all_reasoning, all_text, all_calls) = said(&pieces, &calls);
        prop_assert_eq!((reasoning, text, found), (all_reasoning, all_text, all_calls));
    }

    #[test]
    fn no_chunk_makes_a_writer_panic(chunks in collection::vec(".{0,40}", 0..4), index in any::<u32>(), text in ".*") {
        let odd = json!({"choices": [{"index": 0, "delta": {"content": text, "tool_calls": [
            {"index": index, "function": {"arguments": text}}, {"function": {"name": text}}, {},
        ]}}]});
        let mut chunks = chunks;
        chunks.push(odd.to_string());
        let chunks: Vec<&str> = chunks.iter().map(String::as_str).collect();
        let events = response_events(&response_request(json!({})), &chunks, None);
        prop_assert_eq!(&events.last().unwrap()["type"], "response.completed");
        let ends = message_stream(&message_request(json!({})), &chunks, None).ends_with("\n\n");
        prop_assert!(ends);
    }
}
