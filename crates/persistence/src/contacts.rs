//! Contacts with partners on cases: rows and queries, filtered by who may see them.

use diesel::dsl::count_star;
use diesel::prelude::*;
use domain::access::Sight;
use domain::change::Version;
use domain::contact::{Contact, Event, Kind, Particulars, Partner};
use domain::follow_up::Channel;
use domain::id::{CaseId, ConsultationId, ContactId, OrganisationId};
use domain::text::{Paragraph, Remark, Title};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Serialize;
use uuid::Uuid;

use crate::branches::{AmongBranches, BRANCHES};
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::row::code;
use crate::schema::case_contacts;
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::update::{Column, Update, columns};

const TABLE: &str = "case_contacts";

#[derive(Queryable, Insertable)]
#[diesel(table_name = case_contacts, treat_none_as_default_value = false)]
struct Row {
    id: Key,
    version: i64,
    case_id: Key,
    consultation_id: Key,
    kind: String,
    contacted_on: Day,
    partner_organisation_id: Option<Key>,
    partner_name: Option<String>,
    channel: String,
    purpose: String,
    result: Option<String>,
    organisation_id: Key,
    created_at: Instant,
    created_by: Json,
    updated_at: Instant,
}

impl Row {
    /// Gives what a correction may write.
    fn columns(&self) -> Vec<Column<'_>> {
        columns!(
            self,
            version,
            kind,
            contacted_on,
            partner_organisation_id,
            partner_name,
            channel,
            purpose,
            result,
            updated_at,
        )
    }
}

impl TryFrom<Row> for Contact {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        let partner = match (row.partner_organisation_id, row.partner_name) {
            (Some(organisation), None) => Partner::Organisation(organisation.0.into()),
            (None, Some(name)) => Partner::Named(Title::from_stored(name)),
            _ => return Err(StoreError::corrupt(TABLE, "partner_name", id, "not exactly one partner")),
        };
        Ok(Self {
            id: id.into(),
            version: Version(row.version),
            case_id: row.case_id.0.into(),
            consultation_id: row.consultation_id.0.into(),
            particulars: Particulars {
                contacted_on: row.contacted_on.0,
                partner,
                kind: code(TABLE, "kind", id, &row.kind, Kind::from_code)?,
                channel: code(TABLE, "channel", id, &row.channel, Channel::from_code)?,
                purpose: Remark::from_stored(row.purpose),
                result: row.result.map(Paragraph::from_stored),
            },
            created_at: row.created_at.0,
            created_by: row.created_by.read(TABLE, "created_by", id)?,
            updated_at: row.updated_at.0,
        })
    }
}

fn row(contact: &Contact) -> Result<Row, StoreError> {
    let Particulars { contacted_on, partner, kind, channel, purpose, result } = &contact.particulars;
    let (partner_organisation_id, partner_name) = match partner {
        Partner::Organisation(id) => (Some(key(*id)), None),
        Partner::Named(name) => (None, Some(name.as_str().to_owned())),
    };
    Ok(Row {
        id: key(contact.id),
        version: contact.version.0,
        case_id: key(contact.case_id),
        consultation_id: key(contact.consultation_id),
        kind: kind.code().to_owned(),
        contacted_on: Day(*contacted_on),
        partner_organisation_id,
        partner_name,
        channel: channel.code().to_owned(),
        purpose: purpose.as_str().to_owned(),
        result: result.as_ref().map(|text| text.as_str().to_owned()),
        organisation_id: key(contact.created_by.organisation_id),
        created_at: Instant(contact.created_at),
        created_by: Json::of(&contact.created_by)?,
        updated_at: Instant(contact.updated_at),
    })
}

/// What the timeline tells of an event; not the name of a partner, which is a text.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct EventData {
    kind: Kind,
    contacted_on: Date,
    channel: Channel,
    #[serde(skip_serializing_if = "Option::is_none")]
    partner_organisation_id: Option<OrganisationId>,
}

impl Aggregate for Contact {
    type Event = Event;
    const SUBJECT: Subject = Subject::CaseContact;

    fn uuid(&self) -> Uuid {
        self.id.into()
    }

    fn version(&self) -> Version {
        self.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        diesel::insert_into(case_contacts::table).values(row(self)?).execute(transaction.connection())?;
        Ok(())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let (old, new) = (row(before)?, row(self)?);
        Update::of(TABLE, &new.id, before.version, old.columns(), new.columns()).run(transaction.connection())
    }

    fn record(&self, event: &Event, before_last: i64) -> Result<Record, StoreError> {
        let Particulars { contacted_on, partner, kind, channel, .. } = &self.particulars;
        let data = EventData {
            kind: *kind,
            contacted_on: *contacted_on,
            channel: *channel,
            partner_organisation_id: match partner {
                Partner::Organisation(id) => Some(*id),
                Partner::Named(_) => None,
            },
        };
        Ok(Record {
            subject: Self::SUBJECT,
            subject_id: self.uuid(),
            sequence: self.version.0 - before_last,
            version: self.version,
            verb: event.verb.code().to_owned(),
            case_id: Some(self.case_id),
            consultation_id: Some(self.consultation_id),
            organisation_id: Some(self.created_by.organisation_id),
            audience: "team",
            effective_at: event.at,
            data: Json::of(&data)?,
        })
    }

    fn scopes(&self) -> Vec<Uuid> {
        // A housing company reads its own; what it sees counts by organisation.
        vec![self.consultation_id.into(), self.created_by.organisation_id.into()]
    }
}

