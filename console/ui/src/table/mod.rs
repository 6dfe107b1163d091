//! Tables of records.

mod column;
mod data_table;
mod pagination;

pub use column::{Column, Order};
pub use data_table::{Cell, CellProps, DataTable, DataTableProps};
pub use pagination::{Pagination, PaginationProps};
