//! What to tell when no deployment is left to try.

use routing::{Filter, Plan, Rejection};
use shared::ErrorCode;

use crate::{admit::Admitted, error::CallError, gateway::Core, plan::TRY_AGAIN};

/// Too long a prompt, or a wish that nothing meets, where that alone is why; else an outage.
pub(crate) fn explain(gateway: &Core, admitted: &Admitted, plan: &Plan) -> CallError {
    let theirs = || plan.rejected.iter().map(|(_, why)| *why).filter(|why| *why != Rejection::Pool);
    let only_too_long = theirs().all(|why| matches!(why, Rejection::ContextLength { .. }));
    if let (true, Some(limit)) = (only_too_long, plan.context_limit()) {
        return too_long(gateway, admitted, limit);
    }
    let filters: Vec<_> = theirs()
        .filter_map(|why| match why {
            Rejection::Filtered(filter) => Some(filter),
            _ => None,
        })
        .collect();
    // A deployment that is only down for now may yet serve the wish.
    if filters.len() == theirs().count()
        && let Some(filter) = filters.into_iter().max()
    {
        return filtered(admitted, filter);
    }
    let message = format!(
        "The model `{}` cannot be reached now: none of its deployments is in service. Try again shortly.",
        admitted.model().model.name
    );
    let error = CallError::new(ErrorCode::EngineUnavailable, message);
    with_bounds(error, bounds_told(admitted, plan)).retry_after(plan.soonest_retry().unwrap_or(TRY_AGAIN))
}

/// Where the account's calls must run, if that kept a deployment out: what a caller has to know of an outage that
/// others do not have.
pub(crate) fn bounds_told(admitted: &Admitted, plan: &Plan) -> Option<String> {
    let kept_out = |(_, why): &(usize, Rejection)| *why == Rejection::Filtered(Filter::Residency);
    if !plan.rejected.iter().any(kept_out) {
        return None;
    }
    let (tenant, project) = (&admitted.caller().tenant().tenant, &admitted.caller().entry().project);
    let regions = project.residency.as_ref().or(tenant.residency.as_ref())?;
    Some(format!(
        "Calls of this account must run in the region {}: no other may serve them.",
        regions.join(" or ")
    ))
}

/// An outage, with where the call was bound to run.
pub(crate) fn with_bounds(mut error: CallError, told: Option<String>) -> CallError {
    if let Some(told) = told.filter(|_| error.code.status() >= 500) {
        error.message = format!("{} {told}", error.message);
    }
    error
}

fn filtered(admitted: &Admitted, filter: Filter) -> CallError {
    let model = &admitted.model().model.name;
    let nothing = |field: &'static str| {
        let message =
            format!("No deployment of the model `{model}` meets `{field}`. Widen it or leave it out.");
        CallError::field(ErrorCode::InvalidValue, field, message)
    };
    let outside = |why: &str| {
        let message = format!("The model `{model}` is served outside the platform, and {why}.");
        CallError::field(ErrorCode::ModelNotAllowed, "model", message)
    };
    let refused = |message: String| CallError::field(ErrorCode::ModelNotAllowed, "model", message);
    match filter {
        Filter::ExternalAccount => outside("this account does not let calls leave for external engines"),
        Filter::ExternalDataClass => outside("the data class of this key's project does not allow that"),
        Filter::DataClass => refused(format!(
            "No deployment of the model `{model}` is cleared for the data class of this key's project."
        )),
        Filter::Residency => refused(format!(
            "No deployment of the model `{model}` is in a region in which this account's calls must run."
        )),
        Filter::RouteExternal | Filter::RouteRegion | Filter::RoutePool | Filter::RouteDeployment => {
            refused(format!("No deployment of the model `{model}` is where its route lets calls run."))
        }
        Filter::RoutePrice => {
            refused(format!("The model `{model}` is dearer than its route's calls may be."))
        }
        Filter::Task => CallError::field(
            ErrorCode::UnsupportedField,
            "model",
            format!("The engines of the model `{model}` have no {}.", admitted.parsed().kind().as_str()),
        ),
        Filter::OutputLimit => {
            let field = admitted.parsed().request().output_limit().map_or("max_tokens", |(field, _)| field);
            let message = format!("`{field}` is more than any deployment of the model `{model}` writes.");
            CallError::field(ErrorCode::InvalidValue, field, message)
        }
        Filter::Parameters => nothing("provider.require_parameters"),
        Filter::DataCollection => nothing("provider.data_collection"),
        Filter::Quantization => nothing("provider.quantizations"),
        Filter::Only => nothing("provider.only"),
        Filter::Ignore => nothing("provider.ignore"),
        Filter::Order => nothing("provider.order"),
        Filter::MaxPrice => nothing("provider.max_price"),
    }
}

fn too_long(gateway: &Core, admitted: &Admitted, limit: u32) -> CallError {
    let parsed = admitted.parsed();
    let field = parsed.endpoint().prompt_field();
    let model = &admitted.model().model;
    let exact = gateway.tokenizers.has(model);
    let tokens = gateway.tokenizers.with(model, |count| parsed.request().longest_tokens(count));
    let how = if exact { "By its tokenizer" } else { "By estimate" };
    let least = if exact { "" } else { "at least " };
    let asked = parsed
        .request()
        .output_limit()
        .map_or_else(String::new, |(_, most)| format!(", and {most} tokens were asked for in the answer"));
    CallError::field(
        ErrorCode::ContextLengthExceeded,
        field,
        format!(
            "The model `{}` has a context of {limit} tokens. {how} `{field}` has {least}{tokens} tokens{asked}. \
             Shorten it or ask for fewer tokens.",
            model.name
        ),
    )
}
