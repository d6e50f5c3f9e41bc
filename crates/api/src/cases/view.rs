//! What readers see of a case: members of its consultation all of it, a partner that is asked about it a summary.

use std::collections::BTreeSet;

use domain::access::Sight;
use domain::case::{
    self, CloseReason, Kind, LinkKind, Pattern, SeverityLevel, Source, Status, TimeSlot, Verb, allowed,
};
use domain::category::CategoryCode;
use domain::id::{AreaId, CaseId, ConsultationId, OrganisationId};
use domain::place::{LocationKind, Wgs84};
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::{AnyConnection, StoreError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::codes::{
    CaseKindCode, CaseLinkKindCode, CasePatternCode, CaseSourceCode, CaseStateCode, CaseVerbCode,
    CloseReasonCode, LocationKindCode, SeverityLevelCode, TimeSlotCode,
};
use crate::etag::EntityTag;
use crate::follow_ups::{ActorView, PointView};

/// A case as its reader sees it: `view` tells which side that is.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "view", rename_all = "camelCase")]
pub enum Case {
    /// The whole case, for members of its consultation.
    Team(Box<TeamCase>),
    /// A summary, for a partner that is asked about it.
    Summary(Box<CaseSummary>),
}

/// The whole case.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TeamCase {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: CaseId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The reference that people use, such as `KRO-2026-0042`.
    reference: String,
    /// The consultation that handles it.
    #[schema(value_type = uuid::Uuid)]
    consultation_id: ConsultationId,
    /// The consultation above that leads it meanwhile.
    #[schema(value_type = Option<uuid::Uuid>)]
    led_by_id: Option<ConsultationId>,
    /// Situation or need.
    #[schema(value_type = CaseKindCode)]
    kind: Kind,
    /// Its state.
    #[schema(value_type = CaseStateCode)]
    state: Status,
    /// What can be done with it now.
    #[schema(value_type = Vec<CaseVerbCode>)]
    allowed_verbs: Vec<Verb>,
    /// The primary category.
    #[schema(value_type = String)]
    category: CategoryCode,
    /// Further categories.
    #[schema(value_type = Vec<String>)]
    secondary_categories: Vec<CategoryCode>,
    /// The case in a few words.
    title: String,
    /// The case in full.
    description: Option<String>,
    /// Who noticed it.
    #[schema(value_type = CaseSourceCode)]
    source: Source,
    /// How it shows itself over time.
    #[schema(value_type = Option<CasePatternCode>)]
    pattern: Option<Pattern>,
    /// When it happens.
    #[schema(value_type = Vec<TimeSlotCode>)]
    time_slots: Vec<TimeSlot>,
    /// Where it happens.
    location: LocationView,
    /// The organisation that leads.
    #[schema(value_type = Option<uuid::Uuid>)]
    lead_organisation_id: Option<OrganisationId>,
    /// How heavy it weighs.
    severity: Option<SeverityView>,
    /// The cases that it is linked to, as far as the reader may see them.
    links: Vec<CaseLink>,
    /// The day on which it returns to an agenda.
    check_on: Option<Date>,
    /// How it ended.
    #[schema(value_type = Option<CloseReasonCode>)]
    close_reason: Option<CloseReason>,
    /// When it ended.
    ended_at: Option<Timestamp>,
    /// The case that it became part of, when the reader may see that one.
    #[schema(value_type = Option<uuid::Uuid>)]
    merged_into_id: Option<CaseId>,
    /// The remark of its last verb.
    remark: Option<String>,
    /// How many cases of the last 180 days had the same category within 100 metres or at the same address; only in the
    /// answer to its creation.
    earlier_case_count: Option<usize>,
    /// When it was written.
    created_at: Timestamp,
    /// When it changed last.
    updated_at: Timestamp,
    /// Who wrote it.
    created_by: ActorView,
}

/// A summary of a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseSummary {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: CaseId,
    /// The number of its changes.
    version: i64,
    /// What `If-None-Match` takes, as of the document.
    etag: String,
    /// Its state.
    #[schema(value_type = CaseStateCode)]
    state: Status,
    /// The primary category.
    #[schema(value_type = String)]
    category: CategoryCode,
    /// Where it happens.
    location: LocationView,
}

/// Where it happens.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationView {
    /// What kind of place it is.
    #[schema(value_type = LocationKindCode)]
    kind: LocationKind,
    /// The address or a description of the place.
    address: Option<String>,
    /// The address in the Flemish address register.
    #[schema(format = "uri")]
    address_uri: Option<String>,
    /// The point, WGS 84.
    point: Option<PointView>,
    /// The statistical sector.
    sector: Option<String>,
    /// The neighbourhood that it lies in.
    #[schema(value_type = Option<uuid::Uuid>)]
    area_id: Option<AreaId>,
}

/// How heavy it weighs, by its factors.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SeverityView {
    /// How disturbing the time of day is, 0 to 3.
    time_of_day: u8,
    /// How sensitive the place is, 0 to 3.
    place: u8,
    /// How intense it is, 0 to 3.
    intensity: u8,
    /// How widely it is felt in the street, 0 to 3.
    spread: u8,
    /// How often it comes back, 0 to 3.
    recurrence: u8,
    /// Whether it is done on purpose; told, not counted.
    deliberate: bool,
    /// The sum of the factors.
    score: u8,
    /// The level of the sum.
    #[schema(value_type = SeverityLevelCode)]
    level: SeverityLevel,
}

