//! The escalation ledger: rows and queries. Entries are added, never changed.

use std::collections::HashMap;

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::Version;
use domain::escalation_ledger::{Delivered, Entry, Ground, LedgerSubject};
use domain::escalation_policy::{Effect, StepId, WrittenStep};
use domain::escalation_rules::{Figures, Fired};
use domain::id::{ActionId, CaseId, ConsultationId, FollowUpRequestId, LedgerEntryId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::row::code;
use crate::schema::escalation_ledger;
use crate::transaction::{Deed, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};

const TABLE: &str = "escalation_ledger";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy_number: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    step: Option<WrittenStep>,
    effects: Vec<Delivered>,
    #[serde(default)]
    figures: Figures,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = escalation_ledger, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    subject_id: Key,
    step: String,
    round: i32,
    follow_up_request_id: Option<Key>,
    case_id: Option<Key>,
    action_id: Option<Key>,
    consultation_id: Key,
    organisation_id: Option<Key>,
    to_service: bool,
    on_agenda: bool,
    effective_at: Instant,
    fired_at: Instant,
    obsolete: bool,
    policy_id: Option<Key>,
    details: Json,
    led_by: Option<Key>,
}

impl TryFrom<Row> for Entry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let corrupt = |column, reason| StoreError::corrupt(TABLE, column, id, reason);
        let details: Details = row.details.read(TABLE, "details", id)?;
        let subject = match (row.follow_up_request_id, row.action_id, row.case_id) {
            (Some(request), None, _) => LedgerSubject::FollowUpRequest(request.0.into()),
            (None, Some(action), _) => LedgerSubject::Action(action.0.into()),
            (None, None, Some(case)) => LedgerSubject::Case(case.0.into()),
            _ => return Err(corrupt("subject_id", "no subject, or two")),
        };
        let ground = match (row.policy_id, details.policy_number, details.step) {
            (Some(policy), Some(number), Some(step)) => {
                Some(Ground { policy_id: policy.0.into(), number, step })
            }
            (None, None, None) => None,
            _ => return Err(corrupt("policy_id", "half a policy")),
        };
        Ok(Self {
            id: id.into(),
            subject,
            case_id: row.case_id.map(|key| key.0.into()),
            consultation_id: row.consultation_id.0.into(),
            led_by: row.led_by.map(|key| key.0.into()),
            organisation_id: row.organisation_id.map(|key| key.0.into()),
            step: code(TABLE, "step", id, &row.step, StepId::parse)?,
            round: u32::try_from(row.round).map_err(|_| corrupt("round", "negative"))?,
            effective_at: row.effective_at.0,
            fired_at: row.fired_at.0,
            obsolete: row.obsolete,
            ground,
            effects: details.effects,
            figures: details.figures,
        })
    }
}

fn row(entry: &Entry) -> Result<Row, StoreError> {
    let (subject_id, request, action) = match entry.subject {
        LedgerSubject::FollowUpRequest(id) => (key(id), Some(key(id)), None),
        LedgerSubject::Action(id) => (key(id), None, Some(key(id))),
        LedgerSubject::Case(id) => (key(id), None, None),
    };
    let goes_on_agenda = entry.effects.iter().any(|it| it.effect == Effect::PutOnAgenda);
    let details = Details {
        policy_number: entry.ground.as_ref().map(|ground| ground.number),
        step: entry.ground.as_ref().map(|ground| ground.step.clone()),
        effects: entry.effects.clone(),
        figures: entry.figures.clone(),
    };
    Ok(Row {
        id: key(entry.id),
        subject_id,
        step: entry.step.as_str().to_owned(),
        round: i32::try_from(entry.round).unwrap_or(i32::MAX),
        follow_up_request_id: request,
        case_id: entry.case_id.map(key),
        action_id: action,
        consultation_id: key(entry.consultation_id),
        organisation_id: entry.organisation_id.map(key),
        to_service: reaches_service(entry),
        on_agenda: !entry.obsolete && goes_on_agenda,
        effective_at: Instant(entry.effective_at),
        fired_at: Instant(entry.fired_at),
        obsolete: entry.obsolete,
        policy_id: entry.ground.as_ref().map(|ground| key(ground.policy_id)),
        details: Json::of(&details)?,
        led_by: entry.led_by.map(key),
    })
}

