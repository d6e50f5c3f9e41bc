//! The document and its page for people, below `/doc`.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_ENCODING, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderValue, LOCATION,
};
use actix_web::web::{self, Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use utoipa_swagger_ui::{Config, oauth};

use super::export;
use crate::etag::{EntityTag, Known};
use crate::problem::{Code, Problem};
use crate::routes::{BASE_PATH, read_only};
use crate::state::State;

/// What Swagger UI needs: its own scripts, its own styles and those that it sets on elements.
const SWAGGER_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; \
     img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

/// A text that is made once and served often.
struct Served {
    media_type: HeaderValue,
    tag: EntityTag,
    bytes: Bytes,
}

impl Served {
    fn new(media_type: &'static str, text: String) -> Self {
        let bytes = Bytes::from(text);
        Self { media_type: HeaderValue::from_static(media_type), tag: EntityTag::of_bytes(&bytes), bytes }
    }

    fn answer(&self, request: &HttpRequest) -> HttpResponse {
        let known = Known::to(request).has(&self.tag);
        let mut response = HttpResponse::build(if known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
        response.insert_header((ETAG, self.tag.header()));
        response.insert_header((CACHE_CONTROL, HeaderValue::from_static("public, no-cache")));
        if known {
            return response.finish();
        }
        response.insert_header((CONTENT_TYPE, self.media_type.clone()));
        response.body(self.bytes.clone())
    }
}

/// The documents that describe the API, ready to be served.
pub struct Documents {
    json: Served,
    yaml: Served,
    json_3_0: Served,
    swagger: Arc<Config<'static>>,
}

impl Documents {
    /// Writes a document in every form.
    pub(crate) fn new(document: &Value) -> Self {
        let pretty = |document: &Value| serde_json::to_string_pretty(document).unwrap_or_default();
        let oauth = oauth::Config::new().app_name("Wijkoverleg").scope_separator(" ");
        let swagger = Config::with_oauth_config([format!("{BASE_PATH}/doc/openapi.json")], oauth)
            .persist_authorization(true)
            .display_operation_id(true)
            .display_request_duration(true)
            .deep_linking(true)
            .doc_expansion("none")
            .filter(true)
            .validator_url("none");
        Self {
            json: Served::new("application/json", pretty(document)),
            yaml: Served::new("application/yaml", yaml_serde::to_string(document).unwrap_or_default()),
            json_3_0: Served::new("application/json", pretty(&export::to_3_0(document))),
            swagger: Arc::new(swagger),
        }
    }
}

/// Registers the documents and Swagger UI.
pub(crate) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(read_only("/doc", web::get().to(to_page)))
        .service(read_only("/doc/openapi.json", web::get().to(json)))
        .service(read_only("/doc/openapi.yaml", web::get().to(yaml)))
        .service(read_only("/doc/openapi-3.0.json", web::get().to(json_3_0)))
        .service(read_only("/doc/{file:.*}", web::get().to(swagger)));
}

async fn json(request: HttpRequest, state: Data<State>) -> HttpResponse {
    state.documents.json.answer(&request)
}

async fn yaml(request: HttpRequest, state: Data<State>) -> HttpResponse {
    state.documents.yaml.answer(&request)
}

async fn json_3_0(request: HttpRequest, state: Data<State>) -> HttpResponse {
    state.documents.json_3_0.answer(&request)
}

/// Leads to the page, whose files are named relative to it.
async fn to_page() -> HttpResponse {
    let location = HeaderValue::from_static("/wijkoverleg/v1/doc/");
    HttpResponse::PermanentRedirect().insert_header((LOCATION, location)).finish()
}

async fn swagger(file: web::Path<String>, state: Data<State>) -> Result<HttpResponse, Problem> {
    let served = utoipa_swagger_ui::serve(&file, Arc::clone(&state.documents.swagger));
    let served = served.map_err(|error| Problem::internal(error.to_string()))?;
    let served = served.ok_or_else(|| Problem::new(Code::ResourceNotFound))?;
    let mut response = HttpResponse::Ok();
    if served.gzpipped {
        response.insert_header((CONTENT_ENCODING, HeaderValue::from_static("gzip")));
    }
    response
        .insert_header((CONTENT_TYPE, served.content_type))
        .insert_header((CONTENT_SECURITY_POLICY, HeaderValue::from_static(SWAGGER_POLICY)))
        .insert_header((CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600")));
    Ok(response.body(served.bytes.into_owned()))
}
