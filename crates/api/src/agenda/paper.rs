//! An agenda on paper.

use std::collections::BTreeMap;

use askama::Template;
use domain::agenda::{AgendaItem, Facts, Section};
use domain::meeting;

use crate::etag::EntityTag;
use crate::language::Texts;
use crate::paper::{self, Paper};
use crate::problem::Problem;
use crate::reply::Reply;

#[derive(Template)]
#[template(path = "agenda.html")]
struct Page<'a> {
    paper: Paper<'a>,
    consultation: &'a str,
    meeting: &'a meeting::Facts,
    items: &'a [AgendaItem],
}

/// Answers with the agenda of a meeting as a page.
pub(super) fn page(
    paper: Paper<'_>,
    consultation: &str,
    meeting: &meeting::Facts,
    items: &[AgendaItem],
    tag: &EntityTag,
) -> Result<Reply, Problem> {
    paper.reply(&Page { paper, consultation, meeting, items }, tag)
}

impl Page<'_> {
    /// Gives the items of each part of the agenda with their numbers, which run through.
    fn sections(&self) -> Vec<(Section, Vec<(usize, &Facts)>)> {
        let mut parts: BTreeMap<Section, Vec<&Facts>> = BTreeMap::new();
        for item in self.items {
            parts.entry(item.section).or_default().push(item);
        }
        let mut numbers = 1..;
        parts.into_iter().map(|(section, items)| (section, numbers.by_ref().zip(items).collect())).collect()
    }

    /// Names the figures behind an item.
    fn figures(&self, item: &Facts) -> Vec<(&'static str, String)> {
        let figures = item.figures;
        let named: [(Texts, Option<i64>); 12] = [
            (paper::REQUESTS, figures.requests),
            (paper::LATE, figures.late),
            (paper::SERIOUSLY_LATE, figures.seriously_late),
            (paper::NEVER_SEEN, figures.never_seen),
            (paper::DAYS_LATE, figures.days_late),
            (paper::DAYS_WAITING, figures.days_waiting),
            (paper::CARRIED_OVER, figures.carry_over),
            (paper::DAYS_WITHOUT_ACTIVITY, figures.days_without_activity),
            (paper::NEW_CASES, figures.new_cases),
            (paper::ENDED_CASES, figures.ended_cases),
            (paper::REQUESTS_SENT, figures.requests_sent),
            (paper::REQUESTS_ANSWERED, figures.requests_answered),
        ];
        let hours =
            [(paper::SHIFT_HOURS, figures.shift_minutes), (paper::GUARD_HOURS, figures.guard_minutes)];
        let counted = named.into_iter().map(|(name, figure)| (name, figure.map(|figure| figure.to_string())));
        let timed = hours
            .into_iter()
            .map(|(name, minutes)| (name, minutes.as_ref().map(|minutes| self.paper.hours(minutes))));
        let known = counted.chain(timed);
        known.filter_map(|(name, figure)| Some((self.paper.say(name), figure?))).collect()
    }
}
