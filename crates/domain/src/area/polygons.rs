use std::{error::Error, fmt};

use geo::{Coord, Intersects, LineString, MultiPolygon, Point, Polygon};
use serde_json::{Value, json};

use crate::place::{BoundingBox, Wgs84};

/// The largest number of positions in one geometry.
pub const MAX_POSITIONS: usize = 200_000;

/// The surface of an area in WGS 84: one or more polygons, each with or without holes.
///
/// Positions are rounded like every [`Wgs84`]. Whether rings cross themselves or each other is not checked.
#[derive(Clone, Debug, PartialEq)]
pub struct Polygons {
    surface: MultiPolygon<f64>,
    bounding_box: BoundingBox,
}

impl Polygons {
    /// Reads a `GeoJSON` geometry (RFC 7946) of type `Polygon` or `MultiPolygon`.
    ///
    /// Every ring must be closed and have four positions or more; altitudes and other members are dropped.
    pub fn from_geojson(geometry: &Value) -> Result<Self, PolygonsFault> {
        let coordinates = geometry.get("coordinates").ok_or(PolygonsFault::Structure);
        let mut reader = Reader { positions: 0 };
        let polygons = match geometry.get("type").and_then(Value::as_str) {
            Some("Polygon") => vec![reader.polygon(coordinates?, None)?],
            Some("MultiPolygon") => list(coordinates?)?
                .iter()
                .enumerate()
                .map(|(index, polygon)| reader.polygon(polygon, Some(index)))
                .collect::<Result<_, _>>()?,
            _ => return Err(PolygonsFault::Type),
        };
        let bounding_box = BoundingBox::around(polygons.iter().flatten().flatten().copied());
        let surface = polygons.into_iter().filter_map(surface_of).collect();
        Ok(Self { surface, bounding_box: bounding_box.ok_or(PolygonsFault::Empty)? })
    }

    /// Returns the geometry as `GeoJSON`, always of type `MultiPolygon`.
    pub fn to_geojson(&self) -> Value {
        let ring = |ring: &LineString<f64>| ring.coords().map(|at| json!([at.x, at.y])).collect::<Value>();
        let polygon = |polygon: &Polygon<f64>| {
            std::iter::once(polygon.exterior()).chain(polygon.interiors()).map(ring).collect::<Value>()
        };
        json!({ "type": "MultiPolygon", "coordinates": self.surface.iter().map(polygon).collect::<Value>() })
    }

    /// Tells whether the point lies inside or on a border; a point in a hole lies outside.
    pub fn contains(&self, point: Wgs84) -> bool {
        self.bounding_box.contains(point) && self.surface.intersects(&Point::new(point.lon(), point.lat()))
    }

    /// Returns the smallest box around the surface.
    pub fn bounding_box(&self) -> BoundingBox {
        self.bounding_box
    }
}

type Ring = Vec<Wgs84>;

fn surface_of(rings: Vec<Ring>) -> Option<Polygon<f64>> {
    let mut rings = rings
        .into_iter()
        .map(|ring| LineString::new(ring.into_iter().map(|at| Coord { x: at.lon(), y: at.lat() }).collect()));
    Some(Polygon::new(rings.next()?, rings.collect()))
}

/// Counts the positions read so far, so that a geometry is refused before it is held in memory twice.
struct Reader {
    positions: usize,
}

impl Reader {
    fn polygon(&mut self, rings: &Value, polygon: Option<usize>) -> Result<Vec<Ring>, PolygonsFault> {
        let rings = list(rings)?;
        if rings.is_empty() {
            return Err(PolygonsFault::Empty);
        }
        rings
            .iter()
            .enumerate()
            .map(|(ring, positions)| self.ring(positions, RingPlace { polygon, ring }))
            .collect()
    }

    fn ring(&mut self, positions: &Value, place: RingPlace) -> Result<Ring, PolygonsFault> {
        let at = |fault| PolygonsFault::Ring { place, fault };
        let positions = positions.as_array().ok_or(at(RingFault::Structure))?;
        self.positions += positions.len();
        if self.positions > MAX_POSITIONS {
            return Err(PolygonsFault::TooManyPositions);
        }
        if positions.len() < 4 {
            return Err(at(RingFault::TooShort));
        }
        let ring = positions
            .iter()
            .enumerate()
            .map(|(index, value)| position(value).ok_or(at(RingFault::Position { index })))
            .collect::<Result<Ring, _>>()?;
        if ring.first() != ring.last() {
            return Err(at(RingFault::NotClosed));
        }
        Ok(ring)
    }
}

