//! From the members of a body to the description of a case.

use domain::area;
use domain::calendar::local_date;
use domain::case::{Description, Factor, Location, Pattern, Severity, Source, TimeSlot};
use domain::category::{Category, CategoryCode};
use domain::id::OrganisationId;
use domain::place::{self, Crs, LocationKind, Wgs84, convert};
use jiff::Timestamp;
use persistence::ReferenceData;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::codes::{CrsCode, LocationKindCode};
use crate::forms::{AddressUri, SectorCode};
use crate::input::Faults;
use crate::problem::{Issue, Kind as IssueKind, Place};

/// Where it happens.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LocationBody {
    /// What kind of place it is.
    #[schema(value_type = LocationKindCode)]
    pub(super) kind: LocationKind,
    /// The address or a description of the place.
    #[schema(min_length = 1, max_length = 200)]
    pub(super) address: Option<String>,
    /// The address in the Flemish address register.
    #[schema(value_type = Option<AddressUri>)]
    pub(super) address_uri: Option<String>,
    /// The point; the neighbourhood that it lies in is found by itself.
    pub(super) point: Option<PointBody>,
    /// The statistical sector, when there is no point.
    #[schema(value_type = Option<SectorCode>)]
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
            faults.take("location.addressUri", IssueKind::SchemaViolation, place::AddressUri::parse(uri))
        });
        let sector = self.sector.as_deref().map(|sector| {
            faults.take("location.sector", IssueKind::SchemaViolation, area::SectorCode::parse(sector))
        });
        let point = self.point.map(|point| {
            let from = point.crs.unwrap_or(Crs::Wgs84);
            faults.take("location.point", IssueKind::OutOfRange, convert(point.x, point.y, from))
        });
        let point: Option<Wgs84> = point.map_or(Some(None), |point| point.map(Some))?;
        Some(Location {
            kind: self.kind,
            address: address?,
            address_uri: address_uri.map_or(Some(None), |uri| uri.map(Some))?,
            area_id: point.and_then(|point| reference.areas.locate(point)),
            point,
            sector: sector.map_or(Some(None), |sector| sector.map(Some))?,
        })
    }
}

/// The raw members of a description.
pub(super) struct Members<'a> {
    pub(super) category: &'a str,
    pub(super) secondary_categories: &'a [String],
    pub(super) title: &'a str,
    pub(super) description: Option<&'a String>,
    pub(super) source: Source,
    pub(super) pattern: Option<Pattern>,
    pub(super) time_slots: &'a [TimeSlot],
    pub(super) lead_organisation_id: Option<OrganisationId>,
    pub(super) severity: Option<SeverityBody>,
}

impl Members<'_> {
    /// Makes a description of the members and a location, and notes every fault.
    pub(super) fn described(
        &self,
        location: Option<Location>,
        categories: &[Category],
        reference: &ReferenceData,
        now: Timestamp,
        faults: &mut Faults,
    ) -> Option<Description> {
        let today = local_date(now);
        let mut category = |name: &str, code: &str| {
            let known = CategoryCode::parse(code).ok().filter(|code| {
                !code.is_group()
                    && categories.iter().any(|known| known.code == *code && known.is_valid_on(today))
            });
            if known.is_none() {
                faults.add(Issue::new(IssueKind::ReferencedResourceNotFound, Place::Body, name));
            }
            known
        };
        let primary = category("category", self.category);
        let secondary: Vec<_> = self
            .secondary_categories
            .iter()
            .enumerate()
            .map(|(position, code)| category(&format!("secondaryCategories[{position}]"), code))
            .collect();
        let title = faults.text("title", self.title);
        let description = faults.optional_text("description", self.description);
        if let Some(lead) = self.lead_organisation_id
            && !reference.organisation(lead).is_some_and(|lead| lead.is_valid_on(today))
        {
            faults.add(Issue::new(IssueKind::ReferencedResourceNotFound, Place::Body, "leadOrganisationId"));
        }
        let severity = self.severity.map(|severity| severity.parsed(faults));
        let category = primary?;
        let mut secondary_categories: Vec<CategoryCode> = secondary.into_iter().collect::<Option<_>>()?;
        secondary_categories.retain(|code| *code != category);
        secondary_categories.sort();
        secondary_categories.dedup();
        let mut time_slots = self.time_slots.to_vec();
        time_slots.sort();
        time_slots.dedup();
        Some(Description {
            category,
            secondary_categories,
            title: title?,
            description: description?,
            source: self.source,
            pattern: self.pattern,
            time_slots,
            location: location?,
            lead_organisation_id: self.lead_organisation_id,
            severity: severity.map_or(Some(None), |severity| severity.map(Some))?,
        })
    }
}
