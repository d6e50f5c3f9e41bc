//! Consultations: bodies that meet about an area.

use crate::access::Role;
use crate::area::AreaCode;
use crate::case::ConsultationCode;
use crate::change::Version;
use crate::code::codes;
use crate::id::{ConsultationId, OrganisationId};
use crate::labels::Labels;

codes! {
    /// Where a consultation stands on the ladder.
    Level {
        /// A neighbourhood.
        Neighbourhood = "neighbourhood",
        /// The whole city.
        City = "city",
    }
}

/// A member: an organisation in a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Member {
    /// The organisation.
    pub organisation_id: OrganisationId,
    /// The role that it takes part in.
    pub role: Role,
}

/// A body that meets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Consultation {
    /// Its name in the system.
    pub id: ConsultationId,
    /// The number of its changes.
    pub version: Version,
    /// The short code that its references begin with.
    pub code: ConsultationCode,
    /// Its name; Dutch is required.
    pub name: Labels,
    /// Where it stands on the ladder.
    pub level: Level,
    /// Its own list of sector and neighbourhood codes.
    pub area: Vec<AreaCode>,
    /// The version of the scheme that these codes belong to, such as `2025`.
    pub area_version: Option<String>,
    /// Whether the area is one with a risk of nuisance.
    pub nuisance_risk: bool,
    /// Its members.
    pub members: Vec<Member>,
    /// The consultation that complex cases are handed to.
    pub escalates_to: Option<ConsultationId>,
}
