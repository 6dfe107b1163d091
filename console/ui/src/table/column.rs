//! What a table's head says.

/// The direction in which a column is sorted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    Ascending,
    Descending,
}

/// One column.
#[derive(Clone, Debug, Default)]
pub struct Column {
    pub(super) label: String,
    pub(super) numeric: bool,
    pub(super) hidden: bool,
    pub(super) href: String,
    pub(super) order: Option<Order>,
}

impl Column {
    pub fn text(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// Aligned to the right, with figures of equal width.
    pub fn number(label: impl Into<String>) -> Self {
        Self { numeric: true, ..Self::text(label) }
    }

    /// The column of row actions: its label is for assistive technology only.
    pub fn actions() -> Self {
        Self { hidden: true, numeric: true, ..Self::text("Actions") }
    }

    /// Makes the head a link to the same page sorted by this column. `order` is the present one, where
    /// the table is sorted by it; `href` should lead to the opposite.
    pub fn sorted_by(mut self, href: impl Into<String>, order: Option<Order>) -> Self {
        self.href = href.into();
        self.order = order;
        self
    }
}
