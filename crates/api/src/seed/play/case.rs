//! The steps of cases.

use domain::calendar::local_date;
use domain::case::{
    Case, CaseReference, Close, Create, Description, Dismiss, Factor, Link, Location, Monitor, Open, Severity,
};
use domain::category::CategoryCode;
use domain::change::Stamp;
use domain::contact::{self, Contact, Particulars, Partner};
use domain::note::{Note, Visibility};
use domain::place::Wgs84;
use jiff::ToSpan as _;
use persistence::cases::{self, Number};
use persistence::{Transaction, actions, follow_ups, notes};

use super::{Scene, World, changed, missing, text};
use crate::seed::SeedError;
use crate::seed::story::{CaseStep, CaseStory, With};

impl World {
    pub(super) fn write_case(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        story: &CaseStory,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let (consultation_id, code) =
            scene.bodies.get(&story.body).cloned().ok_or_else(|| missing("consultation", story.key))?;
        let year = local_date(stamp.at).year();
        let mut number = Number::prepare(scene.store, consultation_id, year)?;
        let number = cases::next_number(transaction, &mut number, consultation_id, year)?;
        let command = Create {
            id: transaction.new_id().into(),
            reference: CaseReference::new(&code, year, number),
            consultation_id,
            kind: story.kind,
            description: describe(scene, story)?,
            admit: story.lead.is_some(),
            earlier_cases: None,
        };
        let change = Case::create(command, stamp)?;
        transaction.save(&change)?;
        self.cases.insert(story.key, change.state);
        Ok(())
    }

    pub(super) fn take_case(
        &mut self,
        scene: &Scene<'_>,
        transaction: &mut Transaction<'_>,
        key: &'static str,
        step: &CaseStep,
        stamp: &Stamp,
    ) -> Result<(), SeedError> {
        let case = self.case(key)?.clone();
        let outcome = match step {
            CaseStep::Open(lead) => {
                case.open(&Open { lead_organisation_id: scene.organisation(*lead)? }, stamp)?
            }
            CaseStep::Monitor(days, words) => {
                let check_on = scene.today.saturating_add(i64::from(*days).days());
                case.monitor(&Monitor { check_on, text: text(words)? }, stamp)?
            }
            CaseStep::Close(close_reason, words) => {
                let open_work = open_work(transaction, &case)?;
                let command = Close { close_reason: *close_reason, text: text(words)?, withdraw_open: false };
                case.close(&command, open_work, stamp)?
            }
            CaseStep::Dismiss(close_reason, words) => {
                let open_work = open_work(transaction, &case)?;
                let command =
                    Dismiss { close_reason: *close_reason, text: text(words)?, withdraw_open: false };
                case.dismiss(&command, open_work, stamp)?
            }
            CaseStep::Merge(into) => case.merge(self.case(into)?, stamp)?,
            CaseStep::Link(kind, other) => {
                let case_id = self.case(other)?.id;
                case.link(Link { kind: *kind, case_id }, stamp)?
            }
            CaseStep::Note(_, visibility, words) => {
                let id = transaction.new_id().into();
                let note = Note::write(id, case.id, *visibility, text(words)?, stamp);
                notes::add(transaction, &note, &case)?;
                if *visibility == Visibility::PoliceOnly {
                    self.police_notes.insert(key, note);
                }
                return Ok(());
            }
            CaseStep::Contact(_, with, channel, purpose, result) => {
                let (partner, kind) = match with {
                    With::Org(org) => {
                        let partner = Partner::Organisation(scene.organisation(*org)?);
                        (partner, contact::Kind::of(org.facts().regime))
                    }
                    With::Named(name) => (Partner::Named(text(name)?), contact::Kind::External),
                };
                let particulars = Particulars {
                    contacted_on: local_date(stamp.at),
                    partner,
                    kind,
                    channel: *channel,
                    purpose: text(purpose)?,
                    result: result.map(text).transpose()?,
                };
                let id = transaction.new_id().into();
                let change = Contact::record(id, case.id, case.consultation_id, particulars, stamp);
                transaction.save(&change)?;
                return Ok(());
            }
            CaseStep::Escalation(step) => return self.take_escalation(scene, transaction, key, step, stamp),
            CaseStep::Release => {
                let note = self.police_notes.remove(key).and_then(|note| note.release(stamp));
                let note = note.ok_or_else(|| missing("police note of", key))?;
                notes::release(transaction, &note, &case)?;
                return Ok(());
            }
        };
        let change = changed(outcome)?;
        transaction.save(&change)?;
        self.cases.insert(key, change.state);
        Ok(())
    }
}

/// Counts what is still to be done on a case.
fn open_work(transaction: &mut Transaction<'_>, case: &Case) -> Result<i64, SeedError> {
    let requests = follow_ups::count_open(transaction.connection(), case.id)?;
    Ok(requests + actions::count_open(transaction.connection(), case.id)?)
}

fn describe(scene: &Scene<'_>, story: &CaseStory) -> Result<Description, SeedError> {
    let category =
        |code: &&str| CategoryCode::parse(code).map_err(|fault| SeedError::Story(format!("{fault}: {code}")));
    let point = Wgs84::new(story.place.lon, story.place.lat)
        .map_err(|fault| SeedError::Story(format!("{fault}: {}", story.key)))?;
    let [time_of_day, place, intensity, spread, recurrence] =
        story.severity.map(|weight| Factor::new(weight).unwrap_or_default());
    Ok(Description {
        category: category(&story.category)?,
        secondary_categories: story.secondary.iter().map(category).collect::<Result<_, _>>()?,
        title: text(story.title)?,
        description: Some(text(story.text)?),
        source: story.source,
        pattern: story.pattern,
        time_slots: story.slots.to_vec(),
        location: Location {
            kind: story.place.kind,
            address: Some(text(story.place.address)?),
            address_uri: None,
            point: Some(point),
            sector: None,
            area_id: scene.reference.areas.locate(point),
        },
        lead_organisation_id: story.lead.map(|lead| scene.organisation(lead)).transpose()?,
        severity: Some(Severity { time_of_day, place, intensity, spread, recurrence, deliberate: false }),
    })
}
