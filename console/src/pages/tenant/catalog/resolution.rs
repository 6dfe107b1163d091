//! Where calls to a model run, in terms that a tenant may see.

use leptos::prelude::*;
use shared::TenantId;
use shared_api::routes::{Place, PlaceKind, Resolution, ResolvedModel};
use ui::*;

use crate::{
    api::routes::ReadResolution,
    forms::{Reading, load, loaded_answer},
    pages::model_words,
};

/// Asks where a name leads. Nothing stands there for a name that leads nowhere.
pub(super) fn reading(tenant: TenantId, name: Signal<String>) -> Reading<Resolution> {
    load(move || ReadResolution { tenant, name: name.get() })
}

pub(super) fn card(of: Reading<Resolution>) -> AnyView {
    let body = loaded_answer(of, SkeletonShape::Lines, |answer| match answer {
        Ok(of) => places(&of),
        Err(problem) => view! { <p class="muted">{problem.detail}</p> }.into_any(),
    });
    view! {
        <Card title="Where it runs" description="The machines that calls of this workspace can reach">
            {body}
        </Card>
    }
    .into_any()
}

fn places(of: &Resolution) -> AnyView {
    let bound = of.residency.as_ref().map(|regions| {
        let words = format!("Calls of this workspace must run in {}.", regions.join(", "));
        view! { <p class="muted">{words}</p> }
    });
    let each = of.models.iter().map(model).collect_view();
    view! {
        <div class="places">
            {each}
            {bound}
        </div>
    }
    .into_any()
}

fn model(of: &ResolvedModel) -> AnyView {
    if of.places.is_empty() {
        return view! { <Status tone=Tone::Danger>"Nowhere now: calls fail"</Status> }.into_any();
    }
    let each = of.places.iter().map(place).collect_view();
    view! { <Facts>{each}</Facts> }.into_any()
}

fn place(of: &Place) -> AnyView {
    let label = match of.pool {
        PlaceKind::Shared => "Shared machines",
        PlaceKind::Dedicated => "Machines of yours alone",
        PlaceKind::Own => "Your own account",
    };
    let region = of.region.clone().unwrap_or_else(|| "no region said".to_owned());
    let outside = of.external.then(model_words::external);
    view! {
        <Fact label>
            {region}
            " "
            {outside}
        </Fact>
    }
    .into_any()
}
