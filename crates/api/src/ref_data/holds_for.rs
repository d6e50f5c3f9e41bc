//! For whom and for what a piece of reference data holds: a consultation of the caller, a service, categories.

use domain::access::Sight;
use domain::category::{Category, CategoryCode};
use domain::id::{ConsultationId, OrganisationId};
use jiff::civil::Date;
use persistence::ReferenceData;

use crate::input::Faults;
use crate::problem::{Issue, Place};

/// What is known, and what of it the caller may name.
pub(crate) struct Known<'a> {
    pub(crate) sight: &'a Sight,
    pub(crate) reference: &'a ReferenceData,
    pub(crate) categories: &'a [Category],
    pub(crate) today: Date,
}

impl Known<'_> {
    /// Notes a consultation that is unknown or not the caller's; only who sees everything may leave it out.
    pub(crate) fn consultation(&self, name: String, id: Option<ConsultationId>, faults: &mut Faults) {
        let own = |id| self.sight.everything || self.sight.consultations.contains(&id);
        match id {
            None if !self.sight.everything => faults.add(Issue::required(Place::Body, name)),
            Some(id) if self.reference.consultation(id).is_none() || !own(id) => {
                faults.add(Issue::not_found(name));
            }
            _ => {}
        }
    }

    /// Notes an organisation that is unknown.
    pub(crate) fn organisation(&self, name: String, id: Option<OrganisationId>, faults: &mut Faults) {
        if id.is_some_and(|id| self.reference.organisation(id).is_none()) {
            faults.add(Issue::not_found(name));
        }
    }

    /// Finds a category or main group that holds today, or notes that there is none.
    pub(crate) fn category(&self, name: String, code: &str, faults: &mut Faults) -> Option<CategoryCode> {
        let holds = |code: &CategoryCode| {
            self.categories.iter().any(|known| known.code == *code && known.is_valid_on(self.today))
        };
        let code = CategoryCode::parse(code).ok().filter(holds);
        if code.is_none() {
            faults.add(Issue::not_found(name));
        }
        code
    }
}
