//! Messages leave by SMTP, as a real server receives them.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::{
    io::{self, BufRead as _, BufReader},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::mpsc::{Receiver, Sender, channel},
    thread,
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use mail::{NewMail, Postman};
use mailin::{Action, Handler, Response, SessionBuilder, response};
use shared::Clock;
use testkit::TestDatabase;

const PATIENCE: Duration = Duration::from_mins(1);

/// A message as the server took it.
struct Taken {
    from: String,
    to: Vec<String>,
    text: String,
}

impl Taken {
    fn header(&self, name: &str) -> &str {
        let head = self.text.split("\r\n\r\n").next().unwrap();
        let line = head.lines().find(|line| line.to_lowercase().starts_with(&format!("{name}: ")));
        line.unwrap_or_else(|| panic!("no {name} in {head}")).split_once(": ").unwrap().1
    }
}

/// Takes what it is sent, but nothing for anybody whose address begins with `nobody`.
#[derive(Clone)]
struct Inbox {
    taken: Sender<Taken>,
    from: String,
    to: Vec<String>,
    bytes: Vec<u8>,
}

impl Handler for Inbox {
    fn rcpt(&mut self, to: &str) -> Response {
        if to.starts_with("nobody") { response::NO_MAILBOX } else { response::OK }
    }

    fn data_start(&mut self, _: &str, from: &str, _: bool, to: &[String]) -> Response {
        self.from = from.to_owned();
        self.to = to.to_vec();
        self.bytes.clear();
        response::OK
    }

    fn data(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    fn data_end(&mut self) -> Response {
        let text = String::from_utf8(self.bytes.clone()).unwrap();
        self.taken.send(Taken { from: self.from.clone(), to: self.to.clone(), text }).unwrap();
        response::OK
    }
}

/// Serves until the test's process ends.
fn serve(listener: TcpListener) -> Receiver<Taken> {
    let (taken, inbox) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, taken) = (stream.unwrap(), taken.clone());
            thread::spawn(move || converse(stream, taken).unwrap());
        }
    });
    inbox
}

fn converse(mut stream: TcpStream, taken: Sender<Taken>) -> io::Result<()> {
    let handler = Inbox { taken, from: String::new(), to: Vec::new(), bytes: Vec::new() };
    let mut session = SessionBuilder::new("mail.example").build(stream.peer_addr()?.ip(), handler);
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut answer = session.greeting();
    loop {
        if answer.action != Action::NoReply {
            answer.write_to(&mut stream)?;
        }
        let mut line = Vec::new();
        if answer.action == Action::Close || lines.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        answer = session.process(&line);
    }
}

fn now() -> DateTime<Utc> {
    "2026-03-02T10:00:00Z".parse().unwrap()
}

fn postman(db: &TestDatabase, server: SocketAddr) -> Postman {
    let url = format!("smtp://{server}").into();
    Postman::new((**db).clone(), Clock::from_fn(now), &url, "Switchyard <platform@msp.example>").unwrap()
}

/// Keeps a message, some seconds before now.
async fn keep(db: &TestDatabase, recipient: &str, seconds_ago: i64) {
    let mail = NewMail {
        tenant: None,
        recipient: recipient.to_owned(),
        subject: "You are invited to Bär & Söhne".to_owned(),
        body_text: "Accept here:\nhttps://switchyard.example/invitations/1\n.\nGrüße".to_owned(),
    };
    let mut tx = db.system().await.unwrap();
    mail::keep(tx.conn(), &mail, now() - TimeDelta::seconds(seconds_ago)).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_message_arrives_once_with_what_identifies_it() {
    let db = testkit::database().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let postman = postman(&db, listener.local_addr().unwrap());
    let inbox = serve(listener);
    keep(&db, "ada@acme.example", 60).await;

    assert!(postman.send_next().await.unwrap());
    let taken = inbox.recv_timeout(PATIENCE).unwrap();
    assert_eq!(
        (taken.from.as_str(), taken.to.as_slice()),
        ("platform@msp.example", &["ada@acme.example".to_owned()][..])
    );
    assert_eq!(taken.header("from"), "Switchyard <platform@msp.example>");
    assert_eq!(taken.header("date"), "Mon, 02 Mar 2026 09:59:00 +0000");
    let kept = mail::list(&mut db.operator().await.unwrap(), None, 10).await.unwrap();
    assert_eq!(taken.header("message-id"), format!("<{}@msp.example>", kept[0].id));
    assert_eq!(kept[0].sent_at, Some(now()));
    assert!(taken.text.contains("https://switchyard.example/invitations/1"), "{}", taken.text);

    assert!(!postman.send_next().await.unwrap());
    assert!(inbox.try_recv().is_err());
}

#[tokio::test]
async fn a_message_waits_for_a_server_that_is_away() {
    let db = testkit::database().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let postman = postman(&db, address);
    keep(&db, "ada@acme.example", 60).await;

    assert!(!postman.send_next().await.unwrap());
    let inbox = serve(TcpListener::bind(address).unwrap());
    assert!(postman.send_next().await.unwrap());
    assert_eq!(inbox.recv_timeout(PATIENCE).unwrap().to, ["ada@acme.example"]);
}

#[tokio::test]
async fn a_refused_message_does_not_block_those_behind_it() {
    let db = testkit::database().await;
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let postman = postman(&db, listener.local_addr().unwrap());
    let inbox = serve(listener);
    keep(&db, "nobody@acme.example", 60).await;
    keep(&db, "ada@acme.example", 50).await;

    assert!(postman.send_next().await.unwrap());
    assert!(postman.send_next().await.unwrap());
    assert!(!postman.send_next().await.unwrap());
    assert_eq!(inbox.recv_timeout(PATIENCE).unwrap().to, ["ada@acme.example"]);
    let error: Option<String> =
        sqlx::query_scalar("select last_error from mails where recipient like 'nobody%'")
            .fetch_one(&mut db.superuser().await)
            .await
            .unwrap();
    assert!(error.unwrap().contains("Mailbox unavailable"));
}
