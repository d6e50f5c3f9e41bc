//! The schemas of problems, with the names and members of the Belgian REST guide.

use serde_json::{Value, json};

/// Returns each schema with its name.
pub(super) fn schemas() -> [(&'static str, Value); 3] {
    let uri = |description: &str| json!({ "type": "string", "format": "uri", "description": description });
    let text = |description: &str| json!({ "type": "string", "description": description });
    let properties = json!({
        "type": uri("The type of the problem"),
        "href": uri("Where the type is described"),
        "title": text("The type in words, in the language of the answer"),
        "status": { "type": "integer", "minimum": 400, "maximum": 599, "description": "The status of the answer" },
        "detail": text("What is the matter this time, in the language of the answer"),
        "instance": uri("The id of the request, under which the log knows it")
    });
    let mut with_issues = properties.clone();
    super::set(
        &mut with_issues,
        "issues",
        json!({ "type": "array", "description": "Every fault of the input",
            "items": { "$ref": "#/components/schemas/InputValidationIssue" } }),
    );
    [
        (
            "Problem",
            json!({ "type": "object", "description": "A problem (RFC 9457), with members of its type beside these",
                "required": ["type", "title", "status", "instance"], "properties": properties }),
        ),
        (
            "InputValidationProblem",
            json!({ "type": "object", "description": "An input with faults",
                "required": ["type", "title", "status", "instance"], "properties": with_issues }),
        ),
        (
            "InputValidationIssue",
            json!({ "type": "object", "description": "A fault of the input", "required": ["type", "title", "in"],
                "properties": {
                    "type": uri("The kind of fault"),
                    "href": uri("Where the kind is described"),
                    "title": text("The kind in words, in the language of the answer"),
                    "detail": text("What is expected, in the language of the answer"),
                    "in": { "type": "string", "enum": ["body", "header", "path", "query"], "description": "The part of the request" },
                    "name": { "type": "string", "description": "The place in that part; absent for the whole of it", "examples": ["persons[0].name"] },
                    "minimum": { "description": "The least that is allowed" },
                    "maximum": { "description": "The most that is allowed" },
                    "inputs": { "type": "array", "description": "The inputs that a rule on several of them is about", "items": {
                        "type": "object", "properties": { "in": text("The part of the request"), "name": text("The place in that part") } } }
                } }),
        ),
    ]
}
