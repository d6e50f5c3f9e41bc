//! Where cases are: within a box, and at the same place as a new one.

use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{BigInt, Bool, Double};
use domain::case::{Location, Status};
use domain::category::CategoryCode;
use domain::id::{CaseId, ConsultationId};
use domain::place::{BoundingBox, Wgs84, distance_m};
use jiff::Timestamp;

use super::search::words;
use crate::connection::{AnyConnection, MultiBackend};
use crate::error::StoreError;
use crate::schema::cases;
use crate::types::{Instant, Key, SqlKey, key};

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

/// Counts the earlier cases of the same category at the same place: within 100 metres, or at the same address. That is
/// the one in the address register when both name it, else the one that reads the same but for case, accents and
/// punctuation. A merged case counts with the one that it became part of.
pub fn count_earlier(connection: &mut AnyConnection, nearby: &Nearby<'_>) -> Result<usize, StoreError> {
    type Place = (Option<f64>, Option<f64>, Option<String>, Option<String>);
    let Location { address, address_uri, point, .. } = nearby.location;
    let address = address.as_ref().map(|address| address_key(address.as_str()));
    let uri = address_uri.as_ref().map(|uri| uri.as_str().to_owned());
    if point.is_none() && address.is_none() && uri.is_none() {
        return Ok(0);
    }
    let mut place = cases::table
        .filter(cases::consultation_id.eq(key(nearby.consultation_id)))
        .filter(cases::category.eq(nearby.category.as_str()))
        .filter(cases::created_at.ge(Instant(nearby.since)))
        .filter(cases::id.ne(key(nearby.except)))
        .filter(cases::status.ne(Status::Merged.code()))
        .select((cases::longitude, cases::latitude, cases::address_key, cases::address_uri))
        .order((cases::created_at.desc(), cases::id.desc()))
        .limit(MOST)
        .into_boxed();
    // What is absent equals nothing.
    let same = cases::address_key.eq(address.clone()).or(cases::address_uri.eq(uri.clone()));
    place = match point {
        None => place.filter(same),
        Some(point) => {
            // A degree of latitude is 111 km everywhere; of longitude at least half of that up to 60 degrees.
            let (south, north) = (point.lat() - 0.001, point.lat() + 0.001);
            let (west, east) = (point.lon() - 0.002, point.lon() + 0.002);
            let close = cases::latitude.between(south, north).and(cases::longitude.between(west, east));
            place.filter(close.or(same))
        }
    };
    let rows: Vec<Place> = place.load(connection)?;
    Ok(rows
        .into_iter()
        .filter(|(lon, lat, other_address, other_uri)| {
            let same_address = match (&uri, other_uri) {
                (Some(uri), Some(other)) => uri == other,
                _ => address.is_some() && *other_address == address,
            };
            let close = point.zip(lon.zip(*lat)).is_some_and(|(point, (lon, lat))| {
                Wgs84::new(lon, lat).is_ok_and(|other| distance_m(point, other) <= SAME_PLACE_METRES)
            });
            same_address || close
        })
        .count())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_the_same_however_it_is_spelled() {
        assert_eq!(address_key("  Molenstraat 12,  bus 3"), address_key("MOLENSTRAAT 12 bus 3"));
        assert_eq!(address_key("Café Ünder"), "cafe under");
        assert_ne!(address_key("Molenstraat 12"), address_key("Molenstraat 121"));
    }
}
