//! One file of the site: its hashed name, and the file itself with its compressed forms beside it.

use anyhow::{Context as _, Result, bail};
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use std::{
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

/// The folder of hashed files, within the site folder and in its URLs.
pub const FOLDER: &str = "assets";

/// How much time compression may take.
#[derive(Clone, Copy)]
pub enum Effort {
    Quick,
    Best,
}

pub struct Asset {
    /// The name that code asks for, `console.js`.
    pub logical: String,
    bytes: Vec<u8>,
}

/// What [`Asset::write`] wrote. Sizes are bytes; a form that would not be smaller is not written.
pub struct Written {
    /// Path within the site folder, `assets/console-1f0c….js`.
    pub file: String,
    pub size: usize,
    pub brotli: Option<usize>,
    pub gzip: Option<usize>,
}

impl Asset {
    pub fn new(logical: impl Into<String>, bytes: Vec<u8>) -> Self {
        Self { logical: logical.into(), bytes }
    }

    pub fn write(&self, site: &Path, effort: Effort) -> Result<Written> {
        let file = format!("{FOLDER}/{}", hashed_name(&self.logical, &self.bytes)?);
        let path = site.join(&file);
        fs::create_dir_all(site.join(FOLDER)).with_context(|| format!("creating {}", site.display()))?;
        put(&path, &self.bytes)?;
        let brotli = self.put_if_smaller(&beside(&path, "br"), brotli(&self.bytes, effort)?)?;
        let gzip = self.put_if_smaller(&beside(&path, "gz"), gzip(&self.bytes, effort)?)?;
        Ok(Written { file, size: self.bytes.len(), brotli, gzip })
    }

    fn put_if_smaller(&self, path: &Path, compressed: Vec<u8>) -> Result<Option<usize>> {
        if compressed.len() >= self.bytes.len() {
            return Ok(None);
        }
        put(path, &compressed)?;
        Ok(Some(compressed.len()))
    }
}

/// `console.js` becomes `console-<16 hex digits of SHA-256>.js`.
fn hashed_name(logical: &str, bytes: &[u8]) -> Result<String> {
    let Some((stem, extension)) = logical.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()) else {
        bail!("'{logical}' needs a name and an extension");
    };
    let digest = hex::encode(Sha256::digest(bytes));
    Ok(format!("{stem}-{}.{extension}", &digest[..16]))
}

/// `x.js` → `x.js.br`: where static file servers look for a precompressed form.
pub fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Writes under another name first: a server never reads half a file.
pub fn put(path: &Path, bytes: &[u8]) -> Result<()> {
    let partial = beside(path, "partial");
    fs::write(&partial, bytes)
        .and_then(|()| fs::rename(&partial, path))
        .with_context(|| format!("writing {}", path.display()))
}

fn brotli(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let quality = match effort {
        Effort::Quick => 4,
        Effort::Best => 11,
    };
    let parameters =
        brotli::enc::BrotliEncoderParams { quality, lgwin: 22, size_hint: bytes.len(), ..Default::default() };
    let mut compressed = Vec::new();
    let mut input = bytes;
    brotli::BrotliCompress(&mut input, &mut compressed, &parameters).context("compressing with brotli")?;
    Ok(compressed)
}

fn gzip(bytes: &[u8], effort: Effort) -> Result<Vec<u8>> {
    let level = match effort {
        Effort::Quick => Compression::fast(),
        Effort::Best => Compression::best(),
    };
    let mut encoder = GzEncoder::new(Vec::new(), level);
    encoder.write_all(bytes).context("compressing with gzip")?;
    encoder.finish().context("compressing with gzip")
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_name_follows_the_content() {
        let one = hashed_name("console.js", b"one").unwrap();
        let two = hashed_name("console.js", b"two").unwrap();
        assert_eq!(one, "console-7692c3ad3540bb80.js");
        assert_ne!(one, two);
        assert_eq!(one, hashed_name("console.js", b"one").unwrap());
    }

    #[test]
    fn a_name_without_an_extension_is_refused() {
        assert!(hashed_name("console", b"").is_err());
        assert!(hashed_name(".js", b"").is_err());
    }

    #[test]
    fn compressed_forms_unpack_to_the_file() {
        let site = tempfile::tempdir().unwrap();
        let text = "body { color: red }\n".repeat(200);
        for effort in [Effort::Quick, Effort::Best] {
            let written = Asset::new("a.css", text.clone().into_bytes()).write(site.path(), effort).unwrap();
            let path = site.path().join(&written.file);
            assert_eq!(fs::read_to_string(&path).unwrap(), text);

            let mut unpacked = String::new();
            let gz = fs::File::open(beside(&path, "gz")).unwrap();
            flate2::read::GzDecoder::new(gz).read_to_string(&mut unpacked).unwrap();
            assert_eq!(unpacked, text);

            let mut unpacked = Vec::new();
            let mut br = fs::File::open(beside(&path, "br")).unwrap();
            brotli::BrotliDecompress(&mut br, &mut unpacked).unwrap();
            assert_eq!(unpacked, text.as_bytes());
            assert_eq!(written.size, text.len());
        }
    }

    #[test]
    fn a_form_that_is_no_smaller_is_not_written() {
        let site = tempfile::tempdir().unwrap();
        let written = Asset::new("a.css", b"a{}".to_vec()).write(site.path(), Effort::Best).unwrap();
        assert_eq!((written.brotli, written.gzip), (None, None));
        assert!(!beside(&site.path().join(&written.file), "br").exists());
    }
}
