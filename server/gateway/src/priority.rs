//! Who waits for whom.

/// How urgent a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Priority {
    /// Somebody waits for it.
    #[default]
    Interactive,
    /// Holds at most a share of a deployment's slots, and waits for interactive calls.
    Batch,
}
