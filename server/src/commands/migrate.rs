//! `switchyard migrate`.

use clap::Args;
use config::Settings;
use db::Database;

use crate::foundation;

#[derive(Debug, Args)]
pub struct Migrate {
    /// Print the SQL that makes the database roles, for a superuser to run, and do nothing else
    #[arg(long)]
    print_bootstrap: bool,
}

pub async fn run(settings: Settings, migrate: Migrate) -> anyhow::Result<()> {
    if migrate.print_bootstrap {
        println!("{}", Database::bootstrap_sql());
        return Ok(());
    }
    Database::migrate_only(foundation::database_settings(&settings)).await?;
    println!("the database is up to date");
    Ok(())
}
