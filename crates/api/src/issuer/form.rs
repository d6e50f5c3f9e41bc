//! Forms (`application/x-www-form-urlencoded`), read strictly: RFC 6749 §3.2 allows each parameter once.

/// The parameters of a request; those without a value count as left out.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a body, or says what is wrong with it.
    pub(super) fn parse(body: &[u8]) -> Result<Self, &'static str> {
        let mut parameters: Vec<(String, String)> = Vec::new();
        for pair in body.split(|byte| *byte == b'&').filter(|pair| !pair.is_empty()) {
            let mut halves = pair.splitn(2, |byte| *byte == b'=');
            let name = halves.next().and_then(decode).ok_or("The body is no form.")?;
            let value = decode(halves.next().unwrap_or_default()).ok_or("The body is no form.")?;
            if parameters.iter().any(|(known, _)| *known == name) {
                return Err("A parameter occurs more than once.");
            }
            parameters.push((name, value));
        }
        Ok(Self(parameters))
    }

    /// Finds the value of a parameter.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let (_, value) = self.0.iter().find(|(known, _)| known == name)?;
        (!value.is_empty()).then_some(value)
    }
}

/// Decodes one half of a parameter: `+` is a space, `%` starts a byte, and all is UTF-8.
pub(super) fn decode(text: &[u8]) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.iter();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hexadecimal(*rest.next()?)? << 4 | hexadecimal(*rest.next()?)?,
            other => *other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hexadecimal(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_is_read() {
        let form =
            Form::parse(b"grant_type=client_credentials&scope=cases%3Aread+admin&empty=&flag&x=a=b").unwrap();
        assert_eq!(form.get("grant_type"), Some("client_credentials"));
        assert_eq!(form.get("scope"), Some("cases:read admin"));
        assert_eq!(form.get("x"), Some("a=b"));
        for absent in ["empty", "flag", "other"] {
            assert_eq!(form.get(absent), None, "{absent}");
        }
    }

    #[test]
    fn a_malformed_form_is_refused() {
        for body in [&b"a=1&a=2"[..], b"a=1&%61=2", b"a=%", b"a=%4", b"a=%zz", b"a=%ff", b"a=%+1", b"a&a"] {
            assert!(Form::parse(body).is_err(), "{}", String::from_utf8_lossy(body));
        }
    }
}