/// Narrows a boxed query to what a principal may see: the contacts of its consultations, and those that its organisations
/// recorded.
macro_rules! visible {
    ($query:expr, $sight:expr) => {{
        use case_contacts as c;
        let sight: &Sight = $sight;
        let consultations: Vec<Key> = sight.consultations.iter().copied().map(key).collect();
        let own: Vec<Key> = sight.addressed.iter().copied().map(key).collect();
        let query = $query;
        match (sight.everything, consultations.as_slice(), own.as_slice()) {
            (true, _, _) => query,
            (false, [one], []) => query.filter(c::consultation_id.eq(*one)),
            (false, [], [one]) => query.filter(c::organisation_id.eq(*one)),
            (false, _, []) => query.filter(c::consultation_id.eq_any(consultations)),
            (false, [], _) => query.filter(c::organisation_id.eq_any(own)),
            (false, _, _) => {
                query.filter(c::consultation_id.eq_any(consultations).or(c::organisation_id.eq_any(own)))
            }
        }
    }};
}

/// Finds a contact of a case that a principal may see: one of its consultations, or one that its organisations recorded.
pub fn find(
    connection: &mut AnyConnection,
    sight: &Sight,
    case: CaseId,
    id: ContactId,
) -> Result<Option<Contact>, StoreError> {
    let query = case_contacts::table
        .filter(case_contacts::id.eq(key(id)))
        .filter(case_contacts::case_id.eq(key(case)))
        .into_boxed();
    let row: Option<Row> = visible!(query, sight).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// What a list or the totals of contacts are narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this consultation.
    pub consultation_id: Option<ConsultationId>,
    /// On this case.
    pub case_id: Option<CaseId>,
    /// Of this kind.
    pub kind: Option<Kind>,
    /// With this organisation.
    pub partner_organisation_id: Option<OrganisationId>,
    /// From this day on.
    pub contacted_from: Option<Date>,
    /// Before this day.
    pub contacted_before: Option<Date>,
}

/// Narrows a boxed query by a filter.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        use case_contacts as c;
        let filter: &Filter = $filter;
        let mut query = $query;
        if let Some(consultation) = filter.consultation_id {
            query = query.filter(c::consultation_id.eq(key(consultation)));
        }
        if let Some(case) = filter.case_id {
            query = query.filter(c::case_id.eq(key(case)));
        }
        if let Some(kind) = filter.kind {
            query = query.filter(c::kind.eq(kind.code()));
        }
        if let Some(partner) = filter.partner_organisation_id {
            query = query.filter(c::partner_organisation_id.eq(key(partner)));
        }
        if let Some(from) = filter.contacted_from {
            query = query.filter(c::contacted_on.ge(Day(from)));
        }
        if let Some(before) = filter.contacted_before {
            query = query.filter(c::contacted_on.lt(Day(before)));
        }
        query
    }};
}

/// Lists the contacts that a principal may see, by the day on which they took place.
///
/// The place of a row is its day at midnight UTC.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Contact>, StoreError> {
    use case_contacts as c;
    let day = |at: Timestamp| Day(at.to_zoned(TimeZone::UTC).date());
    let query = c::table.into_boxed();
    let views = single_views(sight, filter);
    let query = if (2..=BRANCHES).contains(&views.len()) {
        let branches = views.iter().map(|view| {
            let query = visible!(c::table.select(c::id).into_boxed(), view);
            keyset!(narrowed!(query, filter), c::contacted_on, c::id, page, day)
        });
        query.filter(AmongBranches { id: "case_contacts.id", branches: branches.collect() })
    } else {
        narrowed!(visible!(query, sight), filter)
    };
    let rows: Vec<Row> = keyset!(query, c::contacted_on, c::id, page, day).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Splits what a principal may see by consultation and organisation, unless the filter names a case or consultation, whose
/// index serves then.
fn single_views(sight: &Sight, filter: &Filter) -> Vec<Sight> {
    if sight.everything || filter.case_id.is_some() || filter.consultation_id.is_some() {
        return Vec::new();
    }
    let of_one = |consultation| Sight { consultations: [consultation].into(), ..Sight::default() };
    let by_one = |organisation| Sight { addressed: [organisation].into(), ..Sight::default() };
    let consultations = sight.consultations.iter().copied().map(of_one);
    consultations.chain(sight.addressed.iter().copied().map(by_one)).collect()
}

/// How many contacts of a kind a consultation had on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Count {
    /// The consultation.
    pub consultation_id: ConsultationId,
    /// The kind.
    pub kind: Kind,
    /// The day.
    pub contacted_on: Date,
    /// How many.
    pub count: i64,
}

/// Counts what [`list`] lists, in one statement; in no particular order.
pub fn count(
    connection: &mut AnyConnection,
    sight: &Sight,
    filter: &Filter,
) -> Result<Vec<Count>, StoreError> {
    use case_contacts as c;
    let query = c::table
        .group_by((c::consultation_id, c::kind, c::contacted_on))
        .select((c::consultation_id, c::kind, c::contacted_on, count_star()))
        .into_boxed();
    let rows: Vec<(Key, String, Day, i64)> = narrowed!(visible!(query, sight), filter).load(connection)?;
    rows.into_iter()
        .map(|(consultation, kind, day, count)| {
            Ok(Count {
                consultation_id: consultation.0.into(),
                kind: code(TABLE, "kind", consultation.0, &kind, Kind::from_code)?,
                contacted_on: day.0,
                count,
            })
        })
        .collect()
}
