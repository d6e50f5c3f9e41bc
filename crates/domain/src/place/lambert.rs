//! The Belgian Lambert projections, next to WGS 84.

use std::{ops::RangeInclusive, sync::LazyLock};

use proj4rs::{Proj, errors::Error, transform::transform};

use super::{PlaceFault, Wgs84, round};
use crate::code::codes;

codes! {
    /// A coordinate reference system in which places are accepted and returned, by its EPSG code.
    Crs {
        /// Longitude and latitude in degrees: the system of the store.
        Wgs84 = "EPSG:4326",
        /// Belgian Lambert 72, in metres.
        Lambert72 = "EPSG:31370",
        /// Belgian Lambert 2008, in metres.
        Lambert2008 = "EPSG:3812",
    }
}

impl Crs {
    /// Refuses coordinates outside the range in use. The ranges of the two Lambert systems do not meet, so that
    /// one cannot pass for the other.
    fn check(self, x: f64, y: f64) -> Result<(), PlaceFault> {
        let (xs, ys) = self.range();
        if !x.is_finite() || !y.is_finite() {
            return Err(PlaceFault::NotFinite);
        }
        if !xs.contains(&x) || !ys.contains(&y) {
            return Err(PlaceFault::OutOfRange { crs: self });
        }
        Ok(())
    }

    fn range(self) -> (RangeInclusive<f64>, RangeInclusive<f64>) {
        match self {
            Self::Wgs84 => (-180.0..=180.0, -90.0..=90.0),
            Self::Lambert72 => (20_000.0..=300_000.0, 20_000.0..=300_000.0),
            Self::Lambert2008 => (495_000.0..=797_000.0, 520_000.0..=788_000.0),
        }
    }
}

/// Converts coordinates of a reference system to WGS 84: x is longitude or easting, y latitude or northing.
///
/// Fails outside the range in which the system is used. Agrees with known points to a centimetre.
pub fn convert(x: f64, y: f64, from: Crs) -> Result<Wgs84, PlaceFault> {
    from.check(x, y)?;
    let (lon, lat) = match from {
        Crs::Wgs84 => (x, y),
        Crs::Lambert72 => inverse(&LAMBERT_72, x, y)?,
        Crs::Lambert2008 => inverse(&LAMBERT_2008, x, y)?,
    };
    Wgs84::new(lon, lat)
}

/// Projects a point into a reference system, within its range only.
pub(super) fn project(point: Wgs84, to: Crs) -> Result<(f64, f64), PlaceFault> {
    let (x, y) = match to {
        Crs::Wgs84 => return Ok((point.lon(), point.lat())),
        Crs::Lambert72 => forward(&LAMBERT_72, point)?,
        Crs::Lambert2008 => forward(&LAMBERT_2008, point)?,
    };
    to.check(x, y)?;
    Ok((round(x, 1e3), round(y, 1e3)))
}

type Definition = LazyLock<Result<Proj, Error>>;

/// The rotations follow the position-vector rule of PROJ; with the coordinate-frame signs of some published
/// definitions every point moves by about 65 m.
const LAMBERT_72_DEFINITION: &str = "+proj=lcc +lat_1=51.16666723333333 +lat_2=49.8333339 +lat_0=90 \
     +lon_0=4.367486666666666 +x_0=150000.013 +y_0=5400088.438 +ellps=intl \
     +towgs84=-106.8686,52.2978,-103.7239,-0.3366,0.457,-1.8422,1.2747 +units=m +no_defs";
const LAMBERT_2008_DEFINITION: &str = "+proj=lcc +lat_1=49.83333333333334 +lat_2=51.16666666666666 \
     +lat_0=50.797815 +lon_0=4.359215833333333 +x_0=649328 +y_0=665262 +ellps=GRS80 \
     +towgs84=0,0,0,0,0,0,0 +units=m +no_defs";

static WGS_84: Definition =
    LazyLock::new(|| Proj::from_proj_string("+proj=longlat +ellps=WGS84 +towgs84=0,0,0,0,0,0,0 +no_defs"));
static LAMBERT_72: Definition = LazyLock::new(|| Proj::from_proj_string(LAMBERT_72_DEFINITION));
static LAMBERT_2008: Definition = LazyLock::new(|| Proj::from_proj_string(LAMBERT_2008_DEFINITION));

/// Turns metres into degrees; `proj4rs` counts angles in radians.
fn inverse(from: &Definition, x: f64, y: f64) -> Result<(f64, f64), PlaceFault> {
    let (lon, lat) = run(from, &WGS_84, x, y)?;
    Ok((lon.to_degrees(), lat.to_degrees()))
}

fn forward(to: &Definition, point: Wgs84) -> Result<(f64, f64), PlaceFault> {
    run(&WGS_84, to, point.lon().to_radians(), point.lat().to_radians())
}

