//! Answers as plain data: what an operation gives, before it is HTTP, so that it can be stored and given again.

use actix_web::body::BoxBody;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    LINK, LOCATION, RETRY_AFTER, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, Responder};
use bytestring::ByteString;
use jiff::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::call::Prefer;
use crate::etag::{EntityTag, Known};
use crate::language::{Language, content_language};
use crate::paper::POLICY;
use crate::problem::Problem;

const PREFERENCE_APPLIED: HeaderName = HeaderName::from_static("preference-applied");
const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The media type of a page for people.
const PAGE: &str = "text/html; charset=utf-8";

/// How long an answer may be kept, and by whom.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Cache {
    /// Nowhere: it holds personal data.
    #[default]
    NoStore,
    /// By the caller, who asks each time whether it still holds.
    Revalidate,
    /// By anybody, for a while.
    Public,
}

/// An answer of an operation that went well.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Reply {
    status: u16,
    body: Option<ByteString>,
    tag: Option<String>,
    location: Option<String>,
    cache: Cache,
    language: Option<Language>,
    #[serde(default)]
    by_accept: bool,
    retry_after: Option<u32>,
    replayed: bool,
    waited: Option<u64>,
    /// That of the body; JSON when nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    media_type: Option<String>,
    /// Where to go on, for a body that does not tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    /// Whether the body is sent even to who would rather not have it.
    #[serde(default)]
    in_full: bool,
    /// The moment after which time alone makes another answer of it.
    #[serde(skip)]
    holds_until: Option<Timestamp>,
}

impl Reply {
    fn new(status: StatusCode, body: Option<ByteString>) -> Self {
        Self {
            status: status.as_u16(),
            body,
            tag: None,
            location: None,
            cache: Cache::default(),
            language: None,
            by_accept: false,
            retry_after: None,
            replayed: false,
            waited: None,
            media_type: None,
            next: None,
            in_full: false,
            holds_until: None,
        }
    }

    /// Answers 200 with a document or list.
    pub fn ok(view: &impl Serialize) -> Result<Self, Problem> {
        Ok(Self::new(StatusCode::OK, Some(written(view)?)))
    }

    /// Answers 200 with a text of another media type than JSON.
    pub fn text(media_type: &str, text: String) -> Self {
        Self { media_type: Some(media_type.to_owned()), ..Self::new(StatusCode::OK, Some(text.into())) }
    }

    /// Answers 201 with what was made and its absolute address.
    pub fn created(view: &impl Serialize, location: impl Into<String>) -> Result<Self, Problem> {
        let body = written(view)?;
        Ok(Self { location: Some(location.into()), ..Self::new(StatusCode::CREATED, Some(body)) })
    }

    /// Answers 200 with a page for people.
    pub fn page(html: String) -> Self {
        Self { media_type: Some(PAGE.to_owned()), ..Self::new(StatusCode::OK, Some(html.into())) }
    }

    /// Answers 204: done, and there is nothing to tell.
    pub fn no_content() -> Self {
        Self::new(StatusCode::NO_CONTENT, None)
    }

    /// Answers 304: the caller has it already.
    pub fn not_modified(tag: &EntityTag) -> Self {
        Self::new(StatusCode::NOT_MODIFIED, None).tag(tag)
    }

    /// Adds `ETag`; a read whose caller has this representation is then answered with 304.
    #[must_use]
    pub fn tag(mut self, tag: &EntityTag) -> Self {
        self.tag = Some(tag.as_str().to_owned());
        self
    }

    /// Says how long the answer may be kept; without this, not at all.
    #[must_use]
    pub fn cache(mut self, cache: Cache) -> Self {
        self.cache = cache;
        self
    }

    /// Says in which language the texts are.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// Says that another form of it is given to who accepts that.
    #[must_use]
    pub fn by_accept(mut self) -> Self {
        self.by_accept = true;
        self
    }

    /// Advises when to ask again, in seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u32) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    /// Says where to go on, for a body that does not tell (RFC 8288).
    #[must_use]
    pub fn next(mut self, address: String) -> Self {
        self.next = Some(address);
        self
    }

    /// Says that the wish to wait was followed.
    #[must_use]
    pub fn waited(mut self, prefer: &Prefer) -> Self {
        self.waited = prefer.wait.map(|wait| wait.as_secs());
        self
    }

    /// Keeps the body whatever the caller prefers: what it holds is not given again.
    #[must_use]
    pub fn in_full(mut self) -> Self {
        self.in_full = true;
        self
    }

