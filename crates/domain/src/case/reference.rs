//! The reference that people use for a case: `KRO-2026-0042`.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The short upper-case code of a consultation: 2 to 8 letters or digits, the first a letter.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConsultationCode(String);

impl ConsultationCode {
    /// Parses a code; absent when it is malformed.
    pub fn parse(text: &str) -> Option<Self> {
        let mut letters = text.chars();
        let first = letters.next()?;
        let well_formed = first.is_ascii_uppercase()
            && (2..=8).contains(&text.len())
            && letters.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit());
        well_formed.then(|| Self(text.to_owned()))
    }

    /// Gives the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ConsultationCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A case's reference: consultation, year and a number that is never used again.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CaseReference(String);

impl CaseReference {
    /// Composes a reference; the number has at least four digits.
    pub fn new(consultation: &ConsultationCode, year: i16, number: i64) -> Self {
        Self(format!("{consultation}-{year}-{number:04}"))
    }

    /// Takes a reference back from storage.
    pub const fn restore(text: String) -> Self {
        Self(text)
    }

    /// Gives the reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for CaseReference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_as_people_say_it() {
        let code = ConsultationCode::parse("KRO").unwrap();
        assert_eq!(CaseReference::new(&code, 2026, 42).as_str(), "KRO-2026-0042");
        assert_eq!(CaseReference::new(&code, 2026, 12_345).as_str(), "KRO-2026-12345");
    }

    #[test]
    fn a_consultation_code_is_short_and_upper_case() {
        for wrong in ["", "K", "kro", "9AB", "K-O", "ABCDEFGHI", "KRÖ"] {
            assert_eq!(ConsultationCode::parse(wrong), None, "{wrong}");
        }
    }
}
