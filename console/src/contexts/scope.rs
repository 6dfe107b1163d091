//! Who is signed in, for the pages of an area.

use leptos::prelude::*;
use shared::{Action, Resource as Of};
use shared_api::identity::{Me, MyTenant};

use crate::api::{Answer, flash::Flash, identity::Standing};

/// What the server found out of who asks, before it renders a page.
#[cfg(feature = "ssr")]
#[derive(Clone)]
pub(crate) struct Known(pub Answer<Standing>);

/// Who is signed in, where that is known at once: on the server, and in the browser for the page that it took over.
///
/// Pages make their resources as they are made themselves. Were they made only after something was awaited, the
/// server would make them twice.
pub fn known_standing() -> Option<Answer<Standing>> {
    SharedValue::new(|| {
        #[cfg(feature = "ssr")]
        return use_context::<Known>().map(|Known(answer)| answer);
        #[cfg(not(feature = "ssr"))]
        None
    })
    .into_inner()
}

/// The signed-in person and the message at the top of the page. Lives as long as its area is on the screen.
#[derive(Clone, Copy)]
pub struct Scope {
    me: StoredValue<Me>,
    /// What was just done; shown above the page until the next one.
    pub notice: RwSignal<Option<Flash>>,
}

impl Scope {
    pub fn me(self) -> Me {
        self.me.get_value()
    }

    /// Whether to offer an action; the API checks again.
    pub fn may(self, action: Action, resource: Of) -> bool {
        self.me.with_value(|me| me.may(action, resource))
    }
}

/// Makes the scope of an area, and the tenant's where the person has one.
pub fn provide_scope(standing: Standing) -> Scope {
    if let Some(tenant) = standing.me.tenant() {
        provide_context(tenant.clone());
    }
    let scope = Scope { me: StoredValue::new(standing.me), notice: RwSignal::new(standing.flash) };
    provide_context(scope);
    scope
}

/// The scope of the area around.
pub fn use_scope() -> Scope {
    expect_context::<Scope>()
}

/// The tenant whose pages these are; only within the tenant area.
pub fn use_tenant() -> MyTenant {
    expect_context::<MyTenant>()
}
