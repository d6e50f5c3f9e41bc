use super::*;

#[test]
fn the_document_holds_what_is_served() {
    let document = document();
    assert_eq!(document["info"]["title"], "Wijkoverleg");
    assert_eq!(document["servers"][0]["url"], "/wijkoverleg/v1");
    assert_eq!(document["paths"]["/health"]["get"]["operationId"], "checkHealth");
    assert_eq!(document["paths"]["/health"]["get"]["security"], json!([]));
    assert!(document["paths"].get("/refData/problemTypes/{problemType}").is_some());
}

#[test]
fn every_operation_is_an_operation_of_the_matrix_or_open_to_everybody() {
    let open = [
        "checkHealth",
        "listProblemTypes",
        "getProblemType",
        "listCategories",
        "getCategory",
        "listCodeLists",
        "getCodeList",
        "getCalendar",
        "listPublishedDataSharingProtocols",
    ];
    let document = document();
    for (path, method, operation) in walk::operations(&document) {
        let id = operation["operationId"].as_str().unwrap();
        let known = domain::access::Operation::from_code(id).is_some() || open.contains(&id);
        assert!(known, "{method} {path} is {id}");
        assert!(operation["summary"].is_string(), "{id} has no summary");
        assert_eq!(operation["tags"].as_array().map(Vec::len), Some(1), "{id}");
        assert!(operation["responses"]["default"].is_object(), "{id}");
    }
}

#[test]
fn nothing_refers_to_what_is_not_there() {
    for document in [document(), export::to_3_0(&document())] {
        let mut pending = vec![&document];
        while let Some(value) = pending.pop() {
            match value {
                Value::Object(members) => {
                    if let Some(reference) = members.get("$ref").and_then(Value::as_str) {
                        let target = document.pointer(reference.strip_prefix('#').unwrap());
                        assert!(target.is_some(), "{reference}");
                    }
                    pending.extend(members.values());
                }
                Value::Array(items) => pending.extend(items),
                _ => {}
            }
        }
    }
}
