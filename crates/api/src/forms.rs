//! Texts of a fixed form as schemas of the contract, and the forms that hold wherever a text or an id is sent.

use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

/// A free text that says something: a visible character, and no control characters but tabs and line ends.
pub(crate) const TEXT: &str = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*[^\x00-\x20\x7F-\xA0\u1680\u2000-\u200A\u2028\u2029\u202F\u205F\u3000][^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$";
/// A free text that may be empty.
pub(crate) const ANY_TEXT: &str = r"^[^\x00-\x08\x0B\x0C\x0E-\x1F\x7F-\x9F]*$";
/// The one form of an id.
pub(crate) const UUID: &str = "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$";
/// What `If-Match` takes (RFC 9110 §13.1.1): `*`, or entity tags; a list may have empty places.
pub(crate) const ENTITY_TAGS: &str = r#"^[ \t,]*(\*|(W/)?"[!#-~]*"([ \t]*,[ \t,]*(W/)?"[!#-~]*")*)[ \t,]*$"#;
/// What `Idempotency-Key` takes: a string of RFC 8941 of 1 to 255 characters.
pub(crate) const IDEMPOTENCY_KEY: &str = r#"^"(\\["\\]|[ !#-\[\]-~]){1,255}"$"#;

macro_rules! form_schemas {
    ($($schema:ident = $pattern:literal, $example:literal, $text:literal;)*) => {$(
        #[doc = $text]
        #[derive(Debug)]
        pub struct $schema;

        impl PartialSchema for $schema {
            fn schema() -> RefOr<Schema> {
                of_form($pattern, $example, $text)
            }
        }

        impl ToSchema for $schema {}
    )*};
}

fn of_form(pattern: &str, example: &str, text: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(text))
        .pattern(Some(pattern))
        .examples([example])
        .into()
}

