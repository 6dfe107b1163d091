//! `switchyard admin route`: the operator's routes from the command line, by the rules of the API and in its audit log.

mod explain;

use std::{
    io::Read,
    path::{Path, PathBuf},
};

use access::audit::{self, Begun, Chain, Phase};
use anyhow::{Context, bail};
use catalog::route_book::{self, Author, RouteRefusal};
use clap::Subcommand;
use config::Settings;
use db::OperatorTx;
use shared::route::RouteSpec;
use shared_api::routes::{NewRoute, Promote, Rollback, Route, RouteChange};

use crate::foundation::{Foundation, Opening};

/// As versions and the audit log name who changed something here.
const BY: &str = "command line";
/// Routes and versions that are listed at the most.
const MOST: i64 = 1000;

#[derive(Debug, Subcommand)]
pub enum RouteCommand {
    /// List the routes: name, version in force, arms with their weights and models
    List,
    /// Print a route's document (JSON), as `set` reads it
    Show {
        /// The route's name
        name: String,
        /// Another version than the one in force
        #[arg(long = "at", value_name = "N", conflicts_with = "versions")]
        at: Option<u32>,
        /// List the versions instead, the latest first
        #[arg(long)]
        versions: bool,
    },
    /// Make a route; callers can use its name at once
    Create {
        /// What callers name, as they name a model
        name: String,
        /// File with the document (JSON); - reads standard input
        #[arg(long, value_name = "FILE")]
        spec: PathBuf,
        #[arg(long, default_value = "")]
        description: String,
        /// Why, for those who read the versions later
        #[arg(long, default_value = "")]
        note: String,
    },
    /// Change what a route does: makes a new version, in force at once
    Set {
        /// The route's name
        name: String,
        /// File with the new document (JSON); - reads standard input
        #[arg(long, value_name = "FILE", required_unless_present = "weights", conflicts_with = "weights")]
        spec: Option<PathBuf>,
        /// New weight of an arm, the rest of the document as it is; may be repeated
        #[arg(long = "weight", value_name = "ARM=N", value_parser = weight)]
        weights: Vec<(String, u32)>,
        /// Why, for those who read the versions later
        #[arg(long, default_value = "")]
        note: String,
        /// Only if this version is in force
        #[arg(long, value_name = "N")]
        if_version: Option<u32>,
    },
    /// Put an earlier version in force again
    Rollback {
        /// The route's name
        name: String,
        /// The version [default: the one before the version in force]
        #[arg(long, value_name = "N")]
        to: Option<u32>,
        /// Only if this version is in force
        #[arg(long, value_name = "N")]
        if_version: Option<u32>,
    },
    /// Make a recorded decision again, or take one for a request and a snapshot, and print the plan with each number;
    /// asks no server
    Explain(explain::Explain),
    /// Give one arm all the weight: makes a new version
    Promote {
        /// The route's name
        name: String,
        /// The arm's name
        arm: String,
        /// Only if this version is in force
        #[arg(long, value_name = "N")]
        if_version: Option<u32>,
    },
}

pub async fn run(settings: Settings, command: RouteCommand) -> anyhow::Result<()> {
    // Asks no server, and so no database.
    if let RouteCommand::Explain(explain) = command {
        return explain.run(&settings).await;
    }
    let foundation = Foundation::lay(settings, Opening::Existing).await?;
    let done = dispatch(&foundation, command).await;
    foundation.db.close().await;
    done
}

async fn dispatch(foundation: &Foundation, command: RouteCommand) -> anyhow::Result<()> {
    match command {
        RouteCommand::List => list(foundation).await,
        RouteCommand::Show { name, at, versions } => show(foundation, &name, at, versions).await,
        RouteCommand::Create { name, spec, description, note } => {
            let new = NewRoute { name, description, spec: read(&spec)?, note };
            let made = audited(foundation, "create", &new.name, async |tx, author| {
                route_book::create(tx, &new, author).await
            });
            tell(&made.await?);
            Ok(())
        }
        RouteCommand::Set { name, spec, weights, note, if_version } => {
            let read = spec.as_deref().map(read).transpose()?;
            let made = audited(foundation, "update", &name, async |tx, author| {
                let found = route_book::find(tx, &name).await?;
                let spec = match read {
                    Some(spec) => spec,
                    None => weighted(found.spec, &weights)?,
                };
                // What was read here is what is changed, whoever else is at it.
                let if_version = Some(if_version.unwrap_or(found.version));
                let change = RouteChange { description: None, spec: Some(spec), note, if_version };
                route_book::change(tx, found.id, &change, author).await
            });
            tell(&made.await?);
            Ok(())
        }
        RouteCommand::Rollback { name, to, if_version } => {
            let made = audited(foundation, "update", &name, async |tx, author| {
                let found = route_book::find(tx, &name).await?;
                let version = to.unwrap_or(found.version.saturating_sub(1));
                route_book::roll_back(tx, found.id, &Rollback { version, if_version }, author).await
            });
            tell(&made.await?);
            Ok(())
        }
        RouteCommand::Explain(explain) => explain.run(&foundation.settings).await,
        RouteCommand::Promote { name, arm, if_version } => {
            let made = audited(foundation, "update", &name, async |tx, author| {
                let found = route_book::find(tx, &name).await?;
                route_book::promote(tx, found.id, &Promote { arm, if_version }, author).await
            });
            tell(&made.await?);
            Ok(())
        }
    }
}

