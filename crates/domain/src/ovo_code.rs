//! OVO codes: the stable, meaningless keys of the Flemish organisation register.

use std::{error::Error, fmt};

use serde::Serialize;

/// Identifies an organisation in the Flemish organisation register: `OVO` and six digits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct OvoCode(String);

impl OvoCode {
    /// Parses a code written in capitals, without white space around it.
    pub fn parse(text: &str) -> Result<Self, OvoCodeFault> {
        let digits = text.strip_prefix("OVO").ok_or(OvoCodeFault)?;
        if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(OvoCodeFault);
        }
        Ok(Self(text.to_owned()))
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OvoCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Tells that a text is not an OVO code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OvoCodeFault;

impl OvoCodeFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        "form"
    }
}

impl fmt::Display for OvoCodeFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an OVO code is OVO followed by six digits")
    }
}

impl Error for OvoCodeFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_ovo_and_six_digits_only() {
        assert_eq!(OvoCode::parse("OVO000123").unwrap().to_string(), "OVO000123");
        for text in ["", "OVO", "OVO00012", "OVO0001234", "ovo000123", " OVO000123", "OVO00012a", "OVO١٢٣"]
        {
            assert_eq!(OvoCode::parse(text), Err(OvoCodeFault), "{text}");
        }
    }
}
