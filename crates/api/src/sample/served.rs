//! The sample behind the same application as in production, without a socket.

use std::rc::Rc;
use std::sync::Arc;

use actix_web::body::to_bytes;
use actix_web::dev::Service as _;
use actix_web::http::Method;
use actix_web::http::header::HeaderMap;
use actix_web::test::{TestRequest, init_service};
use futures_util::future::LocalBoxFuture;
use serde_json::Value;

use crate::routes::BASE_PATH;
use crate::server::app_with;
use crate::state::State;

/// The path of a case.
pub(super) const CASE: &str = "/cases/0190a4f2-7c1e-7d3a-8b2f-1f2e3d4c5b6a";

/// The sample, ready to be called.
pub(super) struct Served {
    /// What its requests share.
    pub(super) state: Arc<State>,
    call: Box<dyn Fn(TestRequest) -> LocalBoxFuture<'static, Answer>>,
}

/// An answer, read to its end.
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: String,
    headers: HeaderMap,
}

impl Answer {
    /// Returns a header, or nothing when it is not there.
    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Reads the body as JSON.
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }

    /// Returns the code of a problem, or nothing for another answer.
    pub(super) fn code(&self) -> String {
        if self.header("content-type") != "application/problem+json" {
            return String::new();
        }
        let problem = self.json();
        assert_eq!(problem["status"], self.status);
        problem["type"].as_str().unwrap().rsplit(':').next().unwrap().to_owned()
    }
}

impl Served {
    /// Serves the sample with settings from TOML.
    pub(super) async fn new(settings: &str) -> Self {
        let state = super::state(settings);
        let app = Rc::new(init_service(app_with(Arc::clone(&state), super::routes)).await);
        let call = Box::new(move |request: TestRequest| -> LocalBoxFuture<'static, Answer> {
            let app = Rc::clone(&app);
            Box::pin(async move {
                let response = match app.call(request.to_request()).await {
                    Ok(response) => response.into_parts().1,
                    Err(error) => error.error_response(),
                };
                let (status, headers) = (response.status().as_u16(), response.headers().clone());
                let bytes = to_bytes(response.into_body()).await.unwrap();
                Answer { status, headers, body: String::from_utf8_lossy(&bytes).into_owned() }
            })
        });
        Self { state, call }
    }

    /// Calls as the neighbourhood manager.
    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Answer {
        self.call_as(Some("Bearer manager"), method, path, headers, body).await
    }

    /// Calls with these credentials; a body is JSON unless a header says otherwise.
    pub(super) async fn call_as(
        &self,
        authorization: Option<&str>,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Answer {
        let mut request = TestRequest::with_uri(&format!("{BASE_PATH}{path}")).method(method);
        if let Some(authorization) = authorization {
            request = request.insert_header(("Authorization", authorization));
        }
        if let Some(body) = body {
            request = request.insert_header(("Content-Type", "application/json"));
            request = request.set_payload(body.to_owned());
        }
        for header in headers {
            request = request.insert_header(*header);
        }
        (self.call)(request).await
    }

    /// Calls an address outside the API.
    pub(super) async fn call_at(&self, path: &str, method: Method) -> Answer {
        (self.call)(TestRequest::with_uri(path).method(method)).await
    }
}

/// Writes the issues of a problem as `place name kind`, in order of the alphabet.
pub(super) fn issues(problem: &Value) -> Vec<String> {
    let text = |issue: &Value, member: &str| issue[member].as_str().unwrap_or_default().to_owned();
    let mut issues: Vec<_> = problem["issues"]
        .as_array()
        .unwrap_or_else(|| panic!("no issues: {problem}"))
        .iter()
        .map(|issue| {
            let kind = text(issue, "type");
            let kind = kind.rsplit(':').next().unwrap();
            format!("{} {} {kind}", text(issue, "in"), text(issue, "name"))
        })
        .collect();
    issues.sort();
    issues
}
