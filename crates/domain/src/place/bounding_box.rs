use std::{error::Error, fmt};

use super::Wgs84;

/// A rectangle of meridians and parallels in WGS 84; its border belongs to it and it never crosses 180°.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BoundingBox {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

impl BoundingBox {
    /// Parses `west,south,east,north` in decimal degrees; a box without width or height is allowed.
    pub fn parse(text: &str) -> Result<Self, BoundingBoxFault> {
        let numbers = text
            .split(',')
            .map(|part| part.trim().parse::<f64>().map_err(|_| BoundingBoxFault::Form))
            .collect::<Result<Vec<_>, _>>()?;
        let [west, south, east, north] = *numbers else { return Err(BoundingBoxFault::Form) };
        let lower = Wgs84::new(west, south).map_err(|_| BoundingBoxFault::OutOfRange)?;
        let upper = Wgs84::new(east, north).map_err(|_| BoundingBoxFault::OutOfRange)?;
        if lower.lon() > upper.lon() || lower.lat() > upper.lat() {
            return Err(BoundingBoxFault::Order);
        }
        Ok(Self { west: lower.lon(), south: lower.lat(), east: upper.lon(), north: upper.lat() })
    }

    /// Returns the smallest box around some points, or none without points.
    pub fn around(points: impl IntoIterator<Item = Wgs84>) -> Option<Self> {
        points.into_iter().map(Self::at).reduce(|a, b| Self {
            west: a.west.min(b.west),
            south: a.south.min(b.south),
            east: a.east.max(b.east),
            north: a.north.max(b.north),
        })
    }

    fn at(point: Wgs84) -> Self {
        Self { west: point.lon(), south: point.lat(), east: point.lon(), north: point.lat() }
    }

    /// Tells whether the point lies in the box or on its border.
    pub fn contains(&self, point: Wgs84) -> bool {
        (self.west..=self.east).contains(&point.lon()) && (self.south..=self.north).contains(&point.lat())
    }

    /// Returns the smallest longitude in degrees.
    pub fn west(&self) -> f64 {
        self.west
    }

    /// Returns the smallest latitude in degrees.
    pub fn south(&self) -> f64 {
        self.south
    }

    /// Returns the largest longitude in degrees.
    pub fn east(&self) -> f64 {
        self.east
    }

    /// Returns the largest latitude in degrees.
    pub fn north(&self) -> f64 {
        self.north
    }
}

impl fmt::Display for BoundingBox {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{},{},{},{}", self.west, self.south, self.east, self.north)
    }
}

/// Tells why a text is not a bounding box.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BoundingBoxFault {
    /// It is not four decimal numbers separated by commas.
    Form,
    /// A coordinate is not finite or not on earth.
    OutOfRange,
    /// West lies east of east, or south north of north.
    Order,
}

impl BoundingBoxFault {
    /// Returns the stable code of the fault.
    pub fn code(self) -> &'static str {
        match self {
            Self::Form => "form",
            Self::OutOfRange => "outOfRange",
            Self::Order => "order",
        }
    }
}

impl fmt::Display for BoundingBoxFault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Form => "a bounding box is four numbers: west,south,east,north",
            Self::OutOfRange => "a coordinate of the bounding box is not on earth",
            Self::Order => "the bounding box needs west ≤ east and south ≤ north",
        })
    }
}

impl Error for BoundingBoxFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_west_south_east_north() {
        let bbox = BoundingBox::parse("4.0,50.9, 4.1,50.95").unwrap();
        assert_eq!((bbox.west(), bbox.south(), bbox.east(), bbox.north()), (4.0, 50.9, 4.1, 50.95));
        assert_eq!(BoundingBox::parse(&bbox.to_string()), Ok(bbox));
        for (lon, lat, inside) in [
            (4.05, 50.92, true),
            (4.0, 50.9, true),
            (4.1, 50.95, true),
            (3.99, 50.92, false),
            (4.05, 51.0, false),
        ] {
            assert_eq!(bbox.contains(Wgs84::new(lon, lat).unwrap()), inside, "{lon} {lat}");
        }
    }

    #[test]
    fn names_what_is_wrong() {
        for (text, fault) in [
            ("", BoundingBoxFault::Form),
            ("4,50,5", BoundingBoxFault::Form),
            ("4,50,5,51,6", BoundingBoxFault::Form),
            ("4,50,5,noord", BoundingBoxFault::Form),
            ("4,50,5,NaN", BoundingBoxFault::OutOfRange),
            ("4,50,5,inf", BoundingBoxFault::OutOfRange),
            ("4,50,5,91", BoundingBoxFault::OutOfRange),
            ("127414,181373,127415,181374", BoundingBoxFault::OutOfRange),
            ("5,50,4,51", BoundingBoxFault::Order),
            ("4,51,5,50", BoundingBoxFault::Order),
        ] {
            assert_eq!(BoundingBox::parse(text), Err(fault), "{text}");
        }
        assert!(BoundingBox::parse("4,50,4,50").is_ok());
    }

    #[test]
    fn surrounds_points() {
        let points = [(4.2, 50.0), (4.0, 50.5), (4.1, 49.0)].map(|(lon, lat)| Wgs84::new(lon, lat).unwrap());
        assert_eq!(BoundingBox::around(points).unwrap().to_string(), "4,49,4.2,50.5");
        assert_eq!(BoundingBox::around([]), None);
    }
}
