//! Secrets: tokens that callers hold, and envelopes for what we hold for others.
//!
//! - [`Token`]: API keys and access tokens. We keep only an HMAC under the server's [`Pepper`].
//! - [`KeyEncryptionKey`] wraps [`DataKey`]s, one an owner; a data key seals that owner's secrets. Destroying a data key
//!   destroys everything that it sealed.
//!
//! Invariants
//! - No type here shows its content in `Debug` or `Display`; key bytes are wiped when dropped.
//! - An envelope opens only for the owner and purpose that it was sealed for (bound as associated data).
//! - A token that is not well formed, checksum included, is refused without any look-up.

mod envelope;
mod key_file;
mod token;

pub use envelope::{DataKey, EnvelopeError, KeyEncryptionKey, Purpose, WrappedDataKey};
pub use key_file::{KeyFileError, from_base64, load_or_create};
pub use token::{Pepper, Token, TokenError, TokenKind};
