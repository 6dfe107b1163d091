//! `switchyard admin`.

use std::io::{BufRead, IsTerminal};

use anyhow::Context;
use clap::Subcommand;
use config::Settings;
use shared_api::identity::{DisplayName, EmailAddress};

use super::route::{self, RouteCommand};
use crate::foundation::{Foundation, Opening};

#[derive(Debug, Subcommand)]
pub enum Admin {
    /// Make an operator; the password is read from standard input
    CreateOperator {
        /// E-mail address to sign in with
        #[arg(long)]
        email: String,
        /// Name as others see it [default: the e-mail address]
        #[arg(long)]
        name: Option<String>,
        /// Print a token for the API as well
        #[arg(long)]
        with_token: bool,
    },
    /// Routes: names that callers use like a model's, and what is done with their calls
    Route {
        #[command(subcommand)]
        command: RouteCommand,
    },
    /// Print the JSON schema of the configuration file
    ConfigSchema,
}

pub async fn run(settings: Settings, command: Admin) -> anyhow::Result<()> {
    match command {
        Admin::ConfigSchema => {
            println!("{}", serde_json::to_string_pretty(&config::json_schema())?);
            Ok(())
        }
        Admin::Route { command } => route::run(settings, command).await,
        Admin::CreateOperator { email, name, with_token } => {
            create_operator(settings, &email, name, with_token).await
        }
    }
}

async fn create_operator(
    settings: Settings,
    email: &str,
    name: Option<String>,
    token: bool,
) -> anyhow::Result<()> {
    let email: EmailAddress = email.parse().context("--email")?;
    let name: DisplayName = name.as_deref().unwrap_or(email.as_str()).parse().context("--name")?;
    let password = read_password()?;
    let foundation = Foundation::lay(settings, Opening::Existing).await?;
    let now = foundation.clock.now();
    let operator = identity::create_operator(&foundation.db, &email, &name, &password, now).await?;
    println!("operator {operator} can sign in as {}", email.as_str());
    if token {
        let name: DisplayName = "command line".parse().context("token name")?;
        let token =
            identity::create_operator_token(&foundation.db, &foundation.pepper, operator, &name, now).await?;
        println!("API token, shown once: {}", token.reveal());
    }
    foundation.db.close().await;
    Ok(())
}

fn read_password() -> anyhow::Result<String> {
    let input = std::io::stdin();
    if input.is_terminal() {
        eprint!("Password (at least 12 characters, shown as you type): ");
    }
    let mut line = String::new();
    input.lock().read_line(&mut line).context("cannot read the password from standard input")?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