fn tell(route: &Route) {
    println!("{}", line(route));
}

/// `fast  v3 of 4  stable 95 (llama, qwen), canary 5 (qwen)`
fn line(route: &Route) -> String {
    let arms: Vec<_> = route
        .spec
        .arms
        .iter()
        .map(|arm| format!("{} {} ({})", arm.name, arm.weight, arm.models.join(", ")))
        .collect();
    format!("{}\tv{} of {}\t{}", route.name, route.version, route.latest_version, arms.join(", "))
}

async fn list(foundation: &Foundation) -> anyhow::Result<()> {
    let mut tx = foundation.db.operator().await?;
    let routes = route_book::list(&mut tx, None, MOST).await?;
    tx.commit().await?;
    for route in &routes {
        tell(route);
    }
    if routes.is_empty() {
        eprintln!("there are no routes yet: switchyard admin route create --help");
    }
    Ok(())
}

async fn show(
    foundation: &Foundation,
    name: &str,
    version: Option<u32>,
    versions: bool,
) -> anyhow::Result<()> {
    let mut tx = foundation.db.operator().await?;
    let route = route_book::find(&mut tx, name).await.with_context(|| name.to_owned())?;
    let made = route_book::versions(&mut tx, route.id, None, MOST).await?;
    tx.commit().await?;
    if versions {
        for one in made {
            let mark = if one.active { "*" } else { " " };
            println!("{mark} v{}\t{}\t{}\t{}", one.version, one.created_at, one.created_by, one.note);
        }
        return Ok(());
    }
    let wanted = version.unwrap_or(route.version);
    let Some(found) = made.into_iter().find(|one| one.version == wanted) else {
        bail!("`{name}` has no version {wanted}: the latest is {}", route.latest_version);
    };
    println!("{}", serde_json::to_string_pretty(&found.spec)?);
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<RouteSpec> {
    let text = text_of(path)?;
    serde_json::from_str(&text).with_context(|| format!("{} is no route's document", path.display()))
}

fn text_of(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if path == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
    } else {
        text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    }
    Ok(text)
}

fn weight(text: &str) -> Result<(String, u32), String> {
    let accepted = || format!("`{text}`: expected an arm's name and a whole number, for example canary=5");
    let (arm, number) = text.split_once('=').ok_or_else(accepted)?;
    Ok((arm.to_owned(), number.parse().map_err(|_| accepted())?))
}

/// A document with other weights of arms that it has.
fn weighted(mut spec: RouteSpec, weights: &[(String, u32)]) -> Result<RouteSpec, RouteRefusal> {
    for (name, weight) in weights {
        let arm = spec.arms.iter_mut().find(|arm| arm.name == *name).ok_or_else(|| catalog::Fault {
            field: "arm".to_owned(),
            message: format!("there is no arm `{name}`"),
        })?;
        arm.weight = *weight;
    }
    Ok(spec)
}

/// Does something to a route in one transaction, with its two rows in the operators' audit log.
async fn audited<T>(
    foundation: &Foundation,
    action: &str,
    name: &str,
    work: impl AsyncFnOnce(&mut OperatorTx, Author<'_>) -> Result<T, RouteRefusal>,
) -> anyhow::Result<T> {
    let access = foundation.access();
    let begun = Begun::new(Chain::Operator, BY, &format!("route.{action}"), &format!("route {name}"), None);
    audit::begin(&access, &begun).await?;
    let done = async {
        let mut tx = foundation.db.operator().await?;
        let done = work(&mut tx, Author { by: BY, now: foundation.clock.now() }).await?;
        tx.commit().await?;
        Ok::<_, RouteRefusal>(done)
    };
    let done = done.await;
    let phase = if done.is_ok() { Phase::Success } else { Phase::Error };
    audit::complete(&access, &begun, phase).await?;
    done.with_context(|| name.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weight_is_an_arm_and_a_number() {
        assert_eq!(weight("canary=5"), Ok(("canary".to_owned(), 5)));
        for bad in ["canary", "canary=", "canary=-1", "=x"] {
            assert!(weight(bad).unwrap_err().contains("canary=5"), "{bad}");
        }
    }

    #[test]
    fn other_weights_leave_the_rest_of_a_document() {
        let text = r#"{"arms": [{"name": "stable", "weight": 95, "models": ["m"]}, {"name": "canary", "weight": 5, "models": ["m"]}],
            "preset": "cost"}"#;
        let spec: RouteSpec = serde_json::from_str(text).unwrap();
        let changed = weighted(spec.clone(), &[("canary".to_owned(), 20)]).unwrap();
        assert_eq!((changed.arms[0].weight, changed.arms[1].weight), (95, 20));
        assert_eq!(changed.preset, spec.preset);
        assert!(weighted(spec, &[("nobody".to_owned(), 1)]).is_err());
    }
}
