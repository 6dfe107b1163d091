//! What is wrong with the settings.

use std::path::PathBuf;

#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    #[error("cannot read the configuration file {path}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{path} is not valid TOML: {message}")]
    Toml { path: PathBuf, message: String },
    #[error("unknown setting `{key}` ({origin}){}", nearest.as_ref().map_or(String::new(), |known| format!("; did you mean `{known}`?")))]
    Unknown { key: String, origin: String, nearest: Option<String> },
    #[error("setting `{key}` ({origin}): {message}")]
    Invalid { key: String, origin: String, message: String },
}
