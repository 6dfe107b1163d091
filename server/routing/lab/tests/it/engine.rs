//! One engine, by the model's constants.

use routing_lab::{
    Arrival, Engine, Event, Micros, Request, Trace,
    model::{LORA_LOAD, SECOND},
};

fn request(first_block: u32, prompt_tokens: u32, output_tokens: u32) -> Request {
    let blocks = (prompt_tokens + output_tokens) / 16;
    Request {
        arrival: Arrival::At(0),
        blocks: (first_block..first_block + blocks).collect(),
        prompt_tokens,
        output_tokens,
        session: None,
        lora: None,
    }
}

fn trace(requests: Vec<Request>) -> Trace {
    let blocks = requests.iter().flat_map(|request| request.blocks.iter().copied()).max().unwrap_or(0);
    Trace { requests, blocks, slow: None }
}

/// Submits all at once and runs until nothing is left; what was told, and when.
fn run(trace: &Trace, slowness: u64) -> Vec<(Micros, Event)> {
    let mut engine = Engine::new(trace, slowness);
    (0..trace.requests.len()).for_each(|id| engine.submit(id, 0));
    let (mut told, mut events) = (Vec::new(), Vec::new());
    while let Some(now) = engine.next() {
        engine.advance(now, &mut events);
        told.extend(events.drain(..).map(|event| (now, event)));
    }
    told
}

fn first_token(told: &[(Micros, Event)], of: usize) -> (Micros, u32) {
    let found = told.iter().find_map(|(at, event)| match event {
        Event::FirstToken { request, cached } if *request == of => Some((*at, *cached)),
        _ => None,
    });
    found.expect("a first token")
}

fn finished(told: &[(Micros, Event)], of: usize) -> Micros {
    let done = Event::Finished { request: of };
    told.iter().find(|(_, event)| *event == done).expect("an end").0
}

#[test]
fn eight_thousand_tokens_take_a_second_and_forty_more_another() {
    let told = run(&trace(vec![request(1, 8_000, 41)]), 1);
    assert_eq!(first_token(&told, 0), (SECOND, 0));
    assert_eq!(finished(&told, 0), 2 * SECOND);
}

#[test]
fn a_slow_engine_takes_three_times_as_long() {
    let told = run(&trace(vec![request(1, 8_000, 41)]), 3);
    assert_eq!(first_token(&told, 0).0, 3 * SECOND);
    assert!(finished(&told, 0).abs_diff(6 * SECOND) < 1_000);
}

#[test]
fn prompts_are_read_one_after_another_and_what_is_cached_is_free() {
    let told = run(&trace(vec![request(1, 8_000, 17), request(1, 8_000, 17)]), 1);
    assert_eq!(first_token(&told, 0), (SECOND, 0));
    // The last token is always read; its block is the sixteenth part of a hundredth of a second.
    assert_eq!(first_token(&told, 1), (SECOND + 16 * 125, 7_984));
}

#[test]
fn full_slots_halve_the_pace_and_the_next_waits_for_one() {
    let requests = (0..33).map(|id| request(1 + id * 100, 16, 401)).collect();
    let told = run(&trace(requests), 1);
    let end = finished(&told, 0);
    assert!((19 * SECOND..=20 * SECOND + SECOND / 5).contains(&end), "400 tokens at 20 a second: {end}");
    assert!(first_token(&told, 31).0 < SECOND);
    assert!(first_token(&told, 32).0 > end);
}

#[test]
fn a_request_waits_for_room_in_the_cache() {
    let told = run(&trace(vec![request(1, 300_000, 100), request(20_000, 200_000, 100)]), 1);
    assert!(first_token(&told, 1).0 > finished(&told, 0));
}

#[test]
fn a_lora_is_loaded_once_and_holds_up_nobody_else() {
    let with = |lora: u32, at: u32| Request { lora: Some(lora), ..request(at, 16, 2) };
    let told = run(&trace(vec![with(1, 1), with(1, 11), request(21, 16, 2)]), 1);
    assert!(first_token(&told, 2).0 < SECOND / 100);
    assert!(first_token(&told, 0).0 >= LORA_LOAD);
    assert!(first_token(&told, 1).0 < LORA_LOAD + SECOND / 100);
}

#[test]
fn a_ninth_lora_waits_until_one_of_eight_is_idle_and_lets_others_pass() {
    let with = |lora: u32| Request { lora: Some(lora), ..request(1 + lora * 100, 16, 401) };
    let mut requests: Vec<_> = (0..9).map(with).collect();
    requests.push(request(2_000, 16, 2));
    let told = run(&trace(requests), 1);
    assert!(first_token(&told, 8).0 > finished(&told, 0).min(finished(&told, 7)));
    assert!(first_token(&told, 9).0 < SECOND);
}
