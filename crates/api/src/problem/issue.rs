//! One fault of the input: what kind, where, and what is expected there.

use serde_json::{Map, Value, json};

use super::detail::Detail;
use crate::language::{Language, Texts};

/// The longest name of a place that a problem repeats; unknown names are the caller's own.
const LONGEST_NAME: usize = 200;

/// The part of the request in which a fault stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The body.
    Body,
    /// A header.
    Header,
    /// A parameter in the path.
    Path,
    /// A parameter in the query.
    Query,
}

impl Place {
    /// Returns the code of the place.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Body => "body",
            Self::Header => "header",
            Self::Path => "path",
            Self::Query => "query",
        }
    }
}

macro_rules! issue_kinds {
    ($($(#[$doc:meta])* $variant:ident = $namespace:literal, $code:literal,
        { $title_nl:literal, $title_fr:literal, $title_en:literal },
        { $nl:literal, $fr:literal, $en:literal };)*) => {
        /// The kind of a fault, as the Belgian REST guide names them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind {
            $($(#[$doc])* $variant,)*
        }

        impl Kind {
            /// Returns the URN of the kind.
            pub const fn urn(self) -> &'static str {
                match self {
                    $(Self::$variant => concat!("urn:problem-type:", $namespace, ":input-validation:", $code),)*
                }
            }

            const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)*
                }
            }

            /// Returns the title of the kind.
            pub const fn title(self) -> Texts {
                match self {
                    $(Self::$variant => Texts { nl: $title_nl, fr: $title_fr, en: $title_en },)*
                }
            }

            const fn description(self) -> Texts {
                match self {
                    $(Self::$variant => Texts { nl: $nl, fr: $fr, en: $en },)*
                }
            }

            const fn is_standard(self) -> bool {
                match self {
                    $(Self::$variant => matches!($namespace.as_bytes(), b"belgif"),)*
                }
            }
        }
    };
}

issue_kinds! {
    /// The form is not what the contract says: type, format, pattern, length.
    SchemaViolation = "belgif", "schemaViolation",
        { "Niet volgens het schema", "Non conforme au schéma", "Schema Violation" },
        { "Deze waarde heeft niet de vorm die het contract beschrijft.",
          "Cette valeur n'a pas la forme que décrit le contrat.",
          "This value does not have the form that the contract describes." };
    /// The form is good, the value is not.
    InvalidInput = "belgif", "invalidInput",
        { "Ongeldige waarde", "Valeur non valide", "Invalid Input" },
        { "Deze waarde is ongeldig.", "Cette valeur n'est pas valide.", "This value is not valid." };
    /// The contract knows no such member or parameter.
    UnknownInput = "belgif", "unknownInput",
        { "Onbekende invoer", "Entrée inconnue", "Unknown Input" },
        { "Het contract kent dit niet.", "Le contrat ne connaît pas ceci.", "The contract does not know this." };
    /// The id names nothing that the caller may see.
    ReferencedResourceNotFound = "belgif", "referencedResourceNotFound",
        { "Verwijzing naar iets onbekends", "Référence introuvable", "Referenced Resource Not Found" },
        { "Wat hier genoemd wordt, bestaat niet of is voor de oproeper niet zichtbaar.",
          "Ce qui est mentionné ici n'existe pas ou n'est pas visible pour l'appelant.",
          "What is named here does not exist or cannot be seen by the caller." };
    /// The number or date lies outside its bounds.
    OutOfRange = "belgif-ext", "outOfRange",
        { "Buiten het bereik", "Hors limites", "Out Of Range" },
        { "Deze waarde ligt buiten haar grenzen.",
          "Cette valeur est hors de ses limites.",
          "This value is outside its bounds." };
    /// A member or parameter is needed and absent.
    RequiredInput = "belgif-ext", "requiredInput",
        { "Verplichte invoer ontbreekt", "Entrée obligatoire manquante", "Required Input" },
        { "Dit is verplicht.", "Ceci est obligatoire.", "This is required." };
    /// The value may never be stored here.
    RejectedInput = "belgif-ext", "rejectedInput",
        { "Geweigerde invoer", "Entrée refusée", "Rejected Input" },
        { "Deze waarde wordt geweigerd.", "Cette valeur est refusée.", "This value is refused." };
    /// The end lies before the begin.
    InvalidPeriod = "belgif-ext", "invalidPeriod",
        { "Ongeldige periode", "Période non valide", "Invalid Period" },
        { "Het einde mag niet voor het begin liggen.",
          "La fin ne peut pas précéder le début.",
          "The end must not be before the begin." };
    /// The check number or composition of the value is wrong.
    InvalidStructure = "belgif-ext", "invalidStructure",
        { "Ongeldige opbouw", "Structure non valide", "Invalid Structure" },
        { "Deze waarde is niet goed opgebouwd.",
          "Cette valeur n'est pas bien structurée.",
          "This value is not well composed." };
    /// At least one of several inputs is needed.
    AnyOfExpected = "belgif-ext", "anyOfExpected",
        { "Minstens een verwacht", "Au moins un attendu", "Any Of Expected" },
        { "Minstens een hiervan is verplicht.",
          "Au moins un de ceux-ci est obligatoire.",
          "At least one of these is required." };
    /// Exactly one of several inputs is needed.
    ExactlyOneOfExpected = "belgif-ext", "exactlyOneOfExpected",
        { "Precies een verwacht", "Exactement un attendu", "Exactly One Of Expected" },
        { "Precies een hiervan is verplicht.",
          "Exactement un de ceux-ci est obligatoire.",
          "Exactly one of these is required." };
    /// Several inputs must be equal.
    EqualExpected = "belgif-ext", "equalExpected",
        { "Gelijkheid verwacht", "Égalité attendue", "Equal Expected" },
        { "Deze waarden moeten gelijk zijn.",
          "Ces valeurs doivent être égales.",
          "These values must be equal." };
    /// Several inputs go together.
    ZeroOrAllOfExpected = "belgif-ext", "zeroOrAllOfExpected",
        { "Alle of geen verwacht", "Tous ou aucun attendus", "Zero Or All Of Expected" },
        { "Deze horen samen: geef ze alle of geen.",
          "Ceux-ci vont ensemble : donnez-les tous ou aucun.",
          "These belong together: give all of them or none." };
    /// Several inputs exclude each other.
    ZeroOrExactlyOneOfExpected = "belgif-ext", "zeroOrExactlyOneOfExpected",
        { "Hoogstens een verwacht", "Au plus un attendu", "Zero Or Exactly One Of Expected" },
        { "Deze sluiten elkaar uit: geef er hoogstens een.",
          "Ceux-ci s'excluent : donnez-en au plus un.",
          "These exclude each other: give one at most." };
}

