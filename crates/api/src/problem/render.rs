//! The body of a problem, in the caller's language.

use actix_web::http::header::{CONTENT_LANGUAGE, CONTENT_TYPE, HeaderMap, HeaderValue};
use serde_json::Value;
use uuid::Uuid;

use super::{Code, Problem};
use crate::language::{Language, content_language};

/// The most issues that one problem lists; a body with more faults than that is no mistake.
const MOST_ISSUES: usize = 200;

/// What the answer to one request needs besides the problem.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rendering<'a> {
    pub(crate) language: Language,
    pub(crate) request_id: Uuid,
    pub(crate) base_url: &'a str,
}

/// Writes the problem as JSON and adds its headers.
pub(crate) fn render(problem: &Problem, rendering: Rendering<'_>, headers: &mut HeaderMap) -> Vec<u8> {
    let Rendering { language, request_id, base_url } = rendering;
    let inner = &problem.0;
    let entry = inner.code.entry();
    let mut members = inner.members.clone();
    let mut member = |name: &str, value: Value| members.insert(name.to_owned(), value);
    member("type", inner.code.urn().into());
    member("href", inner.code.href(base_url).into());
    member("title", entry.title.pick(language).into());
    member("status", entry.status.as_u16().into());
    // A failure of the server says nothing about itself.
    if inner.code != Code::InternalServerError {
        let detail = inner.detail.as_ref().map(|detail| detail.render(language));
        member("detail", detail.unwrap_or_else(|| entry.description.pick(language).to_owned()).into());
    }
    member("instance", format!("urn:uuid:{request_id}").into());
    if !inner.issues.is_empty() {
        let issues = inner.issues.iter().take(MOST_ISSUES).map(|issue| issue.render(language));
        member("issues", issues.collect());
        if let Some(more) = inner.issues.len().checked_sub(MOST_ISSUES).filter(|more| *more > 0) {
            member("moreIssues", more.into());
        }
    }
    for (name, value) in &inner.headers {
        headers.insert(name.clone(), value.clone());
    }
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(CONTENT_LANGUAGE, content_language(language));
    serde_json::to_vec(&members).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::problem::{Detail, Issue, Place};

    fn rendered(problem: &Problem, language: Language) -> (Value, HeaderMap) {
        let mut headers = HeaderMap::new();
        let rendering =
            Rendering { language, request_id: Uuid::nil(), base_url: "https://example.org/wijkoverleg/v1" };
        let body = render(problem, rendering, &mut headers);
        (serde_json::from_slice(&body).unwrap(), headers)
    }

    #[test]
    fn a_problem_has_the_members_of_the_guide() {
        let problem = Problem::illegal_transition("closed", "close", "state", ["reopen"]);
        let (body, headers) = rendered(&problem, Language::En);
        assert_eq!(
            body,
            json!({
                "type": "urn:problem-type:wijkoverleg:illegalTransition",
                "href": "https://example.org/wijkoverleg/v1/refData/problemTypes/illegalTransition",
                "title": "Illegal Transition",
                "status": 409,
                "detail": "The present state does not allow this verb; `allowedVerbs` lists those it allows.",
                "instance": "urn:uuid:00000000-0000-0000-0000-000000000000",
                "from": "closed",
                "verb": "close",
                "reason": "state",
                "allowedVerbs": ["reopen"],
            })
        );
        assert_eq!(headers.get(CONTENT_LANGUAGE).unwrap(), "en");
    }

    #[test]
    fn a_failure_of_the_server_tells_nothing_of_its_cause() {
        let problem = Problem::internal("disk on fire").detail(Detail::new("a", "b", "c"));
        let (body, _) = rendered(&problem, Language::Nl);
        assert_eq!(body.get("detail"), None);
        assert!(!body.to_string().contains("disk"));
        assert_eq!(problem.cause().as_deref(), Some("disk on fire"));
    }

    #[test]
    fn the_list_of_issues_is_bounded() {
        let issues = (0..300).map(|index| Issue::required(Place::Body, format!("items[{index}]")));
        let (body, _) = rendered(&Problem::bad_request(issues), Language::Nl);
        assert_eq!(body["issues"].as_array().unwrap().len(), MOST_ISSUES);
        assert_eq!(body["moreIssues"], 100);
    }
}
