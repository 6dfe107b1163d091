//! The modules that the console is built into: a browser loads the one with the pages of its area, and no others.

/// The wasm module that has an address's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// A tenant's pages, and the way to them.
    Tenant,
    /// `/operator` and `/setup`.
    Operator,
}

impl Module {
    pub fn of(path: &str) -> Self {
        match path.split('/').nth(1) {
            Some("operator" | "setup") => Self::Operator,
            _ => Self::Tenant,
        }
    }

    /// Whether this is that module. The server is both.
    pub const fn is_here(self) -> bool {
        match self {
            Self::Tenant => cfg!(feature = "tenant"),
            Self::Operator => cfg!(feature = "operator"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_s_address_begins_with_its_own_word() {
        for path in ["/operator", "/operator/", "/operator/tenants", "/setup/sy_setup_1"] {
            assert_eq!(Module::of(path), Module::Operator, "{path}");
        }
        for path in ["/", "", "/sign-in", "/t/operator", "/operators", "/invitations/operator"] {
            assert_eq!(Module::of(path), Module::Tenant, "{path}");
        }
    }
}
