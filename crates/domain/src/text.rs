//! Free text, parsed once at the edge.

use std::{error::Error, fmt};

use serde::{Deserialize, Serialize};

use crate::national_register_number;

/// The title of a record: at most 200 characters.
pub type Title = Text<200>;
/// The key of a record in another system, such as a work order: at most 100 characters.
pub type Reference = Text<100>;
/// A description or another long text: at most 10,000 characters.
pub type Paragraph = Text<10_000>;
/// A short remark or motivation: at most 2,000 characters.
pub type Remark = Text<2_000>;

/// Holds a free text of 1 to `MAX` characters (Unicode scalar values) that is fit to be stored.
///
/// White space around it is removed and every line end becomes LF; the only control characters are LF and tab, and it
/// holds no national register number. `Debug` shows its length only, so that no note reaches a log.
///
/// Deserialising is for what the store holds and takes a text as it is; input of a client goes through [`Text::parse`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text<const MAX: usize>(String);

impl<const MAX: usize> Text<MAX> {
    /// Parses a text given by a client; the length counts after trimming and line end normalisation.
    pub fn parse(text: impl AsRef<str>) -> Result<Self, TextFault> {
        let text = text.as_ref().trim().replace("\r\n", "\n").replace('\r', "\n");
        if text.is_empty() {
            return Err(TextFault::Empty);
        }
        if text.chars().nth(MAX).is_some() {
            return Err(TextFault::TooLong { max: MAX });
        }
        if text.chars().any(|character| character.is_control() && !matches!(character, '\n' | '\t')) {
            return Err(TextFault::ControlCharacter);
        }
        if national_register_number::contains(&text) {
            return Err(TextFault::NationalRegisterNumber);
        }
        Ok(Self(text))
    }

    /// Takes a text from the store as it is, also when the rules have become stricter since it was written.
    pub fn from_stored(text: String) -> Self {
        Self(text)
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> AsRef<str> for Text<MAX> {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl<const MAX: usize> From<Text<MAX>> for String {
    fn from(text: Text<MAX>) -> Self {
        text.0
    }
}

impl<const MAX: usize> fmt::Display for Text<MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<const MAX: usize> fmt::Debug for Text<MAX> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Text({} characters)", self.0.chars().count())
    }
}

/// Tells why a text is refused, without the text itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFault {
    /// Nothing but white space was given.
    Empty,
    /// The text is longer than allowed.
    TooLong {
        /// The largest number of characters.
        max: usize,
    },
    /// The text holds a control character other than a line feed or a tab.
    ControlCharacter,
    /// The text holds a national register number.
    NationalRegisterNumber,
}

impl TextFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::TooLong { .. } => "tooLong",
            Self::ControlCharacter => "controlCharacter",
            Self::NationalRegisterNumber => "nationalRegisterNumber",
        }
    }
}

impl fmt::Display for TextFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => formatter.write_str("the text is empty"),
            Self::TooLong { max } => write!(formatter, "the text is longer than {max} characters"),
            Self::ControlCharacter => formatter.write_str("the text holds a control character"),
            Self::NationalRegisterNumber => formatter.write_str("the text holds a national register number"),
        }
    }
}

impl Error for TextFault {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn trims_and_normalises_line_ends() {
        let text = Remark::parse(" \r\n een\ttwee\r\ndrie \n").unwrap();
        assert_eq!(text.as_str(), "een\ttwee\ndrie");
        assert_eq!(Remark::parse("a\rb\n\rc").unwrap().as_str(), "a\nb\n\nc");
        assert_eq!(serde_json::to_string(&text).unwrap(), r#""een\ttwee\ndrie""#);
        assert_eq!(format!("{text:?}"), "Text(13 characters)");
    }

    #[test]
    fn counts_characters_not_bytes() {
        assert!(Text::<3>::parse("éé€").is_ok());
        assert!(Text::<3>::parse(" a\r\nb ").is_ok());
        assert_eq!(Text::<3>::parse("éé€é"), Err(TextFault::TooLong { max: 3 }));
    }

    #[test]
    fn refuses_what_must_not_be_stored() {
        for (text, fault) in [
            ("", TextFault::Empty),
            (" \t\r\n\u{a0}", TextFault::Empty),
            ("a\0", TextFault::ControlCharacter),
            ("a\u{1b}[31mb", TextFault::ControlCharacter),
            ("a\u{85}b", TextFault::ControlCharacter),
            ("nummer 00.00.00-001.96", TextFault::NationalRegisterNumber),
        ] {
            assert_eq!(Title::parse(text), Err(fault), "{text:?}");
        }
    }

    #[test]
    fn takes_stored_text_as_it_is() {
        assert_eq!(Text::<2>::from_stored(" abc ".to_owned()).as_str(), " abc ");
    }

    proptest! {
        #[test]
        fn a_parsed_text_parses_to_itself(given in any::<String>()) {
            if let Ok(text) = Title::parse(&given) {
                prop_assert_eq!(Title::parse(text.as_str()), Ok(text));
            }
        }
    }
}
