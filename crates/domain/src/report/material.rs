//! What a report is made of, and what of it a reader finds under each item of the agenda.

use std::collections::{BTreeSet, HashMap};

use jiff::Timestamp;

use super::reader::Reader;
use crate::agenda::{self, AboutKind};
use crate::id::{ActionId, CaseId, DecisionId, FollowUpRequestId, OrganisationId};
use crate::note::Note;
use crate::place::LocationKind;
use crate::text::Title;
use crate::{action, case, decision, follow_up, meeting};

/// How many of the requests that an item is about it shows; its figures count them all.
pub const MOST_REQUESTS: usize = 50;

/// What a report says of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseLine {
    /// The case.
    pub id: CaseId,
    /// Its reference.
    pub reference: String,
    /// The case in a few words.
    pub title: String,
    /// Its primary category.
    pub category: String,
    /// Its state.
    pub status: case::Status,
    /// The kind of place.
    pub location_kind: LocationKind,
    /// The address or a description of the place.
    pub address: Option<String>,
}

/// The meeting after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NextMeeting {
    /// When it starts.
    pub starts_at: Timestamp,
    /// Where it takes place.
    pub place: Option<Title>,
}

/// Everything that a report is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Material {
    /// The meeting.
    pub meeting: meeting::Meeting,
    /// Its agenda, in its order.
    pub items: Vec<agenda::AgendaItem>,
    /// The cases that the items are about.
    pub cases: HashMap<CaseId, CaseLine>,
    /// The decisions that were taken in it.
    pub decisions: Vec<decision::Decision>,
    /// The decisions that were taken before and ratified in it.
    pub ratified: Vec<decision::Decision>,
    /// The requests that came of the decisions, and those that the items are about.
    pub requests: Vec<follow_up::FollowUpRequest>,
    /// The actions that came of the decisions, and those that the items are about.
    pub actions: Vec<action::Action>,
    /// The notes that were written on the cases during the meeting.
    pub notes: Vec<Note>,
    /// The meeting after.
    pub next: Option<NextMeeting>,
}

/// What a reader finds under an item.
#[derive(Debug, Clone)]
pub struct Treated<'a> {
    /// The item.
    pub item: &'a agenda::Facts,
    /// The case that it is about.
    pub case: Option<&'a CaseLine>,
    /// The decisions that were taken under it.
    pub decisions: Vec<&'a decision::Facts>,
    /// The requests that came of these, and those that it is about.
    pub requests: Vec<&'a follow_up::Facts>,
    /// The actions that came of these, and those that it is about.
    pub actions: Vec<&'a action::Facts>,
    /// The notes that were written on its case during the meeting.
    pub notes: Vec<&'a Note>,
}

impl Material {
    /// Gives what a reader finds under the items, part after part of the agenda: a member everything but the notes of others, a partner
    /// the items that concern it, with its own requests, actions and notes and no more.
    pub fn treated(&self, reader: Reader) -> Vec<Treated<'_>> {
        let mut items: Vec<&agenda::AgendaItem> = self.items.iter().collect();
        // Stable: within a part of the agenda the items stay in their order.
        items.sort_by_key(|item| item.section);
        let items = items.into_iter().map(|item| self.treated_under(item, reader));
        match reader {
            Reader::Team | Reader::Police | Reader::Housing => items.collect(),
            Reader::Partner(_) => items.filter(Treated::has_substance).collect(),
        }
    }

    fn treated_under<'a>(&'a self, item: &'a agenda::AgendaItem, reader: Reader) -> Treated<'a> {
        let decisions: Vec<&decision::Facts> = self
            .decisions
            .iter()
            .map(|decision| &**decision)
            .filter(|decision| decision.agenda_item_id() == Some(item.id))
            .collect();
        let taken: BTreeSet<DecisionId> = decisions.iter().map(|decision| decision.id).collect();
        let came_of = |decision: Option<DecisionId>| decision.is_some_and(|id| taken.contains(&id));
        let requests_about: BTreeSet<FollowUpRequestId> =
            item.ids_of(AboutKind::FollowUpRequest).take(MOST_REQUESTS).map(Into::into).collect();
        let actions_about: BTreeSet<ActionId> = item.ids_of(AboutKind::Action).map(Into::into).collect();
        let requests = self
            .requests
            .iter()
            .map(|request| &**request)
            .filter(|request| came_of(request.decision_id) || requests_about.contains(&request.id));
        let actions = self
            .actions
            .iter()
            .map(|action| &**action)
            .filter(|action| came_of(action.decision_id) || actions_about.contains(&action.id));
        let notes = self.notes.iter().filter(|note| item.case_id == Some(note.case_id) && reader.reads(note));
        let notes: Vec<&Note> = notes.collect();
        let case = item.case_id.and_then(|case| self.cases.get(&case));
        match reader.partner() {
            None => Treated {
                item,
                case,
                decisions,
                requests: requests.collect(),
                actions: actions.collect(),
                notes,
            },
            Some(partner) => {
                let requests: Vec<&follow_up::Facts> = requests
                    .filter(|request| request.organisation_id == partner && request.is_visible_to_service())
                    .collect();
                let actions = actions.filter(|action| action.owner().organisation_id == partner).collect();
                // Whoever only has something to do is not told of the case; whoever is asked about it, or wrote on it, is.
                let is_asked = requests.iter().any(|request| item.case_id == Some(request.case_id));
                let case = case.filter(|_| is_asked || !notes.is_empty());
                Treated { item, case, decisions: Vec::new(), requests, actions, notes }
            }
        }
    }

    /// Names the organisations that something in the report concerns: the addressed services, the owners of actions, the
    /// authors of notes.
    pub fn concerned(&self) -> BTreeSet<OrganisationId> {
        let requests = self.requests.iter().map(|request| request.organisation_id);
        let actions = self.actions.iter().map(|action| action.owner().organisation_id);
        let notes = self.notes.iter().map(|note| note.created_by.organisation_id);
        requests.chain(actions).chain(notes).collect()
    }
}

impl Treated<'_> {
    /// Tells whether anything but the item itself is told.
    fn has_substance(&self) -> bool {
        !(self.requests.is_empty() && self.actions.is_empty() && self.notes.is_empty())
    }
}
