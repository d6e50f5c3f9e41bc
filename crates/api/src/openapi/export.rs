//! The document in the form of OpenAPI 3.0, for generators that read no other.

use serde_json::{Map, Value, json};

use super::walk;

/// Rewrites what OpenAPI 3.0 says differently.
pub(super) fn to_3_0(document: &Value) -> Value {
    let mut exported = document.clone();
    if let Some(info) = exported.get_mut("info").and_then(Value::as_object_mut) {
        info.remove("summary");
        info.insert("license".to_owned(), json!({ "name": "MIT OR Apache-2.0" }));
    }
    super::set(&mut exported, "openapi", "3.0.3".into());
    if let Some(members) = exported.as_object_mut() {
        members.remove("jsonSchemaDialect");
        members.remove("webhooks");
    }
    for part in ["paths", "components"] {
        if let Some(part) = exported.get_mut(part) {
            walk::objects_mut(part, &mut rewrite);
        }
    }
    exported
}

fn rewrite(members: &mut Map<String, Value>) {
    // A schema says its type as a text or a list; a property that is called `type` is an object.
    if let Some(Value::Array(kinds)) = members.get("type") {
        let nullable = kinds.iter().any(|kind| kind == "null");
        let rest: Vec<Value> = kinds.iter().filter(|kind| *kind != "null").cloned().collect();
        if nullable {
            members.insert("nullable".to_owned(), Value::Bool(true));
        }
        if let [kind] = rest.as_slice() {
            members.insert("type".to_owned(), kind.clone());
        } else {
            members.remove("type");
            let any: Value = rest.into_iter().map(|kind| json!({ "type": kind })).collect();
            members.insert("anyOf".to_owned(), any);
        }
    }
    for composition in ["oneOf", "anyOf"] {
        let Some(Value::Array(schemas)) = members.get_mut(composition) else { continue };
        let count = schemas.len();
        schemas.retain(|schema| schema.get("type").is_none_or(|kind| kind != "null"));
        if schemas.len() < count {
            members.insert("nullable".to_owned(), Value::Bool(true));
        }
    }
    if members.get("const").is_some_and(|value| !value.is_object())
        && let Some(value) = members.remove("const")
    {
        members.insert("enum".to_owned(), json!([value]));
    }
    if let Some(Value::Array(examples)) = members.get("examples") {
        let first = examples.first().cloned();
        members.remove("examples");
        if let Some(first) = first {
            members.insert("example".to_owned(), first);
        }
    }
    for (exclusive, inclusive) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
        if let Some(bound @ Value::Number(_)) = members.get(exclusive).cloned() {
            members.insert(inclusive.to_owned(), bound);
            members.insert(exclusive.to_owned(), Value::Bool(true));
        }
    }
    // Beside a reference nothing else counts in 3.0.
    if let Some(reference @ Value::String(_)) = members.get("$ref").cloned()
        && members.len() > 1
    {
        members.remove("$ref");
        members.insert("allOf".to_owned(), json!([{ "$ref": reference }]));
    }
    if members.get("propertyNames").is_some_and(Value::is_object)
        && members.contains_key("additionalProperties")
    {
        members.remove("propertyNames");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_said_differently_is_rewritten() {
        let document = json!({ "openapi": "3.1.0", "info": {}, "components": { "schemas": { "A": {
            "type": ["string", "null"],
            "examples": ["x", "y"],
            "properties": {
                "type": { "const": "fixed" },
                "of": { "$ref": "#/b", "description": "Own." },
                "n": { "type": "number", "exclusiveMinimum": 0 },
                "m": { "oneOf": [{ "type": "null" }, { "$ref": "#/b" }] }
            }
        } } } });
        let exported = to_3_0(&document);
        assert_eq!(exported["openapi"], "3.0.3");
        assert_eq!(
            exported["components"]["schemas"]["A"],
            json!({
                "type": "string",
                "nullable": true,
                "example": "x",
                "properties": {
                    "type": { "enum": ["fixed"] },
                    "of": { "allOf": [{ "$ref": "#/b" }], "description": "Own." },
                    "n": { "type": "number", "minimum": 0, "exclusiveMinimum": true },
                    "m": { "oneOf": [{ "$ref": "#/b" }], "nullable": true }
                }
            })
        );
    }
}
