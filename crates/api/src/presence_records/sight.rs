//! Which presence records a caller may touch.

use std::collections::BTreeSet;

use domain::access::Sight;
use domain::id::{AreaId, ConsultationId};
use persistence::presence::PresenceSight;
use persistence::{PRESENCE, REFERENCE_DATA, ReferenceData};
use uuid::Uuid;

/// The scopes whose counters move with every change of presence records, and of who may see them.
pub(super) const SCOPES: [Uuid; 2] = [PRESENCE, REFERENCE_DATA];

/// Gives the records that a caller may see: those in the areas of its consultations, and those of its own organisations.
pub(super) fn presence_sight(sight: &Sight, reference: &ReferenceData) -> PresenceSight {
    PresenceSight {
        everything: sight.everything,
        areas: reference.areas_of(&sight.consultations),
        own: sight.own.clone(),
    }
}

/// Gives the records that a caller may write: those of its own organisations.
pub(super) fn own(sight: &Sight) -> PresenceSight {
    PresenceSight { own: sight.own.clone(), ..PresenceSight::default() }
}

/// Gives the areas of a filter; absent for all.
pub(super) fn areas(
    area: Option<AreaId>,
    consultation: Option<ConsultationId>,
    reference: &ReferenceData,
) -> Option<BTreeSet<AreaId>> {
    let covered = consultation.as_ref().map(|consultation| reference.areas_of([consultation]));
    match (area, covered) {
        (Some(area), Some(covered)) => Some(covered.into_iter().filter(|known| *known == area).collect()),
        (Some(area), None) => Some([area].into()),
        (None, covered) => covered,
    }
}
