//! From what the validator reports to issues that a person can act on.

use jsonschema::error::{TypeKind, ValidationErrorKind};
use jsonschema::{ValidationError, Validator};
use serde_json::Value;
use uuid::Uuid;

use crate::forms;
use crate::problem::{Detail, Issue, Kind, Place};

/// Adds every fault of a value to the list; `name` is the parameter, or empty for a body.
pub(super) fn collect(
    validator: &Validator,
    value: &Value,
    place: Place,
    name: &str,
    issues: &mut Vec<Issue>,
) {
    if validator.is_valid(value) {
        return;
    }
    for error in validator.iter_errors(value) {
        push(&error, value, place, name, issues);
    }
}

/// Adds every text of a body that must not be stored.
pub(super) fn collect_forbidden(body: &Value, issues: &mut Vec<Issue>) {
    let mut name = String::new();
    walk(body, &mut name, &mut |text, name| issues.extend(forbidden(text, Place::Body, name)));
}

/// Returns the issue of a text that must not be stored.
///
/// An id is no free text: one in a hundred thousand holds eleven digits that look like a number of the register.
pub(super) fn forbidden(text: &str, place: Place, name: &str) -> Option<Issue> {
    let is_forbidden = domain::national_register_number::contains(text) && Uuid::try_parse(text).is_err();
    is_forbidden.then(|| Issue::national_register_number(place, name))
}

fn walk(value: &Value, name: &mut String, visit: &mut impl FnMut(&str, &str)) {
    let length = name.len();
    match value {
        Value::String(text) => visit(text, name),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                name.push('[');
                name.push_str(&index.to_string());
                name.push(']');
                walk(item, name, visit);
                name.truncate(length);
            }
        }
        Value::Object(members) => {
            for (member, value) in members {
                append(name, member);
                walk(value, name, visit);
                name.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

fn append(name: &mut String, member: &str) {
    if !name.is_empty() {
        name.push('.');
    }
    name.push_str(member);
}

/// Writes a JSON pointer the way the guide names places: `persons[0].name`.
fn named(root: &Value, pointer: &str) -> String {
    let mut name = String::new();
    let mut value = Some(root);
    for segment in pointer.split('/').skip(1) {
        let segment = segment.replace("~1", "/").replace("~0", "~");
        if let Some(Value::Array(items)) = value {
            name.push('[');
            name.push_str(&segment);
            name.push(']');
            value = segment.parse::<usize>().ok().and_then(|index| items.get(index));
        } else {
            append(&mut name, &segment);
            value = value.and_then(|value| value.get(&segment));
        }
    }
    name
}

fn push(error: &ValidationError<'_>, root: &Value, place: Place, parameter: &str, issues: &mut Vec<Issue>) {
    let name = match place {
        Place::Body => named(root, error.instance_path().as_str()),
        Place::Header | Place::Path | Place::Query => parameter.to_owned(),
    };
    let member = |member: &str| {
        let mut name = name.clone();
        append(&mut name, member);
        name
    };
    match error.kind() {
        ValidationErrorKind::AdditionalProperties { unexpected }
        | ValidationErrorKind::UnevaluatedProperties { unexpected } => {
            let unknown =
                unexpected.iter().map(|unknown| Issue::new(Kind::UnknownInput, place, member(unknown)));
            issues.extend(unknown);
        }
        // An object that has no members at all: the error names none of those that are there.
        ValidationErrorKind::FalseSchema => {
            let object = root.pointer(error.instance_path().as_str()).and_then(Value::as_object);
            let unknown = object.into_iter().flat_map(|object| object.keys());
            issues.extend(unknown.map(|unknown| Issue::new(Kind::UnknownInput, place, member(unknown))));
            if object.is_none() {
                issues.push(Issue::new(Kind::UnknownInput, place, name));
            }
        }
        ValidationErrorKind::Required { property } => {
            issues.push(Issue::required(place, member(property.as_str().unwrap_or_default())));
        }
        ValidationErrorKind::Minimum { limit } | ValidationErrorKind::ExclusiveMinimum { limit } => {
            let issue = Issue::new(Kind::OutOfRange, place, name).bounds(Some(limit.clone()), None);
            issues.push(issue.detail(described(error.kind())));
        }
        ValidationErrorKind::Maximum { limit } | ValidationErrorKind::ExclusiveMaximum { limit } => {
            let issue = Issue::new(Kind::OutOfRange, place, name).bounds(None, Some(limit.clone()));
            issues.push(issue.detail(described(error.kind())));
        }
        ValidationErrorKind::OneOfNotValid { context } if let Some(faults) = of_its_shape(error, context) => {
            for fault in faults {
                push(fault, root, place, parameter, issues);
            }
        }
        other => issues.push(Issue::new(Kind::SchemaViolation, place, name).detail(described(other))),
    }
}

/// Gives the faults of the shape that a value is meant to be of: the one of its type, such as text beside null, or the
/// one that its fixed member names.
fn of_its_shape<'a>(
    whole: &ValidationError<'_>,
    shapes: &'a [Vec<ValidationError<'static>>],
) -> Option<&'a [ValidationError<'static>]> {
    let is_of_another_type = |fault: &ValidationError<'_>| {
        matches!(fault.kind(), ValidationErrorKind::Type { .. })
            && fault.instance_path() == whole.instance_path()
    };
    let names_another = |fault: &ValidationError<'_>| {
        matches!(fault.kind(), ValidationErrorKind::Enum { .. } | ValidationErrorKind::Constant { .. })
    };
    let of_its_type: Vec<_> =
        shapes.iter().map(Vec::as_slice).filter(|faults| !faults.iter().any(is_of_another_type)).collect();
    if let [only] = of_its_type.as_slice() {
        return Some(only);
    }
    let mut named = of_its_type.into_iter().filter(|faults| !faults.iter().any(names_another));
    named.next().filter(|_| named.next().is_none())
}

