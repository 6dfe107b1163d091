//! What the operator offers: models, pools, deployments, prices, and which tenant may use which model.
//!
//! Everything that a gateway needs of it is read in one read-only transaction ([`load_rows`]) and handed to whoever
//! follows ([`follow`]): at once when the database announces a change, at the latest after half a second, and saved to
//! disk so that a gateway starts while the database is away.
//!
//! Invariants
//! - A price begins now or later, never earlier; it is never changed, only followed.
//! - A deployment's credential enters sealed and never leaves: answers say only that there is one.
//! - Registering asks the engine what it serves, under the egress rules; an engine that does not answer is told to
//!   the operator, not stored as if it had.
//! - A tenant's own upstream serves that tenant alone: in a snapshot it stands in a pool dedicated to it. Its address
//!   goes by the rules for addresses that somebody gave us, its credential is sealed with the tenant's data key.
//! - The playground calls by a key without a secret, through the gateway's own stages.
//! - A route names models alone, never a route, and never carries a model's name; its versions are never changed. The rules
//!   of its document are one table, which the API and the command line ask.
//! - Health is read from `kv`, where a gateway's prober writes it; this room probes only on demand.

mod data_class;
mod deployment;
mod explain;
mod feed;
mod health;
mod http;
mod model;
mod operator_key;
mod playground;
mod price;
mod probe;
mod route;
pub mod route_book;
mod state;
mod store;
mod tokenizer;
mod upstream;

pub use explain::RouteExplainer;
pub use feed::{Follow, follow, load_rows};
pub use http::routes;
pub use playground::{PlaygroundGateway, no_gateway};
pub use probe::{EngineProbe, ProbeRefusal, ProbedEngine, ProbedModel, Trial, Tried};
pub use route::Fault;
pub use state::{CatalogParts, CatalogState};
