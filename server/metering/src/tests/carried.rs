use super::*;
use crate::CallStatus;

/// One pass of a shipper whose database takes everything.
async fn ship_all(meter: &Meter, backlog: &mut Backlog) -> Vec<UsageEvent> {
    let batch = backlog.read(usize::MAX).unwrap();
    backlog.acknowledge(batch.upto, batch.ends).unwrap();
    let open = backlog.open_in_finished().unwrap();
    meter.spool().carry(&open).await.unwrap();
    backlog.free_finished().unwrap();
    batch.events
}

async fn finish_some(meter: &Meter, count: usize) {
    for _ in 0..count {
        let record = meter.begin(call()).unwrap();
        let event = record.event(CallStatus::Completed, 200);
        record.finish(event).await.unwrap();
    }
}

#[tokio::test]
async fn a_long_call_neither_holds_the_spool_nor_is_lost_with_a_deleted_segment() {
    let place = tempfile::tempdir().unwrap();
    let (meter, _) = open(place.path());
    let mut long = meter.begin(call()).unwrap();
    long.checkpoint_now(tokens(7), false);
    let mut backlog = Backlog::new(meter.spool().clone());
    let mut shipped = 0;
    for _ in 0..20 {
        finish_some(&meter, 10).await;
        shipped += ship_all(&meter, &mut backlog).await.len();
        assert!(segments(place.path()).len() <= 3, "shipped segments stay: {:?}", segments(place.path()));
    }
    assert_eq!(shipped, 200);
    assert!(segments(place.path())[0] > 10, "the segment of the long call's beginning is gone");

    let dead = as_killed(place.path());
    let (recovered, found) = open(dead.path());
    assert_eq!(found.lost_calls, 1);
    let events = all_events(&recovered);
    let lost: Vec<_> = events.iter().filter(|event| event.status == CallStatus::GatewayLost).collect();
    assert_eq!(lost.len(), 1);
    assert_eq!((lost[0].id, lost[0].tokens), (long.call().id, tokens(7)));

    // The living one ends as any other, once.
    let event = long.event(CallStatus::Completed, 200);
    let id = event.id;
    long.finish(event).await.unwrap();
    let rest = ship_all(&meter, &mut backlog).await;
    assert_eq!(rest.iter().filter(|event| event.id == id).count(), 1);
    finish_some(&meter, 30).await;
    ship_all(&meter, &mut backlog).await;
    drop((meter, backlog));
    assert_eq!(open(place.path()).1.lost_calls, 0);
}

#[tokio::test]
async fn what_was_acknowledged_is_not_shipped_again() {
    let place = tempfile::tempdir().unwrap();
    let (meter, _) = open(place.path());
    finish_some(&meter, 30).await;
    assert_eq!(ship_all(&meter, &mut Backlog::new(meter.spool().clone())).await.len(), 30);
    finish_some(&meter, 5).await;
    drop(meter);
    let (meter, found) = open(place.path());
    assert_eq!(found.unshipped, 5);
    assert_eq!(ship_all(&meter, &mut Backlog::new(meter.spool().clone())).await.len(), 5);
}
