//! Entity tags: what a caller has, told by `ETag`, `If-Match` and `If-None-Match` (RFC 9110 §8.8 and §13).

use std::fmt::Display;

use actix_web::HttpRequest;
use actix_web::http::header::{HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};
use domain::change::Version;

use crate::problem::{Code, Detail, Issue, Kind, Place, Problem};

/// A strong entity tag, quotes included.
///
/// Of a document it is `"<version>-<view>"`: the version that a change is held to, and whatever else the view of the
/// caller depends on. Of a list it is opaque.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EntityTag(String);

impl EntityTag {
    /// Makes the tag of a document from its version and a short fingerprint of the view.
    pub fn document(version: Version, view: impl Display) -> Self {
        Self(format!("\"{version}-{view}\""))
    }

    /// Makes an opaque tag from visible characters without quotes.
    pub fn opaque(content: impl Display) -> Self {
        Self(format!("\"{content}\""))
    }

    /// Makes the tag of bytes that are the same for everybody.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        Self(format!("\"{}\"", crate::fingerprint::of([bytes])))
    }

    /// Returns the tag as it stands in the header and in list items.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the tag as the value of `ETag`.
    pub fn header(&self) -> HeaderValue {
        HeaderValue::try_from(self.0.as_str()).unwrap_or(HeaderValue::from_static("\"\""))
    }
}

/// What `If-Match` demands of the version of an aggregate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Precondition {
    /// Nothing: the header is absent.
    Absent,
    /// That it exists: `If-Match: *`.
    Any,
    /// That its version is one of these; weak tags and tags of something else match nothing.
    OneOf(Vec<Version>),
}

impl Precondition {
    /// Reads the header of a request, or says what is wrong with it.
    pub(crate) fn of(request: &HttpRequest) -> Result<Self, Issue> {
        if !request.headers().contains_key(IF_MATCH) {
            return Ok(Self::Absent);
        }
        let tags: Option<Vec<_>> = tags(request, &IF_MATCH).collect();
        match tags.unwrap_or_default().as_slice() {
            [Tag::Any] => Ok(Self::Any),
            [] => Err(malformed()),
            tags if tags.contains(&Tag::Any) => Err(malformed()),
            tags => Ok(Self::OneOf(tags.iter().filter_map(Tag::version).collect())),
        }
    }

    /// Fails with 412 unless the present version is one that the caller knows.
    pub fn check(&self, present: Version) -> Result<(), Problem> {
        let holds = match self {
            Self::Absent | Self::Any => true,
            Self::OneOf(versions) => versions.contains(&present),
        };
        if holds { Ok(()) } else { Err(Problem::new(Code::PreconditionFailed)) }
    }
}

/// Reads the version of a tag that a list item carried, such as `"7-3f"`, with or without its quotes.
pub fn version_of(tag: &str) -> Option<Version> {
    let (version, _) = tag.trim_matches('"').split_once('-')?;
    let is_plain = version.bytes().all(|byte| byte.is_ascii_digit());
    version.parse().ok().filter(|_| is_plain).map(Version)
}

fn malformed() -> Issue {
    Issue::new(Kind::SchemaViolation, Place::Header, "If-Match").detail(Detail::new(
        "Verwacht wordt: een of meer ETags tussen aanhalingstekens, of *.",
        "On attend : un ou plusieurs ETags entre guillemets, ou *.",
        "Expected: one or more entity tags in quotes, or *.",
    ))
}

/// What `If-None-Match` says that the caller has; read only when there is a tag to compare it with.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a>(&'a HttpRequest);

impl<'a> Known<'a> {
    /// Looks at the header of a request.
    pub fn to(request: &'a HttpRequest) -> Self {
        Self(request)
    }

    /// Tells whether the caller has this representation; weak and strong tags compare alike.
    pub fn has(self, present: &EntityTag) -> bool {
        self.has_text(&present.0)
    }

    /// Tells the same of a tag in an answer that was stored.
    pub(crate) fn has_text(self, present: &str) -> bool {
        let present = present.trim_matches('"');
        tags(self.0, &IF_NONE_MATCH).any(|tag| match tag {
            Some(Tag::Any) => true,
            Some(Tag::Weak(opaque) | Tag::Strong(opaque)) => present == opaque,
            None => false,
        })
    }
}

#[derive(Debug, PartialEq, Eq)]
enum Tag<'a> {
    Any,
    Strong(&'a str),
    Weak(&'a str),
}

impl Tag<'_> {
    fn version(&self) -> Option<Version> {
        match self {
            Self::Strong(opaque) => version_of(opaque),
            Self::Any | Self::Weak(_) => None,
        }
    }
}

