use std::{error::Error, fmt};

use serde::{Deserialize, Serialize};

/// Identifies a category: three ASCII capitals for a main group, then a full stop and two to eight more for a
/// kind within it (`AFV`, `AFV.SLUIK`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CategoryCode(String);

impl CategoryCode {
    /// Parses a code written in capitals.
    pub fn parse(text: &str) -> Result<Self, CategoryCodeFault> {
        let (group, kind) = text.split_once('.').map_or((text, None), |(group, kind)| (group, Some(kind)));
        let capitals = |part: &str| part.bytes().all(|byte| byte.is_ascii_uppercase());
        let well_formed = group.len() == 3
            && capitals(group)
            && kind.is_none_or(|kind| (2..=8).contains(&kind.len()) && capitals(kind));
        well_formed.then(|| Self(text.to_owned())).ok_or(CategoryCodeFault)
    }

    /// Returns the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the code of the main group; a main group is its own.
    #[must_use]
    pub fn group(&self) -> Self {
        Self(self.0.split('.').next().unwrap_or_default().to_owned())
    }

    /// Tells whether the code names a main group.
    pub fn is_group(&self) -> bool {
        !self.0.contains('.')
    }
}

impl TryFrom<String> for CategoryCode {
    type Error = CategoryCodeFault;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<CategoryCode> for String {
    fn from(code: CategoryCode) -> Self {
        code.0
    }
}

impl fmt::Display for CategoryCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Tells that a text is not a category code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CategoryCodeFault;

impl CategoryCodeFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        "form"
    }
}

impl fmt::Display for CategoryCodeFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a category code is three capitals, or three and two to eight, as in AFV.SLUIK")
    }
}

impl Error for CategoryCodeFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_groups_and_kinds() {
        let kind = CategoryCode::parse("AFV.SLUIK").unwrap();
        let group = CategoryCode::parse("AFV").unwrap();
        assert_eq!((kind.group(), kind.is_group()), (group.clone(), false));
        assert_eq!((group.group(), group.is_group()), (group, true));
    }

    #[test]
    fn refuses_other_forms() {
        for text in [
            "",
            "AF",
            "AFVA",
            "afv",
            "AFV.",
            "AFV.S",
            "AFV.SLUIKSTOR",
            "AFV.SL1",
            "AFV.SL.UI",
            ".SLUIK",
            "AFV SLUIK",
            "ÀFV",
        ] {
            assert_eq!(CategoryCode::parse(text), Err(CategoryCodeFault), "{text}");
        }
        assert!(serde_json::from_str::<CategoryCode>(r#""afv""#).is_err());
    }
}
