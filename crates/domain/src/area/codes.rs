use std::{error::Error, fmt};

use serde::Serialize;

/// Identifies a statistical sector within one version of the Belgian list: `41002A20-`.
///
/// Five digits (the municipality), three digits or capitals, and a digit, a capital or a hyphen.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct SectorCode(String);

impl SectorCode {
    /// Parses a code of exactly nine characters.
    pub fn parse(text: &str) -> Result<Self, AreaCodeFault> {
        is_sector(text).then(|| Self(text.to_owned())).ok_or(AreaCodeFault)
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the NIS code of the municipality: the first five digits.
    pub fn nis_code(&self) -> &str {
        nis_code(&self.0)
    }
}

impl fmt::Display for SectorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Identifies a statistical sector or a neighbourhood: `41002A20-`, `41002W06`, `41002AAROC`.
///
/// A neighbourhood is five digits and three to eight digits or capitals. Some codes fit both forms
/// (`41002A373`): only the reference data tells which of the two an area is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct AreaCode(String);

impl AreaCode {
    /// Parses the code of a sector or a neighbourhood.
    pub fn parse(text: &str) -> Result<Self, AreaCodeFault> {
        (is_sector(text) || is_neighbourhood(text)).then(|| Self(text.to_owned())).ok_or(AreaCodeFault)
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the NIS code of the municipality: the first five digits.
    pub fn nis_code(&self) -> &str {
        nis_code(&self.0)
    }
}

impl From<SectorCode> for AreaCode {
    fn from(code: SectorCode) -> Self {
        Self(code.0)
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

fn nis_code(code: &str) -> &str {
    code.get(..5).unwrap_or(code)
}

fn is_sector(text: &str) -> bool {
    text.len() == 9 && is_neighbourhood(text.strip_suffix('-').unwrap_or(text))
}

fn is_neighbourhood(text: &str) -> bool {
    text.split_at_checked(5).is_some_and(|(municipality, area)| {
        municipality.bytes().all(|byte| byte.is_ascii_digit())
            && (3..=8).contains(&area.len())
            && area.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    })
}

/// Tells that a text is not the code of a sector or a neighbourhood.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AreaCodeFault;

impl AreaCodeFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        "form"
    }
}

impl fmt::Display for AreaCodeFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(
            "an area code is five digits and three to eight digits or capitals, as in 41002A20- or 41002W06",
        )
    }
}

impl Error for AreaCodeFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_sector_codes() {
        for text in ["41002A20-", "41002A373", "1100212MQ", "41002A00-"] {
            let code = SectorCode::parse(text).unwrap();
            assert_eq!((code.as_str(), code.nis_code()), (text, &text[..5]));
            assert_eq!(AreaCode::from(code).as_str(), text);
        }
        for text in
            ["", "41002W06", "41002A20--", "41002-A20", "41002a20-", "4100AA20-", "41002AAROC", "41002A2é"]
        {
            assert_eq!(SectorCode::parse(text), Err(AreaCodeFault), "{text}");
        }
    }

    #[test]
    fn reads_area_codes() {
        for text in
            ["41002W06", "41002WONB", "41002ONB", "41002AAROC", "41002AALOCB", "41002A20-", "41002A373"]
        {
            assert_eq!(AreaCode::parse(text).unwrap().as_str(), text);
        }
        for text in [
            "",
            "41002",
            "41002W0",
            "41002W06-2",
            "41002W0-",
            "41002AALOCBXYZ",
            "W06",
            "41002w06",
            "4100é W06",
        ] {
            assert_eq!(AreaCode::parse(text), Err(AreaCodeFault), "{text}");
        }
    }
}
