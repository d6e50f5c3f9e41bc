//! Where cases are: within a box, and at the same place as a new one.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Double, Text};
use domain::case::Location;
use domain::category::CategoryCode;
use domain::id::{CaseId, ConsultationId};
use domain::place::{BoundingBox, Wgs84};
use jiff::Timestamp;

use super::search::words;
use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::schema::cases;
use crate::types::{Instant, Key, SqlInstant, SqlKey, key};

/// How many cases with a point a box looks at in each consultation, newest first.
const NEWEST: i64 = 10_000;

/// How many matches of a box, and how many cases at a place are looked at; a place with more has a problem that the
/// exact number would not show better.
const MOST: i64 = 1_000;

/// How far two cases lie apart at the most to be at the same place, in metres.
const SAME_PLACE_METRES: f64 = 100.0;

/// Gives what two spellings of an address have in common: words without case, accents and punctuation.
pub(super) fn address_key(address: &str) -> String {
    words(address).join(" ")
}

/// The condition that a case is among the newest [`MOST`] ones in a box, of the newest [`NEWEST`] of its consultation
/// that have a point: an index holds them in that order, so that the cost does not grow with the history.
#[derive(Debug, Clone, QueryId)]
pub(super) struct Within {
    bounds: [f64; 4],
    consultations: Vec<Key>,
    newest: i64,
    most: i64,
}

impl Within {
    pub(super) fn of(bounds: &BoundingBox, consultations: &[ConsultationId]) -> Self {
        Self {
            bounds: [bounds.south(), bounds.north(), bounds.west(), bounds.east()],
            consultations: consultations.iter().copied().map(key).collect(),
            newest: NEWEST,
            most: MOST,
        }
    }
}

impl Expression for Within {
    type SqlType = Bool;
}

impl diesel::expression::ValidGrouping<()> for Within {
    type IsAggregate = diesel::expression::is_aggregate::No;
}

impl SelectableExpression<cases::table> for Within {}
impl AppearsOnTable<cases::table> for Within {}

impl QueryFragment<MultiBackend> for Within {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        // One statement per consultation: the order of the index holds within one.
        out.unsafe_to_cache_prepared();
        out.push_sql("cases.id IN (SELECT id FROM (");
        for (position, consultation) in self.consultations.iter().enumerate() {
            if position > 0 {
                out.push_sql(" UNION ALL ");
            }
            out.push_sql(
                "SELECT * FROM (SELECT id, created_at, latitude, longitude FROM cases WHERE consultation_id = ",
            );
            out.push_bind_param::<SqlKey, _>(consultation)?;
            out.push_sql(" AND latitude IS NOT NULL ORDER BY created_at DESC, id DESC LIMIT ");
            out.push_bind_param::<BigInt, _>(&self.newest)?;
            out.push_sql(") AS newest");
        }
        let [south, north, west, east] = &self.bounds;
        out.push_sql(") AS placed WHERE latitude BETWEEN ");
        out.push_bind_param::<Double, _>(south)?;
        out.push_sql(" AND ");
        out.push_bind_param::<Double, _>(north)?;
        out.push_sql(" AND longitude BETWEEN ");
        out.push_bind_param::<Double, _>(west)?;
        out.push_sql(" AND ");
        out.push_bind_param::<Double, _>(east)?;
        out.push_sql(" ORDER BY created_at DESC, id DESC LIMIT ");
        out.push_bind_param::<BigInt, _>(&self.most)?;
        out.push_sql(")");
        Ok(())
    }
}

/// Where and what a new case is, for the count of earlier ones.
#[derive(Debug, Clone)]
pub struct Nearby<'a> {
    /// Its consultation.
    pub consultation_id: ConsultationId,
    /// Its category.
    pub category: &'a CategoryCode,
    /// Where it is.
    pub location: &'a Location,
    /// The earliest moment that counts.
    pub since: Timestamp,
    /// The case itself, which does not count.
    pub except: CaseId,
}

