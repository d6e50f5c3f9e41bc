//! Names as the guide writes them: operations in lowerCamelCase, schemas in UpperCamelCase.

use serde_json::{Map, Value, json};

use super::walk;

const SCHEMAS: &str = "#/components/schemas/";

/// Renames operations after their handlers, and page schemas after their items, which they refer to.
pub(super) fn tidy(document: &mut Value) {
    walk::operations_mut(document, |_, _, operation| {
        if let Some(Value::String(id)) = operation.get_mut("operationId") {
            *id = camel(id);
        }
    });
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    let Some(schemas) = schemas else { return };
    let mut renamed = Map::new();
    for (name, mut schema) in std::mem::take(schemas) {
        if let Some(item) = name.strip_prefix("Collection_") {
            let item = component(item);
            if let Some(place) = schema.pointer_mut("/properties/items/items") {
                let inlined = std::mem::replace(place, reference(&item));
                renamed.entry(item).or_insert(inlined);
            }
        }
        renamed.insert(component(&name), schema);
    }
    *schemas = renamed;
    walk::objects_mut(document, &mut |members| {
        let target = members.get("$ref").and_then(Value::as_str);
        if let Some(name) = target.and_then(|target| target.strip_prefix(SCHEMAS)) {
            let renamed = format!("{SCHEMAS}{}", component(name));
            members.insert("$ref".to_owned(), renamed.into());
        }
    });
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("{SCHEMAS}{name}") })
}

/// Makes `getCase` of `get_case`.
fn camel(snake: &str) -> String {
    let mut camel = String::with_capacity(snake.len());
    let mut upper = false;
    for character in snake.chars() {
        if character == '_' {
            upper = true;
        } else if std::mem::take(&mut upper) {
            camel.extend(character.to_uppercase());
        } else {
            camel.push(character);
        }
    }
    camel
}

/// Makes `CaseItemCollection` of `Collection_CaseItem`.
fn component(name: &str) -> String {
    name.split('_').rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_guide() {
        assert_eq!(camel("get_follow_up_request"), "getFollowUpRequest");
        assert_eq!(camel("getCase"), "getCase");
        assert_eq!(component("Collection_CaseItem"), "CaseItemCollection");
        assert_eq!(component("CaseView"), "CaseView");
    }
}
