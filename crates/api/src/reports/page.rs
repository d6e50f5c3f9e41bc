//! A report on paper.

use askama::Template;
use domain::report::Status;

use super::content::{ReportContent, ReportItem};
use super::draw::Drawn;
use super::view::{ReportAddendum, addenda};
use crate::etag::EntityTag;
use crate::paper::{self, Paper};
use crate::problem::Problem;
use crate::reply::Reply;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    paper: Paper<'a>,
    content: &'a ReportContent,
    report: &'a domain::report::Facts,
    hash: Option<&'a str>,
    addenda: Vec<ReportAddendum>,
}

/// Answers with a report as a page.
pub(super) fn page(drawn: &Drawn, paper: Paper<'_>, tag: &EntityTag) -> Result<Reply, Problem> {
    let (rendition, content) = drawn.content()?;
    let page = Page {
        paper,
        content: &content,
        report: &drawn.report,
        hash: Some(rendition.hash.as_str()).filter(|_| drawn.report.status != Status::Draft),
        addenda: addenda(drawn)?,
    };
    paper.reply(&page, tag)
}

impl Page<'_> {
    fn heading(&self, item: &ReportItem) -> String {
        let case = item.case.as_ref();
        let title = item.title.as_deref().or_else(|| case.and_then(|case| case.address.as_deref()));
        match title {
            Some(title) => format!("{}. {title}", item.number),
            None => format!("{}. {}", item.number, self.paper.say(paper::ITEM)),
        }
    }
}
