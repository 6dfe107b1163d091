//! A private Redis on a Unix socket in a temporary folder; it ends with its value.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::{Kv, RedisKv};

pub struct RedisServer {
    process: Child,
    folder: tempfile::TempDir,
}

impl RedisServer {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let process = spawn(&folder);
        let server = Self { process, folder };
        server.wait_until_it_answers().await;
        server
    }

    pub fn url(&self) -> String {
        format!("unix://{}", socket(&self.folder).display())
    }

    pub fn open(&self) -> RedisKv {
        RedisKv::open(&self.url()).unwrap()
    }

    /// `SIGKILL`, as when the machine takes it away.
    pub fn kill(&mut self) {
        self.process.kill().unwrap();
        self.process.wait().unwrap();
    }

    /// The same address, with nothing remembered.
    pub async fn start_again(&mut self) {
        self.process = spawn(&self.folder);
        self.wait_until_it_answers().await;
    }

    async fn wait_until_it_answers(&self) {
        let deadline = Instant::now() + Duration::from_secs(10);
        let kv = self.open();
        while let Err(error) = kv.ping().await {
            assert!(Instant::now() < deadline, "redis-server did not start: {error}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn socket(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("redis.sock")
}

fn spawn(folder: &tempfile::TempDir) -> Child {
    Command::new("redis-server")
        .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocketperm", "700"])
        .arg("--unixsocket")
        .arg(socket(folder))
        .arg("--dir")
        .arg(folder.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("redis-server is installed (Debian: redis-server)")
}
