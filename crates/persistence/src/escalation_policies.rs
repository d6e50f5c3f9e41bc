//! Escalation policies: rows and queries.

use diesel::prelude::*;
use domain::access::Sight;
use domain::category::CategoryCode;
use domain::change::{Actor, DoneVerbs, Version};
use domain::escalation_policy::{
    Document, EscalationPolicy, Event, Facts, PolicyBook, Scope, Status, WrittenStep,
};
use domain::id::{ConsultationId, EscalationPolicyId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::row::{code, parsed};
use crate::schema::escalation_policies::{self, dsl};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};
use crate::views::REFERENCE_DATA;

/// The table of the policies.
pub const TABLE: &str = "escalation_policies";

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    created_by: Actor,
    done: DoneVerbs,
}

/// What the log tells of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    state: Status,
    number: u32,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = escalation_policies, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    consultation_id: Option<Key>,
    category: Option<String>,
    organisation_id: Option<Key>,
    scope_key: String,
    number: i32,
    status: String,
    created_at: Instant,
    updated_at: Instant,
    activated_at: Option<Instant>,
    retired_at: Option<Instant>,
    steps: Json,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(self, version, status, updated_at, activated_at, retired_at, steps, details)
    }
}

/// Writes what a policy judges in one value.
fn scope_key(scope: &Scope) -> String {
    let Scope { consultation_id, category, organisation_id } = scope;
    format!(
        "{}/{}/{}",
        consultation_id.map(|id| id.to_string()).unwrap_or_default(),
        category.as_ref().map(CategoryCode::as_str).unwrap_or_default(),
        organisation_id.map(|id| id.to_string()).unwrap_or_default(),
    )
}

impl TryFrom<Row> for EscalationPolicy {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let details: Details = row.details.read(TABLE, "details", id)?;
        let steps: Vec<WrittenStep> = row.steps.read(TABLE, "steps", id)?;
        let category = row.category.map(|code| parsed(TABLE, "category", id, CategoryCode::parse(&code)));
        let scope = Scope {
            consultation_id: row.consultation_id.map(|key| key.0.into()),
            category: category.transpose()?,
            organisation_id: row.organisation_id.map(|key| key.0.into()),
        };
        let document = Document::parse(&steps, &scope)
            .map_err(|faults| StoreError::corrupt(TABLE, "steps", id, &format!("{faults:?}")))?;
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            scope,
            number: u32::try_from(row.number)
                .map_err(|_| StoreError::corrupt(TABLE, "number", id, "negative"))?,
            status: code(TABLE, "status", id, &row.status, Status::from_code)?,
            document,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            activated_at: row.activated_at.map(|at| at.0),
            retired_at: row.retired_at.map(|at| at.0),
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(policy: &EscalationPolicy) -> Result<Row, StoreError> {
    let details = Details { created_by: policy.created_by.clone(), done: policy.done.clone() };
    Ok(Row {
        id: key(policy.id),
        version: policy.version.0,
        consultation_id: policy.scope.consultation_id.map(key),
        category: policy.scope.category.as_ref().map(|code| code.as_str().to_owned()),
        organisation_id: policy.scope.organisation_id.map(key),
        scope_key: scope_key(&policy.scope),
        number: i32::try_from(policy.number).unwrap_or(i32::MAX),
        status: policy.status.code().to_owned(),
        created_at: Instant(policy.created_at),
        updated_at: Instant(policy.updated_at),
        activated_at: policy.activated_at.map(Instant),
        retired_at: policy.retired_at.map(Instant),
        steps: Json::of(&policy.document.written())?,
        details: Json::of(&details)?,
    })
}

impl Aggregate for EscalationPolicy {
    type Event = Event;
    const SUBJECT: Subject = Subject::EscalationPolicy;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(escalation_policies::table)
            .values(row(self)?)
            .execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.version.0 - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: None,
            consultation_id: self.scope.consultation_id,
            organisation_id: self.scope.organisation_id,
            audience: "team",
            effective_at: event.at,
            data: Json::of(&EventData { state: event.state, number: event.number })?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![REFERENCE_DATA]
    }
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Policies of these consultations.
    pub consultations: Vec<ConsultationId>,
    /// Policies in these states.
    pub states: Vec<Status>,
}

/// Finds a policy.
pub fn find(
    connection: &mut AnyConnection,
    id: EscalationPolicyId,
) -> Result<Option<EscalationPolicy>, StoreError> {
    let row: Option<Row> = dsl::escalation_policies.find(key(id)).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Finds the policy that judges a scope now.
pub fn find_active(
    connection: &mut AnyConnection,
    scope: &Scope,
) -> Result<Option<EscalationPolicy>, StoreError> {
    let row: Option<Row> = dsl::escalation_policies
        .filter(dsl::scope_key.eq(scope_key(scope)))
        .filter(dsl::status.eq(Status::Active.code()))
        .first(connection)
        .optional()?;
    row.map(TryInto::try_into).transpose()
}

/// Gives the number that the next policy of a scope gets; two who write one at once get different ones, as the second is
/// tried again.
pub fn next_number(connection: &mut AnyConnection, scope: &Scope) -> Result<u32, StoreError> {
    let last: Option<i32> = dsl::escalation_policies
        .filter(dsl::scope_key.eq(scope_key(scope)))
        .select(diesel::dsl::max(dsl::number))
        .first(connection)?;
    Ok(u32::try_from(last.unwrap_or(0)).unwrap_or(0).saturating_add(1))
}

/// Lists policies by the time at which they were written; who may not see everything sees those for its own organisations
/// and those for all, once they judged.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<EscalationPolicy>, StoreError> {
    let mut query = dsl::escalation_policies.into_boxed();
    if !sight.everything {
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        query = query
            .filter(dsl::organisation_id.is_null().or(dsl::organisation_id.eq_any(own).assume_not_null()))
            .filter(dsl::status.ne(Status::Draft.code()));
    }
    if !filter.consultations.is_empty() {
        let consultations: Vec<Key> = filter.consultations.iter().copied().map(key).collect();
        query = query.filter(dsl::consultation_id.eq_any(consultations).assume_not_null());
    }
    if !filter.states.is_empty() {
        query = query.filter(dsl::status.eq_any(filter.states.iter().map(|state| state.code())));
    }
    let rows: Vec<Row> = keyset!(query, dsl::created_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Loads every policy that judges or judged.
pub fn book(connection: &mut AnyConnection) -> Result<PolicyBook, StoreError> {
    let rows: Vec<Row> =
        dsl::escalation_policies.filter(dsl::status.ne(Status::Draft.code())).load(connection)?;
    let policies = rows.into_iter().map(TryInto::try_into).collect::<Result<Vec<_>, _>>()?;
    Ok(PolicyBook::new(policies))
}
