//! The parts themselves: apart from each other, and gone afterwards.

use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
};

fn ask(url: &str, command: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(url.trim_start_matches("redis://"))?;
    stream.write_all(command.as_bytes())?;
    let mut answer = [0; 64];
    let length = stream.read(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer[..length]).into_owned())
}

#[tokio::test]
async fn two_databases_share_nothing_and_leave_nothing() {
    let (one, two) = (testkit::database().await, testkit::database().await);
    testkit::tenant(&one, "acme").await;
    testkit::tenant(&two, "acme").await;
    let mut tx = two.operator().await.unwrap();
    let tenants: i64 = sqlx::query_scalar("select count(*) from tenants").fetch_one(tx.conn()).await.unwrap();
    assert_eq!(tenants, 1);
    drop(tx);
    let directories = [one.settings().data_dir, two.settings().data_dir];
    let pid = std::fs::read_to_string(directories[0].join("postgres/data/postmaster.pid")).unwrap();
    let process = format!("/proc/{}", pid.lines().next().unwrap());
    assert!(Path::new(&process).exists());
    drop((one, two));
    assert!(directories.iter().all(|directory| !directory.exists()));
    assert!(!Path::new(&process).exists());
}

#[tokio::test]
async fn redis_comes_back_empty_on_the_same_address() {
    let redis = testkit::redis().await;
    assert_eq!(ask(&redis.url, "SET key value\r\n").unwrap(), "+OK\r\n");
    redis.kill();
    assert!(ask(&redis.url, "PING\r\n").is_err());
    redis.restart();
    assert_eq!(ask(&redis.url, "GET key\r\n").unwrap(), "$-1\r\n");
    let url = redis.url.clone();
    drop(redis);
    assert!(ask(&url, "PING\r\n").is_err());
}
