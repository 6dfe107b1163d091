//! How many requests beyond one a call may cost: a budget for each route, and for each model that is called by its name.
//!
//! What everybody may do once is too much when everybody does it at once: retries of an outage are what keeps it going.

use std::{collections::HashMap, sync::Arc, time::Duration};

use parking_lot::Mutex;
use routing::Budget;
use shared::{ModelId, RouteId, route::Retry};
use snapshot::Snapshot;

use crate::admit::Admitted;

/// Whose calls share a budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Of {
    Route(RouteId),
    Model(ModelId),
}

/// One route's, or one model's.
#[derive(Debug)]
pub(crate) struct Extra {
    retries: Mutex<Budget>,
    hedges: Mutex<Budget>,
}

/// Bounded by the routes and models of the configuration: see [`Budgets::retain`].
#[derive(Debug, Default)]
pub(crate) struct Budgets(Mutex<HashMap<Of, Arc<Extra>>>);

/// What one call may take of its budget.
#[derive(Debug, Clone)]
pub(crate) struct Allowance {
    extra: Arc<Extra>,
    retry_percent: u8,
    hedge_percent: u8,
}

impl Budgets {
    pub(crate) fn of(&self, admitted: &Admitted, now: Duration) -> Allowance {
        let spec = admitted.routed().map(|routed| routed.spec());
        let of = match admitted.routed() {
            Some(routed) => Of::Route(routed.entry().route.id),
            None => Of::Model(admitted.model().model.id),
        };
        let fresh = || Arc::new(Extra { retries: Budget::new(now).into(), hedges: Budget::new(now).into() });
        let extra = self.0.lock().entry(of).or_insert_with(fresh).clone();
        Allowance {
            extra,
            retry_percent: spec.map_or(Retry::default(), |spec| spec.retry).budget_percent,
            hedge_percent: spec.and_then(|spec| spec.hedge).map_or(0, |hedge| hedge.most_percent),
        }
    }

    /// Forgets routes and models that are gone.
    pub(crate) fn retain(&self, snapshot: &Snapshot) {
        self.0.lock().retain(|of, _| match of {
            Of::Route(id) => snapshot.route_by_id(*id).is_some(),
            Of::Model(id) => snapshot.model(*id).is_some(),
        });
    }
}

impl Allowance {
    /// A call began.
    pub(crate) fn call(&self, now: Duration) {
        self.extra.retries.lock().call(self.retry_percent, now);
        self.extra.hedges.lock().call(self.hedge_percent, now);
    }

    /// One more attempt. A share of nothing allows none.
    pub(crate) fn retry(&self, now: Duration) -> bool {
        self.retry_percent > 0 && self.extra.retries.lock().take(now)
    }

    /// One more deployment beside the first.
    pub(crate) fn hedge(&self, now: Duration) -> bool {
        self.hedge_percent > 0 && self.extra.hedges.lock().take(now)
    }
}
