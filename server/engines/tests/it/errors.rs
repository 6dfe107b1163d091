//! What engines' refusals mean.

use bytes::Bytes;
use engines::{EngineError, EngineErrorKind as Kind, StreamEvent, TaskKind, engine};
use http::StatusCode;
use snapshot::EngineKind;

use crate::support::{decode, labels};

fn error(status: u16, body: &str) -> EngineError {
    engine(EngineKind::Vllm).error(StatusCode::from_u16(status).unwrap(), body.as_bytes())
}

/// Status, body, and what it means.
const REFUSALS: &[(u16, &str, Kind)] = &[
    (
        400,
        r#"{"error":{"message":"This model's maximum context length is 8192 tokens. However, you requested 9000","type":"BadRequestError","param":"input_tokens","code":400}}"#,
        Kind::ContextOverflow,
    ),
    (
        400,
        r#"{"error":{"message":"too long","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
        Kind::ContextOverflow,
    ),
    (
        400,
        r#"{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error","n_prompt_tokens":9,"n_ctx":8}}"#,
        Kind::ContextOverflow,
    ),
    (
        422,
        r#"{"error":"Input validation error: `inputs` must have less than 1024 tokens. Given: 2000","error_type":"validation"}"#,
        Kind::ContextOverflow,
    ),
    (
        400,
        r#"{"error":{"message":"temperature must be non-negative","type":"BadRequestError","param":null,"code":400}}"#,
        Kind::BadRequest,
    ),
    (422, r#"{"detail":"bad"}"#, Kind::BadRequest),
    // As a real vLLM and a real llama.cpp said them.
    (
        400,
        r#"{"error":{"message":"max_tokens=5000 cannot be greater than max_model_len=1024. Please request fewer output tokens. (parameter=max_tokens, value=5000)","type":"BadRequestError","param":"max_tokens","code":400}}"#,
        Kind::ContextOverflow,
    ),
    (
        400,
        r#"{"error":{"message":"1 validation error:\n  {'type': 'list_type', 'loc': 'body.messages', 'msg': 'Input should be a valid list', 'input': 'x'}","type":"Bad Request","param":"body.messages","code":400}}"#,
        Kind::BadRequest,
    ),
    (
        400,
        r#"{"error":{"code":400,"message":"request (25004 tokens) exceeds the available context size (16384 tokens), try increasing it","type":"exceed_context_size_error","n_prompt_tokens":25004,"n_ctx":16384}}"#,
        Kind::ContextOverflow,
    ),
    (
        400,
        r#"{"error":{"code":400,"message":"Unable to generate parser for this template. Automatic parser generation failed: JSON schema error at #: unrecognized type nothing","type":"invalid_request_error"}}"#,
        Kind::BadRequest,
    ),
    (
        404,
        r#"{"error":{"message":"The model `m` does not exist.","type":"NotFoundError","code":404}}"#,
        Kind::NotFound,
    ),
    (404, r#"{"error":"model 'm' not found"}"#, Kind::NotFound),
    (401, r#"{"error":"Unauthorized"}"#, Kind::Unauthorized),
    (
        429,
        r#"{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}"#,
        Kind::RateLimited,
    ),
    (429, r#"{"error":"Model is overloaded","error_type":"overloaded"}"#, Kind::Overloaded),
    (
        503,
        r#"{"error":"server busy, please try again.  maximum pending requests exceeded"}"#,
        Kind::Overloaded,
    ),
    (503, r#"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, Kind::Loading),
    (
        500,
        r#"{"error":"model requires more system memory (12.4 GiB) than is available (9.8 GiB)"}"#,
        Kind::OutOfMemory,
    ),
    (
        500,
        r#"{"error":{"message":"CUDA out of memory. Tried to allocate 2 GiB","code":500}}"#,
        Kind::OutOfMemory,
    ),
    (
        422,
        r#"{"error":"Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. Given: 4000 `inputs` tokens and 512 `max_new_tokens`","error_type":"validation"}"#,
        Kind::ContextOverflow,
    ),
    (
        422,
        r#"{"error":"Input validation error: `temperature` must be strictly positive","error_type":"validation"}"#,
        Kind::BadRequest,
    ),
    (
        424,
        r#"{"error":"Request failed during generation: Server error: Unexpected <class 'RuntimeError'>: boom","error_type":"generation"}"#,
        Kind::Internal,
    ),
    (
        424,
        r#"{"error":"Request failed during generation: Server error: CUDA out of memory. Tried to allocate 1 GiB","error_type":"generation"}"#,
        Kind::OutOfMemory,
    ),
    (500, r#"{"error":"Incomplete generation","error_type":"incomplete_generation"}"#, Kind::Internal),
    (503, r#"{"error":"unhealthy","error_type":"healthcheck"}"#, Kind::Overloaded),
    (
        413,
        r#"{"error":"Input validation error: `inputs` must have less than 512 tokens. Given: 600","error_type":"Validation"}"#,
        Kind::ContextOverflow,
    ),
    (
        413,
        r#"{"error":"batch size 33 > maximum allowed batch size 32","error_type":"Validation"}"#,
        Kind::BadRequest,
    ),
    (
        400,
        r#"{"object":"error","message":"The input (9000 tokens) is longer than the model's context length (8192 tokens).","type":"BadRequestError","param":null,"code":400}"#,
        Kind::ContextOverflow,
    ),
    (
        503,
        r#"{"object":"error","message":"The request queue is full.","type":"503","code":503}"#,
        Kind::Overloaded,
    ),
    (
        501,
        r#"{"error":{"code":501,"message":"This server does not support embeddings. Start it with `--embeddings`","type":"not_supported_error"}}"#,
        Kind::BadRequest,
    ),
    (400, r#"{"error":"the input length exceeds the context length"}"#, Kind::ContextOverflow),
    (
        400,
        r#"{"type":"error","error":{"type":"invalid_request_error","message":"prompt is too long: 210000 tokens > 200000 maximum"}}"#,
        Kind::ContextOverflow,
    ),
    (529, r#"{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}"#, Kind::Overloaded),
    (
        401,
        r#"{"type":"error","error":{"type":"authentication_error","message":"invalid x-api-key"}}"#,
        Kind::Unauthorized,
    ),
    (
        429,
        r#"{"type":"error","error":{"type":"rate_limit_error","message":"This request would exceed your rate limit"}}"#,
        Kind::RateLimited,
    ),
    (
        404,
        r#"{"type":"error","error":{"type":"not_found_error","message":"model: claude-x"}}"#,
        Kind::NotFound,
    ),
    (500, "Internal Server Error", Kind::Internal),
    (502, "<html>bad gateway</html>", Kind::Internal),
    (500, "", Kind::Internal),
];

#[test]
fn each_engines_words_are_understood() {
    for &(status, body, kind) in REFUSALS {
        let error = error(status, body);
        assert_eq!((error.kind, error.status), (kind, Some(status)), "{body}");
        assert!(!error.message.is_empty());
    }
}

#[test]
fn what_the_caller_can_change_is_told_in_the_engines_words() {
    let told =
        error(400, r#"{"error":{"message":"temperature must be non-negative, got -1.0.","code":400}}"#);
    assert_eq!(told.to_string(), "temperature must be non-negative, got -1.0.");
    assert!(!told.is_retryable());
}

#[test]
fn no_message_names_an_address_a_path_or_a_trace() {
    let secrets = "http://gpu-7.internal:8000 10.0.0.7 [fd00::7]:8000 /srv/models/llama gpu-7.internal:8000";
    let trace = "Traceback (most recent call last):\\n  File \\\"/opt/vllm/engine.py\\\", line 7, in step";
    for status in [400, 401, 404, 429, 500, 503] {
        for text in [secrets, trace] {
            for body in [
                format!(r#"{{"error":{{"message":"{text}"}}}}"#),
                format!(r#"{{"error":"{text}"}}"#),
                text.to_owned(),
            ] {
                let message = error(status, &body).message;
                for word in ["gpu-7", "10.0.0.7", "fd00", "/srv", "/opt", "engine.py", "Traceback"] {
                    assert!(!message.contains(word), "{message}");
                }
            }
        }
    }
}

#[test]
fn only_what_is_not_the_callers_fault_is_tried_elsewhere_and_only_faults_count() {
    assert!(!Kind::ContextOverflow.is_retryable() && !Kind::BadRequest.is_retryable());
    assert!(Kind::Overloaded.is_retryable() && !Kind::Overloaded.is_fault());
    assert!(Kind::RateLimited.is_retryable() && !Kind::RateLimited.is_fault());
    assert!(Kind::Internal.is_retryable() && Kind::Internal.is_fault());
}

#[test]
fn an_error_inside_a_200_is_an_error() {
    let body = Bytes::from_static(br#"{"error":{"message":"boom","type":"InternalServerError","code":500}}"#);
    for kind in EngineKind::ALL {
        for task in TaskKind::ALL.into_iter().filter(|task| engine(kind).supports(*task)) {
            let error = engine(kind).whole(task, body.clone(), &labels()).unwrap_err();
            assert_eq!(error.kind, Kind::Internal, "{kind} {task:?}");
        }
    }
    let stream =
        b"data: {\"error\":{\"message\":\"This model's maximum context length is 8\",\"code\":400}}\n\n";
    let events = decode(EngineKind::Openai, TaskKind::Chat, [&stream[..]]);
    assert!(matches!(&events[..], [StreamEvent::Error(error)] if error.kind == Kind::ContextOverflow));
}

#[test]
fn an_answer_that_cannot_be_read_is_malformed() {
    for kind in EngineKind::ALL {
        for task in TaskKind::ALL {
            for body in ["", "{", "{}", "null", "<html>", r#"{"choices":7,"data":7,"results":7,"tokens":7}"#]
            {
                let read = engine(kind).whole(task, Bytes::from_static(body.as_bytes()), &labels());
                assert!(!read.unwrap_err().message.is_empty(), "{kind} {task:?} {body}");
            }
        }
    }
}

#[test]
fn a_frame_without_end_is_thrown_away_and_the_next_is_read() {
    let mut stream = b"data: ".to_vec();
    stream.resize(3 << 20, b'x');
    stream.extend_from_slice(b"\n\ndata: [DONE]\n\n");
    let events = decode(EngineKind::Vllm, TaskKind::Chat, stream.chunks(64 << 10));
    assert!(
        matches!(&events[..], [StreamEvent::Malformed { bytes }, StreamEvent::Done] if *bytes > 3_000_000),
        "{events:?}"
    );
}
