//! What one gateway sees of the fleet.

use crate::Micros;

/// What an engine said of itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Scraped {
    pub at: Micros,
    pub running: u32,
    pub waiting: u32,
    /// Share of its KV cache that running requests hold, 0 to 1.
    pub kv_use: f64,
    /// LoRAs in its memory.
    pub loras: Vec<u32>,
    /// What the gateway that asked had on it at that moment.
    pub ours: u32,
}

/// One deployment.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// This gateway's calls on it now.
    pub in_flight: u32,
    pub scraped: Option<Scraped>,
}

#[derive(Debug, Clone, Default)]
pub struct View {
    pub deployments: Vec<Seen>,
}
