//! The problem types as reference data, for people and programs: `/refData/problemTypes`.

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Code, Entry, Problem};
use crate::call::Call;
use crate::endpoint;
use crate::etag::EntityTag;
use crate::language::Language;
use crate::reply::{Cache, Reply};

/// A type of problem that the API answers with.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemType {
    /// The address of this description.
    #[schema(format = "uri")]
    href: String,
    /// The code, which ends the URN.
    #[schema(example = "illegalTransition")]
    code: &'static str,
    /// The URN in the member `type` of a problem.
    #[serde(rename = "type")]
    #[schema(example = "urn:problem-type:wijkoverleg:illegalTransition")]
    urn: &'static str,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// The title, in the language of the answer.
    title: &'static str,
    /// What it means and what to do about it, in the language of the answer.
    description: &'static str,
}

/// Every type of problem.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProblemTypeCollection {
    /// The address of this list.
    #[serde(rename = "self")]
    #[schema(format = "uri")]
    self_link: String,
    /// The types.
    items: Vec<ProblemType>,
    /// Their number.
    total: usize,
}

/// Names a type of problem in a path.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub(crate) struct ProblemTypePath {
    /// The code of the type.
    #[param(pattern = "^[a-z][a-zA-Z0-9]*$", max_length = 100, example = "illegalTransition")]
    problem_type: String,
}

endpoint!(
    /// Lists the problem types.
    pub(crate) ListProblemTypes, open = "listProblemTypes"
);
endpoint!(
    /// Describes a problem type.
    pub(crate) GetProblemType, open = "getProblemType", path = ProblemTypePath
);

impl ProblemType {
    fn new(code: Code, base_url: &str, language: Language) -> Self {
        let Entry { code: name, status, title, description, .. } = code.entry();
        Self {
            href: format!("{base_url}/refData/problemTypes/{name}"),
            code: name,
            urn: code.urn(),
            status: status.as_u16(),
            title: title.pick(language),
            description: description.pick(language),
        }
    }

    fn html(&self, language: Language) -> String {
        let Self { code, urn, status, title, description, .. } = self;
        let language = language.code();
        let description = description.replace('&', "&amp;").replace('<', "&lt;");
        format!(
            "<!doctype html>\n<html lang=\"{language}\">\n<head><meta charset=\"utf-8\"><title>{title}</title></head>\n\
             <body>\n<h1>{title}</h1>\n<p>{description}</p>\n<dl>\n<dt>code</dt><dd>{code}</dd>\n\
             <dt>type</dt><dd>{urn}</dd>\n<dt>status</dt><dd>{status}</dd>\n</dl>\n</body>\n</html>\n"
        )
    }
}

/// List the types of problems.
///
/// Every problem that this API answers with names one of these in its member `type`.
#[utoipa::path(
    tag = "Reference Data",
    responses((status = 200, description = "Every type of problem", body = ProblemTypeCollection))
)]
#[get("/refData/problemTypes")]
pub(crate) async fn list_problem_types(call: Call<ListProblemTypes>) -> Result<Reply, Problem> {
    let base_url = &call.state.base_url;
    let items: Vec<_> =
        Code::ALL.iter().map(|code| ProblemType::new(*code, base_url, call.language)).collect();
    let view = ProblemTypeCollection {
        self_link: format!("{base_url}/refData/problemTypes"),
        total: items.len(),
        items,
    };
    reference(&view, call.language)
}

/// Describe a type of problem.
///
/// As JSON, or as a page for people when `Accept` prefers HTML.
#[utoipa::path(
    tag = "Reference Data",
    params(ProblemTypePath),
    responses((status = 200, description = "The type of problem", content(
        (ProblemType = "application/json"),
        (String = "text/html"),
    )))
)]
#[get("/refData/problemTypes/{problemType}")]
pub(crate) async fn get_problem_type(call: Call<GetProblemType>) -> Result<Reply, Problem> {
    let code = Code::from_code(&call.path.problem_type).ok_or_else(|| Problem::not_found("problemType"))?;
    let view = ProblemType::new(code, &call.state.base_url, call.language);
    if call.prefers("text/html") {
        let html = view.html(call.language);
        let tag = EntityTag::of_bytes(html.as_bytes());
        return Ok(Reply::page(html).tag(&tag).cache(Cache::Public).language(call.language));
    }
    reference(&view, call.language)
}

fn reference(view: &impl Serialize, language: Language) -> Result<Reply, Problem> {
    let reply = Reply::ok(view)?;
    let tag = EntityTag::of_bytes(reply.body().unwrap_or_default().as_bytes());
    Ok(reply.tag(&tag).cache(Cache::Public).language(language))
}
