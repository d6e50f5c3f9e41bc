//! Lives the stories through: every step by the verb of the domain, at the moment at which it happened.

mod case;
mod escalation;
mod meetings;
mod presence;
mod request;

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use domain::calendar::{local_date, start_of_day};
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
use persistence::{Circumstances, ReferenceData, Store, Transaction, cases, follow_ups};

pub(super) use meetings::MeetingStep;
pub(super) use presence::shifts;

use super::org::Org;
use super::reference::Bodies;
use super::story::{Body, Who};
use super::timeline::{Act, Move, Slot, Timeline};
use super::{SeedError, everything};
use crate::clock::Ids;
use crate::reference::Reference;
use crate::sweep::{Sweep, Swept};

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
    let reference = Reference::default();
    let sweep = Sweep { store: scene.store, reference: &reference, ids };
    let mut looked_on = None;
    for run in timeline.runs() {
        let [first, ..] = run else { continue };
        let last = run.last().unwrap_or(first);
        // The rules look once a day, before people begin.
        if looked_on != Some(local_date(first.at)) {
            looked_on = Some(local_date(first.at));
            if look(&sweep, start_of_day(local_date(first.at)))?.fired > 0 {
                world.catch_up(scene.store)?;
            }
        }
        let circumstances = scene.circumstances(first.who, last.at, ids)?;
        world = scene.store.write(&circumstances, |transaction| {
            let mut next = world.clone();
            for step in run {
                next.take(scene, transaction, step)?;
            }
            Ok::<_, SeedError>(next)
        })?;
    }
    look(&sweep, now)?;
    Ok(())
}

fn look(sweep: &Sweep<'_>, at: Timestamp) -> Result<Swept, SeedError> {
    sweep.run(at, || true).map_err(|refusal| SeedError::Story(format!("the rules cannot look: {refusal:?}")))
}

impl Scene<'_> {
    /// Gives the circumstances of what somebody does at a moment.
    fn circumstances(&self, who: Who, at: Timestamp, ids: &Arc<dyn Ids>) -> Result<Circumstances, SeedError> {
        Ok(Circumstances {
            at,
            recorded_at: at,
            actor: self.actor(who)?,
            roles: String::new(),
            purpose: None,
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

    /// Reads anew what the rules may have told an event of.
    fn catch_up(&mut self, store: &Store) -> Result<(), SeedError> {
        store.read(|connection| {
            for case in self.cases.values_mut() {
                if let Some(found) = cases::find(connection, &everything(), case.id)? {
                    *case = found;
                }
            }
            for request in self.requests.values_mut() {
                if let Some((found, _)) = follow_ups::find(connection, &everything(), request.id)? {
                    *request = found;
                }
            }
            self.agreed.values_mut().try_for_each(|agreed| agreed.catch_up(connection))
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
