//! The KV cache in blocks.

use routing_lab::BlockCache;

fn used(cache: &mut BlockCache, blocks: &[u32]) {
    assert!(cache.hold(blocks, 0));
    cache.computed(blocks);
    cache.release(blocks, 0);
}

#[test]
fn what_was_used_last_stays() {
    let mut cache = BlockCache::new(4, 10);
    used(&mut cache, &[1, 2]);
    used(&mut cache, &[3, 4]);
    used(&mut cache, &[1, 2]);
    used(&mut cache, &[5, 6]);
    assert_eq!(cache.cached(&[1, 2]), 2);
    assert_eq!(cache.cached(&[3, 4]), 0);
}

#[test]
fn a_prompt_loses_its_end_first() {
    let mut cache = BlockCache::new(4, 10);
    used(&mut cache, &[1, 2, 3]);
    used(&mut cache, &[7, 8]);
    assert_eq!(cache.cached(&[1, 2, 3]), 2);
}

#[test]
fn what_runs_is_never_given_up_and_counts_once() {
    let mut cache = BlockCache::new(4, 10);
    assert!(cache.hold(&[1, 2, 3], 0));
    assert!(cache.hold(&[1, 2, 3], 1), "shared blocks have a place already");
    assert!(!cache.hold(&[4], 0), "three held, one unfinished");
    assert!((cache.held_share() - 1.0).abs() < f64::EPSILON);
    cache.release(&[1, 2, 3], 1);
    assert!(cache.hold(&[4], 0));
    assert_eq!(cache.taken(), 4);
}

#[test]
fn a_block_that_nobody_has_read_yet_is_no_hit() {
    let mut cache = BlockCache::new(8, 10);
    assert!(cache.hold(&[1, 2], 0));
    assert_eq!(cache.cached(&[1, 2]), 0);
    cache.computed(&[1]);
    assert_eq!(cache.cached(&[1, 2]), 1);
}
