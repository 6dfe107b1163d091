use std::collections::{HashMap, HashSet};

use proptest::prelude::*;
use shared::UsageEventId;

use super::*;
use crate::{CallRecord, CallStatus};

#[derive(Debug, Clone)]
enum Step {
    Begin,
    Checkpoint(prop::sample::Index, u64),
    Finish(prop::sample::Index),
    Abandon(prop::sample::Index),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let any = any::<prop::sample::Index>;
    let step = prop_oneof![
        4 => Just(Step::Begin),
        2 => (any(), 1..1000_u64).prop_map(|(which, tokens)| Step::Checkpoint(which, tokens)),
        2 => any().prop_map(Step::Finish),
        1 => any().prop_map(Step::Abandon),
    ];
    prop::collection::vec(step, 1..40)
}

/// Where the records of one call end in the spool, so what a cut leaves of it.
#[derive(Debug, Default)]
struct Trace {
    begun: Position,
    checkpoints: Vec<(Position, u64)>,
    ended: Option<(Position, CallStatus)>,
}

/// What must be recovered of a call whose spool was cut: its status and completion tokens. None: nothing.
fn expected(trace: &Trace, cut: Position) -> Option<(CallStatus, u64)> {
    if trace.begun > cut {
        return None;
    }
    let seen = trace.checkpoints.iter().rfind(|(at, _)| *at <= cut).map_or(0, |(_, tokens)| *tokens);
    let last = trace.checkpoints.last().map_or(0, |(_, tokens)| *tokens);
    Some(match trace.ended {
        Some((at, status)) if at <= cut => (status, last),
        _ => (CallStatus::GatewayLost, seen),
    })
}

/// Makes calls as the steps say, syncing after each, then dies.
async fn live(folder: &Path, steps: Vec<Step>) -> (HashMap<UsageEventId, Trace>, TempDir) {
    let (meter, _) = open(folder);
    let mut open: Vec<CallRecord> = Vec::new();
    let mut traces = HashMap::<UsageEventId, Trace>::new();
    for step in steps {
        let which =
            |index: &prop::sample::Index, open: &Vec<_>| (!open.is_empty()).then(|| index.index(open.len()));
        match &step {
            Step::Begin => {
                let record = meter.begin(call()).unwrap();
                let trace = Trace { begun: settle(&meter).await, ..Trace::default() };
                traces.insert(record.call().id, trace);
                open.push(record);
            }
            Step::Checkpoint(index, count) => {
                let Some(at) = which(index, &open) else { continue };
                open[at].checkpoint_now(tokens(*count), false);
                let place = settle(&meter).await;
                traces.get_mut(&open[at].call().id).unwrap().checkpoints.push((place, *count));
            }
            Step::Finish(index) => {
                let Some(at) = which(index, &open) else { continue };
                let record = open.swap_remove(at);
                let (id, event) = (record.call().id, record.event(CallStatus::Completed, 200));
                record.finish(event).await.unwrap();
                let place = committed(&meter);
                traces.get_mut(&id).unwrap().ended = Some((place, CallStatus::Completed));
            }
            Step::Abandon(index) => {
                let Some(at) = which(index, &open) else { continue };
                let id = open[at].call().id;
                drop(open.swap_remove(at));
                traces.get_mut(&id).unwrap().ended = Some((settle(&meter).await, CallStatus::ClientAbort));
            }
        }
    }
    (traces, as_killed(folder))
}

fn recovered(folder: &Path) -> HashMap<UsageEventId, (CallStatus, u64)> {
    let (meter, _) = open(folder);
    let events = all_events(&meter);
    let ids: HashSet<_> = events.iter().map(|event| event.id).collect();
    assert_eq!(ids.len(), events.len(), "an event stands twice in the spool");
    events.into_iter().map(|event| (event.id, (event.status, event.tokens.completion))).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_call_ends_exactly_once_wherever_the_spool_was_cut(
        steps in steps(),
        share in 0.0..=1.0_f64,
        second_share in 0.0..=1.0_f64,
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let place = tempfile::tempdir().unwrap();
        let (traces, dead) = runtime.block_on(live(place.path(), steps));

        let cut = cut_last(dead.path(), share);
        let wanted: HashMap<_, _> =
            traces.iter().filter_map(|(id, trace)| Some((*id, expected(trace, cut)?))).collect();
        prop_assert_eq!(&recovered(dead.path()), &wanted);

        // Recovered again, after a crash in the middle of the recovery too, it is the same.
        prop_assert_eq!(&recovered(dead.path()), &wanted);
        cut_last(dead.path(), second_share);
        prop_assert_eq!(&recovered(dead.path()), &wanted);
    }
}

#[tokio::test]
async fn a_lost_call_is_charged_for_the_tokens_of_its_last_checkpoint() {
    let place = tempfile::tempdir().unwrap();
    let (meter, _) = open(place.path());
    let mut record = meter.begin(call()).unwrap();
    record.serving(serving());
    record.checkpoint_now(tokens(500), true);
    settle(&meter).await;
    let dead = as_killed(place.path());

    let (meter, found) = open(dead.path());
    assert_eq!((found.lost_calls, found.unshipped), (1, 1));
    let events = all_events(&meter);
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event.status, CallStatus::GatewayLost);
    assert_eq!((event.tokens, event.tokens_estimated, event.tries), (tokens(500), true, 1));
    assert_eq!(event.serving.as_ref(), record.event(CallStatus::Completed, 200).serving.as_ref());
    // 10 prompt tokens at 0.000001, 500 completion tokens at 0.000002.
    assert_eq!(event.amount, Decimal::new(1010, 6));
    assert_eq!(event.currency, Some(Currency::EUR));
}

#[tokio::test]
async fn a_finished_event_is_read_as_it_was_written() {
    let place = tempfile::tempdir().unwrap();
    let (meter, found) = open(place.path());
    assert_eq!(found, Recovered::default());
    let mut record = meter.begin(call()).unwrap();
    record.serving(serving());
    record.serving(serving());
    record.first_token();
    let mut event = record.event(CallStatus::Completed, 200);
    event.tokens = tokens(20);
    event.finish_reason = Some("stop".to_owned());
    event.end_user = Some("é".repeat(600));
    let price = record.call().price.clone();
    record.finish(event.clone()).await.unwrap();

    event.charge(price.as_deref());
    event.end_user = Some("é".repeat(256));
    assert_eq!((event.tries, event.fallbacks), (2, 1));
    let stored = all_events(&meter);
    // The spool keeps microseconds, as the database does.
    event.started_at = stored[0].started_at;
    assert_eq!(stored, [event]);
}

#[test]
fn an_event_survives_json() {
    let mut event = UsageEvent::of(&call(), CallStatus::Rejected, 429);
    event.serving = Some(serving());
    let text = serde_json::to_string(&event).unwrap();
    assert!(text.contains(r#""status":"rejected""#));
    assert_eq!(serde_json::from_str::<UsageEvent>(&text).unwrap(), event);
}
