//! Tokens: a prefix that says the kind, 43 base62 digits of 256 random bits, 6 base62 digits of a checksum.
//!
//! The checksum is the CRC-32 (IEEE) of prefix and digits, so that secret scanners and we ourselves can tell a token from
//! nonsense without asking anybody.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use rand::CryptoRng;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const SECRET_DIGITS: usize = 43;
const CHECK_DIGITS: usize = 6;

/// What a token opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TokenKind {
    /// An API key of a tenant, for the data plane.
    ApiKey,
    /// A member's personal access token, for the control plane.
    PersonalAccess,
    /// An operator's token, for the control plane.
    Operator,
    /// An invitation's link.
    Invitation,
    /// The link that makes the first operator.
    Setup,
}

impl TokenKind {
    const ALL: [Self; 5] =
        [Self::ApiKey, Self::PersonalAccess, Self::Operator, Self::Invitation, Self::Setup];

    pub const fn prefix(self) -> &'static str {
        match self {
            Self::ApiKey => "sy_live_",
            Self::PersonalAccess => "sy_pat_",
            Self::Operator => "sy_op_",
            Self::Invitation => "sy_inv_",
            Self::Setup => "sy_setup_",
        }
    }
}

/// Not a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    #[error("does not begin as one of our tokens does")]
    Prefix,
    #[error("is incomplete or mistyped")]
    Malformed,
}

/// The server's key for token hashes. Losing it makes every token invalid.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Pepper([u8; 32]);

impl Pepper {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for Pepper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Pepper(…)")
    }
}

/// A well-formed token.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Token {
    #[zeroize(skip)]
    kind: TokenKind,
    text: String,
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}…)", self.kind.prefix())
    }
}

impl Token {
    /// A new one, of 256 random bits.
    pub fn generate(kind: TokenKind, random: &mut impl CryptoRng) -> Self {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        // Room for all of it, so that growing leaves no copy behind.
        let mut text = String::with_capacity(kind.prefix().len() + SECRET_DIGITS + CHECK_DIGITS);
        text.push_str(kind.prefix());
        text.push_str(&Zeroizing::new(base62(&mut bytes, SECRET_DIGITS)));
        let check = checksum(&text);
        text.push_str(&check);
        Self { kind, text }
    }

    /// Takes what somebody sent. The cost does not depend on what is known.
    pub fn parse(text: &str) -> Result<Self, TokenError> {
        let kind = TokenKind::ALL
            .into_iter()
            .find(|kind| text.starts_with(kind.prefix()))
            .ok_or(TokenError::Prefix)?;
        let digits = &text[kind.prefix().len()..];
        if digits.len() != SECRET_DIGITS + CHECK_DIGITS || !digits.bytes().all(|b| b.is_ascii_alphanumeric())
        {
            return Err(TokenError::Malformed);
        }
        let (body, check) = text.split_at(text.len() - CHECK_DIGITS);
        if checksum(body) != check {
            return Err(TokenError::Malformed);
        }
        Ok(Self { kind, text: text.to_owned() })
    }

    pub const fn kind(&self) -> TokenKind {
        self.kind
    }

    /// The whole token, to show its owner once.
    pub fn reveal(&self) -> &str {
        &self.text
    }

    /// What is kept instead of it: HMAC-SHA-256 under the pepper.
    pub fn hash(&self, pepper: &Pepper) -> [u8; 32] {
        match Hmac::<Sha256>::new_from_slice(&pepper.0) {
            Ok(mac) => mac.chain_update(self.text.as_bytes()).finalize().into_bytes().into(),
            Err(_) => unreachable!("HMAC takes a key of any length"),
        }
    }

    /// For display: the prefix and the first four digits.
    pub fn display_prefix(&self) -> &str {
        &self.text[..self.kind.prefix().len() + 4]
    }

    /// For display: the last four digits.
    pub fn last_four(&self) -> &str {
        &self.text[self.text.len() - 4..]
    }
}

/// A big-endian number in base 62, padded to `digits`. Wipes the number.
fn base62(number: &mut [u8], digits: usize) -> String {
    let mut out = vec![b'0'; digits];
    for digit in out.iter_mut().rev() {
        let mut remainder = 0u32;
        for byte in number.iter_mut() {
            let value = (remainder << 8) | u32::from(*byte);
            *byte = (value / 62) as u8;
            remainder = value % 62;
        }
        *digit = DIGITS[remainder as usize];
    }
    number.zeroize();
    String::from_utf8(out).unwrap_or_default()
}

fn checksum(text: &str) -> String {
    base62(&mut crc32fast::hash(text.as_bytes()).to_be_bytes(), CHECK_DIGITS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn a_token_has_its_stated_form() {
        let token = Token::generate(TokenKind::ApiKey, &mut StdRng::seed_from_u64(1));
        assert_eq!(token.reveal().len(), 8 + 43 + 6);
        assert!(token.display_prefix().starts_with("sy_live_"));
        assert!(token.reveal().ends_with(token.last_four()));
        assert!(!format!("{token:?}").contains(&token.reveal()[8..]));
    }

    #[test]
    fn the_hash_depends_on_the_pepper() {
        let token = Token::generate(TokenKind::ApiKey, &mut StdRng::seed_from_u64(1));
        assert_ne!(token.hash(&Pepper::new([1; 32])), token.hash(&Pepper::new([2; 32])));
    }

    proptest! {
        #[test]
        fn every_token_parses_and_none_with_a_changed_digit(seed: u64, at in 8usize..57, to in 0usize..62) {
            let token = Token::generate(TokenKind::ApiKey, &mut StdRng::seed_from_u64(seed));
            prop_assert_eq!(Token::parse(token.reveal()).unwrap().kind(), TokenKind::ApiKey);
            let mut text = token.reveal().as_bytes().to_vec();
            prop_assume!(text[at] != DIGITS[to]);
            text[at] = DIGITS[to];
            prop_assert!(Token::parse(std::str::from_utf8(&text).unwrap()).is_err());
        }

        #[test]
        fn nonsense_is_refused_without_a_panic(text in ".{0,80}") {
            prop_assert!(Token::parse(&text).is_err());
            let prefixed = format!("sy_live_{text}");
            prop_assert!(Token::parse(&prefixed).is_err());
        }
    }
}