form_schemas! {
    EventType = "^[A-Za-z0-9.]{1,200}$", "be.example.wijkoverleg.v1.followUpRequest", "A type of events, or the beginning of types up to a dot.";
    CategoryCode = "^[A-Z]{3}[.][A-Z]{2,8}$", "AFV.SLUIK", "A category of a main group.";
    CategoryGroupCode = "^[A-Z]{3}$", "AFV", "A main group of categories.";
    CategoryOrGroupCode = "^[A-Z]{3}([.][A-Z]{2,8})?$", "AFV.SLUIK", "A category, or a main group of them.";
    ConsultationCode = "^[A-Z][A-Z0-9]{1,7}$", "KRO", "The short code of a consultation.";
    AreaCode = "^[0-9]{5}([0-9A-Z]{3,8}|[0-9A-Z]{3}-)$", "41002W06", "The code of a statistical sector or a neighbourhood.";
    SectorCode = "^[0-9]{5}[0-9A-Z]{3}[0-9A-Z-]$", "41002A20-", "The code of a statistical sector.";
    SchemeVersion = "^[0-9A-Za-z][0-9A-Za-z._-]{0,19}$", "2025", "A version of the scheme that area codes belong to.";
    AddressUri = "^https://data[.]vlaanderen[.]be/id/adres/[1-9][0-9]{0,17}$", "https://data.vlaanderen.be/id/adres/1234567", "An address in the Flemish address register.";
    EnterpriseNumber = "^(BE ?)?[01]([0-9]{9}|[0-9]{3}[.][0-9]{3}[.][0-9]{3}|[0-9]{3} [0-9]{3} [0-9]{3})$", "0123.456.749", "An enterprise number, plain or grouped; its last two digits are a check number.";
    OvoCode = "^OVO[0-9]{6}$", "OVO001234", "A code of the Flemish register of organisations.";
    OperationId = "^[a-z][A-Za-z0-9]{0,99}$", "updateCase", "An operation of this API.";
    BoundingBox = "^-?[0-9]{1,3}([.][0-9]{1,15})?(,-?[0-9]{1,3}([.][0-9]{1,15})?){3}$", "4.03,50.93,4.06,50.95", "West, south, east, north in degrees, WGS 84.";
    CreatedAtOrder = "^-?createdAt$", "createdAt", "By `createdAt`, with `-` before it for descending.";
    RecordedAtOrder = "^-?recordedAt$", "recordedAt", "By `recordedAt`, with `-` before it for descending.";
    StartsAtOrder = "^-?startsAt$", "startsAt", "By `startsAt`, with `-` before it for descending.";
    DecidedAtOrder = "^-?decidedAt$", "decidedAt", "By `decidedAt`, with `-` before it for descending.";
    MetAtOrder = "^-?metAt$", "-metAt", "By `metAt`, with `-` before it for descending.";
    FunctionCode = "^[a-z][A-Za-z0-9]{0,39}$", "chiefInspector", "The code of a function in a consultation.";
    ClosedOnOrder = "^-?closedOn$", "closedOn", "By `closedOn`, with `-` before it for descending.";
    RecurrenceRule = "^[A-Za-z]+=[A-Za-z0-9,+-]+(;[A-Za-z]+=[A-Za-z0-9,+-]+)*$", "FREQ=MONTHLY;BYDAY=2TU", "A recurrence rule (RFC 5545 §3.3.10).";
    TimeOfDay = "^([01][0-9]|2[0-3]):[0-5][0-9]$", "13:30", "A time of day in Europe/Brussels, to the minute.";
    ContactedOnOrder = "^-?contactedOn$", "-contactedOn", "By `contactedOn`, with `-` before it for descending.";
    StartedAtOrder = "^-?startedAt$", "-startedAt", "By `startedAt`, with `-` before it for descending.";
    ActionOrder = "^-?(createdAt|dueOn)$", "-createdAt", "By `createdAt` or `dueOn`, with `-` before it for descending.";
    EffectiveAtOrder = "^-?effectiveAt$", "-effectiveAt", "By `effectiveAt`, with `-` before it for descending.";
    StepId = "^[a-z][A-Za-z0-9]{0,39}$", "answerLate", "The id of a step of an escalation policy.";
    EscalationOrder = "^-?(createdAt|updatedAt)$", "-createdAt", "By `createdAt` or `updatedAt`, with `-` before it for descending.";
    EventTypePattern = "^[a-z][A-Za-z0-9]{0,39}[.]notify[.]([a-z][A-Za-z0-9]{0,39}|[*])$", "followUpRequest.notify.*", "A type of events without the name of the service, with `*` for all of a subject.";
    FollowUpRequestOrder = "^-?(createdAt|answerDueAt)$", "-createdAt", "By `createdAt` or `answerDueAt`, with `-` before it for descending.";
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn is_of(pattern: &str, text: &str) -> bool {
        jsonschema::is_valid(&json!({ "pattern": pattern }), &Value::from(text))
    }

    #[test]
    fn a_text_says_something_without_control_characters() {
        for good in ["a", " é ", "een\r\n\ttwee", "\u{feff}", "😀", "\n-\n"] {
            assert!(is_of(TEXT, good) && is_of(ANY_TEXT, good), "{good:?}");
        }
        for blank in ["", " ", "\t\r\n", "\u{a0}\u{2003}\u{3000}"] {
            assert!(!is_of(TEXT, blank) && is_of(ANY_TEXT, blank), "{blank:?}");
        }
        for bad in ["a\0", "\u{1b}[31m", "a\u{85}b", "\u{7f}a", "a\u{b}"] {
            assert!(!is_of(TEXT, bad) && !is_of(ANY_TEXT, bad), "{bad:?}");
        }
    }

    #[test]
    fn every_example_is_of_its_form() {
        let document = crate::openapi::document();
        let schemas = document["components"]["schemas"].as_object().unwrap();
        for (name, schema) in schemas.iter().filter(|(_, schema)| schema["pattern"].is_string()) {
            let example = &schema["examples"][0];
            assert!(jsonschema::is_valid(schema, example), "{name}: {example}");
        }
    }
}
