//! The timeline of a case: its events, those of its requests and notes, as a reader may see them.

use diesel::prelude::*;
use domain::access::NoteSight;
use domain::id::{CaseId, ClientId, ConsultationId, EventId, OrganisationId};
use domain::note::Visibility;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::schema::events;
use crate::types::{Instant, Json, Key, key};

/// An event of a timeline.
#[derive(Debug, Clone, PartialEq)]
pub struct TimelineEvent {
    /// Its name.
    pub id: EventId,
    /// What kind of thing it is about.
    pub subject: String,
    /// Which one.
    pub subject_id: Uuid,
    /// Its place among the events of its subject.
    pub sequence: i64,
    /// The version of the subject after it.
    pub version: i64,
    /// What was done.
    pub verb: String,
    /// The addressed service, or the organisation that wrote a note.
    pub organisation_id: Option<OrganisationId>,
    /// When it took effect.
    pub effective_at: Timestamp,
    /// When it was recorded.
    pub recorded_at: Timestamp,
    /// The client application that acted.
    pub client_id: ClientId,
    /// The user behind it.
    pub user: Option<String>,
    /// The organisation in whose name it acted.
    pub actor_organisation_id: OrganisationId,
    /// Codes, ids and dates.
    pub data: Value,
}

type Row =
    (Key, String, Key, i64, i64, String, Option<Key>, Instant, Instant, Key, Option<String>, Key, Json);

impl From<Row> for TimelineEvent {
    fn from(row: Row) -> Self {
        let (
            id,
            subject,
            subject_id,
            sequence,
            version,
            verb,
            organisation_id,
            effective_at,
            recorded_at,
            client_id,
            user,
            actor,
            data,
        ) = row;
        Self {
            id: id.0.into(),
            subject,
            subject_id: subject_id.0,
            sequence,
            version,
            verb,
            organisation_id: organisation_id.map(|key| key.0.into()),
            effective_at: effective_at.0,
            recorded_at: recorded_at.0,
            client_id: client_id.0.into(),
            user,
            actor_organisation_id: actor.0.into(),
            data: data.value(),
        }
    }
}

/// The columns of an event.
macro_rules! columns {
    () => {
        (
            events::id,
            events::subject_kind,
            events::subject_id,
            events::sequence,
            events::version,
            events::verb,
            events::organisation_id,
            events::effective_at,
            events::recorded_at,
            events::client_id,
            events::user_name,
            events::actor_organisation_id,
            events::data,
        )
    };
}

/// Lists the events of a case that a principal may see, by the time at which they took effect.
///
/// `consultations` are that of the case and the one that leads it meanwhile: notes are told to those who may read them
/// there.
pub fn list(
    connection: &mut AnyConnection,
    sight: &NoteSight,
    consultations: &[ConsultationId],
    case: CaseId,
    page: PageRequest,
) -> Result<Page<TimelineEvent>, StoreError> {
    let mut audiences = Vec::new();
    for (visibility, readable) in [
        (Visibility::Team, &sight.team),
        (Visibility::PoliceOnly, &sight.police),
        (Visibility::HousingOnly, &sight.housing),
    ] {
        if consultations.iter().any(|consultation| readable.contains(consultation)) {
            audiences.push(visibility.code());
        }
    }
    let query = events::table
        .filter(events::case_id.eq(key(case)))
        .filter(events::audience.eq_any(audiences))
        .select(columns!())
        .into_boxed();
    let rows: Vec<Row> = keyset!(query, events::effective_at, events::id, page).load(connection)?;
    Ok(Page::of(rows.into_iter().map(Into::into).collect(), page.size))
}

/// Loads the last events of a case that are told to these audiences, oldest first.
pub fn load(
    connection: &mut AnyConnection,
    case: CaseId,
    audiences: &[Visibility],
    most: u32,
) -> Result<Vec<TimelineEvent>, StoreError> {
    let mut rows: Vec<Row> = events::table
        .filter(events::case_id.eq(key(case)))
        .filter(events::audience.eq_any(audiences.iter().map(|audience| audience.code())))
        .order((events::effective_at.desc(), events::id.desc()))
        .limit(most.into())
        .select(columns!())
        .load(connection)?;
    rows.reverse();
    Ok(rows.into_iter().map(Into::into).collect())
}
