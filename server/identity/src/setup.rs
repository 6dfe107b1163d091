//! The one-time link that makes the first operator of an empty deployment.

use std::sync::Arc;

use parking_lot::Mutex;
use rand::CryptoRng;
use secrets::{Pepper, Token, TokenKind};
use subtle::ConstantTimeEq;

/// The hash of the link's token, in the memory of the process that printed the link. A restart makes a new one.
#[derive(Debug, Clone, Default)]
pub struct SetupToken(Arc<Mutex<Option<[u8; 32]>>>);

impl SetupToken {
    /// No link is open.
    pub fn closed() -> Self {
        Self::default()
    }

    /// A new link; the caller prints its token.
    pub fn issue(pepper: &Pepper, random: &mut impl CryptoRng) -> (Self, Token) {
        let token = Token::generate(TokenKind::Setup, random);
        (Self(Arc::new(Mutex::new(Some(token.hash(pepper))))), token)
    }

    /// Whether this is the open link's token.
    pub(crate) fn opens(&self, token: &str, pepper: &Pepper) -> bool {
        let Ok(token) = Token::parse(token) else { return false };
        let wanted = *self.0.lock();
        wanted.is_some_and(|wanted| wanted.ct_eq(&token.hash(pepper)).into())
    }

    /// The link opens nothing from now on.
    pub(crate) fn close(&self) {
        *self.0.lock() = None;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_works_until_it_is_closed() {
        let pepper = Pepper::new([7; 32]);
        let (setup, token) = SetupToken::issue(&pepper, &mut rand::rng());
        assert!(setup.opens(token.reveal(), &pepper));
        let (_, other) = SetupToken::issue(&pepper, &mut rand::rng());
        assert!(!setup.opens(other.reveal(), &pepper));
        assert!(!setup.opens("sy_setup_nonsense", &pepper));
        setup.close();
        assert!(!setup.opens(token.reveal(), &pepper));
    }
}
