//! Keys as text, 32 bytes in base64: in files that their owner alone can read, or given otherwise.

use std::{
    fs, io,
    io::Write,
    path::{Path, PathBuf},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::CryptoRng;
use zeroize::Zeroizing;

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    #[error("key file {path}")]
    Io { path: PathBuf, source: io::Error },
    #[error("key file {path} does not hold 32 bytes in base64")]
    Content { path: PathBuf },
    #[error("the key is not 32 bytes in base64")]
    Text,
    #[error("key file {path} can be read by others: allow only its owner (chmod 600)")]
    Open { path: PathBuf },
}

/// The key in a file; a file that is not there is made with a new key.
pub fn load_or_create(path: &Path, random: &mut impl CryptoRng) -> Result<[u8; 32], KeyFileError> {
    match fs::read_to_string(path) {
        Ok(text) => read(path, &Zeroizing::new(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => create(path, random),
        Err(source) => Err(KeyFileError::Io { path: path.to_owned(), source }),
    }
}

fn read(path: &Path, text: &str) -> Result<[u8; 32], KeyFileError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let metadata =
            fs::metadata(path).map_err(|source| KeyFileError::Io { path: path.to_owned(), source })?;
        if metadata.permissions().mode() & 0o077 != 0 {
            return Err(KeyFileError::Open { path: path.to_owned() });
        }
    }
    from_base64(text).map_err(|_| KeyFileError::Content { path: path.to_owned() })
}

/// A key that is not in a file, for example from the environment.
///
/// # Errors
/// [`KeyFileError::Text`]: it is not 32 bytes in base64.
pub fn from_base64(text: &str) -> Result<[u8; 32], KeyFileError> {
    let bytes = Zeroizing::new(STANDARD.decode(text.trim()).map_err(|_| KeyFileError::Text)?);
    bytes.as_slice().try_into().map_err(|_| KeyFileError::Text)
}

/// Written beside, then linked into place: a crash leaves no half key, and of two processes that start together both
/// get the key of the one that came first.
fn create(path: &Path, random: &mut impl CryptoRng) -> Result<[u8; 32], KeyFileError> {
    let io = |source| KeyFileError::Io { path: path.to_owned(), source };
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(io)?;
    let mut key = [0; 32];
    random.fill_bytes(&mut key);
    let mut beside = path.as_os_str().to_owned();
    beside.push(format!(".{:016x}.new", random.next_u64()));
    let beside = PathBuf::from(beside);
    let linked = write_new(&beside, &key).and_then(|()| fs::hard_link(&beside, path));
    // What is left beside is only rubbish.
    let _ = fs::remove_file(&beside);
    match linked {
        Ok(()) => {
            fs::File::open(folder).and_then(|folder| folder.sync_all()).map_err(io)?;
            Ok(key)
        }
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let text = Zeroizing::new(fs::read_to_string(path).map_err(io)?);
            read(path, &text)
        }
        Err(source) => Err(io(source)),
    }
}

fn write_new(path: &Path, key: &[u8; 32]) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(Zeroizing::new(STANDARD.encode(key)).as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_key_is_made_once_and_read_after() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/pepper");
        let key = load_or_create(&path, &mut StdRng::seed_from_u64(1)).unwrap();
        assert_eq!(load_or_create(&path, &mut StdRng::seed_from_u64(2)).unwrap(), key);
        let names: Vec<_> = fs::read_dir(folder.path().join("keys")).unwrap().collect();
        assert_eq!(names.len(), 1, "nothing is left beside the key: {names:?}");
    }

    #[test]
    fn a_key_given_as_text_must_be_whole() {
        let text = STANDARD.encode([7; 32]);
        assert_eq!(from_base64(&format!(" {text}\n")).unwrap(), [7; 32]);
        for bad in ["", "hello", &text[4..]] {
            assert!(matches!(from_base64(bad), Err(KeyFileError::Text)), "{bad}");
        }
    }

    #[test]
    fn those_who_start_together_get_the_same_key() {
        for round in 0..20 {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("key");
            let start = std::sync::Barrier::new(4);
            let keys: Vec<[u8; 32]> = std::thread::scope(|scope| {
                let made = |seed| {
                    let (path, start) = (&path, &start);
                    scope.spawn(move || {
                        start.wait();
                        load_or_create(path, &mut StdRng::seed_from_u64(seed)).unwrap()
                    })
                };
                let threads: Vec<_> = (0..4).map(|n| made(round * 4 + n)).collect();
                threads.into_iter().map(|thread| thread.join().unwrap()).collect()
            });
            assert!(keys.iter().all(|key| key == &keys[0]));
        }
    }

    #[test]
    fn a_key_that_others_can_read_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        load_or_create(&path, &mut StdRng::seed_from_u64(1)).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(
            load_or_create(&path, &mut StdRng::seed_from_u64(1)),
            Err(KeyFileError::Open { .. })
        ));
    }

    #[test]
    fn a_file_of_something_else_is_refused() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("key");
        fs::write(&path, "hello").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        assert!(matches!(
            load_or_create(&path, &mut StdRng::seed_from_u64(1)),
            Err(KeyFileError::Content { .. })
        ));
    }
}
