//! What the resources of reference data share: names in the languages of the product, and values that must be unique.

mod holds_for;
mod list;

use domain::labels::Labels;
use persistence::StoreError;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

pub(crate) use holds_for::Known;
pub(crate) use list::{Asked, list};

use crate::input::Faults;
use crate::problem::{Code, Detail, Problem};
use crate::work::Refusal;

/// The most characters of a name.
const LONGEST_NAME: usize = 200;

/// A name in the languages of the product.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LabelsView {
    /// The Dutch name: the official one.
    nl: String,
    /// The French name.
    fr: Option<String>,
    /// The English name.
    en: Option<String>,
}

impl From<&Labels> for LabelsView {
    fn from(labels: &Labels) -> Self {
        Self { nl: labels.nl.clone(), fr: labels.fr.clone(), en: labels.en.clone() }
    }
}

/// A name in the languages of the product; Dutch is required.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LabelsBody {
    /// The Dutch name: the official one.
    #[schema(min_length = 1, max_length = 200)]
    nl: String,
    /// The French name.
    #[schema(min_length = 1, max_length = 200)]
    fr: Option<String>,
    /// The English name.
    #[schema(min_length = 1, max_length = 200)]
    en: Option<String>,
}

impl LabelsBody {
    /// Parses the texts and notes their faults; `name` is the member that holds them.
    pub(crate) fn parsed(&self, name: &str, faults: &mut Faults) -> Option<Labels> {
        let nl = text(&format!("{name}.nl"), &self.nl, faults);
        let fr = self.fr.as_ref().map(|fr| text(&format!("{name}.fr"), fr, faults));
        let en = self.en.as_ref().map(|en| text(&format!("{name}.en"), en, faults));
        Some(Labels { nl: nl?, fr: all_or_none(fr)?, en: all_or_none(en)? })
    }
}

/// A merge patch of a name: a language that is absent stays, `null` takes it away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
pub struct LabelsPatch {
    /// The Dutch name.
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    nl: Option<String>,
    /// The French name.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    fr: Option<Option<String>>,
    /// The English name.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, min_length = 1, max_length = 200)]
    en: Option<Option<String>>,
}

impl LabelsPatch {
    /// Lays the patch over a name and notes its faults; `name` is the member that holds it.
    pub(crate) fn applied(&self, to: &Labels, name: &str, faults: &mut Faults) -> Option<Labels> {
        let mut labels = Some(to.clone());
        let languages = [("nl", self.nl.clone().map(Some)), ("fr", self.fr.clone()), ("en", self.en.clone())];
        for (language, given) in languages {
            let Some(given) = given else { continue };
            let parsed = all_or_none(given.map(|given| text(&format!("{name}.{language}"), &given, faults)));
            labels = labels.zip(parsed).map(|(labels, text)| match (language, text) {
                ("fr", fr) => Labels { fr, ..labels },
                ("en", en) => Labels { en, ..labels },
                (_, Some(nl)) => Labels { nl, ..labels },
                (_, None) => labels,
            });
        }
        labels
    }
}

fn text(name: &str, given: &str, faults: &mut Faults) -> Option<String> {
    faults.text::<LONGEST_NAME>(name, given).map(String::from)
}

/// Gives what was parsed, nothing when nothing was given, and fails when parsing did.
#[allow(clippy::option_option, reason = "an absent member is no failure")]
pub(crate) fn all_or_none<T>(parsed: Option<Option<T>>) -> Option<Option<T>> {
    match parsed {
        None => Some(None),
        Some(parsed) => parsed.map(Some),
    }
}

/// Tells `null` from absent in a merge patch.
#[allow(clippy::option_option, reason = "absent leaves as is, null takes away")]
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The unique values of a unit of work: which member is in the way when one is taken.
///
/// The store tries once more after the first time, when a repetition of the same request finds its earlier answer.
#[derive(Debug)]
pub(crate) struct Unique {
    members: &'static [(&'static str, &'static str)],
    was_tried: bool,
}

impl Unique {
    /// Names each constraint with the members that it is about.
    pub(crate) const fn new(members: &'static [(&'static str, &'static str)]) -> Self {
        Self { members, was_tried: false }
    }

    /// Tells the caller which value is taken.
    pub(crate) fn check<T>(&mut self, outcome: Result<T, StoreError>) -> Result<T, Refusal> {
        let error = match outcome {
            Ok(done) => return Ok(done),
            Err(error) => error,
        };
        let StoreError::Taken { constraint } = &error else { return Err(error.into()) };
        let member = self.members.iter().find(|(known, _)| known == constraint).map(|(_, member)| *member);
        match member {
            Some(member) if self.was_tried => Err(taken(member).into()),
            _ => {
                self.was_tried = true;
                Err(error.into())
            }
        }
    }
}

/// Makes the problem of a value that another record has already.
pub(crate) fn taken(member: &'static str) -> Problem {
    Problem::new(Code::Conflict).detail(
        Detail::new(
            "De waarde van {member} is al in gebruik.",
            "La valeur de {member} est déjà utilisée.",
            "The value of {member} is in use already.",
        )
        .with("member", member),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels() -> Labels {
        Labels { nl: "Groendienst".to_owned(), fr: Some("Espaces verts".to_owned()), en: None }
    }

    fn applied(patch: &str) -> Option<Labels> {
        let patch: LabelsPatch = serde_json::from_str(patch).unwrap();
        let mut faults = Faults::default();
        let applied = patch.applied(&labels(), "name", &mut faults);
        faults.finish(applied).ok()
    }

    #[test]
    fn a_patch_of_a_name_changes_the_languages_that_it_names() {
        assert_eq!(applied("{}"), Some(labels()));
        assert_eq!(applied(r#"{"fr": null}"#), Some(Labels { fr: None, ..labels() }));
        let renamed = Labels { nl: "Groen".to_owned(), en: Some("Parks".to_owned()), ..labels() };
        assert_eq!(applied(r#"{"nl": " Groen ", "en": "Parks"}"#), Some(renamed));
        assert_eq!(applied(r#"{"nl": "  "}"#), None);
    }

    #[test]
    fn the_second_time_a_value_is_taken_the_caller_is_told_which() {
        let taken = || Err::<(), _>(StoreError::Taken { constraint: "organisations_ovo_code".to_owned() });
        let mut unique = Unique::new(&[("organisations_ovo_code", "ovoCode")]);
        assert!(matches!(unique.check(taken()), Err(Refusal::Store(_))));
        assert!(
            matches!(unique.check(taken()), Err(Refusal::Problem(problem)) if problem.code() == Code::Conflict)
        );
        let other = Err::<(), _>(StoreError::Taken { constraint: "other".to_owned() });
        assert!(matches!(unique.check(other), Err(Refusal::Store(_))));
    }
}
