//! Lives the stories through: every step by the verb of the domain, at the moment at which it happened.

mod case;
mod escalation;
mod meetings;
mod presence;
mod request;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::case::Case;
use domain::case::ConsultationCode;
use domain::change::{Actor, Change, Outcome, Stamp};
use domain::escalation::Escalation;
use domain::follow_up::FollowUpRequest;
use domain::id::{ClientId, ConsultationId, MeetingId, OrganisationId};
use domain::meeting::Meeting;
use domain::note::Note;
use domain::text::Text;
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::meetings as stored;
use persistence::{Circumstances, ReferenceData, Store, Transaction};

pub(super) use meetings::MeetingStep;
pub(super) use presence::shifts;

use super::org::Org;
use super::reference::Bodies;
use super::story::{Body, Who};
use super::timeline::{Act, Move, Slot, Timeline};
use super::{SeedError, everything};
use crate::clock::Ids;

/// What does not change while the stories are lived through.
pub(super) struct Scene<'a> {
    pub(super) store: &'a Store,
    pub(super) reference: ReferenceData,
    pub(super) organisations: BTreeMap<Org, OrganisationId>,
    pub(super) bodies: Bodies,
    pub(super) clients: HashMap<String, ClientId>,
    pub(super) today: Date,
}

/// The cases and requests as they stand.
#[derive(Debug, Clone, Default)]
struct World {
    cases: HashMap<&'static str, Case>,
    police_notes: HashMap<&'static str, Note>,
    requests: HashMap<Slot, FollowUpRequest>,
    meetings: Vec<MeetingId>,
    agreed: HashMap<usize, meetings::Agreed>,
    escalations: HashMap<&'static str, Escalation>,
}

/// Lives all stories through; a transaction holds what somebody does one after the other on a day.
pub(super) fn play(
    scene: &Scene<'_>,
    timeline: Timeline,
    now: Timestamp,
    ids: &Arc<dyn Ids>,
) -> Result<(), SeedError> {
    let circumstances = scene.circumstances(Who::Manager, timeline.begin(), ids)?;
    let planned = scene.store.write(&circumstances, |transaction| {
        let ids = meetings::plan(scene, transaction)?;
        let found = ids.iter().map(|id| stored::find(transaction.connection(), &everything(), *id));
        found.collect::<Result<Vec<_>, _>>().map_err(SeedError::from)
    })?;
    let planned: Vec<Meeting> = planned.into_iter().flatten().collect();
    let timeline = timeline.with(meetings::moves(&planned, now));
    let mut world =
        World { meetings: planned.iter().map(|meeting| meeting.id).collect(), ..World::default() };
    for run in timeline.runs() {
        let [first, ..] = run else { continue };
        let last = run.last().unwrap_or(first);
        let circumstances = scene.circumstances(first.who, last.at, ids)?;
        world = scene.store.write(&circumstances, |transaction| {
            let mut next = world.clone();
            for step in run {
                next.take(scene, transaction, step)?;
            }
            Ok::<_, SeedError>(next)
        })?;
    }
    Ok(())
}

impl Scene<'_> {
    /// Gives the circumstances of what somebody does at a moment.
    fn circumstances(&self, who: Who, at: Timestamp, ids: &Arc<dyn Ids>) -> Result<Circumstances, SeedError> {
        Ok(Circumstances {
            at,
            recorded_at: at,
            actor: self.actor(who)?,
            operation: "seedDemo",
            request_id: ids.next(),
            ids: Arc::clone(ids),
        })
    }

    /// Gives a consultation with its code.
    fn body(&self, body: Body) -> Result<(ConsultationId, ConsultationCode), SeedError> {
        self.bodies.get(&body).cloned().ok_or_else(|| missing("consultation", &format!("{body:?}")))
    }

    fn organisation(&self, org: Org) -> Result<OrganisationId, SeedError> {
        self.organisations.get(&org).copied().ok_or_else(|| missing("organisation", &format!("{org:?}")))
    }

    fn actor(&self, who: Who) -> Result<Actor, SeedError> {
        let client = who.client();
        let client_id = self.clients.get(&client).copied().ok_or_else(|| missing("client", &client))?;
        Ok(Actor { client_id, user: None, organisation_id: self.organisation(who.org())? })
    }
}

impl World {
    fn take(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        step: &Move,
    ) -> Result<(), SeedError> {
        let by = scene.actor(step.who)?;
        let stamp = Stamp { at: step.at, by };
        match step.act {
            Act::Case(story) => self.write_case(scene, transaction, story, &stamp),
            Act::CaseStep(story, case_step) => {
                self.take_case(scene, transaction, story.key, case_step, &stamp)
            }
            Act::Meeting(number, step) => self.take_meeting(scene, transaction, (number, step), &stamp),
            Act::Request(slot, story) => self.write_request(scene, transaction, slot, story, &stamp),
            Act::Step(slot, request_step, successor) => {
                self.take_request(scene, transaction, (slot, successor), request_step, &stamp)
            }
        }
        .map_err(|error| match error {
            SeedError::Story(what) => SeedError::Story(format!("{what} ({:?})", step.act)),
            other => other,
        })
    }

    fn case(&self, key: &str) -> Result<&Case, SeedError> {
        self.cases.get(key).ok_or_else(|| missing("case", key))
    }
}

fn changed<S, E>(outcome: Outcome<S, E>) -> Result<Change<S, E>, SeedError> {
    match outcome {
        Outcome::Changed(change) => Ok(change),
        Outcome::Unchanged(_) => Err(SeedError::Story("a step changes nothing".to_owned())),
    }
}

fn text<const MAX: usize>(text: &str) -> Result<Text<MAX>, SeedError> {
    Text::parse(text).map_err(|fault| SeedError::Story(format!("{fault}: {text}")))
}

fn missing(what: &str, name: &str) -> SeedError {
    SeedError::Story(format!("there is no {what} {name}"))
}
