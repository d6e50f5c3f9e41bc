//! What a policy judges.

use serde::{Deserialize, Serialize};

use crate::category::CategoryCode;
use crate::id::{ConsultationId, OrganisationId};

/// What a policy judges. What is absent holds for all.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Scope {
    /// What belongs to this consultation.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consultation_id: Option<ConsultationId>,
    /// Cases of this category or main group, and requests about them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<CategoryCode>,
    /// Requests to this service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub organisation_id: Option<OrganisationId>,
}

/// What a subject is about, for the choice of the policy that judges it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct About {
    /// Its consultation.
    pub consultation_id: ConsultationId,
    /// The category of its case; absent where it has none.
    pub category: Option<CategoryCode>,
    /// The addressed service; absent where there is none.
    pub organisation_id: Option<OrganisationId>,
}

impl Scope {
    /// Tells whether something lies in it.
    pub fn covers(&self, about: &About) -> bool {
        self.consultation_id.is_none_or(|id| id == about.consultation_id)
            && self.organisation_id.is_none_or(|id| Some(id) == about.organisation_id)
            && self.category.as_ref().is_none_or(|wanted| {
                about.category.as_ref().is_some_and(|given| given == wanted || given.group() == *wanted)
            })
    }

    /// Gives how closely it names what it judges: service, consultation, category, main group, as the term table does.
    pub fn weight(&self) -> (bool, bool, bool, bool) {
        (
            self.organisation_id.is_some(),
            self.consultation_id.is_some(),
            self.category.is_some(),
            self.category.as_ref().is_some_and(|code| !code.is_group()),
        )
    }
}
