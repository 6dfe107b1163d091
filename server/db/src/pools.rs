use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

/// How long a caller waits for a connection before [`crate::DbError::Unavailable`].
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(3);
/// Idle connections go back to the server: seven pools must not hold what one needs.
const IDLE_TIMEOUT: Duration = Duration::from_mins(2);

/// A role that a pool takes. Each has exactly the grants that `migrations/` gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Tenant work, under the tenant policy.
    App,
    /// Operator work, under explicit policies; no content tables.
    Operator,
    /// Reads what a gateway's snapshot needs.
    Gateway,
    /// Stores usage.
    Metering,
    /// Sessions, idempotency records, jobs, mail.
    System,
}

impl Role {
    pub const ALL: [Self; 5] = [Self::App, Self::Operator, Self::Gateway, Self::Metering, Self::System];

    /// Its name in PostgreSQL.
    pub const fn name(self) -> &'static str {
        match self {
            Self::App => "switchyard_app",
            Self::Operator => "switchyard_operator",
            Self::Gateway => "switchyard_gateway",
            Self::Metering => "switchyard_metering",
            Self::System => "switchyard_system",
        }
    }

    /// Its part of the process's connections, in percent.
    const fn share(self) -> u32 {
        match self {
            Self::App => 40,
            Self::Operator | Self::System => 20,
            Self::Gateway | Self::Metering => 10,
        }
    }

    /// Interactive roles are cut off; the meter and the workers may take as long as their batch needs.
    const fn statement_timeout(self) -> &'static str {
        match self {
            Self::App | Self::Operator | Self::Gateway => "30s",
            Self::Metering | Self::System => "5min",
        }
    }
}

/// One small lazy pool a role, and one for listeners.
#[derive(Debug)]
pub struct Pools {
    app: PgPool,
    operator: PgPool,
    gateway: PgPool,
    metering: PgPool,
    system: PgPool,
    listener: PgPool,
}

impl Pools {
    /// Nothing is connected until the first transaction.
    pub fn new(login: &PgConnectOptions, max_connections: u32) -> Self {
        let pool = |role: Role| options(size(role, max_connections)).connect_lazy_with(as_role(login, role));
        Self {
            app: pool(Role::App),
            operator: pool(Role::Operator),
            gateway: pool(Role::Gateway),
            metering: pool(Role::Metering),
            system: pool(Role::System),
            listener: options(LISTENERS).connect_lazy_with(as_role(login, Role::Gateway)),
        }
    }

    pub fn of(&self, role: Role) -> &PgPool {
        match role {
            Role::App => &self.app,
            Role::Operator => &self.operator,
            Role::Gateway => &self.gateway,
            Role::Metering => &self.metering,
            Role::System => &self.system,
        }
    }

    pub fn listener(&self) -> &PgPool {
        &self.listener
    }

    /// Waits until every connection came back, then closes them.
    pub async fn close(&self) {
        for role in Role::ALL {
            self.of(role).close().await;
        }
        self.listener.close().await;
    }
}

/// A process has a handful of listeners, each with one connection.
const LISTENERS: u32 = 8;

/// What one process may open at most: what the embedded cluster must allow for.
pub fn upper_bound(max_connections: u32) -> u32 {
    Role::ALL.into_iter().map(|role| size(role, max_connections)).sum::<u32>() + LISTENERS
}

fn size(role: Role, max_connections: u32) -> u32 {
    (max_connections * role.share() / 100).max(2)
}

fn options(max_connections: u32) -> PgPoolOptions {
    PgPoolOptions::new()
        .max_connections(max_connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .idle_timeout(IDLE_TIMEOUT)
}

/// The role stands in the start-up packet, so it is what `reset role` resets to.
fn as_role(login: &PgConnectOptions, role: Role) -> PgConnectOptions {
    login.clone().options([
        ("role", role.name()),
        ("statement_timeout", role.statement_timeout()),
        ("idle_in_transaction_session_timeout", "60s"),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_gets_connections_however_few_there_are() {
        assert!(Role::ALL.into_iter().all(|role| size(role, 1) == 2));
        assert_eq!(upper_bound(100), 100 + LISTENERS);
    }
}
