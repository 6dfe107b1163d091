//! One contract, both stores; then what only Redis can show.

mod contract;
mod memory;
mod outage;
mod server;

/// Runs each case of the contract against each store.
macro_rules! both {
    ($($case:ident),* $(,)?) => {
        mod in_memory {
            $(#[tokio::test] async fn $case() { super::contract::$case(&crate::MemoryKv::new()).await; })*
        }
        mod on_redis {
            $(#[tokio::test] async fn $case() {
                let server = super::server::RedisServer::start().await;
                super::contract::$case(&server.open()).await;
            })*
        }
    };
}

both!(
    values_are_kept_replaced_and_deleted,
    values_expire,
    counters_count_and_keep_their_first_life,
    counters_lose_nothing_under_concurrency,
    a_lock_has_one_holder_at_a_time,
    a_lock_expires_and_its_old_holder_cannot_release_it,
    a_bucket_admits_its_burst_then_refills,
    a_bucket_admits_no_more_than_its_burst_under_concurrency,
    a_bucket_tells_when_to_come_back,
    a_bucket_refuses_what_can_never_be,
    fields_are_kept_together_and_expire_together,
    a_key_of_another_kind_is_refused,
    subscribers_hear_their_channel_only,
    a_subscriber_that_falls_behind_is_told,
    a_dropped_subscription_leaves_the_others,
);
