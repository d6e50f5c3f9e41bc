//! Enterprise numbers of the Belgian Crossroads Bank for Enterprises (KBO/BCE).

use std::{error::Error, fmt};

use serde::{Serialize, Serializer};

/// Identifies an enterprise or a public body: ten digits, the first 0 or 1, the last two a check number.
///
/// Displays grouped (`0123.456.749`); serialises as its ten digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EnterpriseNumber(u32);

impl EnterpriseNumber {
    /// Parses ten digits, plain or grouped 4-3-3 by full stops or spaces, with an optional `BE` in front.
    pub fn parse(text: &str) -> Result<Self, EnterpriseNumberFault> {
        let digits = ungroup(text).ok_or(EnterpriseNumberFault::Form)?;
        let number = digits.parse::<u32>().map_err(|_| EnterpriseNumberFault::Form)?;
        if number % 100 != 97 - number / 100 % 97 {
            return Err(EnterpriseNumberFault::CheckNumber);
        }
        Ok(Self(number))
    }

    /// Returns the ten digits without separators: the canonical form, also in the store.
    pub fn digits(self) -> String {
        format!("{:010}", self.0)
    }
}

/// Reduces an accepted notation to its ten digits, the first of them 0 or 1.
fn ungroup(text: &str) -> Option<String> {
    let text = text.trim();
    let text = text.strip_prefix("BE").or_else(|| text.strip_prefix("be")).unwrap_or(text);
    let text = text.strip_prefix(' ').unwrap_or(text);
    let separator = text.chars().find(|character| !character.is_ascii_digit());
    let digits = match separator {
        None => text.to_owned(),
        Some(separator @ ('.' | ' ')) => {
            let parts = text.split(separator).collect::<Vec<_>>();
            let [4, 3, 3] = *parts.iter().map(|part| part.len()).collect::<Vec<_>>() else { return None };
            parts.concat()
        }
        Some(_) => return None,
    };
    let well_formed = digits.len() == 10
        && digits.starts_with(['0', '1'])
        && digits.chars().all(|character| character.is_ascii_digit());
    well_formed.then_some(digits)
}

impl fmt::Display for EnterpriseNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (head, middle, tail) = (self.0 / 1_000_000, self.0 / 1_000 % 1_000, self.0 % 1_000);
        write!(formatter, "{head:04}.{middle:03}.{tail:03}")
    }
}

impl Serialize for EnterpriseNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.digits())
    }
}

/// Tells why a text is not an enterprise number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EnterpriseNumberFault {
    /// It is not ten digits starting with 0 or 1, in an accepted grouping.
    Form,
    /// The last two digits are not 97 − (the first eight modulo 97).
    CheckNumber,
}

impl EnterpriseNumberFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::CheckNumber => "checkNumber",
        }
    }
}

impl fmt::Display for EnterpriseNumberFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "an enterprise number is ten digits starting with 0 or 1, such as 0123.456.749",
            Self::CheckNumber => "the check number of the enterprise number is wrong",
        })
    }
}

impl Error for EnterpriseNumberFault {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_the_usual_notations() {
        for text in [
            "0123456749",
            "0123.456.749",
            "0123 456 749",
            "BE0123456749",
            "BE 0123.456.749",
            "be 0123456749",
            " 0123456749 ",
        ] {
            let number = EnterpriseNumber::parse(text).unwrap();
            assert_eq!(number.to_string(), "0123.456.749", "{text}");
            assert_eq!(number.digits(), "0123456749", "{text}");
            assert_eq!(serde_json::to_string(&number).unwrap(), r#""0123456749""#);
        }
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "",
            "BE",
            "123456749",
            "2123456749",
            "01234567490",
            "0123.456749",
            "012.3456.749",
            "0123.456 749",
            "0123-456-749",
            "FR 0123456749",
            "0123.456.74９",
            "+123456749",
        ] {
            assert_eq!(EnterpriseNumber::parse(text), Err(EnterpriseNumberFault::Form), "{text}");
        }
        assert_eq!(EnterpriseNumber::parse("0123.456.789"), Err(EnterpriseNumberFault::CheckNumber));
    }

    proptest! {
        #[test]
        fn every_valid_number_survives_display(body in 0_u32..20_000_000) {
            let digits = format!("{body:08}{:02}", 97 - body % 97);
            let number = EnterpriseNumber::parse(&digits).unwrap();
            prop_assert_eq!(number.digits(), digits);
            prop_assert_eq!(EnterpriseNumber::parse(&number.to_string()), Ok(number));
        }

        #[test]
        fn never_panics(text in any::<String>()) {
            let _ = EnterpriseNumber::parse(&text);
        }
    }
}
