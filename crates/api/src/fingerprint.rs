//! Short, stable fingerprints of bytes: SHA-256, cut off.

use std::fmt::Write as _;

use aws_lc_rs::digest::{Context, SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// Computes the SHA-256 of several parts, each told apart from the next by its length.
pub fn sha256<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
        context.update(&length.to_be_bytes());
        context.update(part);
    }
    let mut digest = [0; 32];
    for (to, from) in digest.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    digest
}

/// Writes bytes in lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().saturating_mul(2));
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Gives the SHA-256 of bytes in lower-case hexadecimal, as other programs compute it.
pub fn sha256_hex(bytes: &[u8]) -> String {
    hex(digest(&SHA256, bytes).as_ref())
}

/// Gives 96 bits of the SHA-256 of several parts as sixteen characters fit for addresses and tags.
pub fn of<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let digest = sha256(parts);
    URL_SAFE_NO_PAD.encode(digest.first_chunk::<12>().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_do_not_run_into_each_other() {
        assert_ne!(sha256([&b"ab"[..], b"c"]), sha256([&b"a"[..], b"bc"]));
        assert_eq!(of([&b"a"[..]]).len(), 16);
    }
}
