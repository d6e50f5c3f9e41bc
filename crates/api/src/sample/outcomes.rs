//! What the sample answers besides its input.

use actix_web::http::Method;
use serde_json::{Value, json};

use super::served::{CASE, Served};

#[actix_web::test]
async fn who_may_not_is_told_why() {
    let served = Served::new("").await;
    let challenge = |rest: &str| format!("Bearer realm=\"wijkoverleg\"{rest}");
    for (token, status, code, authenticate) in [
        (None, 401, "noAccessToken", challenge("")),
        (Some("Basic abc"), 401, "noAccessToken", challenge("")),
        (
            Some("Bearer wrong"),
            401,
            "invalidAccessToken",
            challenge(", error=\"invalid_token\", error_description=\"The access token is invalid\""),
        ),
        (
            Some("Bearer expired"),
            401,
            "expiredAccessToken",
            challenge(", error=\"invalid_token\", error_description=\"The access token expired\""),
        ),
        (
            Some("Bearer reader"),
            403,
            "missingScope",
            challenge(
                ", error=\"insufficient_scope\", error_description=\"Missing scope to perform request\", scope=\"cases:write\"",
            ),
        ),
        (Some("Bearer service"), 403, "missingPermission", String::new()),
        (Some("Bearer away"), 503, "serviceUnavailable", String::new()),
    ] {
        let answer = served.call_as(token, Method::POST, "/cases", &[], Some("not even JSON")).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{token:?}");
        assert_eq!(answer.header("www-authenticate"), authenticate);
    }
    let answer = served.call_as(Some("Bearer reader"), Method::POST, "/cases", &[], Some("{}")).await;
    assert_eq!(answer.json()["requiredScopes"], json!(["cases:write"]));
    for token in ["Bearer slow", "bearer  manager"] {
        let answer = served.call_as(Some(token), Method::GET, CASE, &[], None).await;
        assert_eq!(answer.status, 200, "{token}");
    }
}

#[actix_web::test]
async fn what_is_not_there_is_a_problem() {
    let served = Served::new("").await;
    for (method, path, status, code, allow) in [
        (Method::GET, "/nothing", 404, "resourceNotFound", ""),
        (Method::GET, "/cases/", 404, "resourceNotFound", ""),
        (Method::GET, &format!("{CASE}/close"), 405, "methodNotAllowed", "OPTIONS, POST"),
        (Method::PUT, CASE, 405, "methodNotAllowed", "GET, HEAD, OPTIONS, PATCH"),
        (Method::POST, "/doc/openapi.json", 405, "methodNotAllowed", "GET, HEAD"),
        (Method::OPTIONS, "/cases", 200, "", "GET, HEAD, OPTIONS, POST"),
        (Method::GET, "/cases/00000000-0000-0000-0000-000000000000", 404, "resourceNotFound", ""),
    ] {
        let answer = served.call(method.clone(), path, &[], None).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}");
        assert_eq!(answer.header("allow"), allow, "{method} {path}");
    }
    let outside = served.call_at("/", Method::GET).await;
    assert_eq!(outside.code(), "resourceNotFound");
}

