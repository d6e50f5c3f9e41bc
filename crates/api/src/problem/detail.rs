//! What exactly is wrong: a text in every language, with the particulars filled in.

use crate::language::{Language, Texts};

/// A text with named places such as `{maximum}`, and what goes there; never a value that the caller sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Detail {
    texts: Texts,
    parameters: Vec<(&'static str, String)>,
}

impl Detail {
    /// Makes a detail from its texts in Dutch, French and English.
    pub const fn new(nl: &'static str, fr: &'static str, en: &'static str) -> Self {
        Self { texts: Texts { nl, fr, en }, parameters: Vec::new() }
    }

    /// Fills the place `{name}`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl std::fmt::Display) -> Self {
        self.parameters.push((name, value.to_string()));
        self
    }

    /// Writes the text in a language.
    pub fn render(&self, language: Language) -> String {
        let mut rest = self.texts.pick(language);
        let mut rendered = String::with_capacity(rest.len().saturating_add(16));
        while let Some((before, after)) = rest.split_once('{') {
            rendered.push_str(before);
            let Some((name, after)) = after.split_once('}') else {
                rest = after;
                break;
            };
            let value = self.parameters.iter().find(|(known, _)| *known == name);
            rendered.push_str(value.map_or(name, |(_, value)| value));
            rest = after;
        }
        rendered.push_str(rest);
        rendered
    }
}

impl From<Texts> for Detail {
    fn from(texts: Texts) -> Self {
        Self { texts, parameters: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn particulars_are_filled_in_once() {
        let detail = Detail::new("hoogstens {max} van {what}", "au plus {max}", "at most {max}")
            .with("max", 3)
            .with("what", "{max}");
        assert_eq!(detail.render(Language::Nl), "hoogstens 3 van {max}");
        assert_eq!(detail.render(Language::Fr), "au plus 3");
    }
}