fn list(value: &Value) -> Result<&Vec<Value>, PolygonsFault> {
    value.as_array().ok_or(PolygonsFault::Structure)
}

/// Reads longitude and latitude; a third number is an altitude.
fn position(value: &Value) -> Option<Wgs84> {
    match value.as_array()?.as_slice() {
        [lon, lat] => Wgs84::new(lon.as_f64()?, lat.as_f64()?).ok(),
        [lon, lat, altitude] if altitude.is_number() => Wgs84::new(lon.as_f64()?, lat.as_f64()?).ok(),
        _ => None,
    }
}

/// Tells why a geometry is not accepted as the surface of an area.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolygonsFault {
    /// It is not an object of type `Polygon` or `MultiPolygon`.
    Type,
    /// Its coordinates are missing or not nested as its type asks.
    Structure,
    /// It has no polygon, or a polygon without rings.
    Empty,
    /// It has more than [`MAX_POSITIONS`] positions.
    TooManyPositions,
    /// One of its rings is wrong.
    Ring {
        /// The ring.
        place: RingPlace,
        /// What is wrong with it.
        fault: RingFault,
    },
}

/// Points at a ring of a geometry; all indexes start at 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RingPlace {
    /// The polygon, in a `MultiPolygon` only.
    pub polygon: Option<usize>,
    /// The ring in its polygon: 0 is the outer border, the others are holes.
    pub ring: usize,
}

/// Tells what is wrong with a ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RingFault {
    /// It is not a list of positions.
    Structure,
    /// It has fewer than four positions.
    TooShort,
    /// Its last position differs from its first.
    NotClosed,
    /// A position is not a longitude and a latitude in range.
    Position {
        /// The position in the ring, from 0.
        index: usize,
    },
}

impl PolygonsFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Type => "type",
            Self::Structure => "structure",
            Self::Empty => "empty",
            Self::TooManyPositions => "tooManyPositions",
            Self::Ring { fault, .. } => match fault {
                RingFault::Structure => "ringStructure",
                RingFault::TooShort => "ringTooShort",
                RingFault::NotClosed => "ringNotClosed",
                RingFault::Position { .. } => "position",
            },
        }
    }

    /// Returns the JSON pointer (RFC 6901) of the faulty part within the geometry.
    pub fn pointer(self) -> String {
        match self {
            Self::Type => "/type".to_owned(),
            Self::Structure | Self::Empty | Self::TooManyPositions => "/coordinates".to_owned(),
            Self::Ring { place: RingPlace { polygon, ring }, fault } => {
                let polygon = polygon.map(|index| format!("/{index}")).unwrap_or_default();
                let position = match fault {
                    RingFault::Position { index } => format!("/{index}"),
                    _ => String::new(),
                };
                format!("/coordinates{polygon}/{ring}{position}")
            }
        }
    }
}

impl fmt::Display for PolygonsFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let what = match self {
            Self::Type => "the geometry must be a Polygon or a MultiPolygon",
            Self::Structure => "the coordinates are missing or wrongly nested",
            Self::Empty => "the geometry has no polygon or a polygon without rings",
            Self::TooManyPositions => {
                return write!(formatter, "the geometry has more than {MAX_POSITIONS} positions");
            }
            Self::Ring { fault, .. } => match fault {
                RingFault::Structure => "the ring is not a list of positions",
                RingFault::TooShort => "the ring has fewer than four positions",
                RingFault::NotClosed => "the ring does not end where it starts",
                RingFault::Position { .. } => "the position is not a longitude and a latitude in range",
            },
        };
        write!(formatter, "{what} ({})", self.pointer())
    }
}

impl Error for PolygonsFault {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn square(west: f64, south: f64, side: f64) -> Value {
        let (east, north) = (west + side, south + side);
        json!([[west, south], [east, south], [east, north], [west, north], [west, south]])
    }

    fn polygon(rings: &[Value]) -> Value {
        json!({ "type": "Polygon", "coordinates": rings })
    }

    fn point(lon: f64, lat: f64) -> Wgs84 {
        Wgs84::new(lon, lat).unwrap()
    }

    #[test]
    fn a_hole_is_outside_and_every_border_inside() {
        let area = Polygons::from_geojson(&polygon(&[square(0.0, 0.0, 4.0), square(1.0, 1.0, 2.0)])).unwrap();
        for (lon, lat, inside) in [
            (0.5, 0.5, true),
            (2.0, 2.0, false),
            (0.0, 0.0, true),
            (4.0, 2.0, true),
            (1.0, 2.0, true),
            (3.0, 3.0, true),
            (4.000_000_1, 2.0, false),
            (5.0, 5.0, false),
        ] {
            assert_eq!(area.contains(point(lon, lat)), inside, "{lon} {lat}");
        }
        assert_eq!(area.bounding_box().to_string(), "0,0,4,4");
    }

