//! Consultations and their members: rows and queries.

use std::num::NonZeroU16;

use diesel::dsl::exists;
use diesel::prelude::*;
use domain::access::{Role, Seat, Sight};
use domain::case::ConsultationCode;
use domain::change::Version;
use domain::consultation::{Consultation, FunctionCode, Level, Member};
use domain::id::{ConsultationId, OrganisationId};
use uuid::Uuid;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::reference_data::{Edit, reference_record};
use crate::row::code;
use crate::schema::{consultation_members, consultations, escalations};
use crate::transaction::{Aggregate, Record, Subject, Transaction};
use crate::types::{Instant, Json, Key, key};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "consultations";

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = consultations, treat_none_as_null = true)]
struct Row {
    id: Key,
    version: i64,
    code: String,
    name: Json,
    level: String,
    area: Json,
    area_version: Option<String>,
    nuisance_risk: bool,
    escalates_to: Option<Key>,
    created_at: Instant,
    updated_at: Instant,
    requires_legal_gate: bool,
}

#[derive(Queryable, Insertable)]
#[diesel(table_name = consultation_members)]
struct MemberRow {
    consultation_id: Key,
    organisation_id: Key,
    role: String,
    function: String,
    function_name: Json,
    number: i32,
}

const MEMBERS: &str = "consultation_members";

impl MemberRow {
    fn of(consultation: ConsultationId, member: &Member) -> Result<Self, StoreError> {
        Ok(Self {
            consultation_id: key(consultation),
            organisation_id: key(member.organisation_id),
            role: member.role.code().to_owned(),
            function: member.function.as_str().to_owned(),
            function_name: Json::of(&member.function_name)?,
            number: i32::from(member.number.get()),
        })
    }

    fn member(&self) -> Result<Member, StoreError> {
        let id = self.consultation_id.0;
        let number = u16::try_from(self.number).ok().and_then(NonZeroU16::new);
        Ok(Member {
            organisation_id: self.organisation_id.0.into(),
            role: code(MEMBERS, "role", id, &self.role, Role::from_code)?,
            function: code(MEMBERS, "function", id, &self.function, FunctionCode::parse)?,
            function_name: self.function_name.clone().read(MEMBERS, "function_name", id)?,
            number: number
                .ok_or_else(|| StoreError::corrupt(MEMBERS, "number", id, "no number of persons"))?,
        })
    }
}

/// A consultation with the time of its row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredConsultation {
    /// The consultation.
    pub consultation: Consultation,
    /// When it was written.
    pub created_at: jiff::Timestamp,
}

fn restore(row: Row, members: &[MemberRow]) -> Result<StoredConsultation, StoreError> {
    let id = row.id.0;
    let parsed_code = ConsultationCode::parse(&row.code)
        .ok_or_else(|| StoreError::corrupt(TABLE, "code", id, "malformed"))?;
    let area: Vec<String> = row.area.read(TABLE, "area", id)?;
    let consultation = Consultation {
        id: id.into(),
        version: Version(row.version),
        code: parsed_code,
        name: row.name.read(TABLE, "name", id)?,
        level: code(TABLE, "level", id, &row.level, Level::from_code)?,
        area: area
            .iter()
            .map(|area| crate::row::parsed(TABLE, "area", id, domain::area::AreaCode::parse(area)))
            .collect::<Result<_, _>>()?,
        area_version: row.area_version,
        nuisance_risk: row.nuisance_risk,
        members: members
            .iter()
            .filter(|member| member.consultation_id.0 == id)
            .map(MemberRow::member)
            .collect::<Result<_, _>>()?,
        escalates_to: row.escalates_to.map(|key| key.0.into()),
        requires_legal_gate: row.requires_legal_gate,
    };
    Ok(StoredConsultation { consultation, created_at: row.created_at.0 })
}

fn row(stored: &StoredConsultation, updated_at: Instant) -> Result<Row, StoreError> {
    let consultation = &stored.consultation;
    let area: Vec<&str> = consultation.area.iter().map(domain::area::AreaCode::as_str).collect();
    Ok(Row {
        id: key(consultation.id),
        version: consultation.version.0,
        code: consultation.code.as_str().to_owned(),
        name: Json::of(&consultation.name)?,
        level: consultation.level.code().to_owned(),
        area: Json::of(&area)?,
        area_version: consultation.area_version.clone(),
        nuisance_risk: consultation.nuisance_risk,
        escalates_to: consultation.escalates_to.map(key),
        created_at: Instant(stored.created_at),
        updated_at,
        requires_legal_gate: consultation.requires_legal_gate,
    })
}

fn write_members(consultation: &Consultation, connection: &mut AnyConnection) -> Result<(), StoreError> {
    diesel::delete(consultation_members::table)
        .filter(consultation_members::consultation_id.eq(key(consultation.id)))
        .execute(connection)?;
    for member in &consultation.members {
        diesel::insert_into(consultation_members::table)
            .values(MemberRow::of(consultation.id, member)?)
            .execute(connection)?;
    }
    Ok(())
}

