//! Every response type and every event, judged by OpenAI's document.

use bytes::BytesMut;
use dialects::{moderations, responses::Framing};
use serde_json::{Value, json};
use shared_chat::*;
use testkit::{OpenaiSpec, openai_spec};

use crate::support::{fixtures, labels, lines, response_events, response_request, response_writer, usage_of};

#[track_caller]
fn fits(spec: &OpenaiSpec, schema: &str, value: impl serde::Serialize) {
    let value = serde_json::to_value(value).unwrap();
    if let Err(wrong) = spec.check(schema, &value) {
        panic!("not a {schema}:\n{wrong}\n{value:#}");
    }
}

#[track_caller]
fn events_fit(spec: &OpenaiSpec, name: &str, events: &[Value]) {
    for event in events {
        if let Err(wrong) = spec.check_event(event) {
            panic!("{name}: not an event:\n{wrong}\n{event:#}");
        }
    }
}

#[test]
fn every_event_of_a_streamed_response_fits() {
    let Some(spec) = openai_spec() else { return };
    let asked =
        [json!({"include": ["message.output_text.logprobs"]}), json!({"reasoning": {"summary": "auto"}})];
    for fields in asked {
        let request = response_request(fields);
        for (name, chunks) in fixtures("answers", "jsonl") {
            let chunks: Vec<&str> = chunks.lines().collect();
            events_fit(spec, &name, &response_events(&request, &chunks, usage_of(&chunks)));
            events_fit(spec, &name, &response_events(&request, &chunks, None));
        }
    }
}

#[test]
fn the_events_of_a_failed_response_fit() {
    let Some(spec) = openai_spec() else { return };
    let error =
        ErrorObject { message: "m".to_owned(), kind: "api_error".to_owned(), param: None, code: None };
    let chunk =
        br#"{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"c","function":{"name":"f"}}]}}]}"#;
    let told = |framing| {
        let mut out = BytesMut::new();
        let mut writer = response_writer(&response_request(json!({})), framing);
        writer.begin(&mut out);
        writer.chunk(chunk, &mut out);
        writer.error(&error, &mut out);
        String::from_utf8(out.to_vec()).unwrap()
    };
    let sse: Vec<Value> =
        crate::support::sse(&told(Framing::Sse)).into_iter().map(|(_, event)| event).collect();
    events_fit(spec, "sse", &sse);
    let socket = lines(told(Framing::Lines).as_bytes());
    let (errors, others): (Vec<_>, Vec<_>) = socket.into_iter().partition(|event| event["type"] == "error");
    events_fit(spec, "socket", &others);
    assert_eq!(errors.len(), 1);
    fits(spec, "ResponseWsError", &errors[0]);
}

#[test]
fn a_response_fits_whatever_was_asked() {
    let Some(spec) = openai_spec() else { return };
    for (name, body) in fixtures("responses", "json") {
        let request = serde_json::from_str(&body).unwrap();
        for (_, chat) in fixtures("answers", "json") {
            let mut writer = response_writer(&request, Framing::Sse);
            let whole = writer.whole(chat.as_bytes()).unwrap();
            let response: Value = serde_json::from_slice(&whole).unwrap();
            fits(spec, "Response", &response);
            spec.check_answer("POST", "/responses", 200, &response).unwrap();
        }
        events_fit(spec, &name, &response_events(&request, &[], Some(Usage::of(1, 2))));
    }
    fits(spec, "TokenCountsResource", dialects::responses::InputTokens::of(3));
}

#[test]
fn completions_and_embeddings_fit() {
    let Some(spec) = openai_spec() else { return };
    let choice = CompletionChoice {
        text: "a".to_owned(),
        finish_reason: Some("stop".to_owned()),
        ..Default::default()
    };
    let completion = CompletionResponse {
        id: "cmpl-1".to_owned(),
        object: CompletionResponse::OBJECT.to_owned(),
        created: 1,
        model: "m".to_owned(),
        choices: vec![choice.clone()],
        usage: Some(Usage::of(1, 2)),
        rest: Rest::new(),
    };
    fits(spec, "CreateCompletionResponse", completion);
    let chunk = CompletionChunk { choices: vec![choice], ..CompletionChunk::new("cmpl-1", 1, "m") };
    fits(spec, "CreateCompletionResponse", chunk);
    let embeddings = EmbeddingResponse {
        object: EmbeddingResponse::OBJECT.to_owned(),
        data: vec![Embedding::new(0, Vector::Floats(vec![0.5, -1.0]))],
        model: "m".to_owned(),
        usage: EmbeddingUsage::of(3),
        rest: Rest::new(),
    };
    fits(spec, "CreateEmbeddingResponse", embeddings);
}

