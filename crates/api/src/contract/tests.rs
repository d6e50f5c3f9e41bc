use serde_json::json;

use super::*;
use crate::problem::Kind;

fn contract() -> Contract {
    let document = json!({
        "paths": { "/cases/{caseId}": { "post": {
            "operationId": "openCase",
            "parameters": [
                { "name": "caseId", "in": "path", "required": true, "schema": { "type": "string", "format": "uuid" } },
                { "name": "pageSize", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 500, "default": 50 } },
                { "name": "status", "in": "query", "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Status" } } },
                { "name": "late", "in": "query", "schema": { "type": "boolean" } },
                { "name": "q", "in": "query", "schema": { "type": "string", "maxLength": 10 } },
                { "$ref": "#/components/parameters/IfMatch" }
            ],
            "requestBody": { "required": true, "content": { "application/json": { "schema": { "$ref": "#/components/schemas/Body" } } } },
            "responses": { "200": { "content": { "application/json": {}, "text/html": {} } }, "default": { "content": { "application/problem+json": {} } } }
        } } },
        "components": {
            "parameters": { "IfMatch": { "name": "If-Match", "in": "header", "required": true } },
            "schemas": {
                "Status": { "type": "string", "enum": ["open", "closed"] },
                "Person": { "type": "object", "required": ["name"], "additionalProperties": false,
                    "properties": { "name": { "type": "string", "minLength": 1 }, "on": { "type": "string", "format": "date" } } },
                "Body": { "type": "object", "required": ["text"], "additionalProperties": false, "properties": {
                    "text": { "type": "string", "maxLength": 5 },
                    "count": { "type": "integer", "minimum": 0 },
                    "status": { "$ref": "#/components/schemas/Status" },
                    "persons": { "type": "array", "items": { "$ref": "#/components/schemas/Person" } },
                    "code": { "oneOf": [{ "type": "string", "pattern": "^a$" }, { "type": "null" }] },
                    "shape": { "oneOf": [{ "$ref": "#/components/schemas/Circle" }, { "$ref": "#/components/schemas/Square" }] }
                } },
                "Circle": { "type": "object", "required": ["type", "radius"], "properties": {
                    "type": { "enum": ["circle"] }, "radius": { "type": "number", "minimum": 1 } } },
                "Square": { "type": "object", "required": ["type", "side"], "properties": {
                    "type": { "enum": ["square"] }, "side": { "type": "array", "items": { "type": "number" } } } }
            }
        }
    });
    Contract::compile(&document).unwrap()
}

fn names(issues: &[Issue]) -> Vec<(&str, Kind)> {
    let mut names: Vec<_> = issues.iter().map(|issue| (issue.name(), issue.kind())).collect();
    names.sort_by_key(|(name, _)| *name);
    names
}

#[test]
fn an_operation_is_read_from_the_document() {
    let contract = contract();
    let operation = contract.operation("openCase").unwrap();
    assert_eq!(operation.if_match, Need::Required);
    assert_eq!(operation.idempotency_key, Need::Absent);
    assert_eq!(operation.produces, ["application/json", "text/html"]);
    assert!(operation.body.as_ref().unwrap().required);
    assert_eq!(contract.allowed_methods("/cases/1").as_deref(), Some("OPTIONS, POST"));
}

#[test]
fn every_fault_of_a_body_is_named() {
    let body = json!({
        "count": -1,
        "status": "gone",
        "colour": 1,
        "size": 2,
        "persons": [{ "name": "a" }, { "name": "", "on": "15/01/2026", "age": 3 }, {}],
    });
    let issues = contract().validate_body("openCase", &body);
    assert_eq!(
        names(&issues),
        [
            ("colour", Kind::UnknownInput),
            ("count", Kind::OutOfRange),
            ("persons[1].age", Kind::UnknownInput),
            ("persons[1].name", Kind::SchemaViolation),
            ("persons[1].on", Kind::SchemaViolation),
            ("persons[2].name", Kind::RequiredInput),
            ("size", Kind::UnknownInput),
            ("status", Kind::SchemaViolation),
            ("text", Kind::RequiredInput),
        ]
    );
}

