//! How many calls an engine runs at once, by what it lets see.

use routing::Slots;
use snapshot::EngineLoad;

fn load(running: u32, waiting: u32, kv_use: f64) -> EngineLoad {
    EngineLoad { running, waiting, kv_use: Some(kv_use), ..EngineLoad::default() }
}

#[test]
fn an_engine_that_queues_with_room_in_its_cache_shows_its_slots_and_they_are_kept() {
    let mut slots = Slots::default();
    assert_eq!(slots.learn(load(20, 0, 0.4)).slots, None);
    assert_eq!(slots.learn(load(32, 3, 0.4)).slots, Some(32));
    assert_eq!(slots.learn(load(12, 0, 0.2)).slots, Some(32));
}

#[test]
fn a_full_cache_shows_nothing_of_slots() {
    assert_eq!(Slots::default().learn(load(9, 3, 0.99)).slots, None);
}

#[test]
fn more_that_run_refute_what_was_shown() {
    let mut slots = Slots::default();
    slots.learn(load(8, 1, 0.4));
    assert_eq!(slots.learn(load(30, 0, 0.4)).slots, None);
}

#[test]
fn what_the_engine_tells_stands() {
    let mut slots = Slots::default();
    slots.learn(load(8, 1, 0.4));
    assert_eq!(slots.learn(EngineLoad { slots: Some(64), ..load(4, 0, 0.1) }).slots, Some(64));
}
