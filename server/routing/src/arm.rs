//! Which arm of a route a call takes.

use crate::seed::mix;

/// Draws an arm by weight, the same one each time for the same `who`; None where no arm carries weight.
///
/// `who` is a hash of the caller or its session, `route` one of the route, so that two routes split the same callers
/// differently. Arms take their shares one after the other along the hash's range: a canary at the end that grows keeps
/// those that it had.
pub fn draw_arm(weights: impl Iterator<Item = u32> + Clone, route: u64, who: u64) -> Option<usize> {
    let total: u64 = weights.clone().map(u64::from).sum();
    // Below `total`, by the top of the product: 64 bits of hash over at most 2⁴⁸ of weight.
    let mut point = ((u128::from(mix(route, who)) * u128::from(total)) >> 64) as u64;
    weights.enumerate().find_map(|(arm, weight)| {
        let weight = u64::from(weight);
        if point < weight {
            return Some(arm);
        }
        point -= weight;
        None
    })
}

/// Whether a share of a hundred takes this call; the same answer for the same `who`.
pub fn takes_share(percent: u8, route: u64, who: u64) -> bool {
    draw_arm([u32::from(percent.min(100)), 100 - u32::from(percent.min(100))].into_iter(), route, who)
        == Some(0)
}
