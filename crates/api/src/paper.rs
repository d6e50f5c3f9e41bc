//! Pages for people and printers: HTML that prints on A4, with nothing that has to be fetched.

mod words;

use std::sync::LazyLock;

use askama::Template;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use domain::calendar::{local_date, local_time};
use domain::labels::Labels;
use jiff::Timestamp;
use jiff::civil::Date;

pub(crate) use words::*;

use crate::call::Call;
use crate::code_lists::Shipped;
use crate::endpoint::Endpoint;
use crate::etag::EntityTag;
use crate::language::{Language, Texts};
use crate::problem::Problem;
use crate::reply::Reply;

/// The style of every page.
pub(crate) const STYLE: &str = include_str!("../templates/paper.css");

/// What a page may do: show itself in its own style, and nothing else.
pub(crate) static POLICY: LazyLock<String> = LazyLock::new(|| {
    let hash = STANDARD.encode(digest(&SHA256, STYLE.as_bytes()));
    format!("default-src 'none'; style-src 'sha256-{hash}'; frame-ancestors 'none'; sandbox")
});

/// Writes a day.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
pub(crate) fn day(day: &Date) -> String {
    day.strftime("%d/%m/%Y").to_string()
}

/// Writes the day on which a moment falls in Brussels.
pub(crate) fn day_of(at: &Timestamp) -> String {
    day(&local_date(*at))
}

/// Writes the time of day of a moment in Brussels.
pub(crate) fn time_of(at: &Timestamp) -> String {
    local_time(*at).strftime("%H:%M").to_string()
}

/// What every page needs to speak the language of its reader.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Paper<'s> {
    /// The language.
    pub(crate) language: Language,
    code_lists: &'s [Shipped],
}

impl<'s> Paper<'s> {
    /// Prepares a page in a language.
    pub(crate) const fn new(language: Language, code_lists: &'s [Shipped]) -> Self {
        Self { language, code_lists }
    }

    /// Says a text.
    pub(crate) const fn say(&self, texts: Texts) -> &'static str {
        texts.pick(self.language)
    }

    /// Writes minutes as hours, with the decimal mark of the language.
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass references")]
    pub(crate) fn hours(&self, minutes: &i64) -> String {
        let mark = if self.language == Language::En { '.' } else { ',' };
        format!("{}{mark}{:02}", minutes / 60, minutes % 60 * 100 / 60)
    }

    /// Marks what people wrote as Dutch, the official language, on a page in another one.
    pub(crate) const fn written(&self) -> &'static str {
        match self.language {
            Language::Nl => "",
            Language::Fr | Language::En => " lang=\"nl\"",
        }
    }

    /// Says a name.
    pub(crate) fn label<'a>(&self, labels: &'a Labels) -> &'a str {
        labels.pick(self.language)
    }

    /// Names a code of a list; the code itself when the list does not know it.
    pub(crate) fn name<'a>(&'a self, list: &str, code: &'a str) -> &'a str {
        let list = self.code_lists.iter().find(|known| known.code() == list);
        list.and_then(|list| list.name_of(code, self.language)).unwrap_or(code)
    }

    /// Answers with a page under its own entity tag.
    pub(crate) fn reply(&self, page: &impl Template, tag: &EntityTag) -> Result<Reply, Problem> {
        let html = page.render().map_err(Problem::internal)?;
        Ok(Reply::page(html).tag(tag).language(self.language))
    }
}

impl<E: Endpoint> Call<E> {
    /// Gives the entity tag of a document as a page, when the caller prefers one: it depends on the language.
    pub(crate) fn page_tag(&self, document: &EntityTag) -> Option<EntityTag> {
        let document = document.as_str().trim_matches('"');
        let language = self.language.code();
        self.prefers("text/html").then(|| EntityTag::opaque(format_args!("{document}-{language}")))
    }
}
