use std::{
    fs,
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::{Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use crate::place;

const READY_WITHIN: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(10);

/// A Redis (or Valkey) of the test's own, on a port of 127.0.0.1, keeping nothing. Dropped, it is gone.
#[derive(Debug)]
pub struct TestRedis {
    /// `redis://127.0.0.1:…`; stays the same over [`TestRedis::restart`].
    pub url: String,
    port: u16,
    directory: PathBuf,
    server: Mutex<Option<Child>>,
}

/// A Redis for this test alone.
pub async fn redis() -> TestRedis {
    tokio::task::spawn_blocking(TestRedis::start).await.expect("redis-server can be started")
}

impl TestRedis {
    fn start() -> Self {
        let directory = place::of_this_test();
        // Between finding a free port and taking it, somebody else may: then another one.
        for _ in 0..5 {
            let port = free_port();
            if let Some(server) = launch(port, &directory) {
                let server = Mutex::new(Some(server));
                return Self { url: format!("redis://127.0.0.1:{port}"), port, directory, server };
            }
        }
        panic!(
            "no redis-server or valkey-server starts; install one (Debian, Ubuntu: apt-get install redis-server)"
        );
    }

    /// `kill -9`; what it held is lost.
    pub fn kill(&self) {
        if let Some(mut server) = self.server().take() {
            end(&mut server);
        }
    }

    /// Starts it again, empty, on the same port.
    pub fn restart(&self) {
        self.kill();
        *self.server() = Some(launch(self.port, &self.directory).expect("redis-server can be started again"));
    }

    fn server(&self) -> MutexGuard<'_, Option<Child>> {
        self.server.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        self.kill();
        let _ = fs::remove_dir_all(&self.directory);
    }
}

fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("127.0.0.1 has a free port");
    listener.local_addr().expect("a bound socket has an address").port()
}

fn launch(port: u16, directory: &Path) -> Option<Child> {
    let mut server = ["redis-server", "valkey-server"].into_iter().find_map(|program| {
        Command::new(program)
            .args(["--bind", "127.0.0.1", "--port", &port.to_string(), "--save", "", "--appendonly", "no"])
            .arg("--dir")
            .arg(directory)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .ok()
    })?;
    let deadline = Instant::now() + READY_WITHIN;
    while Instant::now() < deadline {
        if matches!(server.try_wait(), Ok(Some(_)) | Err(_)) {
            return None;
        }
        if answers(port) {
            return Some(server);
        }
        thread::park_timeout(STEP);
    }
    end(&mut server);
    None
}

fn answers(port: u16) -> bool {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let Ok(mut stream) = TcpStream::connect_timeout(&address, READY_WITHIN) else { return false };
    let mut answer = [0; 5];
    stream.set_read_timeout(Some(READY_WITHIN)).is_ok()
        && stream.write_all(b"PING\r\n").is_ok()
        && stream.read_exact(&mut answer).is_ok()
        && answer == *b"+PONG"
}

fn end(server: &mut Child) {
    let _ = server.kill();
    let _ = server.wait();
}
