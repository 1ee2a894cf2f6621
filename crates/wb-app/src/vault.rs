//! Everything that needs the instance's key: sealing secrets, keyed hashes, signatures, salts.
//!
//! One master key (32 random bytes, in `keys.toml`) gives independent subkeys by HKDF-SHA256, one
//! per purpose. A second node must be given the same key; the key's id tells them apart.

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use ed25519_dalek::{Signer, SigningKey};
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use wb_ports::Random;

const NONCE_BYTES: usize = 24;

/// A sealed text that this instance's key does not open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("this secret was sealed under another key, or was damaged; set it again")]
pub struct OpenError;

/// The instance's key material by purpose.
pub struct Vault {
    key_id: String,
    sealing: XChaCha20Poly1305,
    key_hash: [u8; 32],
    link: [u8; 32],
    salt: [u8; 32],
    signing: SigningKey,
}

impl core::fmt::Debug for Vault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Vault")
            .field("key_id", &self.key_id)
            .finish_non_exhaustive()
    }
}

impl Vault {
    /// The vault of a master key.
    #[must_use]
    pub fn new(master: &[u8; 32]) -> Self {
        let subkey = |purpose: &str| {
            let mut key = [0_u8; 32];
            // HKDF fails only for outputs over 8,160 bytes; 32 always fit.
            let expanded = Hkdf::<Sha256>::new(Some(b"watchbell v1"), master)
                .expand(purpose.as_bytes(), &mut key);
            debug_assert!(expanded.is_ok());
            key
        };
        Self {
            key_id: key_id(master),
            sealing: XChaCha20Poly1305::new(&subkey("seal secrets").into()),
            key_hash: subkey("hash keys"),
            link: subkey("sign links"),
            salt: subkey("salt bodies"),
            signing: SigningKey::from_bytes(&subkey("sign seals")),
        }
    }

    /// Names the key without giving it away.
    #[must_use]
    pub fn key_id(&self) -> &str {
        &self.key_id
    }

    /// Encrypts a secret. `place` (such as `usr_.../cm_.../token`) is bound to it, so that a sealed
    /// text moved elsewhere does not open.
    #[must_use]
    pub fn seal(&self, secret: &str, place: &str, random: &dyn Random) -> String {
        let mut nonce = [0_u8; NONCE_BYTES];
        random.fill(&mut nonce);
        let payload = Payload {
            msg: secret.as_bytes(),
            aad: place.as_bytes(),
        };
        // Encryption fails only for texts of 256 GiB and more.
        let sealed = self
            .sealing
            .encrypt(&XNonce::from(nonce), payload)
            .unwrap_or_default();
        let mut bytes = nonce.to_vec();
        bytes.extend_from_slice(&sealed);
        STANDARD_NO_PAD.encode(bytes)
    }

    /// Decrypts a sealed secret of the same place.
    ///
    /// # Errors
    /// [`OpenError`] when key, place or text do not fit.
    pub fn open(&self, sealed: &str, place: &str) -> Result<String, OpenError> {
        let bytes = STANDARD_NO_PAD.decode(sealed).map_err(|_| OpenError)?;
        let (nonce, text) = bytes.split_at_checked(NONCE_BYTES).ok_or(OpenError)?;
        let nonce: [u8; NONCE_BYTES] = nonce.try_into().map_err(|_| OpenError)?;
        let payload = Payload {
            msg: text,
            aad: place.as_bytes(),
        };
        let plain = self
            .sealing
            .decrypt(&XNonce::from(nonce), payload)
            .map_err(|_| OpenError)?;
        String::from_utf8(plain).map_err(|_| OpenError)
    }

    /// The keyed hash (hexadecimal) under which an integration key, token or session is found.
    #[must_use]
    pub fn key_hash(&self, key: &str) -> String {
        hex(&mac(&self.key_hash, &[key.as_bytes()]))
    }

    /// Signs the bytes of a link or nonce for a purpose.
    #[must_use]
    pub fn sign_link(&self, purpose: &str, bytes: &[u8]) -> [u8; 16] {
        let full = mac(&self.link, &[purpose.as_bytes(), bytes]);
        let mut short = [0_u8; 16];
        short.copy_from_slice(full.get(..16).unwrap_or(&[0; 16]));
        short
    }

    /// Whether a signature is ours, compared in constant time.
    #[must_use]
    pub fn check_link(&self, purpose: &str, bytes: &[u8], signature: &[u8]) -> bool {
        self.sign_link(purpose, bytes).ct_eq(signature).into()
    }

    /// The key from which the salts of erasable texts are derived.
    #[must_use]
    pub const fn salt_key(&self) -> [u8; 32] {
        self.salt
    }

    /// Signs a daily seal.
    #[must_use]
    pub fn sign_seal(&self, bytes: &[u8]) -> [u8; 64] {
        self.signing.sign(bytes).to_bytes()
    }

    /// Whether a daily seal's signature is ours.
    #[must_use]
    pub fn check_seal(&self, bytes: &[u8], signature: &[u8; 64]) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature);
        self.signing
            .verifying_key()
            .verify_strict(bytes, &signature)
            .is_ok()
    }
}

/// The id of a master key: the first 8 bytes of its hash, in hexadecimal.
#[must_use]
pub fn key_id(master: &[u8; 32]) -> String {
    let digest = Sha256::new()
        .chain_update(b"watchbell key id")
        .chain_update(master)
        .finalize();
    hex(digest.get(..8).unwrap_or_default())
}

/// A new secret of `bytes` random bytes, as text that fits into an address.
#[must_use]
pub fn fresh_secret(random: &dyn Random, bytes: usize) -> String {
    let mut buffer = vec![0_u8; bytes];
    random.fill(&mut buffer);
    URL_SAFE_NO_PAD.encode(buffer)
}

fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
    // HMAC fills a key shorter than its block with zeros; done here, the constructor cannot fail.
    let mut block = [0_u8; 64];
    block[..32].copy_from_slice(key);
    let mut mac = Hmac::<Sha256>::new(&block.into());
    for part in parts {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counting(std::sync::atomic::AtomicU8);
    impl Random for Counting {
        fn fill(&self, bytes: &mut [u8]) {
            bytes.fill(self.0.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
        }
    }

    #[test]
    fn a_sealed_secret_opens_only_in_its_place_and_under_its_key() {
        let random = Counting(0.into());
        let vault = Vault::new(&[7; 32]);
        let sealed = vault.seal("hunter2", "end_1/secret", &random);
        assert_eq!(
            vault.open(&sealed, "end_1/secret").as_deref(),
            Ok("hunter2")
        );
        assert_eq!(vault.open(&sealed, "end_2/secret"), Err(OpenError));
        assert_eq!(
            Vault::new(&[8; 32]).open(&sealed, "end_1/secret"),
            Err(OpenError)
        );
        assert_eq!(vault.open("", "end_1/secret"), Err(OpenError));
        assert_ne!(sealed, vault.seal("hunter2", "end_1/secret", &random));
    }

    #[test]
    fn links_and_seals_are_bound_to_purpose_and_bytes() {
        let vault = Vault::new(&[7; 32]);
        let signature = vault.sign_link("link", b"abc");
        assert!(vault.check_link("link", b"abc", &signature));
        assert!(!vault.check_link("nonce", b"abc", &signature));
        assert!(!vault.check_link("link", b"abd", &signature));
        assert!(!vault.check_link("link", b"abc", &[]));
        let seal = vault.sign_seal(b"day");
        assert!(vault.check_seal(b"day", &seal));
        assert!(!vault.check_seal(b"dax", &seal));
    }
}
