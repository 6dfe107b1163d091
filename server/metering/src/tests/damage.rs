use std::os::unix::fs::FileExt;

use super::*;
use crate::CallStatus;

/// Overwrites some bytes of a segment.
fn spoil(folder: &Path, segment: u64, at: u64) {
    let file = OpenOptions::new().write(true).open(segment_path(folder, segment)).unwrap();
    file.write_all_at(&[0xAA; 9], at).unwrap();
}

async fn with_three_ends(folder: &Path) -> [Position; 3] {
    let (meter, _) = open(folder);
    let mut places = [Position::default(); 3];
    for place in &mut places {
        let event = UsageEvent::of(&call(), CallStatus::Completed, 200);
        meter.append(event).unwrap().await.unwrap();
        *place = *meter.spool().committed.borrow();
    }
    places
}

#[tokio::test]
async fn damage_in_the_middle_costs_that_record_alone() {
    let place = tempfile::tempdir().unwrap();
    let [first, ..] = with_three_ends(place.path()).await;
    // The second record's length, so that the third can only be found by its mark.
    spoil(place.path(), first.segment, first.offset + 4);

    let (meter, found) = open(place.path());
    assert_eq!((found.damaged, found.unshipped, found.torn_bytes), (1, 2, 0));
    let batch = Backlog::new(meter.spool().clone()).read(usize::MAX).unwrap();
    assert_eq!(batch.events.len(), 2);
    assert_eq!(batch.strange.len(), 1);
    assert_eq!(batch.strange[0].record["segment"], first.segment);

    // Met again, it is the same damage.
    let again = Backlog::new(meter.spool().clone()).read(usize::MAX).unwrap();
    assert_eq!(again.strange, batch.strange);
}

#[tokio::test]
async fn a_damaged_header_costs_no_record() {
    let place = tempfile::tempdir().unwrap();
    let [first, ..] = with_three_ends(place.path()).await;
    let file = OpenOptions::new().write(true).open(segment_path(place.path(), first.segment)).unwrap();
    file.write_all_at(b"??", 0).unwrap();
    let (meter, found) = open(place.path());
    assert_eq!((found.damaged, found.unshipped), (1, 3));
    assert_eq!(all_events(&meter).len(), 3);
}

#[tokio::test]
async fn a_torn_end_is_cut_off_and_never_taken_for_damage() {
    let place = tempfile::tempdir().unwrap();
    let [.., third] = with_three_ends(place.path()).await;
    let file = OpenOptions::new().write(true).open(segment_path(place.path(), third.segment)).unwrap();
    file.set_len(third.offset - 5).unwrap();

    let (first, found) = open(place.path());
    assert_eq!((found.damaged, found.unshipped), (0, 2));
    assert!(found.torn_bytes > 0);
    drop(first);
    let (second, found) = open(place.path());
    assert_eq!((found.damaged, found.unshipped, found.torn_bytes), (0, 2, 0));
    assert!(Backlog::new(second.spool().clone()).read(usize::MAX).unwrap().strange.is_empty());
}
