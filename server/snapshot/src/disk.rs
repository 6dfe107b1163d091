//! The file a gateway starts from when the database is away.
//!
//! Format: 8 bytes `SYSNAP01`, CRC-32 of the rest (little endian), then the rows in JSON (exact decimals are text). Written beside and renamed,
//! so that a crash leaves the old file or the new one. A file that is damaged or of another format is an error that says so.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use crate::Rows;

const MAGIC: &[u8; 8] = b"SYSNAP01";

/// Why a snapshot file could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    #[error("snapshot file {path}")]
    Io { path: PathBuf, source: io::Error },
    #[error("snapshot file {path} is not one of this version")]
    Format { path: PathBuf },
    #[error("snapshot file {path} is damaged")]
    Damaged { path: PathBuf },
}

/// Saves the rows, synced to disk.
pub fn save(path: &Path, rows: &Rows) -> Result<(), DiskError> {
    let io = |source| DiskError::Io { path: path.to_owned(), source };
    let body = serde_json::to_vec(rows).map_err(|_| DiskError::Damaged { path: path.to_owned() })?;
    let beside = path.with_extension("new");
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&beside).map_err(io)?;
    file.write_all(MAGIC).map_err(io)?;
    file.write_all(&crc32fast::hash(&body).to_le_bytes()).map_err(io)?;
    file.write_all(&body).map_err(io)?;
    file.sync_all().map_err(io)?;
    fs::rename(&beside, path).map_err(io)
}

/// The saved rows; None when there is no file yet.
pub fn load(path: &Path) -> Result<Option<Rows>, DiskError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(DiskError::Io { path: path.to_owned(), source }),
    };
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| DiskError::Format { path: path.to_owned() })?;
    let damaged = || DiskError::Damaged { path: path.to_owned() };
    let (checksum, body) = rest.split_first_chunk::<4>().ok_or_else(damaged)?;
    if crc32fast::hash(body) != u32::from_le_bytes(*checksum) {
        return Err(damaged());
    }
    serde_json::from_slice(body).map(Some).map_err(|_| damaged())
}