#[actix_web::test]
async fn a_verb_that_the_state_refuses_says_what_is_possible() {
    let served = Served::new("").await;
    let headers = [("If-Match", "\"7-team\""), ("Accept-Language", "en")];
    let answer =
        served.call(Method::POST, &format!("{CASE}/close"), &headers, Some(r#"{"text":"again"}"#)).await;
    assert_eq!(answer.status, 409);
    let problem = answer.json();
    assert_eq!(problem["type"], "urn:problem-type:wijkoverleg:illegalTransition");
    assert_eq!(
        problem["href"],
        "http://127.0.0.1:8080/wijkoverleg/v1/refData/problemTypes/illegalTransition"
    );
    assert_eq!(problem["allowedVerbs"], json!(["reopen"]));
    assert_eq!(problem["instance"], format!("urn:uuid:{}", answer.header("belgov-trace-id")));
}

#[actix_web::test]
async fn a_panic_is_a_problem_that_tells_nothing() {
    let served = Served::new("").await;
    let answer = served.call(Method::GET, "/explode", &[], None).await;
    assert_eq!((answer.status, answer.code()), (500, "internalServerError".to_owned()));
    assert!(!answer.body.contains("purpose"));
    assert_eq!(answer.json()["instance"], format!("urn:uuid:{}", answer.header("belgov-trace-id")));
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(served.state.metrics.render().unwrap().contains("wijkoverleg_http_handler_panics_total 1"));
}

#[actix_web::test]
async fn every_answer_carries_trace_ids_and_security_headers() {
    let served = Served::new("public_url = 'https://wijk.example.org'").await;
    for path in [CASE, "/nothing", "/doc/openapi.json", "/health/live"] {
        let answer = served.call(Method::GET, path, &[("BelGov-Trace-Id", "abc-1")], None).await;
        assert_eq!(answer.header("belgov-related-trace-id"), "abc-1", "{path}");
        assert_eq!(answer.header("belgov-trace-id").len(), 36);
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            ("content-security-policy", "default-src 'none'; frame-ancestors 'none'"),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), value, "{path}");
        }
    }
    let answer = served.call(Method::GET, CASE, &[("BelGov-Trace-Id", "a b<c>")], None).await;
    assert_eq!(answer.header("belgov-related-trace-id"), "");
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[actix_web::test]
async fn a_caller_that_has_it_already_is_told_so() {
    let served = Served::new("").await;
    let first = served.call(Method::GET, CASE, &[], None).await;
    assert_eq!(first.header("etag"), "\"7-team\"");
    let again = served.call(Method::GET, CASE, &[("If-None-Match", first.header("etag"))], None).await;
    assert_eq!((again.status, again.body.as_str(), again.header("etag")), (304, "", "\"7-team\""));
    let list = served.call(Method::GET, "/cases", &[], None).await;
    assert_eq!(list.header("cache-control"), "private, no-cache");
    let again = served.call(Method::GET, "/cases", &[("If-None-Match", list.header("etag"))], None).await;
    assert_eq!(again.status, 304);
}

