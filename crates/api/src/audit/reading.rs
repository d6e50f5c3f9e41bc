//! Readings that are part of the audit trail.
//!
//! These are: notes of the police and of the housing team, dossiers, the trail itself, and whatever belongs to a case whose
//! category may reveal something of a person. Who is told that nothing changed has read nothing.

use std::collections::HashSet;

use domain::audit::Purpose;
use domain::category::{Category, Flag};
use domain::id::{CaseId, OrganisationId};
use persistence::{Deed, Subject};
use uuid::Uuid;

use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::fingerprint::sha256_hex;
use crate::input::Faults;
use crate::problem::Problem;
use crate::secret;

/// The most characters of a purpose.
const PURPOSE: usize = 500;

/// The categories that may reveal something of a person.
#[derive(Debug, Clone, Default)]
pub struct Sensitive(HashSet<String>);

impl Sensitive {
    /// Picks them out of all.
    pub fn of(categories: &[Category]) -> Self {
        let sensitive = categories.iter().filter(|category| category.has(Flag::PersonSensitive));
        Self(sensitive.map(|category| category.code.to_string()).collect())
    }

    /// Tells whether one of some categories is among them.
    pub fn has_one_of<'a>(&self, codes: impl IntoIterator<Item = &'a str>) -> bool {
        codes.into_iter().any(|code| self.0.contains(code))
    }
}

/// Something that was read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading {
    /// What kind of thing it is.
    pub(crate) subject: Subject,
    /// Which one.
    pub(crate) id: Uuid,
    /// The case that it belongs to.
    pub(crate) case_id: Option<CaseId>,
    /// The organisation through which it was read, when it is not the one that gives the right to the operation.
    pub(crate) through: Option<OrganisationId>,
}

impl Reading {
    /// Tells of a case, or of a part of it.
    pub(crate) fn of_case(case: CaseId, through: Option<OrganisationId>) -> Self {
        Self { subject: Subject::Case, id: case.uuid(), case_id: Some(case), through }
    }
}

impl<E: Operates<Permit = Permit<E>>> Call<E> {
    /// Writes down what was read, before the answer goes out; who asks for the head of it only reads nothing.
    pub(crate) async fn note_readings(
        &self,
        readings: impl IntoIterator<Item = Reading>,
    ) -> Result<(), Problem> {
        if self.request.head_only {
            return Ok(());
        }
        let own = self.permit.principal().actor_of(E::OPERATION).organisation_id;
        let deeds: Vec<_> = readings
            .into_iter()
            .map(|Reading { subject, id, case_id, through }| {
                (Deed::of(subject, id).within(case_id), through.unwrap_or(own))
            })
            .collect();
        if deeds.is_empty() {
            return Ok(());
        }
        self.note(move |transaction| Ok(transaction.record_all(&deeds)?)).await
    }
}

/// Reads what a call is for, and hashes it.
pub(crate) fn purpose_of(name: &str, given: &str) -> Result<Purpose, Problem> {
    let mut faults = Faults::default();
    let text = faults.text::<PURPOSE>(name, given);
    let text = faults.finish(text)?;
    let salt = secret::random().ok_or_else(|| Problem::internal("no random bytes"))?;
    Ok(Purpose::new(text.to_string(), salt.reveal().to_owned(), sha256_hex))
}
