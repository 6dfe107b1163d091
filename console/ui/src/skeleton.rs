//! Placeholders while something loads.

use leptos::prelude::*;

/// What the placeholder stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SkeletonShape {
    #[default]
    Lines,
    Chart,
    Table,
    Stats,
}

/// Grey shapes of about the size of what comes, announced as busy.
#[component]
pub fn Skeleton(
    #[prop(optional)] shape: SkeletonShape,
    /// How many lines, rows or tiles.
    #[prop(default = 3)]
    count: usize,
) -> impl IntoView {
    let class = match shape {
        SkeletonShape::Lines => "skeleton skeleton-lines",
        SkeletonShape::Chart => "skeleton skeleton-chart",
        SkeletonShape::Table => "skeleton skeleton-table",
        SkeletonShape::Stats => "skeleton skeleton-stats",
    };
    let count = if shape == SkeletonShape::Chart { 1 } else { count };
    view! {
        <div class=class role="status" aria-busy="true">
            <span class="visually-hidden">"Loading"</span>
            {(0..count).map(|_| view! { <span class="skeleton-bone"></span> }).collect_view()}
        </div>
    }
    .into_any()
}