#[actix_web::test]
async fn a_creation_says_where_it_is_and_a_minimal_answer_has_no_body() {
    let served = Served::new("").await;
    let key = ("Idempotency-Key", "\"1\"");
    let created = served.call(Method::POST, "/cases", &[key], Some(r#"{"title":"a"}"#)).await;
    assert_eq!(created.status, 201);
    assert_eq!(created.header("location"), created.json()["href"]);
    assert_eq!(created.header("etag"), "\"1-team\"");
    let minimal = [key, ("Prefer", "return=minimal")];
    let created = served.call(Method::POST, "/cases", &minimal, Some(r#"{"title":"a"}"#)).await;
    assert_eq!((created.status, created.body.as_str()), (201, ""));
    assert_eq!(created.header("preference-applied"), "return=minimal");
    let minimal = [("If-Match", "*"), ("Prefer", "return=minimal")];
    let closed = served.call(Method::POST, &format!("{CASE}/close"), &minimal, Some(r#"{"text":"a"}"#)).await;
    assert_eq!((closed.status, closed.body.as_str(), closed.header("etag")), (204, "", "\"8-team\""));
}

#[actix_web::test]
async fn the_document_holds_the_sample_and_its_examples_follow_it() {
    let document = crate::openapi::document_of(super::routes);
    let close = &document["paths"]["/cases/{caseId}/close"]["post"];
    assert_eq!(close["security"], json!([{ "ClientCredentials": ["cases:write"] }, { "BearerToken": [] }]));
    let statuses: Vec<_> = close["responses"].as_object().unwrap().keys().map(String::as_str).collect();
    assert_eq!(
        statuses,
        [
            "200", "204", "400", "401", "403", "404", "406", "409", "412", "413", "415", "422", "428", "429",
            "500", "503", "default"
        ]
    );
    let parameters = close["parameters"].as_array().unwrap().iter();
    let shared: Vec<_> = parameters.filter_map(|parameter| parameter["$ref"].as_str()).collect();
    assert_eq!(shared, ["#/components/parameters/IfMatch", "#/components/parameters/OptionalIdempotencyKey"]);
    assert_eq!(
        document["components"]["schemas"]["CaseViewCollection"]["properties"]["items"]["items"],
        json!({ "$ref": "#/components/schemas/CaseView" })
    );
    let patch = &document["paths"]["/cases/{caseId}"]["patch"]["requestBody"]["content"];
    assert!(patch.get("application/merge-patch+json").is_some());

    let contract = crate::contract::Contract::compile(&document).unwrap();
    let examples: Vec<(&String, &Value)> = document["components"]["schemas"]
        .as_object()
        .unwrap()
        .iter()
        .filter_map(|(name, schema)| Some((name, schema.get("example")?)))
        .collect();
    assert!(!examples.is_empty());
    assert_eq!(
        contract.validate_body("createCase", &document["components"]["schemas"]["CreateCaseBody"]["example"]),
        []
    );
}

#[actix_web::test]
async fn the_documents_are_served() {
    let served = Served::new("").await;
    for (path, media_type, begin) in [
        ("/doc/openapi.json", "application/json", "{"),
        ("/doc/openapi-3.0.json", "application/json", "{"),
        ("/doc/openapi.yaml", "application/yaml", "components:"),
        ("/doc/", "text/html", "<!"),
        ("/doc/swagger-initializer.js", "text/javascript", ""),
    ] {
        let answer = served.call_as(None, Method::GET, path, &[], None).await;
        assert_eq!((answer.status, answer.header("content-type")), (200, media_type), "{path}");
        assert!(answer.body.starts_with(begin), "{path}");
    }
    let page = served.call(Method::GET, "/doc/", &[], None).await;
    assert!(page.header("content-security-policy").contains("script-src 'self'"));
    let script = served.call(Method::GET, "/doc/swagger-initializer.js", &[], None).await;
    assert!(script.body.contains("/wijkoverleg/v1/doc/openapi.json"), "{}", script.body);
    assert!(script.body.contains("\"persistAuthorization\": true"), "{}", script.body);
    let moved = served.call(Method::GET, "/doc", &[], None).await;
    assert_eq!((moved.status, moved.header("location")), (308, "/wijkoverleg/v1/doc/"));
    assert_eq!(served.call(Method::GET, "/doc/nothing.js", &[], None).await.code(), "resourceNotFound");
}

#[actix_web::test]
async fn requests_are_counted_under_their_operation() {
    let served = Served::new("").await;
    served.call(Method::GET, CASE, &[], None).await;
    served.call(Method::GET, "/nothing", &[], None).await;
    let figures = served.state.metrics.render().unwrap();
    for line in [
        r#"http_requests_total{operation="getCase",method="GET",status="200"} 1"#,
        r#"http_requests_total{operation="none",method="GET",status="404"} 1"#,
    ] {
        assert!(figures.contains(line), "{figures}");
    }
}

#[actix_web::test]
async fn a_server_that_stops_takes_no_more_requests() {
    let served = Served::new("").await;
    assert_eq!(served.call_as(None, Method::GET, "/health/ready", &[], None).await.status, 200);
    served.state.stopping.store(true, std::sync::atomic::Ordering::Relaxed);
    let answer = served.call_as(None, Method::GET, "/health/ready", &[], None).await;
    assert_eq!((answer.status, answer.body.as_str()), (503, r#"{"status":"DOWN"}"#));
    assert_eq!(served.call_as(None, Method::GET, "/health/live", &[], None).await.status, 200);
}
