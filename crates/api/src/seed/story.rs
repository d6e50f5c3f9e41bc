//! How a story is told: who does what to a case or a request, how many working days ago.

mod cases;
pub(in crate::seed) mod months;
mod people;
mod public_domain;
mod recent;
mod waste;

use domain::case::{CloseReason, Kind, LinkKind, Pattern, Source, TimeSlot};
use domain::follow_up::{AnswerOutcome, Channel, DelayReason, QuestionKind, RefusalReason, Urgency};
use domain::note::Visibility;
use domain::place::LocationKind;

use super::org::Org;

/// Places a case.
const fn spot(kind: LocationKind, address: &'static str, lon: f64, lat: f64) -> Spot {
    Spot { kind, address, lon, lat }
}

/// A square, a park, a building or another named place.
const POI: LocationKind = LocationKind::PointOfInterest;

/// What most cases have in common.
pub(super) const CASE: CaseStory = CaseStory {
    key: "",
    body: Body::Kro,
    created: 0,
    by: Who::Guard,
    lead: None,
    kind: Kind::Situation,
    category: "OVE.OVER",
    secondary: &[],
    title: "",
    text: "",
    source: Source::Guard,
    pattern: None,
    slots: &[],
    place: spot(POI, "", 0.0, 0.0),
    severity: [0; 5],
    steps: &[],
};

/// What most requests have in common.
const REQUEST: RequestStory = RequestStory {
    case: "",
    to: Org::City,
    kind: QuestionKind::Other,
    urgency: Urgency::Normal,
    subject: "",
    question: "",
    created: 0,
    draft: false,
    steps: &[],
};

/// Gives the cases of the demo.
pub(super) fn cases() -> impl Iterator<Item = &'static CaseStory> {
    cases::CASES.iter().chain(recent::RECENT)
}

/// Gives the requests of the demo.
pub(super) fn requests() -> impl Iterator<Item = &'static RequestStory> {
    waste::WASTE.iter().chain(public_domain::PUBLIC_DOMAIN).chain(people::PEOPLE)
}

/// So many working days before today; 0 is today.
pub(super) type Ago = u16;

/// A consultation of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Body {
    /// The neighbourhood consultation.
    Kro,
    /// The city's consultation on nuisance.
    Oot,
}

/// Who acts for the team.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Who {
    /// The neighbourhood manager.
    Manager,
    /// The neighbourhood police.
    Police,
    /// A community guard.
    Guard,
    /// The housing team.
    HousingTeam,
    /// The consultation above.
    CityTeam,
    /// An organisation that is asked.
    Asked(Org),
}

/// A case and its life.
#[derive(Debug, Clone, Copy)]
pub(super) struct CaseStory {
    /// Its name within the story.
    pub(super) key: &'static str,
    pub(super) body: Body,
    pub(super) created: Ago,
    pub(super) by: Who,
    /// Who leads it from the start; without one it is signalled only.
    pub(super) lead: Option<Org>,
    pub(super) kind: Kind,
    pub(super) category: &'static str,
    pub(super) secondary: &'static [&'static str],
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) source: Source,
    pub(super) pattern: Option<Pattern>,
    pub(super) slots: &'static [TimeSlot],
    pub(super) place: Spot,
    /// Time of day, place, intensity, spread, recurrence.
    pub(super) severity: [u8; 5],
    pub(super) steps: &'static [(Ago, CaseStep)],
}

/// Where a case lies.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    pub(super) kind: LocationKind,
    pub(super) address: &'static str,
    pub(super) lon: f64,
    pub(super) lat: f64,
}

/// A step in the life of a case.
#[derive(Debug, Clone, Copy)]
pub(super) enum CaseStep {
    /// The team takes it up.
    Open(Org),
    /// It rests for so many days from today.
    Monitor(i16, &'static str),
    /// It ends.
    Close(CloseReason, &'static str),
    /// It is not taken up.
    Dismiss(CloseReason, &'static str),
    /// It becomes part of another one.
    Merge(&'static str),
    /// It has to do with another one.
    Link(LinkKind, &'static str),
    /// Somebody writes a note.
    Note(Who, Visibility, &'static str),
    /// Somebody consults a partner: why, and what comes of it.
    Contact(Who, With, Channel, &'static str, Option<&'static str>),
    /// The police release their last note.
    Release,
    /// It goes to the consultation above, or back.
    Escalation(EscalationStep),
}

/// A step in the life of an escalation.
#[derive(Debug, Clone, Copy)]
pub(super) enum EscalationStep {
    /// The team proposes it: why.
    Propose(&'static str),
    /// The team hands the case over: what is asked.
    Submit(&'static str),
    /// The consultation above takes it on.
    Accept(&'static str),
    /// The consultation above tells what came of it.
    Outcome(&'static str),
    /// The team takes note.
    Close(&'static str),
}

/// A partner that is consulted.
#[derive(Debug, Clone, Copy)]
pub(super) enum With {
    /// An organisation of the register.
    Org(Org),
    /// Another one, by its name.
    Named(&'static str),
}

/// A request and its life; sent when it is created, unless it stays a draft.
#[derive(Debug, Clone, Copy)]
pub(super) struct RequestStory {
    /// The case.
    pub(super) case: &'static str,
    pub(super) to: Org,
    pub(super) kind: QuestionKind,
    pub(super) urgency: Urgency,
    pub(super) subject: &'static str,
    pub(super) question: &'static str,
    pub(super) created: Ago,
    pub(super) draft: bool,
    pub(super) steps: &'static [(Ago, Step)],
}

/// A step in the life of a request.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step {
    /// The service's application fetches it for the first time.
    See,
    /// With the service's own reference.
    Receive(Option<&'static str>),
    /// Planned so many days later.
    Accept(Option<i16>),
    Refuse(RefusalReason, &'static str),
    /// With the life of the request that follows.
    Redirect(Org, &'static str, &'static [(Ago, Step)]),
    AskBack(&'static str),
    Reply(&'static str),
    /// For a day so many days later.
    Promise(i16, Option<DelayReason>),
    Answer(AnswerOutcome, &'static str),
    /// Recorded by the team.
    AnswerFor(Channel, AnswerOutcome, &'static str),
    Verify(Option<&'static str>),
    Reopen(&'static str),
    Withdraw(&'static str),
    Remind(Option<&'static str>),
    /// Subject, question, why.
    Amend(&'static str, &'static str, &'static str),
}
