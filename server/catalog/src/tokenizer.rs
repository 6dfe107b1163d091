//! Tokenizers of models: a `tokenizer.json` as a gateway finds it.
//!
//! The database keeps the text by its SHA-256. A gateway that follows the configuration writes those that its models name
//! into a folder beside its configuration, before it is told of them; a file there never changes.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use db::{Database, DbError};
use snapshot::{Rows, TokenizerRef};

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
