//! A report on paper.

use askama::Template;
use domain::agenda::Reason;
use domain::id::AgendaItemId;
use domain::report::Status;

use super::content::{ReportContent, ReportItem};
use super::draw::Drawn;
use super::view::{ReportAddendum, addenda};
use crate::etag::EntityTag;
use crate::language::Language;
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
    let page = Page {
        paper,
        content: &drawn.content,
        report: &drawn.report,
        hash: Some(drawn.hash.as_str()).filter(|_| drawn.report.status != Status::Draft),
        addenda: addenda(drawn)?,
    };
    paper.reply(&page, tag)
}

impl Page<'_> {
    fn heading(&self, item: &ReportItem) -> String {
        let case = item.case.as_ref();
        let title = match (&item.title, item.reason) {
            // It was written in Dutch, and says what it says in every language.
            (Some(title), Some(Reason::ReportToApprove)) if self.paper.language != Language::Nl => {
                let day = title.rsplit(' ').next().unwrap_or_default();
                format!("{}, {day}", self.paper.name("agendaReason", Reason::ReportToApprove.code()))
            }
            (Some(title), _) => title.clone(),
            (None, _) => case
                .and_then(|case| case.address.clone())
                .unwrap_or_else(|| self.paper.say(paper::ITEM).to_owned()),
        };
        format!("{}. {title}", item.number)
    }

    /// Gives what the heading of an item does not tell of its case yet.
    fn about(&self, item: &ReportItem) -> Vec<String> {
        let Some(case) = &item.case else { return Vec::new() };
        let heading = self.heading(item);
        let state = self.paper.name("caseState", case.state.code()).to_owned();
        let told = [case.reference.clone(), case.address.clone(), Some(state)].into_iter().flatten();
        told.filter(|part| !heading.contains(part.as_str())).collect()
    }

    /// Finds the number of an item.
    fn number_of(&self, item: &AgendaItemId) -> Option<usize> {
        self.content.number_of(*item)
    }
}