/// Counts the earlier cases of the same category at the same place: within 100 metres, or at the same address; at most
/// 1,000. The same address is the one in the address register when both name it, else the one that reads the same but for
/// case, accents and punctuation. A merged case counts with the one that it became part of.
pub fn count_earlier(connection: &mut AnyConnection, nearby: &Nearby<'_>) -> Result<usize, StoreError> {
    let Location { address, address_uri, point, .. } = nearby.location;
    if point.is_none() && address.is_none() && address_uri.is_none() {
        return Ok(0);
    }
    let earlier = Earlier {
        consultation: key(nearby.consultation_id),
        category: nearby.category.as_str().to_owned(),
        since: Instant(nearby.since),
        except: key(nearby.except),
        address: address.as_ref().map(|address| address_key(address.as_str())),
        address_uri: address_uri.as_ref().map(|uri| uri.as_str().to_owned()),
        around: point.map(Around::of),
    };
    let count: i64 = earlier.get_result(connection)?;
    usize::try_from(count).map_err(|error| StoreError::Unwritable(error.to_string()))
}

/// A cell of the grid in which points are looked up: 1/500 of a degree high (222 m) and 1/300 of one wide (234 m in
/// Belgium, at least 102 m up to 74 degrees of latitude), so that what lies within 100 metres is in it or beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Cell {
    row: i64,
    column: i64,
}

impl Cell {
    /// Names the cell of a point.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::as_conversions,
        reason = "at most 90,000 rows and 108,000 columns"
    )]
    pub(super) fn of(point: Wgs84) -> Self {
        Self {
            row: ((point.lat() + 90.0) * 500.0).floor() as i64,
            column: ((point.lon() + 180.0) * 300.0).floor() as i64,
        }
    }

    /// Gives the number under which the column holds it.
    pub(super) const fn number(self) -> i64 {
        self.row * 1_000_000 + self.column
    }

    /// Gives the numbers of the cell and of those around it.
    fn with_neighbours(self) -> [i64; 9] {
        let mut numbers = [0; 9];
        let around = (-1..=1).flat_map(|row| (-1..=1).map(move |column| (row, column)));
        for (number, (row, column)) in numbers.iter_mut().zip(around) {
            *number = Self { row: self.row + row, column: self.column + column }.number();
        }
        numbers
    }
}

/// A circle around a point, as the database can compute it: over 100 metres the earth is flat to less than a millimetre.
#[derive(Debug)]
struct Around {
    cells: [i64; 9],
    latitude: f64,
    longitude: f64,
    /// The square metres of a square degree of latitude.
    per_latitude: f64,
    /// The square metres of a square degree of longitude here.
    per_longitude: f64,
    square_radius: f64,
}

impl Around {
    fn of(point: Wgs84) -> Self {
        // The mean radius of the earth, as `domain::place::distance_m` has it.
        let degree = 6_371_008.8_f64.to_radians();
        Self {
            cells: Cell::of(point).with_neighbours(),
            latitude: point.lat(),
            longitude: point.lon(),
            per_latitude: degree.powi(2),
            per_longitude: (degree * point.lat().to_radians().cos()).powi(2),
            square_radius: SAME_PLACE_METRES.powi(2),
        }
    }
}

/// Counts along an index for each way of being at the same place; a case that is so in two ways counts once.
#[derive(Debug)]
struct Earlier {
    consultation: Key,
    category: String,
    since: Instant,
    except: Key,
    address: Option<String>,
    address_uri: Option<String>,
    around: Option<Around>,
}

impl QueryId for Earlier {
    type QueryId = ();
    // The text depends on what the new case has.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl diesel::query_builder::Query for Earlier {
    type SqlType = BigInt;
}

impl<C> RunQueryDsl<C> for Earlier {}

