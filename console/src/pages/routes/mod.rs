//! Pages of routes: the operator's under `/operator/routes`, a tenant's own under `/t/{slug}/routes`.

mod arms_fields;
mod compare;
mod form_fields;
mod form_page;
mod list_page;
mod names;
mod route_page;
mod shares;
mod traffic;
mod versions;

use leptos::prelude::*;
use shared::{Action, Resource as Of};
use ui::*;

use crate::{api::ApiProblem, contexts::use_scope, forms::Problem};

pub use form_page::{EditRoutePage, NewRoutePage};
pub use list_page::RoutesPage;
pub use route_page::RoutePage;
pub use shares::classed;

/// Whose routes a page is about.
#[derive(Clone, Copy)]
pub struct Whose(StoredValue<Owner>);

#[derive(Clone)]
struct Owner {
    /// Empty for the operator's.
    tenant: String,
    /// The address of the list.
    base: String,
    crumbs: Vec<Crumb>,
    may_change: bool,
}

impl Whose {
    pub fn here() -> Self {
        let scope = use_scope();
        let owner = match scope.me().tenant() {
            Some(tenant) => Owner {
                tenant: tenant.id.to_string(),
                base: format!("/t/{}/routes", tenant.slug),
                crumbs: vec![Crumb::new(tenant.name.clone(), format!("/t/{}", tenant.slug))],
                may_change: scope.may(Action::Create, Of::TenantRoute),
            },
            None => Owner {
                tenant: String::new(),
                base: "/operator/routes".to_owned(),
                crumbs: vec![Crumb::new("Operator", "/operator")],
                may_change: true,
            },
        };
        Self(StoredValue::new(owner))
    }

    fn tenant(self) -> String {
        self.0.with_value(|owner| owner.tenant.clone())
    }

    fn is_operator(self) -> bool {
        self.0.with_value(|owner| owner.tenant.is_empty())
    }

    fn may_change(self) -> bool {
        self.0.with_value(|owner| owner.may_change)
    }

    /// An address under the list; `rest` is empty for the list itself.
    fn at(self, rest: &str) -> String {
        let base = self.0.with_value(|owner| owner.base.clone());
        if rest.is_empty() { base } else { format!("{base}/{rest}") }
    }

    /// The levels above a page below the list.
    fn crumbs(self) -> Vec<Crumb> {
        let mut crumbs = self.0.with_value(|owner| owner.crumbs.clone());
        crumbs.push(Crumb::new("Routes", self.at("")));
        crumbs
    }
}

/// What a refusal says beside the field of that path.
fn beside(problem: Problem, path: String) -> Signal<Option<String>> {
    Signal::derive(move || {
        problem.with(|problem| problem.as_ref().and_then(|problem| problem.of_field(&path)))
    })
}

/// A refusal of a change made from a version that is no longer in force, kindly; others as they are.
fn refusal(problem: ApiProblem) -> AnyView {
    if problem.status == 409 && problem.detail.contains("version") {
        return view! {
            <Alert tone=Tone::Warning title="Somebody changed this route meanwhile">
                <p>{problem.detail}</p>
                <p>
                    // The same address, anew.
                    <a href="" rel="external">
                        "Look at it as it is now"
                    </a>
                    ", then decide again. Nothing of yours was put in force."
                </p>
            </Alert>
        }
        .into_any();
    }
    view! { <Alert tone=Tone::Danger>{problem.detail}</Alert> }.into_any()
}
