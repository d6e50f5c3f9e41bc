//! Schemas: no nulls; and in what callers send no unknown members, and texts and ids in the form that all of them have.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::walk;
use crate::forms;

/// Applies the rules to every schema of the document.
pub(super) fn complete(document: &mut Value) {
    let requested = requested(document);
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    for (name, schema) in schemas.into_iter().flatten() {
        if !name.ends_with("Patch") {
            walk::objects_mut(schema, &mut without_null);
        }
        if requested.contains(name) {
            closed(schema);
            walk::objects_mut(schema, &mut formed);
        }
    }
    walk::operations_mut(document, |_, _, operation| {
        for (member, value) in operation.iter_mut() {
            if member == "parameters" || member == "responses" {
                walk::objects_mut(value, &mut without_null);
            }
            if member == "parameters" {
                walk::objects_mut(value, &mut formed);
            }
        }
    });
}

/// Finds the components that a request body is made of.
fn requested(document: &Value) -> BTreeSet<String> {
    let mut pending = Vec::new();
    for (_, _, operation) in walk::operations(document) {
        if let Some(body) = operation.get("requestBody") {
            walk::references(body, &mut pending);
        }
    }
    let mut found = BTreeSet::new();
    while let Some(name) = pending.pop() {
        if let Some(schema) = document.pointer(&format!("/components/schemas/{name}"))
            && found.insert(name)
        {
            walk::references(schema, &mut pending);
        }
    }
    found
}

/// Forbids members that the schema does not name; parts of a composition leave that to the whole.
fn closed(schema: &mut Value) {
    let Some(members) = schema.as_object_mut() else { return };
    let is_object = members.get("type").is_some_and(|kind| {
        kind == "object" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "object"))
    });
    if is_object && !members.contains_key("additionalProperties") && !members.contains_key("allOf") {
        members.insert("additionalProperties".to_owned(), Value::Bool(false));
    }
    for inner in ["properties", "$defs"] {
        let inner = members.get_mut(inner).and_then(Value::as_object_mut);
        inner.into_iter().flatten().for_each(|(_, schema)| closed(schema));
    }
    if let Some(items) = members.get_mut("items") {
        closed(items);
    }
    for inner in ["oneOf", "anyOf"] {
        members.get_mut(inner).and_then(Value::as_array_mut).into_iter().flatten().for_each(closed);
    }
}

/// Says of a text and of an id what the code holds all of them to.
fn formed(members: &mut Map<String, Value>) {
    let is_text = members.get("type").is_some_and(|kind| {
        kind == "string" || kind.as_array().is_some_and(|kinds| kinds.iter().any(|kind| kind == "string"))
    });
    if !is_text || ["enum", "const", "pattern"].iter().any(|word| members.contains_key(*word)) {
        return;
    }
    let pattern = match members.get("format").and_then(Value::as_str) {
        Some("uuid") => forms::UUID,
        Some(_) => return,
        None if members.contains_key("minLength") => forms::TEXT,
        None => forms::ANY_TEXT,
    };
    // This form asks for a character that is seen.
    if pattern == forms::TEXT {
        members.remove("minLength");
    }
    members.insert("pattern".to_owned(), pattern.into());
}

/// Takes null out of a schema: what has no value is left out.
fn without_null(members: &mut Map<String, Value>) {
    if let Some(Value::Array(kinds)) = members.get_mut("type") {
        kinds.retain(|kind| kind != "null");
        if let [kind] = kinds.as_slice() {
            let kind = kind.clone();
            members.insert("type".to_owned(), kind);
        }
    }
    if let Some(Value::Array(values)) = members.get_mut("enum") {
        values.retain(|value| !value.is_null());
    }
    for composition in ["oneOf", "anyOf"] {
        let Some(Value::Array(schemas)) = members.get_mut(composition) else { continue };
        let count = schemas.len();
        schemas.retain(|schema| schema.get("type").is_none_or(|kind| kind != "null"));
        if schemas.len() < count
            && let [Value::Object(only)] = schemas.as_slice()
        {
            let only = only.clone();
            members.remove(composition);
            for (name, value) in only {
                // What the property says of itself goes before what its type says.
                members.entry(name).or_insert(value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn null_is_taken_out_except_of_patches() {
        let mut document = json!({ "components": { "schemas": {
            "View": { "properties": {
                "a": { "type": ["string", "null"], "format": "date" },
                "b": { "oneOf": [{ "type": "null" }, { "$ref": "#/x", "description": "Type." }], "description": "Own." },
                "c": { "type": ["string", "null"], "enum": ["x", null] }
            } },
            "CasePatch": { "properties": { "a": { "type": ["string", "null"] } } }
        } } });
        complete(&mut document);
        assert_eq!(
            document["components"]["schemas"],
            json!({
                "View": { "properties": {
                    "a": { "type": "string", "format": "date" },
                    "b": { "$ref": "#/x", "description": "Own." },
                    "c": { "type": "string", "enum": ["x"] }
                } },
                "CasePatch": { "properties": { "a": { "type": ["string", "null"] } } }
            })
        );
    }

    #[test]
    fn what_callers_send_has_no_unknown_members() {
        let mut document = json!({
            "paths": { "/a": { "post": { "requestBody": { "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Body" } } } } } } },
            "components": { "schemas": {
                "Body": { "type": "object", "properties": {
                    "inner": { "$ref": "#/components/schemas/Inner" },
                    "map": { "type": "object", "additionalProperties": { "type": "integer" } }
                } },
                "Inner": { "type": "object" },
                "View": { "type": "object" }
            } }
        });
        complete(&mut document);
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Body"]["additionalProperties"], false);
        assert_eq!(schemas["Inner"]["additionalProperties"], false);
        assert_eq!(
            schemas["Body"]["properties"]["map"]["additionalProperties"],
            json!({ "type": "integer" })
        );
        assert_eq!(schemas["View"].get("additionalProperties"), None);
    }

    #[test]
    fn what_callers_send_has_texts_and_ids_of_one_form() {
        let text = json!({ "type": "string", "minLength": 1, "maxLength": 9 });
        let properties = json!({
            "title": text,
            "name": { "type": ["string", "null"] },
            "id": { "type": "string", "format": "uuid" },
            "on": { "type": "string", "format": "date" },
            "kind": { "type": "string", "enum": ["a"] },
            "code": { "type": "string", "pattern": "^a$" },
            "count": { "type": "integer" }
        });
        let mut document = json!({
            "paths": { "/a": { "post": {
                "parameters": [{ "name": "q", "in": "query", "schema": text }],
                "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } }
            } } },
            "components": { "schemas": {
                "Body": { "type": "object", "properties": properties }, "View": { "type": "object", "properties": properties }
            } }
        });
        complete(&mut document);
        let form = |pointer: &str| document.pointer(pointer).unwrap().get("pattern").and_then(Value::as_str);
        assert_eq!(form("/paths/~1a/post/parameters/0/schema"), Some(forms::TEXT));
        for (name, pattern) in [
            ("title", Some(forms::TEXT)),
            ("name", Some(forms::ANY_TEXT)),
            ("id", Some(forms::UUID)),
            ("on", None),
            ("kind", None),
            ("code", Some("^a$")),
            ("count", None),
        ] {
            assert_eq!(form(&format!("/components/schemas/Body/properties/{name}")), pattern, "{name}");
        }
        assert_eq!(form("/components/schemas/View/properties/title"), None);
    }
}
