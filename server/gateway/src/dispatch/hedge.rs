//! A second deployment is asked when the first is late; the one that begins first answers, the other is dropped.

use std::{pin::pin, time::Duration};

use futures::future::{Either, select};
use shared::route::Hedge;
use tokio::time::timeout;

use super::{Ahead, Answered, Failed, Next, Ready, Tab, Tries};

impl Tries<'_> {
    /// Makes an attempt, and another beside it when it is late. Nothing of one is ever put behind the other's words:
    /// an attempt ends before the caller sees anything of it.
    pub(super) async fn race(
        &self,
        first: Ready,
        hedge: Hedge,
        ahead: &mut Ahead,
        tab: &mut Tab,
    ) -> Result<Answered, Failed> {
        let first_target = first.target.clone();
        let mut first = pin!(self.make(first));
        if let Ok(ended) = timeout(Duration::from_millis(hedge.after_ms.into()), first.as_mut()).await {
            return ended;
        }
        let Some(second) = self.second(ahead, tab) else { return first.await };
        self.gateway.counters.hedged();
        let second = pin!(self.make(second));
        let (ended, other) = match select(first, second).await {
            Either::Left((ended, second)) => (ended, second),
            Either::Right((ended, first)) => (ended, first),
        };
        let ended = match ended {
            Err(failed) if failed.failure.next != Next::Stop => {
                ahead.failed(failed);
                other.await
            }
            ended => ended,
        };
        if let Ok(answered) = &ended {
            tab.serves(&answered.target);
            if answered.target.deployment.id != first_target.deployment.id {
                self.gateway.counters.hedge_won();
            }
        }
        ended
    }

    /// The next deployment that takes a call, if the route's budget of hedges allows.
    fn second(&self, ahead: &mut Ahead, tab: &mut Tab) -> Option<Ready> {
        if tab.tries() >= self.most {
            return None;
        }
        let mut places = ahead.now.iter().enumerate();
        let (place, pass) = places.find_map(|(place, target)| Some((place, self.pass(target)?)))?;
        if !self.allowance.hedge(self.gateway.fleet.now()) {
            return None;
        }
        let target = ahead.now.remove(place)?;
        Some(self.begin(target, pass, None, tab))
    }
}