impl Aggregate for StoredConsultation {
    type Event = Edit;
    const SUBJECT: Subject = Subject::Consultation;

    fn uuid(&self) -> Uuid {
        self.consultation.id.into()
    }

    fn version(&self) -> Version {
        self.consultation.version
    }

    fn insert(&self, transaction: &mut Transaction<'_>) -> Result<(), StoreError> {
        let row = row(self, Instant(transaction.now()))?;
        diesel::insert_into(consultations::table).values(row).execute(transaction.connection())?;
        write_members(&self.consultation, transaction.connection())
    }

    fn update(&self, before: &Self, transaction: &mut Transaction<'_>) -> Result<bool, StoreError> {
        let row = row(self, Instant(transaction.now()))?;
        let updated = diesel::update(consultations::table)
            .filter(consultations::id.eq(row.id))
            .filter(consultations::version.eq(before.version().0))
            .set(row)
            .execute(transaction.connection())?;
        if updated == 1 {
            write_members(&self.consultation, transaction.connection())?;
        }
        Ok(updated == 1)
    }

    fn record(&self, event: &Edit, _before_last: i64) -> Result<Record, StoreError> {
        Ok(reference_record(Self::SUBJECT, self.uuid(), self.version(), *event))
    }

    fn scopes(&self) -> Vec<Uuid> {
        vec![REFERENCE_DATA, self.uuid()]
    }
}

/// Finds a consultation with its members.
pub fn find(
    connection: &mut AnyConnection,
    id: ConsultationId,
) -> Result<Option<StoredConsultation>, StoreError> {
    let row: Option<Row> = consultations::table.find(key(id)).first(connection).optional()?;
    let Some(row) = row else { return Ok(None) };
    let members = members_of(connection, &[row.id])?;
    restore(row, &members).map(Some)
}

/// Lists consultations by the time at which they were written; who may not see everything sees those that it is a
/// member of.
pub fn list(
    connection: &mut AnyConnection,
    sight: &Sight,
    page: PageRequest,
) -> Result<Page<StoredConsultation>, StoreError> {
    let mut query = consultations::table.into_boxed();
    if !sight.everything {
        let own: Vec<Key> = sight.own.iter().copied().map(key).collect();
        let member_of = consultation_members::table
            .filter(consultation_members::organisation_id.eq_any(own))
            .select(consultation_members::consultation_id);
        query = query.filter(consultations::id.eq_any(member_of));
    }
    let rows: Vec<Row> =
        keyset!(query, consultations::created_at, consultations::id, page).load(connection)?;
    let ids: Vec<Key> = rows.iter().map(|row| row.id).collect();
    let members = members_of(connection, &ids)?;
    let items = rows.into_iter().map(|row| restore(row, &members)).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Lists the seats that some organisations have in consultations.
pub fn seats(
    connection: &mut AnyConnection,
    organisations: impl IntoIterator<Item = OrganisationId>,
) -> Result<Vec<Seat>, StoreError> {
    let organisations: Vec<Key> = organisations.into_iter().map(key).collect();
    let lower = diesel::alias!(consultations as lower);
    let hands_over = lower
        .filter(lower.field(consultations::escalates_to).eq(consultation_members::consultation_id.nullable()))
        .select(lower.field(consultations::id));
    // Who leads a case does so until its escalation ends, whatever the reference data say by then.
    let handed_over = escalations::table
        .filter(escalations::to_consultation_id.eq(consultation_members::consultation_id))
        .select(escalations::id);
    let rows: Vec<(Key, Key, String, bool)> = consultation_members::table
        .filter(consultation_members::organisation_id.eq_any(organisations))
        .select((
            consultation_members::consultation_id,
            consultation_members::organisation_id,
            consultation_members::role,
            exists(hands_over).or(exists(handed_over)),
        ))
        // One seat, however many functions of an organisation share a role.
        .distinct()
        .load(connection)?;
    rows.into_iter()
        .map(|(consultation, organisation, role, is_above)| {
            Ok(Seat {
                consultation_id: consultation.0.into(),
                organisation_id: organisation.0.into(),
                role: code(MEMBERS, "role", consultation.0, &role, Role::from_code)?,
                is_above,
            })
        })
        .collect()
}

fn members_of(connection: &mut AnyConnection, consultations: &[Key]) -> Result<Vec<MemberRow>, StoreError> {
    Ok(consultation_members::table
        .filter(consultation_members::consultation_id.eq_any(consultations.to_vec()))
        .order((
            consultation_members::consultation_id,
            consultation_members::organisation_id,
            consultation_members::role,
            consultation_members::function,
        ))
        .load(connection)?)
}

/// Loads every consultation.
pub(crate) fn all(connection: &mut AnyConnection) -> Result<Vec<Consultation>, StoreError> {
    let rows: Vec<Row> = consultations::table.load(connection)?;
    let ids: Vec<Key> = rows.iter().map(|row| row.id).collect();
    let members = members_of(connection, &ids)?;
    rows.into_iter().map(|row| restore(row, &members).map(|stored| stored.consultation)).collect()
}
