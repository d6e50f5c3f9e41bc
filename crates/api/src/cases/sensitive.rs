//! Readings of cases whose category may reveal something of a person.

use domain::case::Facts;
use domain::category::CategoryCode;
use domain::id::OrganisationId;

use crate::audit::Reading;
use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::problem::Problem;
use crate::state::State;

/// Tells whether one of the categories of a case may reveal something of a person.
pub(crate) fn is_sensitive(state: &State, case: &Facts) -> bool {
    let secondary = case.description.secondary_categories.iter();
    let categories = std::iter::once(&case.description.category).chain(secondary);
    state.sensitive.has_one_of(categories.map(CategoryCode::as_str))
}

impl<E: Operates<Permit = Permit<E>>> Call<E> {
    /// Writes down which of some cases, or of what belongs to them, may reveal something of a person and were read.
    pub(crate) async fn note_sensitive<'c>(
        &self,
        cases: impl IntoIterator<Item = &'c Facts>,
    ) -> Result<(), Problem> {
        let sensitive = cases.into_iter().filter(|case| is_sensitive(&self.state, case));
        let seat = |case: &Facts| -> Option<OrganisationId> {
            let led_by = case.led_by.into_iter();
            std::iter::once(case.consultation_id).chain(led_by).find_map(|of| self.permit.seat(of))
        };
        let readings: Vec<_> = sensitive.map(|case| Reading::of_case(case.id, seat(case))).collect();
        self.note_readings(readings).await
    }
}
