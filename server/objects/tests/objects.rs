//! The same behaviour over a directory and, where `SWITCHYARD_TEST_S3` names an S3 address with a bucket `switchyard`
//! and any credentials (for example moto's server), over S3.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use bytes::Bytes;
use futures::TryStreamExt;
use objects::{Area, ObjectPath, Objects, S3};
use shared::TenantId;
use tempfile::TempDir;

fn path(tenant: TenantId, name: &str) -> ObjectPath {
    ObjectPath::new(Area::Files, tenant, name).unwrap()
}

fn stores() -> (Vec<(&'static str, Objects)>, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut stores = vec![("directory", Objects::local(&folder.path().join("objects")).unwrap())];
    match std::env::var("SWITCHYARD_TEST_S3") {
        Ok(address) => {
            let settings = S3 {
                bucket: "switchyard".to_owned(),
                region: "us-east-1".to_owned(),
                endpoint: Some(address.parse().unwrap()),
                credentials: Some(("test".to_owned(), "test".into())),
            };
            stores.push(("s3", Objects::s3(&settings).unwrap()));
        }
        Err(_) => eprintln!("SWITCHYARD_TEST_S3 is not set: S3 is not tried"),
    }
    (stores, folder)
}

async fn content(objects: &Objects, path: &ObjectPath) -> Option<Vec<u8>> {
    let (bytes, stream) = objects.read(path).await.unwrap()?;
    let pieces: Vec<Bytes> = stream.try_collect().await.unwrap();
    let whole = pieces.concat();
    assert_eq!(whole.len() as u64, bytes);
    Some(whole)
}

#[tokio::test]
async fn what_is_put_is_read_listed_and_deleted_for_good() {
    let (stores, _folder) = stores();
    for (name, objects) in stores {
        let (tenant, other) = (TenantId::generate(), TenantId::generate());
        let one = path(tenant, "one");
        objects.put(&one, Bytes::from_static(b"first")).await.unwrap();
        objects.put(&one, Bytes::from_static(b"second")).await.unwrap();
        objects.put(&path(other, "theirs"), Bytes::from_static(b"x")).await.unwrap();
        assert_eq!(content(&objects, &one).await.as_deref(), Some(&b"second"[..]), "{name}");
        let listed = objects.list(Area::Files, tenant).await.unwrap();
        assert_eq!(
            listed.iter().map(|o| (o.name.as_str(), o.bytes)).collect::<Vec<_>>(),
            [("one", 6)],
            "{name}"
        );
        objects.delete(&one).await.unwrap();
        objects.delete(&one).await.unwrap();
        assert!(!objects.exists(&one).await.unwrap(), "{name}");
        assert_eq!(content(&objects, &one).await, None, "{name}");
        assert!(objects.exists(&path(other, "theirs")).await.unwrap(), "{name}");
    }
}

#[tokio::test]
async fn a_stream_larger_than_a_part_appears_when_it_is_finished() {
    let (stores, _folder) = stores();
    for (name, objects) in stores {
        let tenant = TenantId::generate();
        let large = path(tenant, "large");
        let mut writer = objects.writer(&large);
        let piece = Bytes::from(vec![b'a'; 1 << 20]);
        for _ in 0..18 {
            writer.write(piece.clone()).await.unwrap();
        }
        assert!(!objects.exists(&large).await.unwrap(), "{name}: half an object is there");
        assert_eq!(writer.finish().await.unwrap(), 18 << 20, "{name}");
        assert_eq!(content(&objects, &large).await.unwrap().len(), 18 << 20, "{name}");

        let empty = path(tenant, "empty");
        assert_eq!(objects.writer(&empty).finish().await.unwrap(), 0, "{name}");
        assert_eq!(content(&objects, &empty).await.as_deref(), Some(&b""[..]), "{name}");
    }
}

#[tokio::test]
async fn an_abandoned_stream_leaves_nothing() {
    let (stores, folder) = stores();
    for (name, objects) in stores {
        let tenant = TenantId::generate();
        for size in [1_usize, 20 << 20] {
            let mut writer = objects.writer(&path(tenant, "half"));
            writer.write(Bytes::from(vec![b'a'; size])).await.unwrap();
            writer.abort().await;
        }
        assert!(objects.list(Area::Files, tenant).await.unwrap().is_empty(), "{name}");
        if name == "directory" {
            let inside = folder.path().join("objects/files").join(tenant.to_string());
            let left = std::fs::read_dir(inside).map_or(0, Iterator::count);
            assert_eq!(left, 0, "staged parts are left behind");
        }
    }
}
