//! Places: points in WGS 84, the Belgian projections, bounding boxes, kinds of location and addresses.

mod address_uri;
mod bounding_box;
mod kind;
mod lambert;

use std::{error::Error, fmt};

use geo::{Distance, Haversine, Point};
use serde::Serialize;

pub use self::{
    address_uri::{AddressUri, AddressUriFault},
    bounding_box::{BoundingBox, BoundingBoxFault},
    kind::LocationKind,
    lambert::{Crs, convert},
};

/// A point on earth in WGS 84 (EPSG:4326): decimal degrees, rounded to 7 decimals (about a centimetre).
///
/// Any point on earth is accepted: whether it lies in a city is a question for its areas.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Wgs84 {
    lon: f64,
    lat: f64,
}

// Sound: both coordinates are finite.
impl Eq for Wgs84 {}

impl Wgs84 {
    /// Checks and rounds a longitude (−180 to 180 degrees) and a latitude (−90 to 90 degrees).
    pub fn new(lon: f64, lat: f64) -> Result<Self, PlaceFault> {
        if !lon.is_finite() || !lat.is_finite() {
            return Err(PlaceFault::NotFinite);
        }
        if !(-180.0..=180.0).contains(&lon) || !(-90.0..=90.0).contains(&lat) {
            return Err(PlaceFault::OutOfRange { crs: Crs::Wgs84 });
        }
        Ok(Self { lon: round(lon, 1e7), lat: round(lat, 1e7) })
    }

    /// Returns the longitude in degrees, east of Greenwich positive.
    pub fn lon(self) -> f64 {
        self.lon
    }

    /// Returns the latitude in degrees, north positive.
    pub fn lat(self) -> f64 {
        self.lat
    }

    /// Projects the point: degrees for WGS 84, else metres rounded to millimetres.
    ///
    /// Fails when the point lies outside the range in which the projection is used.
    pub fn to(self, crs: Crs) -> Result<(f64, f64), PlaceFault> {
        lambert::project(self, crs)
    }
}

/// Returns the great-circle distance between two points in metres.
pub fn distance_m(from: Wgs84, to: Wgs84) -> f64 {
    Haversine.distance(Point::new(from.lon, from.lat), Point::new(to.lon, to.lat))
}

/// Rounds to a fraction of one; adding zero turns −0 into 0.
fn round(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts + 0.0
}

/// Tells why coordinates are refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceFault {
    /// A coordinate is infinite or not a number.
    NotFinite,
    /// A coordinate lies outside the range of its reference system: often the wrong system or swapped axes.
    OutOfRange {
        /// The reference system whose range is left.
        crs: Crs,
    },
    /// The projection gave no result.
    Projection,
}

impl PlaceFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::NotFinite => "notFinite",
            Self::OutOfRange { .. } => "outOfRange",
            Self::Projection => "projection",
        }
    }
}

impl fmt::Display for PlaceFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotFinite => formatter.write_str("a coordinate is not a finite number"),
            Self::OutOfRange { crs } => {
                write!(formatter, "a coordinate is out of the range of {}", crs.code())
            }
            Self::Projection => formatter.write_str("the coordinates cannot be converted"),
        }
    }
}

impl Error for PlaceFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_to_seven_decimals() {
        let point = Wgs84::new(4.046_588_04, -0.000_000_04).unwrap();
        assert_eq!((point.lon(), point.lat()), (4.046_588, 0.0));
        assert!(point.lat().is_sign_positive());
        assert_eq!(serde_json::to_string(&point).unwrap(), r#"{"lon":4.046588,"lat":0.0}"#);
    }

    #[test]
    fn refuses_what_is_not_on_earth() {
        assert_eq!(Wgs84::new(f64::NAN, 0.0), Err(PlaceFault::NotFinite));
        assert_eq!(Wgs84::new(0.0, f64::INFINITY), Err(PlaceFault::NotFinite));
        let out = Err(PlaceFault::OutOfRange { crs: Crs::Wgs84 });
        assert_eq!(Wgs84::new(180.1, 0.0), out);
        assert_eq!(Wgs84::new(0.0, -90.1), out);
        assert!(Wgs84::new(-180.0, 90.0).is_ok());
    }

    #[test]
    fn measures_metres() {
        let a = Wgs84::new(4.0, 50.9).unwrap();
        let b = Wgs84::new(4.0, 50.91).unwrap();
        let distance = distance_m(a, b);
        assert!((distance - 1_112.0).abs() < 1.0, "{distance}");
        assert!(distance_m(a, a).abs() < 1e-9);
    }
}