fn run(from: &Definition, to: &Definition, x: f64, y: f64) -> Result<(f64, f64), PlaceFault> {
    let (Ok(from), Ok(to)) = (&**from, &**to) else { return Err(PlaceFault::Projection) };
    let mut point = (x, y, 0.0);
    transform(from, to, &mut point).map_err(|_| PlaceFault::Projection)?;
    Ok((point.0, point.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The same places in WGS 84, Lambert 72 and Lambert 2008, with the accuracy of the given numbers in metres.
    const VECTORS: [[f64; 7]; 2] = [
        [4.315, 50.69, 146_259.99, 153_299.53, 646_203.71, 653_269.93, 0.01],
        [4.046_588, 50.941_946, 127_414.8, 181_373.3, 627_355.81, 681_341.48, 0.1],
    ];

    #[track_caller]
    fn assert_near((x, y): (f64, f64), (expected_x, expected_y): (f64, f64), metres: f64) {
        let distance = (x - expected_x).hypot(y - expected_y);
        assert!(distance < metres, "({x}, {y}) is {distance} m from ({expected_x}, {expected_y})");
    }

    #[test]
    fn agrees_with_known_points() {
        for [lon, lat, x72, y72, x08, y08, accuracy] in VECTORS {
            let point = Wgs84::new(lon, lat).unwrap();
            assert_near(point.to(Crs::Lambert72).unwrap(), (x72, y72), accuracy);
            assert_near(point.to(Crs::Lambert2008).unwrap(), (x08, y08), accuracy);
            let from72 = convert(x72, y72, Crs::Lambert72).unwrap();
            let from08 = convert(x08, y08, Crs::Lambert2008).unwrap();
            assert_near(from72.to(Crs::Lambert2008).unwrap(), (x08, y08), accuracy * 1.5);
            assert_near(from08.to(Crs::Lambert72).unwrap(), (x72, y72), accuracy * 1.5);
            assert!(super::super::distance_m(from72, point) < accuracy * 1.5);
            assert!(super::super::distance_m(from08, point) < accuracy * 1.5);
        }
    }

    #[test]
    fn flipped_rotations_move_points_by_tens_of_metres() {
        let flipped = LAMBERT_72_DEFINITION.replace("-0.3366,0.457,-1.8422", "0.3366,-0.457,1.8422");
        assert_ne!(flipped, LAMBERT_72_DEFINITION);
        let flipped = Proj::from_proj_string(&flipped).unwrap();
        let mut point = (4.315_f64.to_radians(), 50.69_f64.to_radians(), 0.0);
        transform(WGS_84.as_ref().unwrap(), &flipped, &mut point).unwrap();
        let [_, _, x, y, ..] = VECTORS[0];
        let distance = (point.0 - x).hypot(point.1 - y);
        assert!((40.0..90.0).contains(&distance), "{distance}");
    }

    #[test]
    fn the_systems_cannot_be_confused() {
        let [lon, lat, x72, y72, x08, y08, _] = VECTORS[1];
        for (x, y, crs) in [
            (x08, y08, Crs::Lambert72),
            (lon, lat, Crs::Lambert72),
            (x72, y72, Crs::Lambert2008),
            (lon, lat, Crs::Lambert2008),
            (x72, y72, Crs::Wgs84),
            (x08, y08, Crs::Wgs84),
        ] {
            assert_eq!(convert(x, y, crs), Err(PlaceFault::OutOfRange { crs }));
        }
        assert_eq!(convert(f64::NAN, y72, Crs::Lambert72), Err(PlaceFault::NotFinite));
    }

    #[test]
    fn points_far_from_belgium_are_not_projected() {
        for (lon, lat) in [(-74.0, 40.7), (4.3, -90.0), (4.3, 90.0), (180.0, 0.0), (2.3, 48.8)] {
            let point = Wgs84::new(lon, lat).unwrap();
            for crs in [Crs::Lambert72, Crs::Lambert2008] {
                assert!(point.to(crs).is_err(), "{lon} {lat}");
            }
            assert_eq!(point.to(Crs::Wgs84), Ok((lon, lat)));
        }
    }

    proptest! {
        #[test]
        fn lambert_survives_the_store(x in 20_000.0..300_000.0, y in 20_000.0..244_000.0) {
            let point = convert(x, y, Crs::Lambert72).unwrap();
            if let Ok(back) = point.to(Crs::Lambert72) {
                assert_near(back, (x, y), 0.011);
            }
        }

        #[test]
        fn never_panics(x in any::<f64>(), y in any::<f64>()) {
            for crs in Crs::ALL {
                let _ = convert(x, y, *crs);
            }
        }
    }
}