/// A link to another case.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseLink {
    /// How they belong together.
    #[schema(value_type = CaseLinkKindCode)]
    kind: LinkKind,
    /// The other case.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
}

/// What a view depends on beside the case.
#[derive(Clone, Copy)]
pub(super) struct Viewing<'a> {
    /// The records that the reader may touch.
    pub(super) sight: &'a Sight,
    /// The address of the API.
    pub(super) base_url: &'a str,
    /// The cases beside it that the reader may see, of those that it names.
    pub(super) visible: &'a BTreeSet<CaseId>,
}

/// Names the other cases that a case names.
pub(super) fn named(case: &case::Facts) -> impl Iterator<Item = CaseId> + '_ {
    case.links.iter().map(|link| link.case_id).chain(case.merged_into())
}

/// Finds which of the cases that some cases name a reader may see.
pub(super) fn visible<'a>(
    connection: &mut AnyConnection,
    sight: &Sight,
    cases: impl IntoIterator<Item = &'a case::Case>,
) -> Result<BTreeSet<CaseId>, StoreError> {
    persistence::cases::visible(connection, sight, cases.into_iter().flat_map(|case| named(case)))
}

impl Viewing<'_> {
    /// Tells whether the reader sees the whole case.
    pub(super) fn is_member(&self, case: &case::Facts) -> bool {
        self.sight.covers(case.consultation_id, case.led_by)
    }

    /// Gives the entity tag of a case as the reader sees it.
    pub(super) fn tag(&self, case: &case::Facts) -> EntityTag {
        let view = match (self.is_member(case), case.led_by) {
            (true, None) => "t",
            (true, Some(_)) => "tl",
            (false, _) => "s",
        };
        // The reader's rights decide which other cases are named, whatever the version.
        let hidden = named(case).filter(|other| !self.visible.contains(other)).count();
        if hidden == 0 {
            return EntityTag::document(case.version, format_args!("{view}{}", case.sequence));
        }
        EntityTag::document(case.version, format_args!("{view}{}h{hidden}", case.sequence))
    }

    /// Makes the reader's view of a case.
    pub(super) fn view(&self, case: &case::Facts) -> Case {
        if self.is_member(case) {
            Case::Team(Box::new(self.team(case)))
        } else {
            Case::Summary(Box::new(self.summary(case)))
        }
    }

    /// Makes the view of a case that was just written.
    pub(super) fn created(&self, case: &case::Facts, earlier: usize) -> Case {
        Case::Team(Box::new(TeamCase { earlier_case_count: Some(earlier), ..self.team(case) }))
    }

    fn href(&self, case: &case::Facts) -> String {
        format!("{}/cases/{}", self.base_url, case.id)
    }

    fn summary(&self, case: &case::Facts) -> CaseSummary {
        CaseSummary {
            href: self.href(case),
            id: case.id,
            version: case.version.0,
            etag: self.tag(case).as_str().to_owned(),
            state: case.status,
            category: case.description.category.clone(),
            location: location(&case.description.location),
        }
    }

    fn team(&self, case: &case::Facts) -> TeamCase {
        let description = &case.description;
        TeamCase {
            href: self.href(case),
            id: case.id,
            version: case.version.0,
            etag: self.tag(case).as_str().to_owned(),
            reference: case.reference.to_string(),
            consultation_id: case.consultation_id,
            led_by_id: case.led_by,
            kind: case.kind,
            state: case.status,
            allowed_verbs: allowed(case.status),
            category: description.category.clone(),
            secondary_categories: description.secondary_categories.clone(),
            title: description.title.to_string(),
            description: description.description.as_ref().map(ToString::to_string),
            source: description.source,
            pattern: description.pattern,
            time_slots: description.time_slots.clone(),
            location: location(&description.location),
            lead_organisation_id: description.lead_organisation_id,
            severity: description.severity.map(|severity| SeverityView {
                time_of_day: severity.time_of_day.get(),
                place: severity.place.get(),
                intensity: severity.intensity.get(),
                spread: severity.spread.get(),
                recurrence: severity.recurrence.get(),
                deliberate: severity.deliberate,
                score: severity.score(),
                level: severity.level(),
            }),
            links: case
                .links
                .iter()
                .filter(|link| self.visible.contains(&link.case_id))
                .map(|link| CaseLink { kind: link.kind, case_id: link.case_id })
                .collect(),
            check_on: case.check_on(),
            close_reason: case.ended().map(|(reason, _)| reason),
            ended_at: case.ended().map(|(_, at)| at),
            merged_into_id: case.merged_into().filter(|other| self.visible.contains(other)),
            remark: case.remark.as_ref().map(ToString::to_string),
            earlier_case_count: None,
            created_at: case.created_at,
            updated_at: case.updated_at,
            created_by: (&case.created_by).into(),
        }
    }
}

fn location(location: &case::Location) -> LocationView {
    LocationView {
        kind: location.kind,
        address: location.address.as_ref().map(ToString::to_string),
        address_uri: location.address_uri.as_ref().map(|uri| uri.as_str().to_owned()),
        point: location.point.map(point),
        sector: location.sector.as_ref().map(|sector| sector.as_str().to_owned()),
        area_id: location.area_id,
    }
}

fn point(point: Wgs84) -> PointView {
    PointView { longitude: point.lon(), latitude: point.lat() }
}
