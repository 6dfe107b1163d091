//! What the traces promise.

use routing_lab::{Arrival, TraceKind, model::LENGTH};

#[test]
fn a_seed_gives_the_same_trace_and_another_seed_another() {
    for kind in TraceKind::ALL {
        let sizes = |seed| -> Vec<(u32, u32)> {
            kind.draw(seed).requests.iter().map(|one| (one.prompt_tokens, one.output_tokens)).collect()
        };
        assert_eq!(sizes(3), sizes(3), "{kind}");
        assert_ne!(sizes(3), sizes(4), "{kind}");
    }
}

#[test]
fn requests_are_in_bounds_and_wait_for_earlier_ones_only() {
    for kind in TraceKind::ALL {
        let trace = kind.draw(1);
        assert!(trace.requests.len() > 2_000, "{kind}");
        for (id, request) in trace.requests.iter().enumerate() {
            assert!(request.output_tokens >= 1 && request.prompt_tokens >= 1);
            assert_eq!(request.blocks.len() as u32, (request.prompt_tokens + request.output_tokens) / 16);
            assert!(request.blocks.iter().all(|block| (1..=trace.blocks).contains(block)));
            match request.arrival {
                Arrival::At(at) => assert!(at < LENGTH),
                Arrival::After { request, .. } => assert!(request < id),
            }
        }
    }
}

#[test]
fn prompts_begin_alike_in_the_traces_that_say_so_and_in_no_other() {
    for kind in TraceKind::ALL {
        let trace = kind.draw(2);
        let all: usize = trace.requests.iter().map(|request| request.blocks.len()).sum();
        assert_eq!(all > trace.blocks as usize, kind.shares_prefixes(), "{kind}");
    }
}

#[test]
fn a_turn_begins_with_the_one_before_it_and_its_answer() {
    let trace = TraceKind::Chat.draw(1);
    let mut turns = 0;
    for request in &trace.requests {
        if let Arrival::After { request: before, .. } = request.arrival {
            let before = &trace.requests[before].blocks;
            assert_eq!(&request.prompt_blocks()[..before.len()], &before[..]);
            turns += 1;
        }
    }
    assert!(turns > 1_000);
}
