//! From the members of a body to values of the domain, with every fault at once.

use domain::text::{Text, TextFault};

use crate::problem::{Detail, Issue, Kind, Place, Problem};

/// Collects the faults of a body.
#[derive(Debug, Default)]
pub struct Faults(Vec<Issue>);

impl Faults {
    /// Adds a fault.
    pub fn add(&mut self, issue: Issue) {
        self.0.push(issue);
    }

    /// Takes a value, or notes what kind of fault its member has.
    pub fn take<T, F>(&mut self, name: &str, kind: Kind, value: Result<T, F>) -> Option<T> {
        value.map_err(|_| self.add(Issue::new(kind, Place::Body, name))).ok()
    }

    /// Parses a free text.
    pub fn text<const MAX: usize>(&mut self, name: &str, value: &str) -> Option<Text<MAX>> {
        Text::parse(value).map_err(|fault| self.add(text_issue(name, fault))).ok()
    }

    /// Parses a free text that may be absent.
    pub fn optional_text<const MAX: usize>(
        &mut self,
        name: &str,
        value: Option<&String>,
    ) -> Option<Option<Text<MAX>>> {
        match value {
            None => Some(None),
            Some(value) => self.text(name, value).map(Some),
        }
    }

    /// Gives the value when there were no faults, else the problem that lists them all.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, Problem> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(Problem::bad_request(self.0)),
        }
    }
}

fn text_issue(name: &str, fault: TextFault) -> Issue {
    match fault {
        TextFault::Empty => Issue::new(Kind::RequiredInput, Place::Body, name),
        TextFault::TooLong { max } => Issue::new(Kind::SchemaViolation, Place::Body, name).detail(
            Detail::new(
                "Verwacht wordt: hoogstens {max} tekens.",
                "On attend : au plus {max} caractères.",
                "Expected: at most {max} characters.",
            )
            .with("max", max),
        ),
        TextFault::ControlCharacter => {
            Issue::new(Kind::SchemaViolation, Place::Body, name).detail(Detail::new(
                "Deze tekst bevat stuurtekens.",
                "Ce texte contient des caractères de contrôle.",
                "This text holds control characters.",
            ))
        }
        TextFault::NationalRegisterNumber => Issue::new(Kind::RejectedInput, Place::Body, name),
    }
}
