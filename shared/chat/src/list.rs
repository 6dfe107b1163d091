//! OpenAI's page of a list.

use serde::{Deserialize, Serialize};

/// A page; the next begins `after` its `last_id`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListObject<T> {
    /// Always `list`.
    pub object: String,
    pub data: Vec<T>,
    /// Absent when the page is empty, unless the list's schema demands it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_id: Option<String>,
    pub has_more: bool,
}

impl<T> ListObject<T> {
    /// `id` tells an item's id.
    pub fn page(data: Vec<T>, has_more: bool, id: impl Fn(&T) -> String) -> Self {
        let first_id = data.first().map(&id);
        let last_id = data.last().map(&id);
        Self { object: "list".to_owned(), data, first_id, last_id, has_more }
    }
}
