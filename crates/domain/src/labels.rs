//! Names of codes and reference data in the languages of the product.

use serde::{Deserialize, Serialize};

use crate::code::codes;

codes! {
    /// A language of the product by its ISO 639-1 code; Dutch is official, French and English help.
    #[derive(Default)]
    Language {
        /// Dutch, the default.
        #[default]
        Nl = "nl",
        /// French.
        Fr = "fr",
        /// English.
        En = "en",
    }
}

/// Holds a name in Dutch and, where there is one, in French and English.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Labels {
    /// The Dutch name: the official one.
    pub nl: String,
    /// The French name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fr: Option<String>,
    /// The English name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
}

impl Labels {
    /// Returns the name in a language, or the Dutch one when there is none.
    pub fn pick(&self, language: Language) -> &str {
        match language {
            Language::Nl => None,
            Language::Fr => self.fr.as_deref(),
            Language::En => self.en.as_deref(),
        }
        .unwrap_or(&self.nl)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn falls_back_to_dutch() {
        let labels = Labels { nl: "Geluid".to_owned(), fr: Some("Bruit".to_owned()), en: None };
        assert_eq!(labels.pick(Language::Nl), "Geluid");
        assert_eq!(labels.pick(Language::Fr), "Bruit");
        assert_eq!(labels.pick(Language::En), "Geluid");
        assert_eq!(serde_json::to_string(&labels).unwrap(), r#"{"nl":"Geluid","fr":"Bruit"}"#);
    }
}
