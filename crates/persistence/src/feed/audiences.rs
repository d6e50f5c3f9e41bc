//! Who is told of some things, by what they are like now.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use domain::feed::Audience;
use domain::id::{ConsultationId, OrganisationId};
use domain::note::Visibility;
use domain::subject::Subject;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::reference_cache::ReferenceData;
use crate::row::code;
use crate::schema::{
    actions, case_contacts, case_notes, cases, escalation_ledger, escalations, feed_audiences,
    follow_up_requests as requests, presence_records, report_renditions as renditions, reports,
};
use crate::types::{Instant, Key};

/// A thing, with what its events tell of whom it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Thing {
    pub(super) kind: Subject,
    pub(super) id: Uuid,
    pub(super) consultation: Option<ConsultationId>,
    pub(super) organisation: Option<OrganisationId>,
}

type Audiences = HashMap<Uuid, Audience>;

/// Gives who is told of some things now; what is gone is told to nobody.
pub(super) fn of(
    connection: &mut AnyConnection,
    reference: &ReferenceData,
    things: &[Thing],
) -> Result<Audiences, StoreError> {
    let mut audiences = Audiences::new();
    for kind in Subject::ALL.iter().copied() {
        let of_kind: Vec<Thing> = things.iter().copied().filter(|thing| thing.kind == kind).collect();
        if of_kind.is_empty() {
            continue;
        }
        let ids: Vec<Key> =
            of_kind.iter().map(|thing| thing.id).collect::<BTreeSet<_>>().into_iter().map(Key).collect();
        match kind {
            Subject::Case => of_cases(connection, ids, &mut audiences)?,
            Subject::CaseNote => of_notes(connection, ids, &mut audiences)?,
            Subject::CaseContact => of_contacts(connection, ids, &mut audiences)?,
            Subject::FollowUpRequest => of_requests(connection, ids, &mut audiences)?,
            Subject::Action => of_actions(connection, ids, &mut audiences)?,
            Subject::Escalation => of_escalations(connection, ids, &mut audiences)?,
            Subject::LedgerEntry => of_entries(connection, ids, &mut audiences)?,
            Subject::Report => of_reports(connection, ids, &mut audiences)?,
            Subject::PresenceRecord => of_presence(connection, reference, ids, &mut audiences)?,
            // What stays where it began.
            Subject::GuardGroup
            | Subject::Organisation
            | Subject::Consultation
            | Subject::Area
            | Subject::ClosureDay
            | Subject::Term
            | Subject::Client
            | Subject::MeetingSeries
            | Subject::Meeting
            | Subject::ReportComment
            | Subject::AgendaItem
            | Subject::Decision
            | Subject::HourlyRate
            | Subject::CalendarFeed
            | Subject::WebhookSubscription
            | Subject::DataSharingProtocol
            | Subject::EscalationPolicy => {
                audiences.extend(of_kind.iter().map(|thing| (thing.id, settled(*thing, reference))));
            }
        }
    }
    Ok(audiences)
}

/// Gives who is told of something whose place never changes.
fn settled(thing: Thing, reference: &ReferenceData) -> Audience {
    let of_team =
        |audience: fn(ConsultationId) -> Audience| thing.consultation.map(audience).unwrap_or_default();
    match thing.kind {
        Subject::MeetingSeries
        | Subject::Meeting
        | Subject::ReportComment
        | Subject::AgendaItem
        | Subject::Decision => of_team(|consultation| Audience::team(consultation, None)),
        Subject::HourlyRate => of_team(Audience::rate),
        Subject::CalendarFeed => of_team(Audience::desk),
        Subject::WebhookSubscription => thing.organisation.map(Audience::webhook).unwrap_or_default(),
        Subject::Organisation => {
            let id = OrganisationId::new(thing.id);
            Audience::organisation(id, reference.organisation(id).is_some_and(|found| found.takes_requests))
        }
        Subject::Term => Audience::term(thing.organisation),
        Subject::GuardGroup
        | Subject::Consultation
        | Subject::Area
        | Subject::ClosureDay
        | Subject::EscalationPolicy => Audience::reference(thing.organisation),
        // Nobody reads clients, nobody who reads protocols follows the feed, the others have rows of their own to ask.
        Subject::Client
        | Subject::DataSharingProtocol
        | Subject::Case
        | Subject::CaseNote
        | Subject::CaseContact
        | Subject::FollowUpRequest
        | Subject::Action
        | Subject::Escalation
        | Subject::LedgerEntry
        | Subject::Report
        | Subject::PresenceRecord => Audience::default(),
    }
}

fn consultation(key: Key) -> ConsultationId {
    key.0.into()
}

fn organisation(key: Key) -> OrganisationId {
    key.0.into()
}

fn of_cases(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    let rows: Vec<(Key, Key, Option<Key>)> = cases::table
        .filter(cases::id.eq_any(ids))
        .select((cases::id, cases::consultation_id, cases::led_by))
        .load(connection)?;
    audiences.extend(
        rows.into_iter()
            .map(|(id, own, led_by)| (id.0, Audience::team(consultation(own), led_by.map(consultation)))),
    );
    Ok(())
}

fn of_notes(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    type NoteRow = (Key, String, Key, Key, Option<Key>);
    let rows: Vec<NoteRow> = case_notes::table
        .inner_join(cases::table)
        .filter(case_notes::id.eq_any(ids))
        .select((
            case_notes::id,
            case_notes::visibility,
            case_notes::organisation_id,
            cases::consultation_id,
            cases::led_by,
        ))
        .load(connection)?;
    for (id, visibility, author, own, led_by) in rows {
        let visibility = code("case_notes", "visibility", id.0, &visibility, Visibility::from_code)?;
        let led_by = led_by.map(consultation);
        audiences.insert(id.0, Audience::note(visibility, consultation(own), led_by, organisation(author)));
    }
    Ok(())
}