/// Goes through the tags of every occurrence of a header; what is no tag ends the occurrence with none.
fn tags<'a>(request: &'a HttpRequest, name: &HeaderName) -> impl Iterator<Item = Option<Tag<'a>>> {
    let values = request.headers().get_all(name).map(|value| value.to_str().unwrap_or("?"));
    values.flat_map(|value| {
        let mut rest = Some(value);
        std::iter::from_fn(move || {
            let text = rest?.trim_start_matches([' ', '\t', ',']);
            if text.is_empty() {
                return None;
            }
            let (tag, after) = first(text).map_or((None, None), |(tag, after)| (Some(tag), Some(after)));
            rest = after;
            Some(tag)
        })
    })
}

fn first(text: &str) -> Option<(Tag<'_>, &str)> {
    let (tag, rest) = if let Some(rest) = text.strip_prefix('*') {
        (Tag::Any, rest)
    } else if let Some(quoted) = text.strip_prefix("W/\"") {
        let (opaque, rest) = quoted.split_once('"')?;
        (Tag::Weak(opaque), rest)
    } else {
        let (opaque, rest) = text.strip_prefix('"')?.split_once('"')?;
        (Tag::Strong(opaque), rest)
    };
    let rest = rest.trim_start_matches([' ', '\t']);
    let is_whole = match tag {
        Tag::Any => true,
        Tag::Strong(opaque) | Tag::Weak(opaque) => opaque.bytes().all(|byte| matches!(byte, b'!'..=b'~')),
    };
    (is_whole && (rest.is_empty() || rest.starts_with(','))).then_some((tag, rest))
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    fn precondition(values: &[&str]) -> Result<Precondition, Issue> {
        let mut request = TestRequest::default();
        for value in values {
            request = request.append_header((IF_MATCH, *value));
        }
        Precondition::of(&request.to_http_request())
    }

    #[test]
    fn the_version_part_of_every_strong_tag_counts() {
        let one_of = |versions: &[i64]| Precondition::OneOf(versions.iter().copied().map(Version).collect());
        for (values, expected) in [
            (&[][..], Precondition::Absent),
            (&["*"], Precondition::Any),
            (&["\"7-ab\""], one_of(&[7])),
            (&["\"7-ab\" , \"8-\""], one_of(&[7, 8])),
            (&["\"7-ab\"", "\"9-c\""], one_of(&[7, 9])),
            (&["W/\"7-ab\""], one_of(&[])),
            (&["\"other\", \"-7-ab\", \"+7-ab\", \"99999999999999999999-a\""], one_of(&[])),
            (&[", \"7-ab\",, ,"], one_of(&[7])),
        ] {
            assert_eq!(precondition(values).unwrap(), expected, "{values:?}");
        }
    }

    #[test]
    fn what_the_contract_takes_is_what_is_read() {
        for (value, is_read) in [
            ("*", true),
            ("\"\"", true),
            ("\"7-ab\"", true),
            (",\"7-ab\" ,, W/\"8-\",", true),
            ("", false),
            (",", false),
            ("7-ab", false),
            ("\"7-ab", false),
            ("\"7-ab\" x", false),
            ("\"7 ab\"", false),
            ("\"7-ab\" \"8-\"", false),
            ("\"7-ab\", *", false),
            ("* x", false),
            ("W/7", false),
            ("w/\"7\"", false),
            ("'7-ab'", false),
        ] {
            assert_eq!(precondition(&[value]).is_ok(), is_read, "{value}");
            let schema = serde_json::json!({ "pattern": crate::forms::ENTITY_TAGS });
            assert_eq!(jsonschema::is_valid(&schema, &value.into()), is_read, "{value}");
        }
    }

    #[test]
    fn a_stale_version_fails_the_precondition() {
        let known = Precondition::OneOf(vec![Version(6), Version(7)]);
        assert!(known.check(Version(7)).is_ok());
        assert_eq!(known.check(Version(8)).unwrap_err().code(), Code::PreconditionFailed);
        assert!(Precondition::Any.check(Version(8)).is_ok());
    }

    #[test]
    fn a_known_representation_is_recognised() {
        let tag = EntityTag::document(Version(7), "ab");
        for (value, has) in [
            ("\"7-ab\"", true),
            ("W/\"7-ab\"", true),
            ("\"1\", \"7-ab\"", true),
            ("*", true),
            ("\"7-abc\"", false),
            ("7-ab", false),
            ("garbage, \"7-ab\"", false),
        ] {
            let request = TestRequest::default().insert_header((IF_NONE_MATCH, value)).to_http_request();
            assert_eq!(Known::to(&request).has(&tag), has, "{value}");
        }
        assert!(!Known::to(&TestRequest::default().to_http_request()).has(&tag));
    }
}
