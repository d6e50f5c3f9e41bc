//! What the sample says to input with faults.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::served::{CASE, Served, issues};

#[actix_web::test]
async fn every_fault_of_path_query_headers_and_body_is_told_at_once() {
    let answer = Served::new("")
        .await
        .call(
            Method::POST,
            "/cases/NOT-A-UUID/close?dryRun=perhaps&colour=red",
            &[("If-Match", "7"), ("Idempotency-Key", "unquoted")],
            Some(r#"{"texts":"a"}"#),
        )
        .await;
    assert_eq!(answer.status, 400);
    assert_eq!(
        issues(&answer.json()),
        [
            "body text requiredInput",
            "body texts unknownInput",
            "header Idempotency-Key schemaViolation",
            "header If-Match schemaViolation",
            "path caseId schemaViolation",
            "query colour unknownInput",
            "query dryRun schemaViolation",
        ]
    );
}

#[actix_web::test]
async fn a_fault_is_told_in_the_language_of_the_caller_and_never_repeats_the_value() {
    let served = Served::new("").await;
    for (language, spoken, title, detail) in [
        ("fr-BE, en;q=0.5", "fr", "Non conforme au schéma", "On attend : yyyy-MM-dd."),
        ("en", "en", "Schema Violation", "Expected: yyyy-MM-dd."),
        ("de", "nl", "Niet volgens het schema", "Verwacht wordt: yyyy-MM-dd."),
    ] {
        let headers = [("Accept-Language", language), ("Idempotency-Key", "\"1\"")];
        let body = r#"{"title":"a","beganOn":"gisteren"}"#;
        let answer = served.call(Method::POST, "/cases", &headers, Some(body)).await;
        assert_eq!(answer.json()["issues"][0]["title"], title);
        assert_eq!(answer.json()["issues"][0]["detail"], detail);
        assert!(!answer.body.contains("gisteren"));
        assert_eq!(answer.header("content-language"), spoken);
        assert_eq!(answer.header("vary"), "Accept-Language");
    }
}

#[actix_web::test]
async fn a_body_is_read_strictly() {
    let served = Served::new("").await;
    let deep = format!("{{\"title\":{}{}}}", "[".repeat(1_000), "]".repeat(1_000));
    for (body, expected) in [
        ("", vec!["body  requiredInput"]),
        ("{", vec!["body  schemaViolation"]),
        ("[]", vec!["body  schemaViolation"]),
        ("null", vec!["body  schemaViolation"]),
        (&deep, vec!["body  schemaViolation"]),
        (r#"{"title":"a","title":"b"}"#, vec!["body title schemaViolation"]),
        (r#"{"title":"a","location":null}"#, vec!["body location schemaViolation"]),
        (
            r#"{"title":"a","location":{"postCode":"90","x":1}}"#,
            vec!["body location.postCode schemaViolation", "body location.x unknownInput"],
        ),
        (r#"{"title":"nr 00.00.00-001.96"}"#, vec!["body title rejectedInput"]),
        (r#"{"title":"a\u0000"}"#, vec!["body title schemaViolation"]),
    ] {
        let headers = [("Idempotency-Key", "\"1\""), ("Content-Type", "application/json")];
        let answer = served.call(Method::POST, "/cases", &headers, Some(body)).await;
        assert_eq!(answer.status, 400, "{body}");
        assert_eq!(issues(&answer.json()), expected, "{body}");
    }
}

#[actix_web::test]
async fn a_creation_needs_an_idempotency_key() {
    let served = Served::new("").await;
    let answer = served.call(Method::POST, "/cases", &[], Some(r#"{"title":"a"}"#)).await;
    assert_eq!(issues(&answer.json()), ["header Idempotency-Key requiredInput"]);
}

#[actix_web::test]
async fn bad_utf_8_in_a_query_is_a_fault() {
    let served = Served::new("").await;
    let answer = served.call(Method::GET, "/cases?status=%ff", &[], None).await;
    assert_eq!(answer.status, 400);
    assert_eq!(issues(&answer.json()), ["query status schemaViolation"]);
}

#[actix_web::test]
async fn a_body_has_a_size_a_media_type_and_no_coding() {
    let served = Served::new("[limits]\nbody_bytes = 1024").await;
    let large = format!("{{\"title\":\"{}\"}}", "a".repeat(2_000));
    let key = ("Idempotency-Key", "\"1\"");
    let answer = served.call(Method::POST, "/cases", &[key], Some(&large)).await;
    assert_eq!((answer.status, &answer.json()["limit"]), (413, &json!(1_024)));
    for headers in [
        &[key, ("Content-Type", "text/plain")][..],
        &[key, ("Content-Type", "application/json; charset=latin1")],
        &[key, ("Content-Type", "application/json"), ("Content-Encoding", "gzip")],
    ] {
        let answer = served.call(Method::POST, "/cases", headers, Some("{}")).await;
        assert_eq!(answer.status, 415, "{headers:?}");
        assert_eq!(answer.header("accept"), "application/json");
    }
    let answer = served.call(Method::GET, CASE, &[("Accept", "text/csv")], None).await;
    assert_eq!(answer.status, 406);
}

#[actix_web::test]
async fn an_address_and_headers_have_a_size() {
    let served = Served::new("").await;
    let long = format!("/cases?status={}", "a".repeat(9_000));
    let answer = served.call(Method::GET, &long, &[], None).await;
    assert_eq!((answer.status, answer.code()), (414, "uriTooLong".to_owned()));
    let heavy = "a".repeat(40_000);
    let answer = served.call(Method::GET, CASE, &[("Cookie", &heavy)], None).await;
    assert_eq!((answer.status, answer.code()), (431, "headersTooLarge".to_owned()));
}

#[actix_web::test]
async fn a_change_names_the_version_that_it_was_decided_on() {
    let served = Served::new("").await;
    let close = format!("{CASE}/close");
    for (tag, status, code) in [
        (None, 428, "preconditionRequired"),
        (Some("\"6-team\""), 412, "preconditionFailed"),
        (Some("W/\"7-team\""), 412, "preconditionFailed"),
        (Some("\"7-team\""), 200, ""),
        (Some("\"7-police\", \"1-x\""), 200, ""),
        (Some("*"), 200, ""),
    ] {
        let headers: Vec<_> = tag.into_iter().map(|tag| ("If-Match", tag)).collect();
        let answer = served.call(Method::POST, &close, &headers, Some(r#"{"text":"a"}"#)).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{tag:?}");
    }
}

#[actix_web::test]
async fn a_merge_patch_takes_values_away_with_null() {
    let served = Served::new("").await;
    for media_type in ["application/merge-patch+json", "application/json"] {
        let headers = [("If-Match", "\"7-team\""), ("Content-Type", media_type)];
        let answer = served.call(Method::PATCH, CASE, &headers, Some(r#"{"location":null}"#)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let answer = served.call(Method::PATCH, CASE, &headers, Some(r#"{"title":1}"#)).await;
        assert_eq!(issues(&answer.json()), ["body title unknownInput"]);
    }
}

#[actix_web::test]
async fn a_list_is_walked_page_by_page() {
    let served = Served::new("public_url = 'https://wijk.example.org'").await;
    let mut path = "/cases?status=open&pageSize=10".to_owned();
    let mut seen = 0;
    loop {
        let answer = served.call(Method::GET, &path, &[], None).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        let page = answer.json();
        seen += page["items"].as_array().unwrap().len();
        assert_eq!(page["first"], "https://wijk.example.org/wijkoverleg/v1/cases?status=open&pageSize=10");
        assert_eq!(page["pageSize"], 10);
        let Some(next) = page["next"].as_str() else { break };
        path = next.strip_prefix("https://wijk.example.org/wijkoverleg/v1").unwrap().to_owned();
        let foreign = path.replace("open", "closed");
        let refused = served.call(Method::GET, &foreign, &[], None).await;
        assert_eq!(issues(&refused.json()), ["query after invalidInput"]);
    }
    assert_eq!(seen, 25);
    let refused = served.call(Method::GET, "/cases?pageSize=0&pageSize=1&sort=colour", &[], None).await;
    assert_eq!(issues(&refused.json()), ["query pageSize schemaViolation"]);
    let refused = served.call(Method::GET, "/cases?sort=colour", &[], None).await;
    assert_eq!(issues(&refused.json()), ["query sort invalidInput"]);
    assert_eq!(refused.json()["issues"][0].get("value"), None::<&Value>);
}
