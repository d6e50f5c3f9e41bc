//! The one way to write a document (RFC 8785), and its hash.

use serde::Serialize;

use crate::fingerprint;
use crate::problem::Problem;

/// Writes a document in its canonical form; gives it with its SHA-256 in lower-case hexadecimal.
pub(crate) fn canonical(document: &impl Serialize) -> Result<(String, String), Problem> {
    let content = serde_json_canonicalizer::to_string(document).map_err(Problem::internal)?;
    let hash = fingerprint::sha256_hex(content.as_bytes());
    Ok((content, hash))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// The example of RFC 8785, section 3.2.2, as far as reports hold such things: no fractions.
    #[test]
    fn a_document_is_written_in_one_way() {
        let document = json!({"b": "€$\u{000f}\nA'B\"\\\\\"/", "a": [56, {"d": true, "c": 10}]});
        let (content, hash) = canonical(&document).unwrap();
        assert_eq!(content, r#"{"a":[56,{"c":10,"d":true}],"b":"€$\u000f\nA'B\"\\\\\"/"}"#);
        assert_eq!(hash.len(), 64);
        assert_eq!(canonical(&serde_json::from_str::<serde_json::Value>(&content).unwrap()).unwrap().1, hash);
    }
}
