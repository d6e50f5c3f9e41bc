//! Areas: sectors and neighbourhoods by code and scheme version, with their polygons.

use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use domain::area::{AreaCode, AreaIndex, ListedArea, Polygons};
use domain::change::Version;
use domain::id::AreaId;
use domain::labels::Labels;
use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::Value;

use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::page::{Page, PageRequest, keyset};
use crate::reference_data::{Edit, reference_record};
use crate::row::{code, parsed};
use crate::schema::areas::{self, dsl};
use crate::transaction::{Subject, Transaction};
use crate::types::{Day, Instant, Json, Key, key};
use crate::views::REFERENCE_DATA;

const TABLE: &str = "areas";

/// What an area is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AreaKind {
    /// A statistical sector.
    Sector,
    /// A neighbourhood, built from sectors.
    Neighbourhood,
}

impl AreaKind {
    /// Every kind.
    pub const ALL: [Self; 2] = [Self::Sector, Self::Neighbourhood];

    /// Gives the code.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Sector => "sector",
            Self::Neighbourhood => "neighbourhood",
        }
    }

    /// Finds the kind of a code.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// An area: one code in one version of its scheme.
#[derive(Debug, Clone, PartialEq)]
pub struct Area {
    /// Its name in the system.
    pub id: AreaId,
    /// Its code.
    pub code: AreaCode,
    /// The version of the scheme, such as `2025`.
    pub scheme_version: String,
    /// What it is.
    pub kind: AreaKind,
    /// Its name; Dutch is required.
    pub name: Labels,
    /// The neighbourhood of a sector.
    pub parent_code: Option<AreaCode>,
    /// Its polygons as a GeoJSON geometry, WGS 84.
    pub geometry: Option<Value>,
    /// The first day on which the code holds.
    pub valid_from: Date,
    /// The last day on which it holds.
    pub valid_to: Option<Date>,
    /// When it was written.
    pub created_at: Timestamp,
    /// The number of its changes.
    pub version: Version,
}

#[derive(Clone, Queryable, Insertable, AsChangeset)]
#[diesel(table_name = areas, treat_none_as_null = true)]
struct Row {
    id: Key,
    code: String,
    scheme_version: String,
    kind: String,
    name: Json,
    parent_code: Option<String>,
    geometry: Option<Json>,
    valid_from: Day,
    valid_to: Option<Day>,
    created_at: Instant,
    version: i64,
}

impl TryFrom<Row> for Area {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let id = row.id.0;
        Ok(Self {
            id: id.into(),
            code: parsed(TABLE, "code", id, AreaCode::parse(&row.code))?,
            scheme_version: row.scheme_version,
            kind: code(TABLE, "kind", id, &row.kind, AreaKind::from_code)?,
            name: row.name.read(TABLE, "name", id)?,
            parent_code: row
                .parent_code
                .map(|code| parsed(TABLE, "parent_code", id, AreaCode::parse(&code)))
                .transpose()?,
            geometry: row.geometry.map(|geometry| geometry.value()),
            valid_from: row.valid_from.0,
            valid_to: row.valid_to.map(|day| day.0),
            created_at: row.created_at.0,
            version: Version(row.version),
        })
    }
}

/// Writes an area: anew, or over the one with the same code and scheme version; tells whether it was new. One that is
/// the same already keeps its version.
pub fn put(transaction: &mut Transaction<'_>, area: &Area) -> Result<bool, StoreError> {
    let known: Option<Row> = dsl::areas
        .filter(dsl::code.eq(area.code.as_str()))
        .filter(dsl::scheme_version.eq(&area.scheme_version))
        .first(transaction.connection())
        .optional()?;
    let mut row = Row {
        id: known.as_ref().map_or(key(area.id), |known| known.id),
        code: area.code.as_str().to_owned(),
        scheme_version: area.scheme_version.clone(),
        kind: area.kind.code().to_owned(),
        name: Json::of(&area.name)?,
        parent_code: area.parent_code.as_ref().map(|code| code.as_str().to_owned()),
        geometry: area.geometry.as_ref().map(Json::from),
        valid_from: Day(area.valid_from),
        valid_to: area.valid_to.map(Day),
        created_at: known.as_ref().map_or(Instant(area.created_at), |known| known.created_at),
        version: known.as_ref().map_or(Version::FIRST.0, |known| known.version),
    };
    let id = row.id.0;
    match &known {
        None => {
            diesel::insert_into(areas::table).values(row).execute(transaction.connection())?;
            let edit = Edit { verb: "create", at: transaction.now() };
            transaction.log(&reference_record(Subject::Area, id, Version::FIRST, edit))?;
        }
        // Compared as areas: PostgreSQL writes a JSON document in a form of its own.
        Some(known) if Area::try_from(known.clone())? == Area::try_from(row.clone())? => {}
        Some(known) => {
            row.version = Version(known.version).next().0;
            diesel::update(dsl::areas.find(row.id)).set(row).execute(transaction.connection())?;
        }
    }
    transaction.audit(Subject::Area, id, None)?;
    transaction.touch([REFERENCE_DATA]);
    Ok(known.is_none())
}