    /// Says after which moment time alone makes another answer of it; without this, it never does.
    #[must_use]
    pub fn until(mut self, moment: Option<Timestamp>) -> Self {
        self.holds_until = moment;
        self
    }

    /// Marks the answer as one that was given before, to the same request with the same key.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.replayed = true;
        self
    }

    /// Returns the moment after which time alone makes another answer of it.
    pub fn holds_until(&self) -> Option<Timestamp> {
        self.holds_until
    }

    /// Returns the entity tag, as it stands in the header.
    pub fn entity_tag(&self) -> Option<&str> {
        self.tag.as_deref()
    }

    /// Makes the answer to whoever has what this one gives, when it gives something with a tag or says that it is so.
    pub fn unchanged(&self) -> Option<Self> {
        let is_read = [StatusCode::OK, StatusCode::NOT_MODIFIED].iter().any(|status| *status == self.status);
        (is_read && self.tag.is_some()).then(|| Self {
            tag: self.tag.clone(),
            cache: self.cache,
            language: self.language,
            by_accept: self.by_accept,
            retry_after: self.retry_after,
            ..Self::new(StatusCode::NOT_MODIFIED, None)
        })
    }

    /// Returns the status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// Returns the body of the answer.
    pub fn body(&self) -> Option<&str> {
        self.body.as_deref()
    }

    /// Reads the document of the answer.
    pub fn document<T: DeserializeOwned>(&self) -> Result<T, Problem> {
        serde_json::from_str(self.body().unwrap_or("null")).map_err(Problem::internal)
    }
}

/// Writes a document as JSON, into a buffer that nearly every one of them fits in.
fn written(view: &impl Serialize) -> Result<ByteString, Problem> {
    let mut text = Vec::with_capacity(8 << 10);
    serde_json::to_writer(&mut text, view).map_err(Problem::internal)?;
    ByteString::try_from(text).map_err(Problem::internal)
}

impl Responder for Reply {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::OK);
        let mut body = self.body;
        let is_read = request.method() == Method::GET;
        let known = self.tag.as_deref().is_some_and(|tag| Known::to(request).has_text(tag));
        let tag = self.tag.and_then(|tag| HeaderValue::try_from(tag).ok());
        if is_read && known && status == StatusCode::OK {
            (status, body) = (StatusCode::NOT_MODIFIED, None);
        }
        let minimal =
            !is_read && !self.in_full && body.is_some() && Prefer::of(request.headers()).return_minimal;
        if minimal {
            body = None;
            if status == StatusCode::OK {
                status = StatusCode::NO_CONTENT;
            }
        }
        let mut response = HttpResponse::new(status);
        let headers = response.headers_mut();
        if let Some(tag) = tag {
            headers.insert(ETAG, tag);
        }
        if let Some(location) = self.location.and_then(|location| HeaderValue::try_from(location).ok()) {
            headers.insert(LOCATION, location);
        }
        match self.cache {
            Cache::NoStore => {}
            Cache::Revalidate => {
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
            }
            Cache::Public => {
                headers.insert(CACHE_CONTROL, HeaderValue::from_static("public, max-age=3600"));
            }
        }
        if let Some(language) = self.language {
            headers.insert(CONTENT_LANGUAGE, content_language(language));
            headers.insert(VARY, HeaderValue::from_static("Accept, Accept-Language"));
        } else if self.by_accept {
            headers.insert(VARY, HeaderValue::from_static("Accept"));
        }
        if let Some(seconds) = self.retry_after {
            headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(next) =
            self.next.and_then(|next| HeaderValue::try_from(format!("<{next}>; rel=\"next\"")).ok())
        {
            headers.insert(LINK, next);
        }
        if self.replayed {
            headers.insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
        }
        if minimal {
            headers.insert(PREFERENCE_APPLIED, HeaderValue::from_static("return=minimal"));
        } else if let Some(applied) =
            self.waited.and_then(|seconds| HeaderValue::try_from(format!("wait={seconds}")).ok())
        {
            headers.insert(PREFERENCE_APPLIED, applied);
        }
        match body {
            Some(body) => {
                let given = self.media_type.and_then(|media_type| HeaderValue::try_from(media_type).ok());
                let media_type = given.unwrap_or(HeaderValue::from_static("application/json"));
                if media_type == PAGE
                    && let Ok(policy) = HeaderValue::try_from(POLICY.as_str())
                {
                    headers.insert(CONTENT_SECURITY_POLICY, policy);
                }
                headers.insert(CONTENT_TYPE, media_type);
                response.set_body(BoxBody::new(body.into_bytes()))
            }
            None => response,
        }
    }
}
