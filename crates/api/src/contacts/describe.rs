//! From the members of a body to what a contact says.

use domain::contact::{Kind, Partner};
use domain::id::OrganisationId;
use jiff::civil::Date;
use persistence::ReferenceData;

use crate::input::Faults;
use crate::problem::{Issue, Kind as IssueKind, Place};

/// The members that name the partner.
const PARTNER: [&str; 2] = ["partnerOrganisationId", "partnerName"];

/// Takes the partner, with its kind by its present regime: exactly one of an organisation of the register and a name.
pub(super) fn partner(
    organisation: Option<OrganisationId>,
    name: Option<&String>,
    reference: &ReferenceData,
    faults: &mut Faults,
) -> Option<(Partner, Kind)> {
    match (organisation, name) {
        (Some(id), None) => {
            let Some(known) = reference.organisation(id) else {
                faults.add(Issue::not_found("partnerOrganisationId"));
                return None;
            };
            Some((Partner::Organisation(id), Kind::of(known.regime)))
        }
        (None, Some(name)) => {
            let name = faults.text("partnerName", name)?;
            Some((Partner::Named(name), Kind::External))
        }
        _ => {
            let issue = Issue::new(IssueKind::ExactlyOneOfExpected, Place::Body, "partnerOrganisationId");
            faults.add(issue.inputs(&PARTNER));
            None
        }
    }
}

/// Notes a day that has not come yet.
pub(super) fn check_day(contacted_on: Date, today: Date, faults: &mut Faults) {
    if contacted_on > today {
        let issue = Issue::new(IssueKind::OutOfRange, Place::Body, "contactedOn");
        faults.add(issue.bounds(None, Some(today.to_string().into())));
    }
}
