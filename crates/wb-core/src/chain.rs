//! The hash chain over facts, and commitments to text that may be erased.

use sha2::{Digest, Sha256};

use crate::time::Timestamp;

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// What stands before the first fact of a stream.
pub const GENESIS: Hash = [0; 32];

/// One stored fact, as it is hashed.
#[derive(Clone, Copy, Debug)]
pub struct Link<'a> {
    /// The stream's name, such as `inc_0190...`.
    pub stream: &'a str,
    /// 1 for the stream's first fact.
    pub seq: u64,
    /// When.
    pub at: Timestamp,
    /// Who, in the stored text form.
    pub actor: &'a str,
    /// What kind of fact, in the stored text form.
    pub kind: &'a str,
    /// The stored bytes (canonical JSON).
    pub body: &'a [u8],
}

/// SHA-256 over the previous hash, stream, seq, at, actor, kind and body, each prefixed by its
/// length as a big-endian u64; integers are big-endian too.
#[must_use]
pub fn hash(previous: &Hash, link: &Link<'_>) -> Hash {
    let mut hasher = Sha256::new();
    for part in [
        previous.as_slice(),
        link.stream.as_bytes(),
        &link.seq.to_be_bytes(),
        &link.at.as_micros().to_be_bytes(),
        link.actor.as_bytes(),
        link.kind.as_bytes(),
        link.body,
    ] {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// The commitment a fact holds to a text kept in its body row. The salt is erased with the text, so
/// that a short text cannot be guessed from what remains.
#[must_use]
pub fn commitment(salt: &Hash, text: &[u8]) -> Hash {
    Sha256::new()
        .chain_update(salt)
        .chain_update(text)
        .finalize()
        .into()
}

/// The salt of a fact's text: secret (it needs the instance's key), and the same for a retry.
#[must_use]
pub fn salt(key: &[u8; 32], stream: &str, seq: u64) -> Hash {
    Sha256::new()
        .chain_update(b"watchbell body salt v1")
        .chain_update(key)
        .chain_update(seq.to_be_bytes())
        .chain_update(stream.as_bytes())
        .finalize()
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINK: Link<'_> = Link {
        stream: "inc_1",
        seq: 1,
        at: Timestamp::EPOCH,
        actor: "system",
        kind: "opened",
        body: b"{}",
    };

    #[test]
    fn every_part_counts_and_parts_do_not_run_together() {
        let base = hash(&GENESIS, &LINK);
        let moved = Link {
            actor: "systemo",
            kind: "pened",
            ..LINK
        };
        for other in [
            hash(&[1; 32], &LINK),
            hash(
                &GENESIS,
                &Link {
                    stream: "inc_2",
                    ..LINK
                },
            ),
            hash(&GENESIS, &Link { seq: 2, ..LINK }),
            hash(
                &GENESIS,
                &Link {
                    at: Timestamp::EPOCH.plus_secs(1),
                    ..LINK
                },
            ),
            hash(
                &GENESIS,
                &Link {
                    body: b"{ }",
                    ..LINK
                },
            ),
            hash(&GENESIS, &moved),
        ] {
            assert_ne!(base, other);
        }
    }

    #[test]
    fn a_salt_depends_on_key_stream_and_place() {
        let salts = [
            salt(&[0; 32], "a", 1),
            salt(&[1; 32], "a", 1),
            salt(&[0; 32], "b", 1),
            salt(&[0; 32], "a", 2),
        ];
        let different: std::collections::BTreeSet<_> = salts.into_iter().collect();
        assert_eq!(different.len(), 4);
    }
}