/// Adds entries; one of a step that took effect in that round already is [`StoreError::Taken`].
pub fn enter(transaction: &mut Transaction<'_>, entries: &[Entry]) -> Result<(), StoreError> {
    let rows = entries.iter().map(row).collect::<Result<Vec<_>, _>>()?;
    match transaction.connection() {
        AnyConnection::Postgresql(connection) => {
            if !rows.is_empty() {
                diesel::insert_into(escalation_ledger::table).values(rows).execute(connection)?;
            }
        }
        AnyConnection::Sqlite(connection) => {
            for row in rows {
                diesel::insert_into(escalation_ledger::table).values(row).execute(connection)?;
            }
        }
    }
    for entry in entries {
        transaction.touch(std::iter::once(entry.consultation_id).chain(entry.led_by).map(Uuid::from));
        if reaches_service(entry) {
            transaction.touch(entry.organisation_id.map(Uuid::from));
        } else if !entry.obsolete && matches!(entry.subject, LedgerSubject::FollowUpRequest(_)) {
            transaction.log(&record(entry)?)?;
            let deed = Deed::of(Subject::LedgerEntry, entry.id.into());
            transaction.record(&deed.within(entry.case_id).at(Some(Version::FIRST)))?;
        }
    }
    Ok(())
}

fn reaches_service(entry: &Entry) -> bool {
    !entry.obsolete && entry.effects.iter().any(|it| it.effect.reaches_service())
}

/// What the log tells of a step that stays in the team.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData<'a> {
    step: &'a StepId,
    round: u32,
    effects: Vec<Effect>,
    follow_up_request_id: Uuid,
}

/// Tells the entry of a step on a request of which the request itself has no event, as its service counts those.
fn record(entry: &Entry) -> Result<Record, StoreError> {
    let subject = match entry.subject {
        LedgerSubject::FollowUpRequest(id) => id.uuid(),
        LedgerSubject::Case(id) => id.uuid(),
        LedgerSubject::Action(id) => id.uuid(),
    };
    let data = EventData {
        step: &entry.step,
        round: entry.round,
        effects: entry.effects.iter().map(|it| it.effect).collect(),
        follow_up_request_id: subject,
    };
    Ok(Record {
        subject: Subject::LedgerEntry,
        subject_id: entry.id.into(),
        sequence: 1,
        version: Version::FIRST,
        verb: "create".to_owned(),
        case_id: entry.case_id,
        consultation_id: Some(entry.consultation_id),
        organisation_id: None,
        audience: "team",
        effective_at: entry.effective_at,
        data: Json::of(&data)?,
    })
}

/// Gives the steps that took effect already, by subject.
pub fn fired(connection: &mut AnyConnection, subjects: &[Uuid]) -> Result<HashMap<Uuid, Fired>, StoreError> {
    use escalation_ledger as l;
    let subjects: Vec<Key> = subjects.iter().copied().map(Key).collect();
    let rows: Vec<(Key, String, i32)> = l::table
        .filter(l::subject_id.eq_any(subjects))
        .filter(l::policy_id.is_not_null())
        .select((l::subject_id, l::step, l::round))
        .load(connection)?;
    let mut fired: HashMap<Uuid, Fired> = HashMap::new();
    for (subject, step, round) in rows {
        let step = code(TABLE, "step", subject.0, &step, StepId::parse)?;
        let round = u32::try_from(round).unwrap_or_default();
        fired.entry(subject.0).or_default().insert((step, round));
    }
    Ok(fired)
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Entries about this request.
    pub follow_up_request_id: Option<FollowUpRequestId>,
    /// Entries about this case and what belongs to it.
    pub case_id: Option<CaseId>,
    /// Entries about this action.
    pub action_id: Option<ActionId>,
    /// Entries of this consultation.
    pub consultation_id: Option<ConsultationId>,
    /// Entries of this step.
    pub step: Option<StepId>,
    /// Entries that took effect at this instant or later.
    pub from: Option<Timestamp>,
    /// Entries that took effect before this instant.
    pub before: Option<Timestamp>,
    /// Only entries that came too late to help, or only others.
    pub obsolete: Option<bool>,
}

