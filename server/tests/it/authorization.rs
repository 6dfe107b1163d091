//! Every endpoint of the API's document, tried as nobody, as a stranger, as another tenant's owner and in every role.
//!
//! What each endpoint needs is listed in `endpoints`; an endpoint of the document that is missing there fails the test.
//! Refused attempts must leave every row as it was; an allowed change must leave its two rows in the audit log.

use http::{Method, StatusCode};
use serde_json::Value;
use shared::{Action, Resource, Role};

use crate::{
    endpoints::{self, Endpoint, Needs},
    world::{Actor, World},
};

/// Whether an actor should get through to the handler.
fn expected(needs: Needs, actor: Actor) -> Verdict {
    use access::policy::{Acting, allows};
    let acting = match actor {
        Actor::Nobody | Actor::Stranger => return Verdict::NotSignedIn,
        Actor::Operator => Acting::Operator,
        Actor::Member(role) => Acting::Member(role),
        // In another tenant's house every door looks like a wall.
        Actor::OtherOwner => match needs {
            Needs::Own => return Verdict::Allowed,
            _ => return Verdict::NotFound,
        },
    };
    match needs {
        Needs::Own => Verdict::Allowed,
        Needs::InTenant(action, resource) if allows(acting, action, resource) => Verdict::Allowed,
        Needs::InTenant(..) => Verdict::Forbidden,
        Needs::OnPlatform(action, resource)
            if acting == Acting::Operator && allows(acting, action, resource) =>
        {
            Verdict::Allowed
        }
        Needs::OnPlatform(..) => Verdict::NotFound,
        Needs::Nothing => Verdict::Allowed,
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Allowed,
    NotSignedIn,
    Forbidden,
    NotFound,
}

impl Verdict {
    fn of(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::NotSignedIn,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            _ => Self::Allowed,
        }
    }
}

const ACTORS: [Actor; 9] = [
    Actor::Nobody,
    Actor::Stranger,
    Actor::OtherOwner,
    Actor::Member(Role::Viewer),
    Actor::Member(Role::Billing),
    Actor::Member(Role::Developer),
    Actor::Member(Role::Admin),
    Actor::Member(Role::Owner),
    Actor::Operator,
];

#[tokio::test]
async fn every_endpoint_of_the_document_is_listed() {
    let world = World::new().await;
    let documented = endpoints::documented(&world.document);
    let listed: Vec<_> =
        endpoints::all().into_iter().map(|endpoint| (endpoint.method, endpoint.path)).collect();
    let unlisted: Vec<_> = documented
        .iter()
        .filter(|(method, path)| !listed.iter().any(|(m, p)| m == method && p == path))
        .collect();
    let gone: Vec<_> = listed
        .iter()
        .filter(|(method, path)| !documented.iter().any(|(m, p)| m == method && p == path))
        .collect();
    assert!(unlisted.is_empty() && gone.is_empty(), "not listed: {unlisted:?}; listed but gone: {gone:?}");
}

#[tokio::test]
async fn nobody_gets_where_the_table_does_not_let_them_and_nothing_changes() {
    let world = World::new().await;
    let before = world.fingerprint().await;
    let mut wrong = Vec::new();
    for endpoint in endpoints::all().iter().filter(|endpoint| endpoint.needs != Needs::Nothing) {
        for actor in ACTORS {
            let wanted = expected(endpoint.needs, actor);
            if wanted == Verdict::Allowed {
                continue;
            }
            let (status, body) = world.call(actor, endpoint).await;
            if Verdict::of(status) != wanted || body.get("code").is_none_or(|code| !code.is_string()) {
                wrong.push(format!(
                    "{actor:?} {} {}: {status}, expected {wanted:?}: {body}",
                    endpoint.method, endpoint.path
                ));
            }
        }
        if world.fingerprint().await != before {
            wrong.push(format!("a refused {} {} changed something", endpoint.method, endpoint.path));
            break;
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn who_may_gets_through_and_every_change_is_audited_twice() {
    let mut wrong = Vec::new();
    let world = World::new().await;
    for endpoint in endpoints::all().iter().filter(|endpoint| endpoint.needs != Needs::Nothing) {
        for actor in ACTORS.into_iter().rev() {
            if expected(endpoint.needs, actor) != Verdict::Allowed
                || endpoint.only_by.is_some_and(|only| only != actor)
            {
                continue;
            }
            let reads = endpoint.method == Method::GET;
            // A change is tried once, by the most powerful who may; a look by everybody who may.
            let rows = world.audit_rows().await;
            let (status, body) = world.call(actor, endpoint).await;
            if !status.is_success() {
                wrong.push(format!("{actor:?} {} {}: {status} {body}", endpoint.method, endpoint.path));
            }
            if !reads {
                let phases = world.audit_phases_since(rows).await;
                if phases != ["begun", "success"] {
                    wrong.push(format!(
                        "{} {} left {phases:?} in the audit log",
                        endpoint.method, endpoint.path
                    ));
                }
                break;
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_denied_change_of_somebody_signed_in_is_told_in_their_own_chain() {
    let world = World::new().await;
    let keys = endpoints::all()
        .into_iter()
        .find(|endpoint: &Endpoint| endpoint.needs == Needs::InTenant(Action::Create, Resource::ApiKey))
        .unwrap();
    let rows = world.audit_rows().await;
    world.call(Actor::Member(Role::Viewer), &keys).await;
    assert_eq!(world.audit_phases_since(rows).await, ["begun", "denied"]);
    let rows = world.audit_rows().await;
    world.call(Actor::Nobody, &keys).await;
    assert_eq!(world.audit_phases_since(rows).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_chain_links_row_to_row() {
    let world = World::new().await;
    for endpoint in endpoints::all().iter().filter(|endpoint| endpoint.method == Method::POST) {
        world.call(Actor::Member(Role::Viewer), endpoint).await;
        world.call(Actor::Operator, endpoint).await;
    }
    let broken = world.broken_links().await;
    assert_eq!(broken, Vec::<String>::new());
}

#[tokio::test]
async fn the_document_is_as_reviewed() {
    let world = World::new().await;
    let mut lines: Vec<_> = endpoints::documented(&world.document)
        .into_iter()
        .map(|(method, path)| format!("{path} {method}"))
        .collect();
    lines.sort();
    insta::assert_snapshot!("openapi_endpoints", lines.join("\n"));
    let whole: Value = serde_json::to_value(&world.document).unwrap();
    insta::assert_snapshot!("openapi", serde_json::to_string_pretty(&whole).unwrap());
}
