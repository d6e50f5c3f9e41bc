//! From the members of a body to the description of a case.

use domain::area::SectorCode;
use domain::case::{Factor, Location, Severity, TimeSlot};
use domain::category::{Category, CategoryCode};
use domain::id::OrganisationId;
use domain::place::{AddressUri, Crs, LocationKind, Wgs84, convert};
use jiff::civil::Date;
use persistence::ReferenceData;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{CrsCode, LocationKindCode};
use crate::forms;
use crate::input::Faults;
use crate::problem::{Issue, Kind as IssueKind, Place};
use crate::ref_data::all_or_none;

/// Where it happens.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocationBody {
    /// What kind of place it is; an `address` comes with `address` or `addressUri`, a `sector` with `sector`.
    #[schema(value_type = LocationKindCode)]
    pub(super) kind: LocationKind,
    /// The address or a description of the place.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) address: Option<String>,
    /// The address in the Flemish address register.
    #[schema(value_type = Option<forms::AddressUri>)]
    pub(super) address_uri: Option<String>,
    /// The point; the neighbourhood that it lies in is found by itself.
    pub(super) point: Option<PointBody>,
    /// The statistical sector; without a point it tells the neighbourhood.
    #[schema(value_type = Option<forms::SectorCode>)]
    pub(super) sector: Option<String>,
}

/// A point in one of the coordinate reference systems that are in use.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PointBody {
    /// The longitude in degrees, or the easting in metres.
    pub(super) x: f64,
    /// The latitude in degrees, or the northing in metres.
    pub(super) y: f64,
    /// The system of both; WGS 84 when absent.
    #[schema(value_type = Option<CrsCode>)]
    pub(super) crs: Option<Crs>,
}

/// How heavy it weighs, by its factors.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SeverityBody {
    /// How disturbing the time of day is.
    #[schema(minimum = 0, maximum = 3)]
    pub(super) time_of_day: u8,
    /// How sensitive the place is.
    #[schema(minimum = 0, maximum = 3)]
    pub(super) place: u8,
    /// How intense it is.
    #[schema(minimum = 0, maximum = 3)]
    pub(super) intensity: u8,
    /// How widely it is felt in the street.
    #[schema(minimum = 0, maximum = 3)]
    pub(super) spread: u8,
    /// How often it comes back.
    #[schema(minimum = 0, maximum = 3)]
    pub(super) recurrence: u8,
    /// Whether it is done on purpose; told, not counted.
    #[serde(default)]
    #[schema(default = false)]
    pub(super) deliberate: bool,
}

impl SeverityBody {
    pub(super) fn parsed(self, faults: &mut Faults) -> Option<Severity> {
        let mut factor = |name: &str, weight: u8| {
            let factor = Factor::new(weight);
            if factor.is_none() {
                faults.add(Issue::new(IssueKind::OutOfRange, Place::Body, format!("severity.{name}")));
            }
            factor
        };
        let time_of_day = factor("timeOfDay", self.time_of_day);
        let place = factor("place", self.place);
        let intensity = factor("intensity", self.intensity);
        let spread = factor("spread", self.spread);
        let recurrence = factor("recurrence", self.recurrence);
        Some(Severity {
            time_of_day: time_of_day?,
            place: place?,
            intensity: intensity?,
            spread: spread?,
            recurrence: recurrence?,
            deliberate: self.deliberate,
        })
    }
}

impl LocationBody {
    pub(super) fn parsed(&self, reference: &ReferenceData, faults: &mut Faults) -> Option<Location> {
        let address = faults.optional_text("location.address", self.address.as_ref());
        let address_uri = self.address_uri.as_deref().map(|uri| {
            faults.take("location.addressUri", IssueKind::SchemaViolation, AddressUri::parse(uri))
        });
        let sector = self.sector.as_deref().map(|sector| {
            faults.take("location.sector", IssueKind::SchemaViolation, SectorCode::parse(sector))
        });
        let point = self.point.map(|point| {
            let from = point.crs.unwrap_or(Crs::Wgs84);
            faults.take("location.point", IssueKind::OutOfRange, convert(point.x, point.y, from))
        });
        match self.kind {
            LocationKind::Address if self.address.is_none() && self.address_uri.is_none() => {
                faults.add(Issue::required(Place::Body, "location.address"));
            }
            LocationKind::Sector if self.sector.is_none() => {
                faults.add(Issue::required(Place::Body, "location.sector"));
            }
            LocationKind::Address
            | LocationKind::Street
            | LocationKind::Segment
            | LocationKind::PointOfInterest
            | LocationKind::Sector
            | LocationKind::Unknown => {}
        }
        let point: Option<Wgs84> = all_or_none(point)?;
        let sector = all_or_none(sector)?;
        let area_id = match (point, &sector) {
            (Some(point), _) => reference.areas.locate(point),
            (None, Some(sector)) => reference.area_of_sector(sector),
            (None, None) => None,
        };
        Some(Location {
            kind: self.kind,
            address: address?,
            address_uri: all_or_none(address_uri)?,
            area_id,
            point,
            sector,
        })
    }
}

/// What the members of a description are held to.
pub(super) struct Known<'a> {
    pub(super) categories: &'a [Category],
    pub(super) reference: &'a ReferenceData,
    pub(super) today: Date,
}

impl Known<'_> {
    /// Reads the code of a category, one that may be chosen today.
    pub(super) fn category(&self, name: &str, code: &str, faults: &mut Faults) -> Option<CategoryCode> {
        let known = CategoryCode::parse(code).ok().filter(|code| {
            !code.is_group()
                && self.categories.iter().any(|known| known.code == *code && known.is_valid_on(self.today))
        });
        if known.is_none() {
            faults.add(Issue::not_found(name));
        }
        known
    }

    /// Reads the codes of further categories.
    pub(super) fn secondary_categories(
        &self,
        codes: &[String],
        faults: &mut Faults,
    ) -> Option<Vec<CategoryCode>> {
        let parsed: Vec<_> = codes
            .iter()
            .enumerate()
            .map(|(position, code)| self.category(&format!("secondaryCategories[{position}]"), code, faults))
            .collect();
        parsed.into_iter().collect()
    }

    /// Notes an organisation that cannot lead, as there is none or it exists no more.
    pub(super) fn check_lead(&self, lead: Option<OrganisationId>, faults: &mut Faults) {
        if let Some(lead) = lead
            && !self.reference.organisation(lead).is_some_and(|lead| lead.is_valid_on(self.today))
        {
            faults.add(Issue::not_found("leadOrganisationId"));
        }
    }
}

/// Puts further categories in order, without the primary one.
pub(super) fn beside(primary: &CategoryCode, mut secondary: Vec<CategoryCode>) -> Vec<CategoryCode> {
    secondary.retain(|code| code != primary);
    secondary.sort();
    secondary.dedup();
    secondary
}

/// Puts time slots in order.
pub(super) fn in_order(time_slots: &[TimeSlot]) -> Vec<TimeSlot> {
    let mut time_slots = time_slots.to_vec();
    time_slots.sort();
    time_slots.dedup();
    time_slots
}