/// Finds an area.
pub fn find(connection: &mut AnyConnection, id: AreaId) -> Result<Option<Area>, StoreError> {
    let row: Option<Row> = dsl::areas.find(key(id)).first(connection).optional()?;
    row.map(TryInto::try_into).transpose()
}

/// What a list of areas is narrowed to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this kind.
    pub kind: Option<AreaKind>,
    /// With this code.
    pub code: Option<AreaCode>,
    /// Of this version of the scheme.
    pub scheme_version: Option<String>,
}

/// Lists areas by the time at which they were written.
pub fn list(
    connection: &mut AnyConnection,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Area>, StoreError> {
    let mut query = dsl::areas.into_boxed();
    if let Some(kind) = filter.kind {
        query = query.filter(dsl::kind.eq(kind.code()));
    }
    if let Some(code) = &filter.code {
        query = query.filter(dsl::code.eq(code.as_str()));
    }
    if let Some(version) = &filter.scheme_version {
        query = query.filter(dsl::scheme_version.eq(version));
    }
    let rows: Vec<Row> = keyset!(query, dsl::created_at, dsl::id, page).load(connection)?;
    let items = rows.into_iter().map(TryInto::try_into).collect::<Result<_, _>>()?;
    Ok(Page::of(items, page.size))
}

/// Loads the polygons of the neighbourhoods that hold on a day, for finding the one of a point.
pub fn index(connection: &mut AnyConnection, day: Date) -> Result<AreaIndex<AreaId>, StoreError> {
    let rows: Vec<(Key, Option<Json>)> = dsl::areas
        .filter(dsl::kind.eq(AreaKind::Neighbourhood.code()))
        .filter(dsl::valid_from.le(Day(day)))
        .filter(dsl::valid_to.is_null().or(dsl::valid_to.ge(Day(day)).assume_not_null()))
        .filter(dsl::geometry.is_not_null())
        .select((dsl::id, dsl::geometry))
        .load(connection)?;
    let polygons = rows
        .into_iter()
        .filter_map(|(id, geometry)| Some((id, geometry?)))
        .map(|(id, geometry)| {
            let polygons = parsed(TABLE, "geometry", id.0, Polygons::from_geojson(&geometry.value()))?;
            Ok((id.0.into(), polygons))
        })
        .collect::<Result<Vec<_>, StoreError>>()?;
    Ok(AreaIndex::new(polygons))
}

/// The codes of areas: which there are, and the neighbourhood of each sector.
pub(crate) struct AreaCodes {
    /// The codes of each version of the scheme, whenever they hold.
    pub(crate) known: HashMap<String, HashSet<String>>,
    /// The neighbourhood of each sector that holds on a day, in the latest of several versions.
    pub(crate) neighbourhoods: HashMap<String, AreaId>,
    /// Every area of every version, whenever it holds.
    pub(crate) listed: Vec<ListedArea<AreaId>>,
}

/// Loads the codes of all areas.
pub(crate) fn codes(connection: &mut AnyConnection, day: Date) -> Result<AreaCodes, StoreError> {
    type Code = (Key, String, String, Option<String>, Day, Option<Day>);
    let rows: Vec<Code> = dsl::areas
        .select((dsl::id, dsl::code, dsl::scheme_version, dsl::parent_code, dsl::valid_from, dsl::valid_to))
        .order((dsl::scheme_version, dsl::code))
        .load(connection)?;
    let mut known: HashMap<String, HashSet<String>> = HashMap::new();
    let mut ids: HashMap<(&str, &str), Key> = HashMap::new();
    for (id, code, version, ..) in &rows {
        known.entry(version.clone()).or_default().insert(code.clone());
        ids.insert((version, code), *id);
    }
    let holds = |from: &Day, to: &Option<Day>| from.0 <= day && to.is_none_or(|last| day <= last.0);
    // Later versions come later and take the place of earlier ones.
    let neighbourhoods = rows
        .iter()
        .filter(|(_, _, _, _, from, to)| holds(from, to))
        .filter_map(|(_, code, version, parent, ..)| {
            let neighbourhood = ids.get(&(version.as_str(), parent.as_deref()?))?;
            Some((code.clone(), neighbourhood.0.into()))
        })
        .collect();
    let listed = rows
        .iter()
        .map(|(id, code, version, parent, ..)| {
            let read = |code: &str| parsed(TABLE, "code", id.0, AreaCode::parse(code));
            Ok(ListedArea {
                id: id.0.into(),
                code: read(code)?,
                scheme_version: version.clone(),
                parent_code: parent.as_deref().map(read).transpose()?,
            })
        })
        .collect::<Result<_, StoreError>>()?;
    Ok(AreaCodes { known, neighbourhoods, listed })
}