/// Narrows a boxed query to what a principal may see: what belongs to its consultations, what was noticed while they led the
/// case, and what reached its services.
macro_rules! visible {
    ($query:expr, $sight:expr) => {{
        use escalation_ledger as l;
        let sight: &Sight = $sight;
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let services: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let led: Vec<Key> = sight.led.iter().copied().map(key).collect();
        let query = $query;
        match (sight.everything, consultations.as_slice(), services.as_slice()) {
            (true, _, _) => query,
            (false, [], []) if !led.is_empty() => match led.as_slice() {
                [one] => query.filter(l::led_by.eq(*one)),
                _ => query.filter(l::led_by.eq_any(led)),
            },
            (false, _, _) if !led.is_empty() => query.filter(
                l::consultation_id
                    .eq_any(consultations)
                    .or(l::led_by.eq_any(led).assume_not_null())
                    .or(l::to_service.and(l::organisation_id.eq_any(services).assume_not_null())),
            ),
            (false, [one], []) => query.filter(l::consultation_id.eq(*one)),
            (false, _, []) => query.filter(l::consultation_id.eq_any(consultations)),
            (false, [], [one]) => query.filter(l::to_service).filter(l::organisation_id.eq(*one)),
            (false, [], _) => {
                query.filter(l::to_service).filter(l::organisation_id.eq_any(services).assume_not_null())
            }
            (false, _, _) => query.filter(
                l::consultation_id
                    .eq_any(consultations)
                    .or(l::to_service.and(l::organisation_id.eq_any(services).assume_not_null())),
            ),
        }
    }};
}

/// Narrows a boxed query by a filter.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        use escalation_ledger as l;
        let filter: &Filter = $filter;
        let mut query = $query;
        if let Some(request) = filter.follow_up_request_id {
            query = query.filter(l::follow_up_request_id.eq(key(request)));
        }
        if let Some(case) = filter.case_id {
            query = query.filter(l::case_id.eq(key(case)));
        }
        if let Some(action) = filter.action_id {
            query = query.filter(l::action_id.eq(key(action)));
        }
        if let Some(consultation) = filter.consultation_id {
            query = query.filter(l::consultation_id.eq(key(consultation)));
        }
        if let Some(step) = &filter.step {
            query = query.filter(l::step.eq(step.as_str()));
        }
        if let Some(from) = filter.from {
            query = query.filter(l::effective_at.ge(Instant(from)));
        }
        if let Some(before) = filter.before {
            query = query.filter(l::effective_at.lt(Instant(before)));
        }
        if let Some(obsolete) = filter.obsolete {
            query = query.filter(l::obsolete.eq(obsolete));
        }
        query
    }};
}

/// Finds an entry that a principal may see.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: LedgerEntryId,
) -> Result<Option<Entry>, StoreError> {
    use escalation_ledger as l;
    let query = l::table.filter(l::id.eq(key(id))).select(l::all_columns).into_boxed();
    let row: Option<Row> = visible!(query, sight).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Lists the entries that a principal may see, by the time at which they took effect.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Entry>, StoreError> {
    use escalation_ledger as l;
    let query = l::table.select(l::all_columns).into_boxed();
    let views = single_views(sight);
    let query = if (2..=BRANCHES).contains(&views.len()) {
        let branches = views.iter().map(|view| {
            let query = visible!(l::table.select(l::id).into_boxed(), view);
            keyset!(narrowed!(query, filter), l::effective_at, l::id, page)
        });
        query.filter(AmongBranches { id: "escalation_ledger.id", branches: branches.collect() })
    } else {
        narrowed!(visible!(query, sight), filter)
    };
    let rows: Vec<Row> = keyset!(query, l::effective_at, l::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Splits what a principal may see by consultation, whose own or led, and service.
fn single_views(sight: &Sight) -> Vec<Sight> {
    if sight.everything {
        return Vec::new();
    }
    let consultations = sight
        .consultations
        .iter()
        .map(|consultation| Sight { consultations: [*consultation].into(), ..Sight::default() });
    let services =
        sight.addressed.iter().map(|service| Sight { addressed: [*service].into(), ..Sight::default() });
    let led = sight.led.iter().map(|leader| Sight { led: [*leader].into(), ..Sight::default() });
    consultations.chain(led).chain(services).collect()
}