#[test]
fn chat_answers_fit() {
    let Some(spec) = openai_spec() else { return };
    let message: ResponseMessage =
        serde_json::from_value(json!({"role": "assistant", "content": "a", "refusal": null})).unwrap();
    let choice = Choice {
        index: 0,
        message,
        finish_reason: Some("stop".to_owned()),
        logprobs: None,
        rest: Rest::new(),
    };
    let answer = ChatResponse {
        id: "chatcmpl-1".to_owned(),
        object: ChatResponse::OBJECT.to_owned(),
        created: 1,
        model: "m".to_owned(),
        choices: vec![choice],
        usage: Some(Usage::of(1, 2)),
        rest: Rest::new(),
    };
    fits(spec, "CreateChatCompletionResponse", answer);
    let delta = Delta { content: Some("a".to_owned()), ..Delta::default() };
    let choice = ChunkChoice { delta, ..ChunkChoice::default() };
    let chunk = ChatChunk { choices: vec![choice], ..ChatChunk::new("chatcmpl-1", 1, "m") };
    fits(spec, "CreateChatCompletionStreamResponse", chunk);
}

#[test]
fn moderations_fit() {
    let Some(spec) = openai_spec() else { return };
    let results = ["safe", "unsafe\nS1,S10", "unsafe"].map(|said| moderations::from_text(said).unwrap());
    fits(spec, "CreateModerationResponse", moderations::response(&labels("modr-1"), results.to_vec()));
}

#[test]
fn files_and_batches_fit() {
    let Some(spec) = openai_spec() else { return };
    let file = FileObject {
        id: "file-1".to_owned(),
        object: FileObject::OBJECT.to_owned(),
        bytes: 7,
        created_at: 1,
        expires_at: None,
        filename: "a.jsonl".to_owned(),
        purpose: "batch".to_owned(),
        status: "processed".to_owned(),
        status_details: None,
        rest: Rest::new(),
    };
    fits(spec, "OpenAIFile", &file);
    fits(spec, "ListFilesResponse", ListObject::page(vec![file], false, |file| file.id.clone()));
    fits(spec, "DeleteFileResponse", FileDeleted::of("file-1"));
    let all = [
        BatchStatus::Validating,
        BatchStatus::Failed,
        BatchStatus::InProgress,
        BatchStatus::Finalizing,
        BatchStatus::Completed,
        BatchStatus::Expired,
        BatchStatus::Cancelling,
        BatchStatus::Cancelled,
    ];
    for status in all {
        let failed = BatchError { code: "c".to_owned(), message: "m".to_owned(), param: None, line: Some(3) };
        let batch = Batch {
            id: "batch_1".to_owned(),
            object: Batch::OBJECT.to_owned(),
            endpoint: "/v1/responses".to_owned(),
            input_file_id: "file-1".to_owned(),
            completion_window: "24h".to_owned(),
            status,
            errors: status.is_final().then(|| BatchErrors::of(vec![failed])),
            usage: Some(BatchUsage::default()),
            ..Batch::default()
        };
        fits(spec, "Batch", &batch);
        assert_eq!(serde_json::to_value(&batch).unwrap()["status"], status.as_str());
        fits(spec, "ListBatchesResponse", ListObject::page(vec![batch], true, |batch| batch.id.clone()));
    }
}

#[test]
fn models_and_errors_fit() {
    let Some(spec) = openai_spec() else { return };
    let pricing = Pricing {
        prompt: "0".to_owned(),
        completion: "0".to_owned(),
        request: "0".to_owned(),
        image: "0".to_owned(),
        input_cache_read: None,
    };
    let model = Model {
        id: "m".to_owned(),
        object: Model::OBJECT.to_owned(),
        created: 1,
        owned_by: "acme".to_owned(),
        canonical_slug: "m".to_owned(),
        name: "M".to_owned(),
        description: String::new(),
        context_length: 8192,
        architecture: Architecture::of(vec!["text".to_owned()], vec!["text".to_owned()]),
        pricing,
        top_provider: TopProvider { context_length: 8192, max_completion_tokens: None, is_moderated: false },
        per_request_limits: None,
        supported_parameters: Vec::new(),
        default_parameters: None,
        links: ModelLinks { details: "/v1/models/m".to_owned() },
        external: false,
    };
    fits(spec, "Model", &model);
    fits(spec, "ListModelsResponse", ModelList::of(vec![model]));
    fits(spec, "ErrorResponse", ErrorBody::new("m", "api_error"));
}

#[test]
fn the_judge_finds_faults() {
    let Some(spec) = openai_spec() else { return };
    let events = response_events(&response_request(json!({})), &[], None);
    let mut event = events[0].clone();
    event["response"]["status"] = "done".into();
    assert!(spec.check_event(&event).is_err());
    let mut event = events[0].clone();
    event.as_object_mut().unwrap().remove("sequence_number");
    assert!(spec.check_event(&event).is_err());
    assert!(spec.check("CreateEmbeddingResponse", &json!({"object": "list"})).is_err());
}
