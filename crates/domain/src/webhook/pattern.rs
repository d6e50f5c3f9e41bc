//! Which types of events a subscription wants: `case.notify.close`, or `case.notify.*`.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Events of one kind of subject, all of them or those of one verb.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Pattern {
    subject: String,
    verb: Option<String>,
}

/// A text that is no pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct MalformedPattern;

impl fmt::Display for MalformedPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not of the form case.notify.close or case.notify.*")
    }
}

impl std::error::Error for MalformedPattern {}

fn is_word(text: &str) -> bool {
    text.len() <= 40
        && text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.chars().all(|character| character.is_ascii_alphanumeric())
}

impl FromStr for Pattern {
    type Err = MalformedPattern;

    fn from_str(text: &str) -> Result<Self, MalformedPattern> {
        let (subject, verb) = text.split_once(".notify.").ok_or(MalformedPattern)?;
        if !is_word(subject) || !(verb == "*" || is_word(verb)) {
            return Err(MalformedPattern);
        }
        Ok(Self { subject: subject.to_owned(), verb: (verb != "*").then(|| verb.to_owned()) })
    }
}

impl TryFrom<String> for Pattern {
    type Error = MalformedPattern;

    fn try_from(text: String) -> Result<Self, MalformedPattern> {
        text.parse()
    }
}

impl From<Pattern> for String {
    fn from(pattern: Pattern) -> Self {
        pattern.to_string()
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.notify.{}", self.subject, self.verb.as_deref().unwrap_or("*"))
    }
}

impl Pattern {
    /// Gives the kind of subject.
    pub fn subject(&self) -> &str {
        &self.subject
    }

    /// Tells whether an event is of it.
    pub fn matches(&self, subject: &str, verb: &str) -> bool {
        self.subject == subject && self.verb.as_deref().is_none_or(|wanted| wanted == verb)
    }
}

/// Tells whether a subscription wants an event; one that names no types wants all.
pub fn wants(patterns: &BTreeSet<Pattern>, subject: &str, verb: &str) -> bool {
    patterns.is_empty() || patterns.iter().any(|pattern| pattern.matches(subject, verb))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_a_type_or_all_of_a_subject() {
        let pattern: Pattern = "followUpRequest.notify.send".parse().unwrap();
        assert!(pattern.matches("followUpRequest", "send"));
        assert!(!pattern.matches("followUpRequest", "accept") && !pattern.matches("case", "send"));
        let all: Pattern = "case.notify.*".parse().unwrap();
        assert!(all.matches("case", "close") && !all.matches("caseNote", "create"));
        assert_eq!(
            (pattern.to_string(), all.to_string().as_str()),
            ("followUpRequest.notify.send".into(), "case.notify.*")
        );
        for bad in
            ["", "case", "case.close", "*.notify.close", "case.notify.", "Case.notify.x", "case.notify.a.b"]
        {
            assert_eq!(bad.parse::<Pattern>(), Err(MalformedPattern), "{bad}");
        }
    }

    #[test]
    fn a_subscription_without_patterns_wants_everything() {
        assert!(wants(&BTreeSet::new(), "case", "close"));
        let some = BTreeSet::from(["case.notify.close".parse().unwrap()]);
        assert!(wants(&some, "case", "close") && !wants(&some, "case", "open"));
    }
}
