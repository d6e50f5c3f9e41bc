//! The language of an answer: Dutch unless the caller prefers French or English.

use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap, HeaderValue};
pub use domain::labels::Language;

/// A text in every language of the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Texts {
    /// In Dutch.
    pub nl: &'static str,
    /// In French.
    pub fr: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Texts {
    /// Returns the text in a language.
    pub const fn pick(&self, language: Language) -> &'static str {
        match language {
            Language::Nl => self.nl,
            Language::Fr => self.fr,
            Language::En => self.en,
        }
    }
}

/// Returns the value of `Content-Language` for a language.
pub fn content_language(language: Language) -> HeaderValue {
    HeaderValue::from_static(language.code())
}

/// Chooses the language that `Accept-Language` weighs most; Dutch when it names none that is spoken here.
pub fn negotiate(headers: &HeaderMap) -> Language {
    let mut best = (Language::default(), 0);
    for value in headers.get_all(ACCEPT_LANGUAGE).filter_map(|value| value.to_str().ok()) {
        for range in value.split(',') {
            let mut parts = range.split(';');
            let tag = parts.next().unwrap_or_default().trim();
            let weight = parts.find_map(weight).unwrap_or(1_000);
            if let Some(language) = spoken(tag)
                && weight > best.1
            {
                best = (language, weight);
            }
        }
    }
    best.0
}

fn spoken(tag: &str) -> Option<Language> {
    let primary = tag.split('-').next().unwrap_or_default();
    if primary == "*" {
        return Some(Language::default());
    }
    Language::ALL.iter().copied().find(|language| language.code().eq_ignore_ascii_case(primary))
}

/// Reads `q=0.85` as thousandths; a weight that is none counts as nothing.
pub(crate) fn weight(parameter: &str) -> Option<u32> {
    let (name, value) = parameter.split_once('=')?;
    if !name.trim().eq_ignore_ascii_case("q") {
        return None;
    }
    let (whole, fraction) = value.trim().split_once('.').unwrap_or((value.trim(), ""));
    let whole: u32 = whole.parse().unwrap_or_default();
    let mut thousandths: u32 = 0;
    let mut unit: u32 = 100;
    for digit in fraction.chars().take(3) {
        thousandths = thousandths.saturating_add(digit.to_digit(10).unwrap_or_default().saturating_mul(unit));
        unit /= 10;
    }
    Some(whole.saturating_mul(1_000).saturating_add(thousandths).min(1_000))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(header: &str) -> Language {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT_LANGUAGE, HeaderValue::from_str(header).unwrap());
        negotiate(&headers)
    }

    #[test]
    fn the_language_with_the_highest_weight_is_chosen() {
        assert_eq!(negotiate(&HeaderMap::new()), Language::Nl);
        for (header, language) in [
            ("fr", Language::Fr),
            ("fr-BE", Language::Fr),
            ("NL-be", Language::Nl),
            ("de", Language::Nl),
            ("de, en;q=0.5", Language::En),
            ("nl;q=0.2, fr;q=0.8, en;q=0.75", Language::Fr),
            ("en, nl", Language::En),
            ("fr;q=0, en;q=0.001", Language::En),
            ("*", Language::Nl),
            ("*;q=0.1, fr;q=0.1", Language::Nl),
            (";;;,=,q", Language::Nl),
            ("en;q=x, fr;q=0.1", Language::Fr),
        ] {
            assert_eq!(chosen(header), language, "{header}");
        }
    }
}
