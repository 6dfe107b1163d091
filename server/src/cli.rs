//! The command line.

use std::{net::SocketAddr, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use config::{ConfigError, Override, Settings, Sources};

use crate::{commands, demo, serve};

/// A managed-service platform for private LLMs.
#[derive(Debug, Parser)]
#[command(name = "switchyard", version, propagate_version = true)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    #[command(subcommand)]
    command: Command,
}

/// Settings that have a flag; all others are set by file or environment (`switchyard admin config-schema`).
#[derive(Debug, Clone, Default, Args)]
pub struct Flags {
    /// Configuration file (TOML)
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Where everything is kept
    #[arg(long, global = true, value_name = "DIR")]
    pub data_dir: Option<PathBuf>,
    /// Public address: /v1, /t/{tenant}/v1, /api/v1, console [default: 127.0.0.1:8080]
    #[arg(long, global = true, value_name = "ADDR")]
    pub listen: Option<SocketAddr>,
    /// Address of /metrics, /healthz, /readyz [default: 127.0.0.1:9090]
    #[arg(long, global = true, value_name = "ADDR")]
    pub admin_listen: Option<SocketAddr>,
    /// Certificate chain (PEM), read again when it changes
    #[arg(long, global = true, value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,
    /// Private key (PEM)
    #[arg(long, global = true, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
    /// The console's files [default: `site` beside the executable]
    #[arg(long, global = true, value_name = "DIR")]
    pub site_dir: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Everything in one process: gateway, control plane, console, jobs
    Serve,
    /// The path of model calls alone
    Gateway,
    /// The API and the console alone
    Control,
    /// Background jobs alone
    Worker,
    /// The whole platform with engines and two tenants to try it out
    Demo,
    /// Bring the database up to this release
    Migrate(commands::migrate::Migrate),
    /// Administration from the command line
    Admin {
        #[command(subcommand)]
        command: commands::admin::Admin,
    },
    /// A simulated engine
    Sim(sim::SimOptions),
}

impl Flags {
    fn overrides(&self) -> Vec<Override> {
        let path = |path: &Option<PathBuf>| path.as_ref().map(|path| path.display().to_string());
        let address = |address: Option<SocketAddr>| address.map(|address| address.to_string());
        [
            ("server.data_dir", "--data-dir", path(&self.data_dir)),
            ("server.listen", "--listen", address(self.listen)),
            ("server.admin_listen", "--admin-listen", address(self.admin_listen)),
            ("server.tls_cert", "--tls-cert", path(&self.tls_cert)),
            ("server.tls_key", "--tls-key", path(&self.tls_key)),
            ("server.site_dir", "--site-dir", path(&self.site_dir)),
        ]
        .into_iter()
        .filter_map(|(key, flag, value)| value.map(|value| Override { key, value, flag }))
        .collect()
    }

    /// All settings, from file, environment and these flags.
    pub fn settings(&self) -> Result<Settings, ConfigError> {
        config::load(&Sources::from_process(self.config.clone(), self.overrides()))
    }
}

/// Runs the command of the process's arguments.
pub fn run() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    // A simulator has settings of its own.
    if let Command::Sim(options) = cli.command {
        return finish(runtime.block_on(commands::sim::run(options)));
    }
    let settings = match cli.flags.settings() {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let done = runtime.block_on(async {
        match cli.command {
            Command::Serve => serve::run(settings, serve::Roles::ALL).await,
            Command::Gateway => serve::run(settings, serve::Roles::GATEWAY).await,
            Command::Control => serve::run(settings, serve::Roles::CONTROL).await,
            Command::Worker => serve::run(settings, serve::Roles::WORKER).await,
            Command::Demo => demo::run(settings, cli.flags.admin_listen.is_some()).await,
            Command::Migrate(migrate) => commands::migrate::run(settings, migrate).await,
            Command::Admin { command } => commands::admin::run(settings, command).await,
            Command::Sim(_) => Ok(()),
        }
    });
    runtime.shutdown_timeout(std::time::Duration::from_secs(5));
    finish(done)
}

fn finish(done: anyhow::Result<()>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("error: {error:#}");
    ExitCode::FAILURE
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }
}
