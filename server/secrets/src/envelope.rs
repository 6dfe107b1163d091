//! Envelopes: AES-256-GCM under a data key, the data key under a key-encryption key.
//!
//! Form of a sealed value: one byte version (1), 12 bytes nonce, ciphertext with its 16-byte tag. The owner and the purpose
//! are associated data: they are not stored, and must be said again to open.

use std::fmt;

use aes_gcm::{Aes256Gcm, KeyInit, aead::Aead, aead::Payload};
use rand::CryptoRng;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

const VERSION: u8 = 1;
const NONCE: usize = 12;

/// Why an envelope does not open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EnvelopeError {
    #[error("the envelope is not of a known version")]
    Version,
    #[error("the envelope does not open: another key, owner or purpose, or it was changed")]
    Sealed,
    #[error("the value is too large to seal")]
    TooLarge,
}

/// What a sealed value is for. An envelope of one purpose does not open for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    DataKey,
    EngineCredential,
    /// A model's answer that its tenant asked to be kept.
    StoredResponse,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::DataKey => "data-key",
            Self::EngineCredential => "engine-credential",
            Self::StoredResponse => "stored-response",
        }
    }
}

/// Associated data: both parts with their lengths, so that no two pairs look alike.
fn bound(owner: &str, purpose: Purpose) -> Vec<u8> {
    let purpose = purpose.as_str();
    let mut bytes = Vec::with_capacity(owner.len() + purpose.len() + 16);
    for part in [owner, purpose] {
        bytes.extend((part.len() as u64).to_le_bytes());
        bytes.extend(part.as_bytes());
    }
    bytes
}

#[derive(Clone, Zeroize, ZeroizeOnDrop)]
struct Key([u8; 32]);

impl Key {
    fn cipher(&self) -> Aes256Gcm {
        Aes256Gcm::new(&self.0.into())
    }

    fn seal(
        &self,
        owner: &str,
        purpose: Purpose,
        plain: &[u8],
        random: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, EnvelopeError> {
        let mut nonce = [0; NONCE];
        random.fill_bytes(&mut nonce);
        let aad = bound(owner, purpose);
        let sealed = self
            .cipher()
            .encrypt(&nonce.into(), Payload { msg: plain, aad: &aad })
            .map_err(|_| EnvelopeError::TooLarge)?;
        let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
        out.push(VERSION);
        out.extend(nonce);
        out.extend(sealed);
        Ok(out)
    }

    fn open(
        &self,
        owner: &str,
        purpose: Purpose,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        let Some((&VERSION, rest)) = sealed.split_first() else { return Err(EnvelopeError::Version) };
        let (nonce, sealed) = rest.split_first_chunk::<NONCE>().ok_or(EnvelopeError::Sealed)?;
        let aad = bound(owner, purpose);
        let plain = self
            .cipher()
            .decrypt(&(*nonce).into(), Payload { msg: sealed, aad: &aad })
            .map_err(|_| EnvelopeError::Sealed)?;
        Ok(Zeroizing::new(plain))
    }
}

/// The key that wraps data keys. It comes from a file (or a key service) and never enters the database.
#[derive(Clone)]
pub struct KeyEncryptionKey(Key);

/// A data key as it may be stored.
pub type WrappedDataKey = Vec<u8>;

/// One owner's key.
#[derive(Clone)]
pub struct DataKey {
    key: Key,
    owner: String,
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(…)")
    }
}

impl fmt::Debug for DataKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DataKey({})", self.owner)
    }
}

impl KeyEncryptionKey {
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(Key(bytes))
    }

    /// A new data key for an owner (an id such as `ten_…`, or `operator`), and its form for storing.
    pub fn new_data_key(
        &self,
        owner: &str,
        random: &mut impl CryptoRng,
    ) -> Result<(DataKey, WrappedDataKey), EnvelopeError> {
        let mut bytes = [0; 32];
        random.fill_bytes(&mut bytes);
        let key = Key(bytes);
        let wrapped = self.0.seal(owner, Purpose::DataKey, &bytes, random)?;
        bytes.zeroize();
        Ok((DataKey { key, owner: owner.to_owned() }, wrapped))
    }

    pub fn unwrap_data_key(&self, owner: &str, wrapped: &[u8]) -> Result<DataKey, EnvelopeError> {
        let plain = self.0.open(owner, Purpose::DataKey, wrapped)?;
        let bytes = plain.as_slice().try_into().map_err(|_| EnvelopeError::Sealed)?;
        Ok(DataKey { key: Key(bytes), owner: owner.to_owned() })
    }
}

impl DataKey {
    pub fn seal(
        &self,
        purpose: Purpose,
        plain: &[u8],
        random: &mut impl CryptoRng,
    ) -> Result<Vec<u8>, EnvelopeError> {
        self.key.seal(&self.owner, purpose, plain, random)
    }

    pub fn open(&self, purpose: Purpose, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, EnvelopeError> {
        self.key.open(&self.owner, purpose, sealed)
    }
}

#[cfg(test)]
mod tests {
    use rand::{SeedableRng, rngs::StdRng};

    use super::*;

    #[test]
    fn an_envelope_opens_for_its_owner_and_purpose_alone() {
        let mut random = StdRng::seed_from_u64(1);
        let kek = KeyEncryptionKey::new([7; 32]);
        let (acme, wrapped) = kek.new_data_key("ten_acme", &mut random).unwrap();
        let sealed = acme.seal(Purpose::EngineCredential, b"sk-upstream", &mut random).unwrap();
        assert!(!sealed.windows(4).any(|w| w == b"sk-u"));

        let again = kek.unwrap_data_key("ten_acme", &wrapped).unwrap();
        assert_eq!(again.open(Purpose::EngineCredential, &sealed).unwrap().as_slice(), b"sk-upstream");
        assert_eq!(again.open(Purpose::DataKey, &sealed), Err(EnvelopeError::Sealed));
        assert!(kek.unwrap_data_key("ten_globex", &wrapped).is_err());
        assert!(KeyEncryptionKey::new([8; 32]).unwrap_data_key("ten_acme", &wrapped).is_err());
    }

    #[test]
    fn a_changed_or_short_envelope_is_refused() {
        let mut random = StdRng::seed_from_u64(1);
        let (key, _) = KeyEncryptionKey::new([7; 32]).new_data_key("operator", &mut random).unwrap();
        let sealed = key.seal(Purpose::EngineCredential, b"x", &mut random).unwrap();
        for at in 0..sealed.len() {
            let mut changed = sealed.clone();
            changed[at] ^= 1;
            assert!(key.open(Purpose::EngineCredential, &changed).is_err());
            assert!(key.open(Purpose::EngineCredential, &sealed[..at]).is_err());
        }
    }
}
