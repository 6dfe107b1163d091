//! Which deployments likely have the beginning of a prompt in their prefix caches.
//!
//! A [`Fingerprint`] cuts the beginning of a prompt at fixed places and chains a hash to each cut; a [`PrefixIndex`]
//! remembers who was sent which cut. Neither grows with the prompt or with time: a fingerprint has at most
//! [`MOST_CUTS`] cuts and reads at most [`READ_BYTES`] and a sample beyond; the index is one table of fixed size whose
//! oldest entries give way.

mod fingerprint;
mod index;

pub use fingerprint::{Cut, Fingerprint, Fingerprinter, MOST_CUTS, READ_BYTES};
pub use index::{Found, Handle, PrefixIndex};
