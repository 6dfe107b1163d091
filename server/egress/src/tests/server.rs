//! A server of canned bytes, so that a test sees exactly what happened on the connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

/// What the server saw: heads of requests, and connections that the peer closed.
#[derive(Debug, PartialEq, Eq)]
pub enum Seen {
    Head(String),
    Closed,
}

pub struct CannedServer {
    pub address: SocketAddr,
    pub connections: Arc<AtomicUsize>,
    pub seen: mpsc::UnboundedReceiver<Seen>,
}

impl CannedServer {
    /// Answers each request with `reply(path)`, written as it is; keeps the connection until the peer closes it.
    pub async fn start<F>(reply: F) -> Self
    where
        F: Fn(&str) -> String + Send + Sync + 'static,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (tell, seen) = mpsc::unbounded_channel();
        let (counter, reply) = (Arc::clone(&connections), Arc::new(reply));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                counter.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(converse(stream, Arc::clone(&reply), tell.clone()));
            }
        });
        Self { address, connections, seen }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    pub async fn next(&mut self) -> Seen {
        let wait = std::time::Duration::from_secs(10);
        tokio::time::timeout(wait, self.seen.recv())
            .await
            .expect("nothing seen in 10 s")
            .expect("server ended")
    }
}

async fn converse<F: Fn(&str) -> String>(
    mut stream: TcpStream,
    reply: Arc<F>,
    tell: mpsc::UnboundedSender<Seen>,
) {
    let mut pending = Vec::new();
    let mut chunk = [0; 4096];
    loop {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => break,
            Ok(n) => pending.extend_from_slice(&chunk[..n]),
        }
        while let Some(end) = pending.windows(4).position(|window| window == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&pending[..end]).into_owned();
            pending.drain(..end + 4);
            let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
            let _ = tell.send(Seen::Head(head));
            if stream.write_all(reply(&path).as_bytes()).await.is_err() {
                break;
            }
        }
    }
    let _ = tell.send(Seen::Closed);
}

/// A whole answer with a length.
pub fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len())
}

pub fn redirect(to: &str) -> String {
    format!("HTTP/1.1 302 Found\r\nlocation: {to}\r\ncontent-length: 0\r\n\r\n")
}