#[test]
fn faults_are_those_of_the_shape_that_a_value_says_it_is_of() {
    for (shape, expected) in [
        (json!({ "type": "circle", "radius": 1 }), vec![]),
        (json!({ "type": "circle", "radius": 0 }), vec![("shape.radius", Kind::OutOfRange)]),
        (json!({ "type": "square", "side": [1, "x"] }), vec![("shape.side[1]", Kind::SchemaViolation)]),
        (json!({ "type": "square" }), vec![("shape.side", Kind::RequiredInput)]),
        (json!({ "type": "star" }), vec![("shape", Kind::SchemaViolation)]),
        (json!(7), vec![("shape", Kind::SchemaViolation)]),
    ] {
        let issues = contract().validate_body("openCase", &json!({ "text": "a", "shape": shape }));
        assert_eq!(names(&issues), expected, "{shape}");
    }
}

#[test]
fn what_may_be_null_has_the_faults_of_what_it_is_when_it_is_not() {
    let faults = |code: Value| contract().validate_body("openCase", &json!({ "text": "a", "code": code }));
    assert_eq!(faults(Value::Null), []);
    for (code, detail) in [(json!("b"), "pattern ^a$"), (json!(7), "none of the forms")] {
        let told = faults(code).first().unwrap().render(crate::language::Language::En)["detail"].to_string();
        assert!(told.contains(detail), "{told}");
    }
}

#[test]
fn null_is_not_absence() {
    let issues = contract().validate_body("openCase", &json!({ "text": "a", "count": null }));
    assert_eq!(names(&issues), [("count", Kind::SchemaViolation)]);
}

#[test]
fn a_national_register_number_is_refused_wherever_it_stands() {
    let body = json!({ "text": "a", "persons": [{ "name": "nr 00.00.00-001.96" }] });
    let issues = contract().validate_body("openCase", &body);
    assert_eq!(names(&issues), [("persons[0].name", Kind::RejectedInput)]);
}

#[test]
fn an_id_is_no_national_register_number() {
    let id = "019a9d3e-0000-7000-8000-a70011370393";
    let named = |name: &str| {
        contract().validate_body("openCase", &json!({ "text": "a", "persons": [{ "name": name }] }))
    };
    assert_eq!(names(&named(id)), []);
    assert_eq!(names(&named(&format!("zie {id}"))), [("persons[0].name", Kind::RejectedInput)]);
}

#[test]
fn a_query_is_typed_by_its_schemas() {
    let contract = contract();
    for (raw, value) in [
        ("", json!({ "pageSize": 50 })),
        ("pageSize=7&late=true&q=a+b", json!({ "pageSize": 7, "late": true, "q": "a b" })),
        ("status=open&status=closed", json!({ "pageSize": 50, "status": ["open", "closed"] })),
        ("status=open&&", json!({ "pageSize": 50, "status": ["open"] })),
    ] {
        assert_eq!(contract.parse_query("openCase", raw).unwrap(), value, "{raw}");
    }
}

#[test]
fn every_fault_of_a_query_is_named() {
    let contract = contract();
    for (raw, expected) in [
        ("pageSize=501", vec![("pageSize", Kind::OutOfRange)]),
        ("pageSize=x&late=1", vec![("late", Kind::SchemaViolation), ("pageSize", Kind::SchemaViolation)]),
        ("pageSize=1&pageSize=2", vec![("pageSize", Kind::SchemaViolation)]),
        ("pageSize=%2B1", vec![("pageSize", Kind::SchemaViolation)]),
        ("colour=red", vec![("colour", Kind::UnknownInput)]),
        ("status=open&status=gone", vec![("status", Kind::SchemaViolation)]),
        ("q=%ff&%ff=1", vec![("", Kind::SchemaViolation), ("q", Kind::SchemaViolation)]),
        ("q=01234567890", vec![("q", Kind::SchemaViolation)]),
    ] {
        let issues = contract.parse_query("openCase", raw).unwrap_err();
        assert_eq!(names(&issues), expected, "{raw}");
    }
}
