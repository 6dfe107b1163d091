//! The modules that the console is built into: a browser loads the one that has its page, not all pages there are.
//!
//! Every module knows all routes of its area; where it lacks a page, [`Elsewhere`](crate::contexts::Elsewhere) stands,
//! which loads the address anew and with it the module that has the page.

/// The wasm module that has an address's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Module {
    /// A tenant's pages, and the way to them.
    Tenant,
    /// A tenant's pages of models: catalogue, playground.
    Studio,
    /// `/operator` and `/setup`.
    Operator,
    /// What calls are sent to and by which rules: an operator's deployments, pools and routes, a tenant's routes.
    Traffic,
}

impl Module {
    pub fn of(path: &str) -> Self {
        let mut words = path.split('/').skip(1);
        match (words.next(), words.next(), words.next()) {
            (Some("operator"), Some("deployments" | "engine-errors" | "explain" | "pools" | "routes"), _)
            | (Some("t"), _, Some("routes")) => Self::Traffic,
            (Some("operator" | "setup"), ..) => Self::Operator,
            (Some("t"), _, Some("models" | "playground")) => Self::Studio,
            _ => Self::Tenant,
        }
    }

    /// Whether this is that module. The server is all of them.
    pub const fn is_here(self) -> bool {
        match self {
            Self::Tenant => cfg!(feature = "tenant"),
            Self::Studio => cfg!(feature = "studio"),
            Self::Operator => cfg!(feature = "operator"),
            Self::Traffic => cfg!(feature = "traffic"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_begins_with_the_word_of_its_module() {
        for path in ["/operator", "/operator/", "/operator/models", "/setup/sy_setup_1"] {
            assert_eq!(Module::of(path), Module::Operator, "{path}");
        }
        for path in ["/t/acme/models", "/t/acme/models/m1", "/t/acme/playground"] {
            assert_eq!(Module::of(path), Module::Studio, "{path}");
        }
        for path in [
            "/operator/deployments",
            "/operator/deployments/new",
            "/operator/routes/route_1",
            "/operator/explain",
            "/t/acme/routes",
            "/t/acme/routes/new",
        ] {
            assert_eq!(Module::of(path), Module::Traffic, "{path}");
        }
        for path in [
            "/",
            "",
            "/sign-in",
            "/t/operator",
            "/t/models",
            "/operators",
            "/invitations/operator",
            "/t/acme/files",
            "/t/acme/batches/batch_1",
        ] {
            assert_eq!(Module::of(path), Module::Tenant, "{path}");
        }
    }
}
