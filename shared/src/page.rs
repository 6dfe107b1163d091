//! The shape of every list on `/api/v1`.

use serde::{Deserialize, Serialize};

/// One page of a list. `next` is the cursor for `?after=` when `has_more` is true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    pub data: Vec<T>,
    pub has_more: bool,
    pub next: Option<String>,
}

impl<T> Page<T> {
    /// A page from up to `limit + 1` rows: the one too many only tells that there are more.
    pub fn from_rows(mut rows: Vec<T>, limit: usize, cursor: impl Fn(&T) -> String) -> Self {
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = if has_more { rows.last().map(cursor) } else { None };
        Self { data: rows, has_more, next }
    }

    /// A list that is whole.
    pub fn whole(data: Vec<T>) -> Self {
        Self { data, has_more: false, next: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_row_too_many_becomes_the_cursor_of_the_last_shown() {
        let page = Page::from_rows(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!(
            (page.data.as_slice(), page.has_more, page.next.as_deref()),
            (&[1, 2][..], true, Some("2"))
        );
        let last = Page::from_rows(vec![3], 2, ToString::to_string);
        assert_eq!((last.has_more, last.next), (false, None));
    }
}
