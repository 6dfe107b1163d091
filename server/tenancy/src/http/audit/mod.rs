pub mod list_operator;
pub mod list_tenant;
