//! Tokenizers of models: a `tokenizer.json` as an operator uploads it, and as a gateway finds it.
//!
//! The database keeps the text by its SHA-256. A gateway that follows the configuration writes those that its models name
//! into a folder beside its configuration, before it is told of them; a file there never changes.

use std::{
    collections::BTreeSet,
    fmt, fs, io,
    path::{Path, PathBuf},
};

use db::{Database, DbError};
use serde::{
    Deserialize, Deserializer,
    de::{IgnoredAny, MapAccess, SeqAccess, Visitor},
};
use sha2::{Digest, Sha256};
use snapshot::{Rows, TokenizerRef};
use web::Problem;

use crate::store;

/// Why a tokenizer could not be put in its place.
#[derive(Debug, thiserror::Error)]
enum PlaceError {
    #[error("the database does not have it")]
    Missing,
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("the file cannot be written")]
    File(#[from] io::Error),
}

/// The reference of a tokenizer, not placed in a folder yet.
pub fn reference(sha256: &[u8]) -> TokenizerRef {
    let name = hex::encode(sha256);
    TokenizerRef { path: PathBuf::from(format!("{name}.json")), sha256: name }
}

/// Makes every tokenizer of the rows a file in the folder. One that cannot be had is taken from its models, whose tokens
/// are estimated until the next change of the configuration.
pub async fn place(db: &Database, folder: &Path, rows: &mut Rows) {
    let placed = |one: TokenizerRef| TokenizerRef { path: folder.join(one.path), ..one };
    let mut here = BTreeSet::new();
    for model in &mut rows.models {
        let Some(tokenizer) = model.tokenizer.take().map(placed) else { continue };
        if here.contains(&tokenizer.sha256) || tokenizer.path.exists() {
            here.insert(tokenizer.sha256.clone());
            model.tokenizer = Some(tokenizer);
            continue;
        }
        match fetch(db, &tokenizer).await {
            Ok(()) => {
                here.insert(tokenizer.sha256.clone());
                model.tokenizer = Some(tokenizer);
            }
            Err(error) => {
                tracing::error!(%error, model = model.name, "tokenizer not here: its tokens are estimated");
            }
        }
    }
}

async fn fetch(db: &Database, tokenizer: &TokenizerRef) -> Result<(), PlaceError> {
    let sha256 = hex::decode(&tokenizer.sha256).map_err(|_| PlaceError::Missing)?;
    let mut tx = db.gateway().await?;
    let content = store::tokenizer::content(&mut tx, &sha256).await?.ok_or(PlaceError::Missing)?;
    tx.commit().await?;
    let path = tokenizer.path.clone();
    let written = tokio::task::spawn_blocking(move || write(&path, &content)).await;
    Ok(written.map_err(io::Error::other)??)
}

/// Beside and renamed, so that a file of that name is whole.
fn write(path: &Path, content: &[u8]) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    let beside = path.with_extension("new");
    fs::write(&beside, content)?;
    fs::rename(beside, path)
}

/// What is read of a `tokenizer.json` (the Hugging Face tokenizers library's format) to know it for one.
#[derive(Deserialize)]
struct TokenizerFile {
    model: TokenizerModel,
}

#[derive(Deserialize)]
struct TokenizerModel {
    /// Left out by older files.
    #[serde(rename = "type")]
    kind: Option<String>,
    vocab: Vocabulary,
}

/// How many entries a vocabulary has: an object (BPE, WordPiece, WordLevel) or an array (Unigram). They are not kept.
struct Vocabulary(usize);

impl<'de> Deserialize<'de> for Vocabulary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Counting;
        impl<'de> Visitor<'de> for Counting {
            type Value = usize;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a vocabulary: an object or an array")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<usize, A::Error> {
                let mut entries = 0;
                while map.next_entry::<IgnoredAny, u32>()?.is_some() {
                    entries += 1;
                }
                Ok(entries)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<usize, A::Error> {
                let mut entries = 0;
                while seq.next_element::<IgnoredAny>()?.is_some() {
                    entries += 1;
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_any(Counting).map(Self)
    }
}

const KINDS: [&str; 4] = ["BPE", "WordPiece", "WordLevel", "Unigram"];
/// Fewer would hold no alphabet.
const FEWEST_ENTRIES: usize = 16;

/// Whether a body is a tokenizer; gives its SHA-256.
pub fn check(content: &[u8]) -> Result<[u8; 32], Problem> {
    let refused = |what: String| Problem::field("body", format!("not a tokenizer.json: {what}"));
    let file: TokenizerFile = serde_json::from_slice(content).map_err(|error| refused(error.to_string()))?;
    if let Some(kind) = file.model.kind.filter(|kind| !KINDS.contains(&kind.as_str())) {
        return Err(refused(format!("`model.type` is `{kind}`, expected one of {}", KINDS.join(", "))));
    }
    if file.model.vocab.0 < FEWEST_ENTRIES {
        return Err(refused(format!("`model.vocab` has {} entries", file.model.vocab.0)));
    }
    Ok(Sha256::digest(content).into())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn file(kind: &str, entries: u32) -> Vec<u8> {
        let vocab: serde_json::Map<_, _> = (0..entries).map(|n| (format!("t{n}"), n.into())).collect();
        json!({"version": "1.0", "model": {"type": kind, "vocab": vocab}}).to_string().into_bytes()
    }

    #[test]
    fn a_tokenizer_is_known_by_its_model_and_vocabulary() {
        assert!(check(&file("BPE", 300)).is_ok());
        let unigram = json!({"model": {"type": "Unigram", "vocab": vec![("x", -1.0); 20]}}).to_string();
        assert!(check(unigram.as_bytes()).is_ok());
        for bad in [&b"{}"[..], b"not json", &file("Magic", 300), &file("BPE", 3)] {
            assert!(check(bad).is_err(), "{}", String::from_utf8_lossy(bad));
        }
        assert_ne!(check(&file("BPE", 20)).unwrap(), check(&file("BPE", 21)).unwrap());
    }
}
