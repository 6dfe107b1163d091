//! Shares of a hundred: sliders that keep their sum, and the bar that shows them.

use leptos::prelude::*;
use ui::escaped;

/// Weights as whole shares of a hundred; the largest remainders are rounded up. What has weight keeps at least 1.
pub fn percents(weights: &[u32]) -> Vec<u32> {
    let mut shares = apportion(weights, 100);
    for at in 0..weights.len() {
        let largest = (0..shares.len()).max_by_key(|one| shares[*one]).unwrap_or(at);
        if weights[at] > 0 && shares[at] == 0 && shares[largest] > 1 {
            shares[at] = 1;
            shares[largest] -= 1;
        }
    }
    shares
}

/// One share moved to `to`; the others give or take by what they have, and all stay a hundred.
pub fn moved(shares: &[u32], at: usize, to: u32) -> Vec<u32> {
    if shares.len() < 2 {
        return vec![100; shares.len()];
    }
    let to = to.min(100);
    let others: Vec<u32> =
        shares.iter().enumerate().filter(|(one, _)| *one != at).map(|(_, share)| *share).collect();
    let mut others = apportion(&others, 100 - to).into_iter();
    (0..shares.len()).map(|one| if one == at { to } else { others.next().unwrap_or(0) }).collect()
}

/// `total` divided by `parts`; where all are nothing, the first has it.
fn apportion(parts: &[u32], total: u32) -> Vec<u32> {
    let all: u64 = parts.iter().map(|part| u64::from(*part)).sum();
    if all == 0 {
        return (0..parts.len()).map(|at| if at == 0 { total } else { 0 }).collect();
    }
    let whole = |part: u32| u64::from(part) * u64::from(total);
    let mut shares: Vec<u32> =
        parts.iter().map(|part| u32::try_from(whole(*part) / all).unwrap_or(0)).collect();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(whole(parts[*at]) % all));
    let given: u32 = shares.iter().sum();
    let missing = usize::try_from(total.saturating_sub(given)).unwrap_or(0);
    for at in order.into_iter().take(missing) {
        shares[at] += 1;
    }
    shares
}

/// One slider: its name in the form, what it is of, its share and what moving it does.
#[component]
pub fn ShareSlider(
    #[prop(into)] name: String,
    #[prop(into)] label: Signal<String>,
    /// What stands before the slider in the label's place, where the label is near.
    #[prop(optional)]
    short: Option<&'static str>,
    /// Its colour, from 0.
    at: usize,
    share: Signal<u32>,
    on_move: Callback<u32>,
) -> impl IntoView {
    view! {
        <div class="share">
            <span class=format!("swatch slot-{}", slot(at)) aria-hidden="true"></span>
            <span class="share-name">{move || short.map_or_else(|| label.get(), str::to_owned)}</span>
            <input
                class="share-range"
                type="range"
                min="0"
                max="100"
                step="1"
                name=name
                aria-label=move || format!("Share of {}", label.get())
                aria-valuetext=move || format!("{} percent", share.get())
                value=share.get_untracked().to_string()
                prop:value=move || share.get().to_string()
                on:input=move |event| {
                    if let Ok(to) = event_target_value(&event).parse() {
                        on_move.run(to);
                    }
                }
            />
            <output class="share-number">{move || format!("{}%", share.get())}</output>
        </div>
    }
    .into_any()
}

/// Colours of the charts, again from the first after the sixth.
pub fn slot(at: usize) -> usize {
    at % 6 + 1
}

/// A bar of parts beside each other; `parts` are colours and shares of the whole width. Decoration: the words are elsewhere.
pub fn bar(parts: impl IntoIterator<Item = (usize, f64)>) -> String {
    classed(parts.into_iter().map(|(colour, ratio)| (format!("slot-{}", slot(colour)), ratio)))
}

/// The same, of parts with classes of ours.
pub fn classed(parts: impl IntoIterator<Item = (String, f64)>) -> String {
    let mut from = 0.0_f64;
    let mut drawn = String::from(r#"<svg class="split" aria-hidden="true">"#);
    for (class, ratio) in parts {
        let width = (ratio * 100.0).clamp(0.0, 100.0 - from.min(100.0));
        if width <= 0.0 {
            continue;
        }
        let rect = format!(
            r#"<rect class="{}" x="{}%" width="{}%" height="100%"></rect>"#,
            escaped(&class),
            ui::format::fixed(from, 2),
            ui::format::fixed(width, 2),
        );
        drawn.push_str(&rect);
        from += width;
    }
    drawn.push_str("</svg>");
    drawn
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_stay_a_hundred_whatever_is_moved() {
        assert_eq!(moved(&[90, 10], 1, 25), [75, 25]);
        assert_eq!(moved(&[60, 30, 10], 2, 40), [40, 20, 40]);
        assert_eq!(moved(&[100, 0, 0], 0, 40), [40, 60, 0]);
        assert_eq!(moved(&[100], 0, 40), [100]);
        for to in 0..=100 {
            assert_eq!(moved(&[34, 33, 33], 1, to).iter().sum::<u32>(), 100, "{to}");
        }
    }

    #[test]
    fn weights_of_any_size_become_shares() {
        assert_eq!(percents(&[1, 3]), [25, 75]);
        assert_eq!(percents(&[1, 1, 1]), [34, 33, 33]);
        assert_eq!(percents(&[10_000, 1]), [99, 1]);
        assert_eq!(percents(&[0, 0]), [100, 0]);
        assert_eq!(percents(&[5, 0]), [100, 0]);
    }

    #[test]
    fn a_bar_never_exceeds_its_width() {
        assert!(bar([(0, 0.7), (1, 0.7)]).contains(r#"x="70%" width="30%""#));
    }
}
