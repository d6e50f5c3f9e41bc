//! What the issuer publishes of itself: metadata (RFC 8414 §2) and public keys (RFC 7517 §5).

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_TYPE, ETAG, HeaderValue};
use actix_web::web::{self, Data};
use actix_web::{HttpRequest, HttpResponse};
use domain::access::Scope;
use serde_json::json;

use super::Issuer;
use super::algorithm::Algorithm;
use super::settings::IssuerSettings;
use crate::etag::{EntityTag, Known};
use crate::problem::Problem;

/// The metadata, which does not change while the program runs.
pub(super) struct Metadata {
    body: String,
    tag: EntityTag,
}

impl Metadata {
    pub(super) fn of(settings: &IssuerSettings) -> Self {
        let names = |algorithms: &[Algorithm]| -> Vec<_> {
            algorithms.iter().map(|algorithm| algorithm.name()).collect()
        };
        let body = json!({
            "issuer": settings.issuer,
            "token_endpoint": settings.token_endpoint(),
            "jwks_uri": settings.jwks_uri(),
            "scopes_supported": Scope::ALL.iter().map(|scope| scope.code()).collect::<Vec<_>>(),
            "response_types_supported": [],
            "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": names(&settings.assertion_algorithms),
            "service_documentation": format!("{}/doc", settings.audience),
        })
        .to_string();
        Self { tag: EntityTag::of_bytes(body.as_bytes()), body }
    }
}

/// Publishes the metadata.
pub(super) async fn get_metadata(request: HttpRequest, issuer: Data<Issuer>) -> HttpResponse {
    let Metadata { body, tag } = &issuer.metadata;
    public(&request, body.clone(), tag, "public, max-age=3600")
}

/// Publishes the public keys: of a key before it signs, and until its last token has ended.
pub(super) async fn get_keys(request: HttpRequest, issuer: Data<Issuer>) -> Result<HttpResponse, Problem> {
    let issuer = issuer.into_inner();
    let now = issuer.now();
    let fingerprint = issuer.fresh_fingerprint().await?;
    let keys = match issuer.ring.known(fingerprint) {
        Some(keys) => keys,
        None => web::block(move || issuer.keys_at(fingerprint, now)).await.map_err(Problem::internal)??,
    };
    let body = keys.jwks(now);
    let tag = EntityTag::of_bytes(body.as_bytes());
    Ok(public(&request, body, &tag, "public, max-age=300"))
}

fn public(request: &HttpRequest, body: String, tag: &EntityTag, cache: &'static str) -> HttpResponse {
    let is_known = Known::to(request).has(tag);
    let mut response = HttpResponse::build(if is_known { StatusCode::NOT_MODIFIED } else { StatusCode::OK });
    response.insert_header((ETAG, tag.header()));
    response.insert_header((CACHE_CONTROL, HeaderValue::from_static(cache)));
    if is_known {
        return response.finish();
    }
    response.insert_header((CONTENT_TYPE, HeaderValue::from_static("application/json")));
    response.body(body)
}

#[cfg(test)]
mod tests;
