//! From GeoJSON to areas in the store, for the API, the command line and the seed: all of it or nothing.

use std::collections::BTreeSet;

use domain::area::{AreaCode, MAX_POSITIONS, Polygons, PolygonsFault, RingFault, SectorCode};
use domain::change::Version;
use domain::labels::Labels;
use domain::place::Crs;
use jiff::civil::Date;
use persistence::areas::{self, Area, AreaKind};
use persistence::{Circumstances, Store, StoreError, Transaction};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::place::{named, to_wgs84};
use super::{AreaFeature, AreaFeatureCollection, AreaGeometry};
use crate::input::Faults;
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::ref_data::all_or_none;
use crate::work::Refusal;

/// The most characters of a name.
const LONGEST_NAME: usize = 200;

/// What the areas of an import have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scheme {
    /// What they are.
    pub kind: AreaKind,
    /// The version of the scheme that their codes belong to, such as `2025`.
    pub version: String,
    /// The system of their coordinates.
    pub crs: Crs,
    /// The first day on which their codes hold.
    pub valid_from: Date,
    /// The last day on which they hold.
    pub valid_to: Option<Date>,
}

/// An area that was read and not yet written.
#[derive(Debug, Clone, PartialEq)]
pub struct NewArea {
    code: AreaCode,
    name: Labels,
    parent_code: Option<AreaCode>,
    geometry: Option<Value>,
}

/// What an import did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AreaImport {
    /// How many areas are new.
    created: usize,
    /// How many were there with the same code and version, and were written anew.
    replaced: usize,
}

/// Imports areas in one transaction; when any of them has a fault, all faults are told and nothing is written.
pub fn import_geojson(
    store: &Store,
    circumstances: &Circumstances,
    collection: AreaFeatureCollection,
    scheme: &Scheme,
) -> Result<AreaImport, Problem> {
    let areas = read(collection.features, scheme)?;
    let written =
        store.write(circumstances, |transaction| write(transaction, &areas, scheme).map_err(Refusal::from));
    Ok(written?)
}

/// Reads areas, or tells every fault: the first of each geometry, and all others.
pub(super) fn read(features: Vec<AreaFeature>, scheme: &Scheme) -> Result<Vec<NewArea>, Problem> {
    let mut faults = Faults::default();
    if scheme.valid_to.is_some_and(|last| last < scheme.valid_from) {
        faults.add(Issue::new(Kind::InvalidPeriod, Place::Query, "validTo"));
    }
    let mut codes = BTreeSet::new();
    let mut areas = Vec::with_capacity(features.len());
    for (position, feature) in features.into_iter().enumerate() {
        let name = format!("features[{position}]");
        let area = read_feature(feature, &name, scheme, &mut faults);
        if let Some(area) = area {
            if !codes.insert(area.code.clone()) {
                let detail = Detail::new(
                    "Deze code komt meer dan een keer voor.",
                    "Ce code figure plus d'une fois.",
                    "This code occurs more than once.",
                );
                faults.add(Issue::invalid(format!("{name}.properties.code"), detail));
            }
            areas.push(area);
        }
    }
    faults.finish(Some(areas))
}

/// Writes areas over those with the same code and version of the scheme.
pub(super) fn write(
    transaction: &mut Transaction<'_>,
    areas: &[NewArea],
    scheme: &Scheme,
) -> Result<AreaImport, StoreError> {
    let mut import = AreaImport::default();
    for area in areas {
        let area = Area {
            id: transaction.new_id().into(),
            code: area.code.clone(),
            scheme_version: scheme.version.clone(),
            kind: scheme.kind,
            name: area.name.clone(),
            parent_code: area.parent_code.clone(),
            geometry: area.geometry.clone(),
            valid_from: scheme.valid_from,
            valid_to: scheme.valid_to,
            created_at: transaction.now(),
            version: Version::FIRST,
        };
        let count = if areas::put(transaction, &area)? { &mut import.created } else { &mut import.replaced };
        *count = count.saturating_add(1);
    }
    Ok(import)
}

fn read_feature(feature: AreaFeature, name: &str, scheme: &Scheme, faults: &mut Faults) -> Option<NewArea> {
    let AreaFeature { properties, geometry, .. } = feature;
    let member = |member: &str| format!("{name}.properties.{member}");
    let code = match scheme.kind {
        AreaKind::Sector => SectorCode::parse(&properties.code).map(AreaCode::from),
        AreaKind::Neighbourhood => AreaCode::parse(&properties.code),
    };
    let code = faults.take(&member("code"), Kind::InvalidInput, code);
    let nl = faults.text::<LONGEST_NAME>(&member("nameNl"), &properties.name_nl);
    let fr = faults.optional_text::<LONGEST_NAME>(&member("nameFr"), properties.name_fr.as_ref());
    let parent_code = properties.parent_code.as_deref().map(AreaCode::parse);
    let parent_code = parent_code.map(|code| faults.take(&member("parentCode"), Kind::SchemaViolation, code));
    let geometry = geometry.map(|geometry| {
        let read = read_geometry(geometry, scheme.crs);
        read.map_err(|(pointer, kind, detail)| {
            let place = named(&format!("/geometry{pointer}"));
            faults.add(Issue::new(kind, Place::Body, format!("{name}.{place}")).detail(detail));
        })
        .ok()
    });
    Some(NewArea {
        code: code?,
        name: Labels { nl: nl?.into(), fr: fr?.map(String::from), en: None },
        parent_code: all_or_none(parent_code)?,
        geometry: all_or_none(geometry)?,
    })
}