/// Says what is expected, never what was found.
fn described(kind: &ValidationErrorKind) -> Detail {
    use ValidationErrorKind as K;
    match kind {
        K::Type { kind } => {
            Detail::new("Verwacht wordt: {type}.", "On attend : {type}.", "Expected: {type}.")
                .with("type", types(kind))
        }
        K::Enum { options } => Detail::new(
            "Toegelaten waarden: {options}.",
            "Valeurs autorisées : {options}.",
            "Allowed values: {options}.",
        )
        .with("options", listed(options)),
        K::Constant { expected_value } => {
            Detail::new("Verwacht wordt: {value}.", "On attend : {value}.", "Expected: {value}.")
                .with("value", expected_value)
        }
        K::Format { format } => {
            Detail::new("Verwacht wordt: {format}.", "On attend : {format}.", "Expected: {format}.")
                .with("format", form(format))
        }
        K::Pattern { pattern } if pattern == forms::UUID => {
            Detail::new("Verwacht wordt: {form}.", "On attend : {form}.", "Expected: {form}.")
                .with("form", "UUID (a-f 0-9)")
        }
        K::Pattern { pattern } if pattern == forms::TEXT => Detail::new(
            "Verwacht wordt: een tekst met minstens een zichtbaar teken, zonder stuurtekens.",
            "On attend : un texte avec au moins un caractère visible, sans caractères de contrôle.",
            "Expected: a text with at least one visible character, without control characters.",
        ),
        K::Pattern { pattern } if pattern == forms::ANY_TEXT => Detail::new(
            "Verwacht wordt: een tekst zonder stuurtekens.",
            "On attend : un texte sans caractères de contrôle.",
            "Expected: a text without control characters.",
        ),
        K::Pattern { pattern } => Detail::new(
            "Deze waarde volgt het patroon {pattern} niet.",
            "Cette valeur ne suit pas le modèle {pattern}.",
            "This value does not follow the pattern {pattern}.",
        )
        .with("pattern", pattern),
        K::MinLength { limit } => Detail::new(
            "Minstens {limit} tekens.",
            "Au moins {limit} caractères.",
            "At least {limit} characters.",
        )
        .with("limit", limit),
        K::MaxLength { limit } => Detail::new(
            "Hoogstens {limit} tekens.",
            "Au plus {limit} caractères.",
            "At most {limit} characters.",
        )
        .with("limit", limit),
        K::MinItems { limit } => Detail::new(
            "Minstens {limit} elementen.",
            "Au moins {limit} éléments.",
            "At least {limit} items.",
        )
        .with("limit", limit),
        K::MaxItems { limit } => most_items(limit),
        K::AdditionalItems { limit } => most_items(limit),
        K::MinProperties { limit } => {
            Detail::new("Minstens {limit} leden.", "Au moins {limit} membres.", "At least {limit} members.")
                .with("limit", limit)
        }
        K::MaxProperties { limit } => {
            Detail::new("Hoogstens {limit} leden.", "Au plus {limit} membres.", "At most {limit} members.")
                .with("limit", limit)
        }
        K::UniqueItems => Detail::new(
            "Elk element mag maar een keer voorkomen.",
            "Chaque élément ne peut figurer qu'une seule fois.",
            "Each item may occur only once.",
        ),
        K::Minimum { limit } => {
            Detail::new("Minstens {limit}.", "Au moins {limit}.", "At least {limit}.").with("limit", limit)
        }
        K::ExclusiveMinimum { limit } => {
            Detail::new("Meer dan {limit}.", "Plus de {limit}.", "More than {limit}.").with("limit", limit)
        }
        K::Maximum { limit } => {
            Detail::new("Hoogstens {limit}.", "Au plus {limit}.", "At most {limit}.").with("limit", limit)
        }
        K::ExclusiveMaximum { limit } => {
            Detail::new("Minder dan {limit}.", "Moins de {limit}.", "Less than {limit}.").with("limit", limit)
        }
        K::MultipleOf { multiple_of } => {
            Detail::new("Een veelvoud van {factor}.", "Un multiple de {factor}.", "A multiple of {factor}.")
                .with("factor", multiple_of)
        }
        K::AnyOf { .. } | K::OneOfNotValid { .. } | K::OneOfMultipleValid { .. } => Detail::new(
            "Deze waarde heeft geen van de vormen die het contract beschrijft.",
            "Cette valeur n'a aucune des formes que décrit le contrat.",
            "This value has none of the forms that the contract describes.",
        ),
        _ => Detail::from(Kind::SchemaViolation.title()),
    }
}

fn most_items(limit: impl std::fmt::Display) -> Detail {
    Detail::new("Hoogstens {limit} elementen.", "Au plus {limit} éléments.", "At most {limit} items.")
        .with("limit", limit)
}

fn types(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(one) => one.to_string(),
        TypeKind::Multiple(many) => many.iter().map(|one| one.to_string()).collect::<Vec<_>>().join(", "),
    }
}

fn form(format: &str) -> &str {
    match format {
        "date" => "yyyy-MM-dd",
        "date-time" => "yyyy-MM-ddTHH:mm:ssZ (RFC 3339)",
        other => other,
    }
}

fn listed(options: &Value) -> String {
    let texts = options.as_array().into_iter().flatten().map(|option| match option {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    });
    texts.collect::<Vec<_>>().join(", ")
}
