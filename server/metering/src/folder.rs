//! The spool's folder: its lock, its segments in order, and how far they were shipped.

use std::{
    fs::{self, File, OpenOptions, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, FileExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

/// A place in the spool. Later records have greater positions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub(crate) struct Position {
    pub(crate) segment: u64,
    pub(crate) offset: u64,
}

/// What a segment begins with. Another version of the records gets another one.
pub(crate) const HEADER: &[u8; 8] = b"SYSPOOL1";
const ACK_BYTES: usize = 20;

/// Why a spool could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum SpoolError {
    /// Its process lives: nothing of it may be touched.
    #[error("the usage spool {0} is in use by another process")]
    Locked(PathBuf),
    #[error("the usage spool {path}")]
    Io { path: PathBuf, source: io::Error },
    #[error("spool setting `{name}` is {given}: expected {expected}")]
    Setting { name: &'static str, given: String, expected: &'static str },
}

/// An exclusively locked spool. The lock ends with this value, or with the process however it ends.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    ack: File,
    _lock: File,
}

impl Folder {
    pub(crate) fn open(path: &Path) -> Result<Self, SpoolError> {
        let wrong = |source| SpoolError::Io { path: path.to_owned(), source };
        fs::DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(wrong)?;
        let own = |name: &str| {
            let mut options = OpenOptions::new();
            options.read(true).write(true).create(true).truncate(false).mode(0o600).open(path.join(name))
        };
        let lock = own("lock").map_err(wrong)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(SpoolError::Locked(path.to_owned())),
            Err(TryLockError::Error(source)) => return Err(wrong(source)),
        }
        let ack = own("ack").map_err(wrong)?;
        Ok(Self { path: path.to_owned(), ack, _lock: lock })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn segment_path(&self, number: u64) -> PathBuf {
        self.path.join(format!("{number:016x}.spool"))
    }

    /// The numbers of the segments, rising.
    pub(crate) fn segments(&self) -> io::Result<Vec<u64>> {
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let name = entry?.file_name();
            let number = name.to_str().and_then(|name| name.strip_suffix(".spool"));
            found.extend(number.and_then(|digits| u64::from_str_radix(digits, 16).ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// A new, empty segment. Its name is durable when this returns.
    pub(crate) fn create(&self, number: u64) -> io::Result<File> {
        let mut options = OpenOptions::new();
        let file =
            options.read(true).append(true).create_new(true).mode(0o600).open(self.segment_path(number))?;
        let named =
            io::Write::write_all(&mut &file, HEADER).and_then(|()| File::open(&self.path)?.sync_all());
        match named {
            Ok(()) => Ok(file),
            Err(error) => {
                self.discard(number);
                Err(error)
            }
        }
    }

    /// Removes a segment that was never read. One that can't be removed is read as damage later.
    pub(crate) fn discard(&self, number: u64) {
        if let Err(error) = fs::remove_file(self.segment_path(number)) {
            tracing::warn!(%error, segment = number, "an unfinished segment of the usage spool stays");
        }
    }

    /// Bytes of all segments.
    pub(crate) fn bytes(&self) -> io::Result<u64> {
        let size = |number| fs::metadata(self.segment_path(number)).map(|file| file.len());
        self.segments()?.into_iter().map(size).sum()
    }

    /// Up to where all was shipped. A lost or damaged file means the beginning: what is shipped again is not stored
    /// again.
    pub(crate) fn acknowledged(&self) -> Position {
        let mut bytes = [0; ACK_BYTES];
        let read = self.ack.read_exact_at(&mut bytes, 0);
        let field =
            |from: usize| bytes[from..from + 8].try_into().map(u64::from_le_bytes).unwrap_or_default();
        let sound = read.is_ok() && crc32fast::hash(&bytes[..16]).to_le_bytes() == bytes[16..];
        if sound { Position { segment: field(0), offset: field(8) } } else { Position::default() }
    }

    pub(crate) fn acknowledge(&self, upto: Position) -> io::Result<()> {
        let mut bytes = [0; ACK_BYTES];
        bytes[..8].copy_from_slice(&upto.segment.to_le_bytes());
        bytes[8..16].copy_from_slice(&upto.offset.to_le_bytes());
        let checksum = crc32fast::hash(&bytes[..16]);
        bytes[16..].copy_from_slice(&checksum.to_le_bytes());
        self.ack.write_all_at(&bytes, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_spool_has_one_owner_and_the_lock_ends_with_it() {
        let place = tempfile::tempdir().unwrap();
        let first = Folder::open(place.path()).unwrap();
        assert!(matches!(Folder::open(place.path()), Err(SpoolError::Locked(_))));
        drop(first);
        Folder::open(place.path()).unwrap();
    }

    #[test]
    fn a_damaged_acknowledgement_means_the_beginning() {
        let place = tempfile::tempdir().unwrap();
        let folder = Folder::open(place.path()).unwrap();
        assert_eq!(folder.acknowledged(), Position::default());
        let upto = Position { segment: 3, offset: 700 };
        folder.acknowledge(upto).unwrap();
        assert_eq!(folder.acknowledged(), upto);
        folder.ack.write_all_at(&[9], 3).unwrap();
        assert_eq!(folder.acknowledged(), Position::default());
    }
}
