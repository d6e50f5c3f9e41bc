//! Percent-decoding that refuses what it cannot read.

use std::borrow::Cow;

/// Decodes `%41` and, in a query, `+`; none when an escape is broken or the bytes are no UTF-8.
pub(crate) fn percent_decoded(raw: &str, plus_is_space: bool) -> Option<Cow<'_, str>> {
    if !raw.bytes().any(|byte| byte == b'%' || (plus_is_space && byte == b'+')) {
        return Some(Cow::Borrowed(raw));
    }
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => digit(bytes.next())?.checked_mul(16)?.checked_add(digit(bytes.next())?)?,
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    String::from_utf8(decoded).ok().map(Cow::Owned)
}

fn digit(byte: Option<u8>) -> Option<u8> {
    let value = char::from(byte?).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_decoded_or_refused() {
        for (raw, decoded) in [
            ("", Some("")),
            ("plain", Some("plain")),
            ("a+b%20c", Some("a b c")),
            ("caf%C3%A9", Some("café")),
            ("%2B%25", Some("+%")),
            ("%ff", None),
            ("%C3", None),
            ("%", None),
            ("%4", None),
            ("%zz", None),
        ] {
            assert_eq!(percent_decoded(raw, true).as_deref(), decoded, "{raw}");
        }
        assert_eq!(percent_decoded("a+b", false).as_deref(), Some("a+b"));
    }
}
