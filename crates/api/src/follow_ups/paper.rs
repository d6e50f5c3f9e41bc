//! A follow-up request on paper, for a service without an application: its own side of it, and room for its answer.

use askama::Template;
use domain::category::Category;
use domain::follow_up::AnswerOutcome;
use persistence::ReferenceData;

use super::view::FollowUpRequestCore;
use crate::etag::EntityTag;
use crate::paper::{self, Paper};
use crate::problem::Problem;
use crate::reply::Reply;

#[derive(Template)]
#[template(path = "follow_up_request.html")]
struct Page<'a> {
    paper: Paper<'a>,
    request: &'a FollowUpRequestCore,
    sender: &'a str,
    addressee: &'a str,
    category: &'a str,
}

/// Answers with a request as a page; `request` is the side of the service, whoever prints it.
pub(super) fn page(
    paper: Paper<'_>,
    request: &FollowUpRequestCore,
    reference: &ReferenceData,
    categories: &[Category],
    tag: &EntityTag,
) -> Result<Reply, Problem> {
    let sender = reference.consultation(request.consultation_id);
    let addressee = reference.organisation(request.organisation_id);
    let category = categories.iter().find(|category| category.code.as_str() == request.category);
    let page = Page {
        paper,
        request,
        sender: sender.map_or("", |consultation| paper.label(&consultation.name)),
        addressee: addressee.map_or("", |organisation| paper.label(&organisation.name)),
        category: category.map_or(request.category.as_str(), |category| paper.label(&category.labels)),
    };
    paper.reply(&page, tag)
}

impl Page<'_> {
    /// Gives the outcomes to choose from, with their names.
    fn outcomes(&self) -> Vec<(AnswerOutcome, &str)> {
        let named = |outcome: &AnswerOutcome| (*outcome, self.paper.name("answerOutcome", outcome.code()));
        AnswerOutcome::ALL.iter().map(named).collect()
    }
}
