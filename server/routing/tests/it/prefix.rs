//! Prompts that begin alike find each other, at a bounded cost.

use proptest::prelude::*;
use routing::{Fingerprint, Fingerprinter, MOST_CUTS, PrefixIndex};

fn print_of(text: &[u8]) -> Fingerprint {
    let mut printer = Fingerprinter::new(1);
    printer.push(text);
    printer.finish()
}

fn text(seed: u8, length: usize) -> Vec<u8> {
    (0..length)
        .map(|at| (at as u8).wrapping_mul(31).wrapping_add(seed).wrapping_add((at >> 8) as u8))
        .collect()
}

#[test]
fn the_next_turn_of_a_chat_finds_who_had_the_one_before() {
    let mut index = PrefixIndex::new(1 << 12);
    let turn = text(1, 6_000);
    index.sent(3, &print_of(&turn), 1_500, 0);
    let next: Vec<u8> = [turn.clone(), text(9, 1_000)].concat();
    let found = index.find(&print_of(&next));
    assert_eq!(found.tokens(3), 5_632 / 4, "up to the last cut that both have");
    assert_eq!(found.tokens(2), 0);
    assert_eq!(index.find(&print_of(&text(2, 6_000))).iter().count(), 0);
}

#[test]
fn each_holder_is_told_with_what_it_has() {
    let mut index = PrefixIndex::new(1 << 12);
    let preamble = text(1, 4_096);
    index.sent(0, &print_of(&preamble), 1_024, 0);
    let long = [preamble.clone(), text(5, 4_096)].concat();
    index.sent(1, &print_of(&long), 2_048, 0);
    let found = index.find(&print_of(&long));
    assert_eq!((found.tokens(0), found.tokens(1)), (1_024, 2_048));
}

#[test]
fn what_a_cache_has_no_room_for_is_gone() {
    let mut index = PrefixIndex::new(1 << 12);
    index.set_room(0, 10_000);
    let first = print_of(&text(1, 4_096));
    index.sent(0, &first, 1_024, 0);
    index.sent(0, &print_of(&text(2, 4_096)), 8_000, 0);
    assert_eq!(index.find(&first).tokens(0), 1_024);
    index.wrote(0, 3_000);
    assert_eq!(index.find(&first).tokens(0), 0);
    index.sent(0, &first, 1_024, 0);
    index.forget(0);
    assert_eq!(index.find(&first).tokens(0), 0, "it was started anew");
}

#[test]
fn an_engine_that_caches_nothing_loses_its_pull() {
    let mut index = PrefixIndex::new(1 << 12);
    let print = print_of(&text(1, 4_096));
    index.sent(0, &print, 1_024, 0);
    for _ in 0..40 {
        index.learn(0, 1_024, 0);
    }
    assert!(index.find(&print).tokens(0) < 20);
    for _ in 0..60 {
        index.learn(0, 1_024, 1_024);
    }
    assert!(index.find(&print).tokens(0) > 1_000);
}

#[test]
fn a_table_of_fixed_size_keeps_what_was_used_last() {
    let mut index = PrefixIndex::new(64);
    let prints: Vec<_> = (0..200_u32).map(|prompt| print_of(&prompt.to_le_bytes().repeat(200))).collect();
    for print in &prints {
        index.sent(0, print, 200, 0);
    }
    let kept = prints.iter().filter(|print| index.find(print).tokens(0) > 0).count();
    assert!(kept <= 64, "{kept}");
    assert!(index.find(&prints[199]).tokens(0) > 0);
}

#[test]
fn a_long_prompt_is_read_in_bounded_parts_and_its_beginning_still_counts() {
    let long = text(1, 2_000_000);
    let print = print_of(&long);
    assert_eq!(print.cuts().len(), MOST_CUTS);
    let mut other = long.clone();
    other[40_000_usize] ^= 1;
    assert_eq!(print.cuts()[..32], print_of(&other).cuts()[..32]);
    let mut early = long;
    early[100] ^= 1;
    assert!(print_of(&early).cuts().iter().zip(print.cuts()).all(|(a, b)| a.hash != b.hash));
}

proptest! {
    #[test]
    fn pieces_make_the_same_fingerprint_as_the_whole(
        seed: u8, length in 0..80_000_usize, cuts in prop::collection::vec(0..80_000_usize, 0..6),
    ) {
        let whole = text(seed, length);
        let mut at: Vec<usize> = cuts.into_iter().map(|cut| cut.min(length)).collect();
        at.sort_unstable();
        let mut printer = Fingerprinter::new(1);
        let mut from = 0;
        for to in at.into_iter().chain([length]) {
            printer.push(&whole[from..to]);
            from = to;
        }
        let (pieces, whole) = (printer.finish(), print_of(&whole));
        prop_assert_eq!(pieces.cuts(), whole.cuts());
    }
}
