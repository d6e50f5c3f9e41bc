//! Webhook subscriptions: rows, the door's side of them, and queries.

mod deliveries;
mod progress;

use std::collections::BTreeSet;

use diesel::prelude::*;
use domain::access::Sight;
use domain::change::{Actor, DoneVerbs, Version};
use domain::id::{OrganisationId, WebhookSubscriptionId};
use domain::text::Title;
use domain::webhook::{
    EndReason, Event, Facts, Grant, Pattern, PauseReason, SigningSecret, Status, WebhookSubscription,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use deliveries::{
    Delivery, DeliveryFilter, NewDelivery, Stretch, Tried, begin_sending, find_delivery, forget,
    list_deliveries, pending, record, redeliver, revive, supersede, take_over,
};
pub use progress::{
    Backlog, Endpoint, Progress, backlog, begin, due, go_on_from, hold, lease, note, progress, release,
    set_due,
};

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, among, keyset};
use crate::row::code;
use crate::schema::webhook_subscriptions::{self, dsl};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::update::{Column, Update, columns};
use crate::views::WEBHOOKS;

const TABLE: &str = "webhook_subscriptions";

/// What messages are signed with.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Secrets {
    secret: SigningSecret,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    previous: Option<(SigningSecret, Timestamp)>,
}

/// What is neither filtered nor counted.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Details {
    url: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    label: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    patterns: BTreeSet<Pattern>,
    grant: Grant,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    verified_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    paused_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pause_reason: Option<PauseReason>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    ended_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    end_reason: Option<EndReason>,
    created_by: Actor,
    done: DoneVerbs,
}

/// What the log tells of an event.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    state: Status,
    #[serde(skip_serializing_if = "Option::is_none")]
    pause_reason: Option<PauseReason>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end_reason: Option<EndReason>,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = webhook_subscriptions, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    organisation_id: Key,
    client_id: Key,
    status: String,
    created_at: Instant,
    updated_at: Instant,
    secrets: Json,
    details: Json,
}

impl Row {
    /// Gives what a change may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(self, version, status, updated_at, secrets, details)
    }
}

impl TryFrom<Row> for WebhookSubscription {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let secrets: Secrets = row.secrets.read(TABLE, "secrets", id)?;
        let details: Details = row.details.read(TABLE, "details", id)?;
        Ok(Self::restore(Facts {
            id: id.into(),
            version: Version(row.version),
            organisation_id: row.organisation_id.0.into(),
            status: code(TABLE, "status", id, &row.status, Status::from_code)?,
            url: details.url,
            label: details.label.map(Title::from_stored),
            patterns: details.patterns,
            grant: details.grant,
            secret: secrets.secret,
            previous_secret: secrets.previous,
            created_at: row.created_at.0,
            updated_at: row.updated_at.0,
            verified_at: details.verified_at,
            paused_at: details.paused_at,
            pause_reason: details.pause_reason,
            ended_at: details.ended_at,
            end_reason: details.end_reason,
            created_by: details.created_by,
            done: details.done,
        }))
    }
}

fn row(subscription: &WebhookSubscription) -> Result<Row, StoreError> {
    let facts: &Facts = subscription;
    let secrets = Secrets { secret: facts.secret.clone(), previous: facts.previous_secret.clone() };
    let details = Details {
        url: facts.url.clone(),
        label: facts.label.as_ref().map(|label| label.as_str().to_owned()),
        patterns: facts.patterns.clone(),
        grant: facts.grant.clone(),
        verified_at: facts.verified_at,
        paused_at: facts.paused_at,
        pause_reason: facts.pause_reason,
        ended_at: facts.ended_at,
        end_reason: facts.end_reason,
        created_by: facts.created_by.clone(),
        done: facts.done.clone(),
    };
    Ok(Row {
        id: key(facts.id),
        version: facts.version.0,
        organisation_id: key(facts.organisation_id),
        client_id: key(facts.grant.client_id),
        status: facts.status.code().to_owned(),
        created_at: Instant(facts.created_at),
        updated_at: Instant(facts.updated_at),
        secrets: Json::of(&secrets)?,
        details: Json::of(&details)?,
    })
}

impl Aggregate for WebhookSubscription {
    type Event = Event;
    const SUBJECT: Subject = Subject::WebhookSubscription;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(webhook_subscriptions::table)
            .values(row(self)?)
            .execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let Event { verb, at, state, pause_reason, end_reason } = *event;
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.version.0 - before_last,
            version: self.version,
            verb: verb.code().to_owned(),
            case_id: None,
            consultation_id: None,
            organisation_id: Some(self.organisation_id),
            audience: "organisation",
            effective_at: at,
            data: Json::of(&EventData { state, pause_reason, end_reason })?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![WEBHOOKS]
    }
}

/// What a list is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    /// Subscriptions of these organisations.
    pub organisations: Vec<OrganisationId>,
    /// Subscriptions in these states.
    pub states: Vec<Status>,
}

/// Finds a subscription that a principal may see.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    id: WebhookSubscriptionId,
) -> Result<Option<WebhookSubscription>, StoreError> {
    let row: Option<Row> = dsl::webhook_subscriptions.find(key(id)).first(connection).optional()?;
    let found: Option<WebhookSubscription> = row.map(TryInto::try_into).transpose()?;
    Ok(found.filter(|found| sight.everything || sight.own.contains(&found.organisation_id)))
}

/// Lists the subscriptions that a principal may see, by the time at which they were made.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<(WebhookSubscription, Progress)>, StoreError> {
    let mut query = dsl::webhook_subscriptions.into_boxed();
    let may_see = |organisation: &&OrganisationId| sight.everything || sight.own.contains(organisation);
    let wanted: Option<Vec<Key>> = match (filter.organisations.is_empty(), sight.everything) {
        (true, true) => None,
        (true, false) => Some(sight.own.iter().copied().map(key).collect()),
        (false, _) => Some(filter.organisations.iter().filter(may_see).copied().map(key).collect()),
    };
    if let Some(wanted) = wanted {
        query = among!(query, dsl::organisation_id, wanted);
    }
    if !filter.states.is_empty() {
        query = query.filter(dsl::status.eq_any(filter.states.iter().map(|state| state.code())));
    }
    let rows: Vec<Row> = keyset!(query, dsl::created_at, dsl::id, page).load(connection)?;
    let items = rows
        .into_iter()
        .map(|row| {
            let subscription: WebhookSubscription = row.try_into()?;
            let progress = progress(connection, subscription.id)?;
            Ok((subscription, progress))
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(Page::of(items, page.size))
}