/// A fault of the input.
#[derive(Debug, Clone, PartialEq)]
pub struct Issue {
    kind: Kind,
    place: Place,
    name: Box<str>,
    detail: Detail,
    members: Map<String, Value>,
}

impl Issue {
    /// Makes an issue with the general text of its kind; an empty name stands for the whole of its place.
    pub fn new(kind: Kind, place: Place, name: impl Into<String>) -> Self {
        let mut name = name.into();
        if let Some((cut, _)) = name.char_indices().nth(LONGEST_NAME) {
            name.truncate(cut);
        }
        if domain::national_register_number::contains(&name) {
            "…".clone_into(&mut name);
        }
        Self {
            kind,
            place,
            name: name.into_boxed_str(),
            detail: kind.description().into(),
            members: Map::new(),
        }
    }

    /// Says precisely what is expected.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<Detail>) -> Self {
        self.detail = detail.into();
        self
    }

    /// Names the bounds that the value must keep.
    #[must_use]
    pub fn bounds(mut self, minimum: Option<Value>, maximum: Option<Value>) -> Self {
        self.members.extend(minimum.map(|bound| ("minimum".to_owned(), bound)));
        self.members.extend(maximum.map(|bound| ("maximum".to_owned(), bound)));
        self
    }

    /// Names the inputs that a rule on several of them is about.
    #[must_use]
    pub fn inputs(mut self, names: &[&str]) -> Self {
        let inputs = names.iter().map(|name| json!({"in": self.place.code(), "name": name}));
        self.members.insert("inputs".to_owned(), inputs.collect());
        self
    }

    /// Makes the issue of something that is needed and absent.
    pub fn required(place: Place, name: impl Into<String>) -> Self {
        Self::new(Kind::RequiredInput, place, name)
    }

    /// Makes the issue of a reference in the body to something that the caller does not see.
    pub fn not_found(name: impl Into<String>) -> Self {
        Self::new(Kind::ReferencedResourceNotFound, Place::Body, name)
    }

    /// Makes the issue of a value in the body that is wrong in meaning.
    pub fn invalid(name: impl Into<String>, detail: impl Into<Detail>) -> Self {
        Self::new(Kind::InvalidInput, Place::Body, name).detail(detail)
    }

    /// Makes the issue of a value that holds a national register number.
    pub fn national_register_number(place: Place, name: impl Into<String>) -> Self {
        Self::new(Kind::RejectedInput, place, name).detail(Detail::new(
            "Deze tekst bevat een rijksregisternummer; dat wordt nergens bewaard.",
            "Ce texte contient un numéro de registre national ; il n'est conservé nulle part.",
            "This text holds a national register number, which is never stored.",
        ))
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// Returns the name of the place.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the part of the request.
    pub fn place(&self) -> Place {
        self.place
    }

    /// Writes the issue as a member of `issues`.
    pub(crate) fn render(&self, language: Language) -> Value {
        let mut members = self.members.clone();
        members.insert("type".to_owned(), self.kind.urn().into());
        if self.kind.is_standard() {
            let code = self.kind.code();
            let href = format!("https://www.belgif.be/specification/rest/api-guide/issues/{code}.html");
            members.insert("href".to_owned(), href.into());
        }
        members.insert("title".to_owned(), self.kind.title().pick(language).into());
        members.insert("detail".to_owned(), self.detail.render(language).into());
        members.insert("in".to_owned(), self.place.code().into());
        if !self.name.is_empty() {
            members.insert("name".to_owned(), (*self.name).into());
        }
        Value::Object(members)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_says_what_and_where() {
        let issue = Issue::new(Kind::OutOfRange, Place::Query, "pageSize").bounds(None, Some(500.into()));
        assert_eq!(
            issue.render(Language::En),
            json!({
                "type": "urn:problem-type:belgif-ext:input-validation:outOfRange",
                "title": "Out Of Range",
                "detail": "This value is outside its bounds.",
                "in": "query",
                "name": "pageSize",
                "maximum": 500,
            })
        );
        let unknown = Issue::new(Kind::UnknownInput, Place::Body, "a".repeat(1_000)).render(Language::Nl);
        assert_eq!(unknown["name"].as_str().unwrap().len(), LONGEST_NAME);
        assert_eq!(
            unknown["href"],
            "https://www.belgif.be/specification/rest/api-guide/issues/unknownInput.html"
        );
    }

    #[test]
    fn a_name_never_repeats_a_national_register_number() {
        let issue = Issue::new(Kind::UnknownInput, Place::Body, "00.00.00-001.96");
        assert_eq!(issue.name(), "…");
    }
}