fn of_contacts(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    let rows: Vec<(Key, Key, Key, Option<Key>)> = case_contacts::table
        .inner_join(cases::table.on(case_contacts::case_id.eq(cases::id)))
        .filter(case_contacts::id.eq_any(ids))
        .select((
            case_contacts::id,
            case_contacts::organisation_id,
            case_contacts::consultation_id,
            cases::led_by,
        ))
        .load(connection)?;
    audiences.extend(rows.into_iter().map(|(id, author, own, led_by)| {
        (id.0, Audience::contact(consultation(own), led_by.map(consultation), organisation(author)))
    }));
    Ok(())
}

fn of_requests(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    type RequestRow = (Key, Key, Option<Key>, Key, Option<Instant>);
    let rows: Vec<RequestRow> = requests::table
        .filter(requests::id.eq_any(ids))
        .select((
            requests::id,
            requests::consultation_id,
            requests::led_by,
            requests::organisation_id,
            requests::sent_at,
        ))
        .load(connection)?;
    audiences.extend(rows.into_iter().map(|(id, own, led_by, service, sent_at)| {
        let service = sent_at.map(|_| organisation(service));
        (id.0, Audience::request(consultation(own), led_by.map(consultation), service))
    }));
    Ok(())
}

fn of_actions(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    let rows: Vec<(Key, Key, Option<Key>, Key)> = actions::table
        .filter(actions::id.eq_any(ids))
        .select((actions::id, actions::consultation_id, actions::led_by, actions::owner_organisation_id))
        .load(connection)?;
    audiences.extend(rows.into_iter().map(|(id, own, led_by, owner)| {
        (id.0, Audience::action(consultation(own), led_by.map(consultation), organisation(owner)))
    }));
    Ok(())
}

fn of_reports(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    let rows: Vec<(Key, Key, Option<Key>)> = reports::table
        .left_join(renditions::table.on(renditions::report_id.eq(reports::id)))
        .filter(reports::id.eq_any(ids))
        .select((reports::id, reports::consultation_id, renditions::organisation_id.nullable()))
        .load(connection)?;
    let mut partners: HashMap<Uuid, (ConsultationId, BTreeSet<OrganisationId>)> = HashMap::new();
    for (id, own, partner) in rows {
        let (_, partners) = partners.entry(id.0).or_insert_with(|| (consultation(own), BTreeSet::new()));
        partners.extend(partner.map(organisation));
    }
    audiences.extend(partners.into_iter().map(|(id, (own, partners))| (id, Audience::report(own, partners))));
    Ok(())
}

fn of_escalations(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    let rows: Vec<(Key, Key, Key, Option<Instant>)> = escalations::table
        .filter(escalations::id.eq_any(ids))
        .select((
            escalations::id,
            escalations::from_consultation_id,
            escalations::to_consultation_id,
            escalations::submitted_at,
        ))
        .load(connection)?;
    audiences.extend(rows.into_iter().map(|(id, from, above, submitted_at)| {
        (id.0, Audience::escalation(consultation(from), submitted_at.map(|_| consultation(above))))
    }));
    Ok(())
}

fn of_entries(
    connection: &mut AnyConnection,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    use escalation_ledger as ledger;
    let rows: Vec<(Key, Key, Option<Key>)> = ledger::table
        .filter(ledger::id.eq_any(ids))
        .select((ledger::id, ledger::consultation_id, ledger::led_by))
        .load(connection)?;
    audiences.extend(
        rows.into_iter()
            .map(|(id, own, led_by)| (id.0, Audience::office(consultation(own), led_by.map(consultation)))),
    );
    Ok(())
}

fn of_presence(
    connection: &mut AnyConnection,
    reference: &ReferenceData,
    ids: Vec<Key>,
    audiences: &mut Audiences,
) -> Result<(), StoreError> {
    let rows: Vec<(Key, Key, Key)> = presence_records::table
        .filter(presence_records::id.eq_any(ids))
        .select((presence_records::id, presence_records::organisation_id, presence_records::area_id))
        .load(connection)?;
    audiences.extend(rows.into_iter().map(|(id, own, area)| {
        (id.0, Audience::presence(organisation(own), reference.covering(area.0.into())))
    }));
    Ok(())
}

/// Gives in which channels some things are told now, by what was told.
pub(super) fn known(
    connection: &mut AnyConnection,
    things: &[Thing],
) -> Result<HashMap<Uuid, BTreeSet<Uuid>>, StoreError> {
    let ids: BTreeSet<Uuid> = things.iter().map(|thing| thing.id).collect();
    let ids: Vec<Key> = ids.into_iter().map(Key).collect();
    let rows: Vec<(Key, Key)> = feed_audiences::table
        .filter(feed_audiences::subject_id.eq_any(ids))
        .select((feed_audiences::subject_id, feed_audiences::channel_id))
        .load(connection)?;
    let mut known: HashMap<Uuid, BTreeSet<Uuid>> = HashMap::new();
    for (subject, channel) in rows {
        known.entry(subject.0).or_default().insert(channel.0);
    }
    Ok(known)
}

/// Tells whether an event of a kind may change who leads a case.
pub(super) const fn moves_the_lead(kind: Subject) -> bool {
    matches!(kind, Subject::Escalation)
}
