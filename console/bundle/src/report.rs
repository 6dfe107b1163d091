//! The table of sizes that a run prints.

use crate::asset::Written;
use std::fmt;

#[derive(Default)]
pub struct Report {
    rows: Vec<Row>,
}

struct Row {
    logical: String,
    size: usize,
    brotli: Option<usize>,
    gzip: Option<usize>,
}

impl Report {
    pub fn row(&mut self, logical: &str, written: &Written) {
        let Written { size, brotli, gzip, .. } = *written;
        self.rows.push(Row { logical: logical.to_owned(), size, brotli, gzip });
    }

    /// Bytes of a file as browsers load it.
    pub fn brotli_size(&self, logical: &str) -> Option<usize> {
        self.rows.iter().find(|row| row.logical == logical).map(|row| row.brotli.unwrap_or(row.size))
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:<24}{:>12}{:>12}{:>12}", "console bundle (bytes)", "raw", "brotli", "gzip")?;
        for row in &self.rows {
            let [brotli, gzip] = [row.brotli, row.gzip]
                .map(|size| size.map_or_else(|| "-".to_owned(), |size| size.to_string()));
            write!(f, "\n{:<24}{:>12}{brotli:>12}{gzip:>12}", row.logical, row.size)?;
        }
        Ok(())
    }
}