impl Earlier {
    /// Writes a way of being at the same place, up to its own condition.
    fn branch<'b>(&'b self, first: bool, out: &mut AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        out.push_sql(if first { "" } else { " UNION " });
        out.push_sql("SELECT id FROM cases WHERE consultation_id = ");
        out.push_bind_param::<SqlKey, _>(&self.consultation)?;
        out.push_sql(" AND category = ");
        out.push_bind_param::<Text, _>(&self.category)?;
        out.push_sql(" AND created_at >= ");
        out.push_bind_param::<SqlInstant, _>(&self.since)?;
        out.push_sql(" AND id <> ");
        out.push_bind_param::<SqlKey, _>(&self.except)?;
        out.push_sql(" AND status <> 'merged' AND ");
        Ok(())
    }
}

impl QueryFragment<MultiBackend> for Earlier {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, MultiBackend>) -> QueryResult<()> {
        let mut first = true;
        out.push_sql("SELECT count(*) FROM (");
        if let Some(address) = &self.address {
            self.branch(std::mem::take(&mut first), &mut out)?;
            out.push_sql("address_key IS NOT NULL AND address_key = ");
            out.push_bind_param::<Text, _>(address)?;
            if self.address_uri.is_some() {
                out.push_sql(" AND address_uri IS NULL");
            }
        }
        if let Some(uri) = &self.address_uri {
            self.branch(std::mem::take(&mut first), &mut out)?;
            out.push_sql("address_uri IS NOT NULL AND address_uri = ");
            out.push_bind_param::<Text, _>(uri)?;
        }
        if let Some(around) = &self.around {
            self.branch(std::mem::take(&mut first), &mut out)?;
            out.push_sql("place_cell IS NOT NULL AND place_cell IN (");
            for (position, cell) in around.cells.iter().enumerate() {
                out.push_sql(if position == 0 { "" } else { ", " });
                out.push_bind_param::<BigInt, _>(cell)?;
            }
            out.push_sql(") AND (latitude - ");
            out.push_bind_param::<Double, _>(&around.latitude)?;
            out.push_sql(") * (latitude - ");
            out.push_bind_param::<Double, _>(&around.latitude)?;
            out.push_sql(") * ");
            out.push_bind_param::<Double, _>(&around.per_latitude)?;
            out.push_sql(" + (longitude - ");
            out.push_bind_param::<Double, _>(&around.longitude)?;
            out.push_sql(") * (longitude - ");
            out.push_bind_param::<Double, _>(&around.longitude)?;
            out.push_sql(") * ");
            out.push_bind_param::<Double, _>(&around.per_longitude)?;
            out.push_sql(" <= ");
            out.push_bind_param::<Double, _>(&around.square_radius)?;
        }
        out.push_sql(" LIMIT ");
        out.push_bind_param::<BigInt, _>(&MOST)?;
        out.push_sql(") AS earlier");
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use domain::place::distance_m;

    use super::*;

    #[test]
    fn what_lies_within_a_hundred_metres_is_in_the_cell_or_beside_it() {
        for (lon, lat) in [(4.0466, 50.9419), (-0.0001, -0.0001), (4.03333, 51.0), (3.999_999_9, 73.9)] {
            let here = Wgs84::new(lon, lat).unwrap();
            let cells = Cell::of(here).with_neighbours();
            for (east, north) in [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.0), (0.0, -1.0), (0.7, 0.7), (-0.7, -0.7)]
            {
                let degree = SAME_PLACE_METRES / 111_195.0;
                let there =
                    Wgs84::new(lon + east * degree / lat.to_radians().cos(), lat + north * degree).unwrap();
                assert!(cells.contains(&Cell::of(there).number()), "{there:?}");
                let around = Around::of(here);
                let flat = (there.lat() - around.latitude).powi(2) * around.per_latitude
                    + (there.lon() - around.longitude).powi(2) * around.per_longitude;
                assert!((flat.sqrt() - distance_m(here, there)).abs() < 0.001, "{there:?}");
            }
        }
    }

    #[test]
    fn an_address_is_the_same_however_it_is_spelled() {
        assert_eq!(address_key("  Molenstraat 12,  bus 3"), address_key("MOLENSTRAAT 12 bus 3"));
        assert_eq!(address_key("Café Ünder"), "cafe under");
        assert_ne!(address_key("Molenstraat 12"), address_key("Molenstraat 121"));
    }
}
