//! `DIR/demo.json`: how to reach what the demo started.

use std::{fs, io::Write, path::Path};

use anyhow::Context;
use serde::{Deserialize, Serialize};

const FILE: &str = "demo.json";

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Document {
    pub base_url: String,
    pub admin_url: String,
    pub operator: Operator,
    pub tenants: Vec<Tenant>,
    pub models: Vec<String>,
    pub engines: Vec<Engine>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Operator {
    pub email: String,
    pub password: String,
    pub api_token: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Tenant {
    pub id: String,
    pub slug: String,
    pub endpoint: String,
    pub api_key: String,
    pub admin: Person,
    pub project_id: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Person {
    pub email: String,
    pub password: String,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Engine {
    pub kind: String,
    pub base_url: String,
    pub simulated: bool,
}

impl Document {
    /// That of the start before, if there was one.
    pub fn load(data_dir: &Path) -> Option<Self> {
        serde_json::from_slice(&fs::read(data_dir.join(FILE)).ok()?).ok()
    }

    /// Readable by its owner alone; appears whole.
    pub fn save(&self, data_dir: &Path) -> anyhow::Result<()> {
        let path = data_dir.join(FILE);
        let beside = data_dir.join("demo.json.new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside).with_context(|| format!("cannot write {}", beside.display()))?;
        file.write_all(serde_json::to_string_pretty(self)?.as_bytes())?;
        file.sync_all()?;
        fs::rename(&beside, &path).with_context(|| format!("cannot write {}", path.display()))
    }

    pub fn print(&self, data_dir: &Path) {
        println!("\nSwitchyard is ready.\n");
        println!("  console     {}", self.base_url);
        println!(
            "  operator    {}/operator/sign-in   {}   {}",
            self.base_url, self.operator.email, self.operator.password
        );
        for Tenant { slug, endpoint, api_key, admin, .. } in &self.tenants {
            println!("\n  tenant {slug}");
            println!(
                "    sign in   {}/t/{slug}/sign-in   {}   {}",
                self.base_url, admin.email, admin.password
            );
            println!("    endpoint  {endpoint}");
            println!("    key       {api_key}");
        }
        println!("\n  models      {}", self.models.join(", "));
        for engine in &self.engines {
            let how = if engine.simulated { "simulated" } else { "found on this machine" };
            println!("  engine      {} {} ({how})", engine.kind, engine.base_url);
        }
        println!("\n  all of this is in {}", data_dir.join(FILE).display());
        println!("  Ctrl-C stops everything; what was made is kept.\n");
    }
}