    #[test]
    fn several_polygons_make_one_surface() {
        let geometry = json!({
            "type": "MultiPolygon",
            "coordinates": [[square(0.0, 0.0, 1.0)], [square(5.0, 5.0, 1.0)]],
        });
        let area = Polygons::from_geojson(&geometry).unwrap();
        assert!(area.contains(point(0.5, 0.5)) && area.contains(point(5.5, 5.5)));
        assert!(!area.contains(point(3.0, 3.0)));
        assert_eq!(area.to_geojson(), geometry);
    }

    #[test]
    fn geojson_survives_a_round_trip() {
        let area = Polygons::from_geojson(&polygon(&[square(0.0, 0.0, 4.0), square(1.0, 1.0, 2.0)])).unwrap();
        assert_eq!(Polygons::from_geojson(&area.to_geojson()), Ok(area));
    }

    #[test]
    fn altitudes_are_dropped() {
        let geometry = polygon(&[json!([[0, 0, 7], [1, 0, 7], [1, 1, 7], [0, 0, 7]])]);
        assert!(Polygons::from_geojson(&geometry).unwrap().contains(point(0.5, 0.25)));
    }

    #[test]
    fn faults_say_where() {
        let good = square(0.0, 0.0, 1.0);
        let multi = |coordinates: Value| json!({ "type": "MultiPolygon", "coordinates": coordinates });
        for (geometry, code, pointer) in [
            (json!(null), "type", "/type"),
            (json!({ "type": "Point", "coordinates": [0, 0] }), "type", "/type"),
            (json!({ "type": "Feature", "geometry": polygon(std::slice::from_ref(&good)) }), "type", "/type"),
            (json!({ "type": "Polygon" }), "structure", "/coordinates"),
            (json!({ "type": "Polygon", "coordinates": {} }), "structure", "/coordinates"),
            (polygon(&[]), "empty", "/coordinates"),
            (multi(json!([])), "empty", "/coordinates"),
            (multi(json!([[good], []])), "empty", "/coordinates"),
            (multi(json!([7])), "structure", "/coordinates"),
            (polygon(&[json!("ring")]), "ringStructure", "/coordinates/0"),
            (polygon(&[good.clone(), json!([[0, 0], [1, 1], [0, 0]])]), "ringTooShort", "/coordinates/1"),
            (multi(json!([[good], [[[0, 0], [1, 0], [1, 1], [0, 1]]]])), "ringNotClosed", "/coordinates/1/0"),
            (polygon(&[json!([[0, 0], [1, 0], [181, 1], [0, 0]])]), "position", "/coordinates/0/2"),
            (polygon(&[json!([[0, 0], [1], [1, 1], [0, 0]])]), "position", "/coordinates/0/1"),
            (polygon(&[json!([[0, 0], [1, 0], ["1", 1], [0, 0]])]), "position", "/coordinates/0/2"),
            (polygon(&[json!([[0, 0], [1, 0], [[1, 1]], [0, 0]])]), "position", "/coordinates/0/2"),
            (multi(json!([good])), "ringTooShort", "/coordinates/0/0"),
        ] {
            let fault = Polygons::from_geojson(&geometry).unwrap_err();
            assert_eq!((fault.code(), fault.pointer().as_str()), (code, pointer), "{geometry}");
        }
    }

    #[test]
    fn positions_are_limited_over_all_rings() {
        let ring = Value::Array(vec![json!([0, 0]); MAX_POSITIONS / 2]);
        assert!(Polygons::from_geojson(&polygon(&[ring.clone(), ring.clone()])).is_ok());
        let fault =
            Polygons::from_geojson(&polygon(&[ring.clone(), ring, square(0.0, 0.0, 1.0)])).unwrap_err();
        assert_eq!(fault, PolygonsFault::TooManyPositions);
    }

    proptest! {
        #[test]
        fn agrees_with_a_square(west in -10.0..10.0, side in 0.1..5.0, lon in -11.0..16.0, lat in -11.0..16.0) {
            let area = Polygons::from_geojson(&polygon(&[square(west, west, side)])).unwrap();
            prop_assert_eq!(area.contains(point(lon, lat)), area.bounding_box().contains(point(lon, lat)));
        }
    }
}
