//! Freezing the dossier of a submission: what each audience may see of the case, as it stands.

use domain::case::Case;
use domain::escalation::{AUDIENCES, Criteria, Facts, Rendition, Submit};
use domain::id::ConsultationId;
use domain::labels::Labels;
use domain::report::Reader;
use jiff::Timestamp;
use persistence::timeline::{self, TimelineEvent};
use persistence::{AnyConnection, ReferenceData, StoreError, actions, follow_ups, notes};
use serde_json::{Map, Value};

use super::content::{DossierCase, DossierConsultation, DossierContent, DossierEvent};
use crate::reports::{Writer, canonical};
use crate::work::Refusal;

/// The form in which a dossier is written down; another one gets another name.
const FORMAT: &str = "wijkoverlegDossier1";

/// The most events that a dossier tells, the last ones.
const MOST_EVENTS: u32 = 1_000;

/// The member of an event that names another case, which the consultation above need not know.
const OTHER_CASE: &str = "otherCaseId";

/// Freezes the dossier for each of its audiences: the members, the police and the housing team.
///
/// What one audience does not read is read for another only, so that nobody can count it.
pub(crate) fn freeze(
    connection: &mut AnyConnection,
    reference: &ReferenceData,
    case: &Case,
    escalation: &Facts,
    command: &Submit,
    criteria: &Criteria,
    now: Timestamp,
) -> Result<Vec<Rendition>, Refusal> {
    let scene = Scene { reference, case, escalation, command, criteria, now };
    AUDIENCES
        .into_iter()
        .map(|reader| {
            let (content, hash) = canonical(&scene.write(connection, reader)?)?;
            Ok(Rendition { reader, submission: escalation.next_submission(), content, hash })
        })
        .collect()
}

/// What every rendition is made of.
struct Scene<'a> {
    reference: &'a ReferenceData,
    case: &'a Case,
    escalation: &'a Facts,
    command: &'a Submit,
    criteria: &'a Criteria,
    now: Timestamp,
}

impl Scene<'_> {
    fn write(&self, connection: &mut AnyConnection, reader: Reader) -> Result<DossierContent, StoreError> {
        let (case, escalation, now) = (self.case, self.escalation, self.now);
        let visibilities = reader.visibilities();
        let requests = follow_ups::load_of_case(connection, case.id)?;
        let actions = actions::load_of_case(connection, case.id)?;
        let notes = notes::load_written(connection, [case.id], visibilities, Timestamp::UNIX_EPOCH..=now)?;
        let events = timeline::load(connection, case.id, visibilities, MOST_EVENTS)?;
        let writer = Writer::new(self.reference, case.consultation_id, reader, now);
        let sent = requests.iter().filter(|request| request.sent_at.is_some());
        Ok(DossierContent {
            format: FORMAT.to_owned(),
            audience: reader.audience(),
            frozen_at: now,
            escalation_id: escalation.id,
            submission: escalation.next_submission(),
            from_consultation: self.consultation(escalation.from_consultation_id),
            to_consultation: self.consultation(escalation.to_consultation_id),
            reason: escalation.reason.as_ref().map(ToString::to_string),
            text: self.command.text.to_string(),
            legal_gate: self.command.legal_gate.as_ref().map(Into::into),
            criteria: self.criteria.into(),
            case: described(case, &writer),
            follow_up_requests: sent.map(|request| writer.request(request)).collect(),
            actions: actions.iter().map(|action| writer.action(action)).collect(),
            notes: notes.iter().map(|note| writer.note(note)).collect(),
            timeline: events.into_iter().map(|it| event(it, &writer)).collect(),
        })
    }

    fn consultation(&self, id: ConsultationId) -> DossierConsultation {
        let known = self.reference.consultation(id).map(|consultation| consultation.name.clone());
        let name = known.unwrap_or_else(|| Labels { nl: id.to_string(), fr: None, en: None });
        DossierConsultation { id, name }
    }
}

fn described(case: &Case, writer: &Writer<'_>) -> DossierCase {
    let description = &case.description;
    let location = &description.location;
    DossierCase {
        id: case.id,
        reference: case.reference.to_string(),
        kind: case.kind,
        state: case.status,
        category: description.category.clone(),
        secondary_categories: description.secondary_categories.clone(),
        title: description.title.to_string(),
        description: description.description.as_ref().map(ToString::to_string),
        source: description.source,
        pattern: description.pattern,
        time_slots: description.time_slots.clone(),
        location_kind: location.kind,
        address: location.address.as_ref().map(ToString::to_string),
        address_uri: location.address_uri.as_ref().map(|uri| uri.as_str().to_owned()),
        longitude: location.point.map(domain::place::Wgs84::lon),
        latitude: location.point.map(domain::place::Wgs84::lat),
        sector: location.sector.as_ref().map(|sector| sector.as_str().to_owned()),
        lead_organisation: description.lead_organisation_id.map(|lead| writer.organisation(lead)),
        severity: description.severity.map(|severity| severity.level()),
        severity_score: description.severity.map(|severity| severity.score()),
        created_at: case.created_at,
    }
}

fn event(event: TimelineEvent, writer: &Writer<'_>) -> DossierEvent {
    let mut detail = match event.data {
        Value::Object(members) => members,
        _ => Map::new(),
    };
    detail.remove(OTHER_CASE);
    DossierEvent {
        subject_kind: event.subject,
        subject_id: event.subject_id,
        verb: event.verb,
        organisation: event.organisation_id.map(|organisation| writer.organisation(organisation)),
        effective_at: event.effective_at,
        recorded_at: event.recorded_at,
        detail,
    }
}