/// Reads a geometry, or tells where it has its first fault and which.
fn read_geometry(geometry: AreaGeometry, crs: Crs) -> Result<Value, (String, Kind, Detail)> {
    let AreaGeometry { kind, mut coordinates } = geometry;
    to_wgs84(&mut coordinates, crs)
        .map_err(|pointer| (format!("/coordinates{pointer}"), Kind::OutOfRange, position_detail(crs)))?;
    let geometry = json!({ "type": kind.code(), "coordinates": coordinates });
    let polygons = Polygons::from_geojson(&geometry).map_err(|fault| {
        let (kind, detail) = described(fault, crs);
        (fault.pointer(), kind, detail)
    })?;
    Ok(polygons.to_geojson())
}

fn described(fault: PolygonsFault, crs: Crs) -> (Kind, Detail) {
    match fault {
        PolygonsFault::Type
        | PolygonsFault::Structure
        | PolygonsFault::Ring { fault: RingFault::Structure, .. } => (
            Kind::SchemaViolation,
            Detail::new(
                "De coördinaten zijn niet genest zoals het type van de geometrie vraagt.",
                "Les coordonnées ne sont pas imbriquées comme le demande le type de la géométrie.",
                "The coordinates are not nested as the type of the geometry asks.",
            ),
        ),
        PolygonsFault::Empty => (
            Kind::SchemaViolation,
            Detail::new(
                "Er is minstens een polygoon nodig, elk met minstens een ring.",
                "Il faut au moins un polygone, chacun avec au moins un anneau.",
                "At least one polygon is needed, each with at least one ring.",
            ),
        ),
        PolygonsFault::TooManyPositions => (
            Kind::OutOfRange,
            Detail::new(
                "Een geometrie heeft hoogstens {limit} posities.",
                "Une géométrie a au plus {limit} positions.",
                "A geometry has at most {limit} positions.",
            )
            .with("limit", MAX_POSITIONS),
        ),
        PolygonsFault::Ring { fault: RingFault::TooShort, .. } => (
            Kind::InvalidStructure,
            Detail::new(
                "Een ring heeft minstens vier posities.",
                "Un anneau a au moins quatre positions.",
                "A ring has at least four positions.",
            ),
        ),
        PolygonsFault::Ring { fault: RingFault::NotClosed, .. } => (
            Kind::InvalidStructure,
            Detail::new(
                "Een ring eindigt waar hij begint.",
                "Un anneau se termine là où il commence.",
                "A ring ends where it starts.",
            ),
        ),
        PolygonsFault::Ring { fault: RingFault::Position { .. }, .. } => {
            (Kind::OutOfRange, position_detail(crs))
        }
    }
}

fn position_detail(crs: Crs) -> Detail {
    Detail::new(
        "Verwacht wordt: twee getallen binnen het bereik van {crs}.",
        "On attend : deux nombres dans les limites de {crs}.",
        "Expected: two numbers within the range of {crs}.",
    )
    .with("crs", crs.code())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn scheme(kind: AreaKind, crs: Crs) -> Scheme {
        Scheme { kind, version: "2025".to_owned(), crs, valid_from: date(2025, 1, 1), valid_to: None }
    }

    fn features(features: Value) -> Vec<AreaFeature> {
        serde_json::from_value(features).unwrap()
    }

    fn feature(code: &str, coordinates: Value) -> Value {
        json!({
            "type": "Feature",
            "properties": { "code": code, "nameNl": "Kern" },
            "geometry": { "type": "Polygon", "coordinates": coordinates }
        })
    }

    #[test]
    fn areas_are_stored_as_several_polygons_in_wgs_84() {
        let ring = json!([[
            [126_900.0, 180_400.0],
            [127_900.0, 180_400.0],
            [127_900.0, 181_400.0],
            [126_900.0, 180_400.0]
        ]]);
        let nowhere = json!({ "type": "Feature", "properties": { "code": "41002WONB", "nameNl": "ONB" } });
        let areas = read(
            features(json!([feature("41002W06", ring), nowhere])),
            &scheme(AreaKind::Neighbourhood, Crs::Lambert72),
        );
        let areas = areas.unwrap();
        let geometry = areas[0].geometry.as_ref().unwrap();
        assert_eq!(geometry["type"], "MultiPolygon");
        let longitude = geometry["coordinates"][0][0][0][0].as_f64().unwrap();
        assert!((4.03..4.05).contains(&longitude), "{longitude}");
        assert_eq!(areas[1].geometry, None);
    }

    #[test]
    fn every_fault_is_told_by_its_place() {
        let open = json!([[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 51.0]]]);
        let good = json!([[[4.0, 50.9], [4.1, 50.9], [4.1, 51.0], [4.0, 50.9]]]);
        let far = json!([[[4.0, 50.9], [4.1, 50.9], [4.1, 91.0], [4.0, 50.9]]]);
        let given = json!([
            feature("41002A20-", open),
            feature("41002W06", good.clone()),
            feature("41002A24-", far),
            feature("41002A25-", good.clone()),
            feature("41002A25-", good),
        ]);
        let problem = read(features(given), &scheme(AreaKind::Sector, Crs::Wgs84)).unwrap_err();
        let names: Vec<_> = problem.faults().iter().map(Issue::name).collect();
        assert_eq!(
            names,
            [
                "features[0].geometry.coordinates[0]",
                "features[1].properties.code",
                "features[2].geometry.coordinates[0][2]",
                "features[4].properties.code",
            ]
        );
    }
}
