//! What each verb is told: parsed values, no raw input.

use jiff::civil::Date;
use serde::Serialize;

use crate::id::{ConsultationId, MeetingSeriesId, OrganisationId};
use crate::planning::Rhythm;
use crate::text::{Remark, Title};

/// Agrees on a series.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Create {
    /// The name that the new series gets.
    pub id: MeetingSeriesId,
    /// The consultation that meets.
    pub consultation_id: ConsultationId,
    /// The organisation on whose working days it meets.
    pub host_organisation_id: OrganisationId,
    /// How it meets.
    pub rhythm: Rhythm,
    /// Where.
    pub place: Option<Title>,
}

/// Plans the meetings of a series.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Plan {
    /// The last day of the recurrence for which a meeting is planned.
    pub until: Date,
}

/// Ends a series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct End {
    /// Why.
    pub text: Remark,
}
