use super::*;
use crate::{CallStatus, MeterFull, SpoolError};

#[tokio::test]
async fn a_full_spool_refuses_calls_but_takes_the_ends_of_those_it_has() {
    let place = tempfile::tempdir().unwrap();
    let settings = SpoolSettings { max_bytes: 32 * 1024, ..SETTINGS };
    let (meter, _) = Meter::open(place.path(), settings).unwrap();
    let mut open = Vec::new();
    let full = loop {
        match meter.begin(call()) {
            Ok(record) => open.push(record),
            Err(error) => break error,
        }
    };
    assert_eq!(full, MeterFull::Full { max_bytes: 32 * 1024 });
    assert!(meter.ready().is_err());
    let admitted = open.len();
    assert!(admitted > 5, "{admitted}");
    for record in open {
        let mut event = record.event(CallStatus::Completed, 200);
        event.finish_reason = Some("x".repeat(5000));
        event.error_code = Some("y".repeat(5000));
        record.finish(event).await.unwrap();
    }
    assert!(meter.spool().folder.bytes().unwrap() <= settings.max_bytes);

    // Shipped, there is room again.
    let mut backlog = Backlog::new(meter.spool().clone());
    let batch = backlog.read(usize::MAX).unwrap();
    assert_eq!(batch.events.len(), admitted);
    backlog.acknowledge(batch.upto, batch.ends).unwrap();
    backlog.free_finished().unwrap();
    assert_eq!(meter.ready(), Ok(()));
}

#[tokio::test]
async fn a_spool_is_given_up_when_the_last_handle_goes() {
    let place = tempfile::tempdir().unwrap();
    let (meter, _) = open(place.path());
    let record = meter.begin(call()).unwrap();
    drop(meter);
    assert!(matches!(Meter::open(place.path(), SETTINGS), Err(SpoolError::Locked(_))));
    drop(record);
    let (meter, found) = open(place.path());
    assert_eq!((found.lost_calls, found.unshipped), (0, 1));
    assert_eq!(all_events(&meter)[0].status, CallStatus::ClientAbort);
}

#[test]
fn settings_out_of_range_are_named() {
    let place = tempfile::tempdir().unwrap();
    let settings = SpoolSettings { max_bytes: 5000, ..SETTINGS };
    let error = Meter::open(place.path(), settings).unwrap_err();
    assert_eq!(
        error.to_string(),
        "spool setting `max_bytes` is 5000: expected at least four times segment_bytes"
    );
}
