//! Who leads a case: its own consultation, or the one above while an escalation is accepted.

use diesel::prelude::*;
use domain::case::Case;
use domain::id::{CaseId, ConsultationId};
use uuid::Uuid;

use super::{Row, search};
use crate::error::StoreError;
use crate::schema::{actions, cases, follow_up_requests};
use crate::transaction::Transaction;
use crate::types::{Key, key};

/// Gives the lead of a case to another consultation, or back to its own, with everything that is asked and done about it.
///
/// It is no change of the case itself, whose consultation stays: the escalation tells it. The number of statements does
/// not grow with what there is about the case; who calls holds the case alone, so that nothing is added to it meanwhile.
pub(crate) fn lead(
    transaction: &mut Transaction<'_>,
    id: CaseId,
    leader: Option<ConsultationId>,
) -> Result<(), StoreError> {
    let row: Row = cases::table
        .filter(cases::id.eq(key(id)))
        .select(cases::all_columns)
        .first(transaction.connection())?;
    let before: Case = row.try_into()?;
    let led_by: Option<Key> = leader.map(key);
    let row: Row = diesel::update(cases::table.filter(cases::id.eq(key(id))))
        .set(cases::led_by.eq(led_by))
        .returning(cases::all_columns)
        .get_result(transaction.connection())?;
    search::replace(transaction.connection(), &before, &row.try_into()?)?;
    diesel::update(follow_up_requests::table.filter(follow_up_requests::case_id.eq(key(id))))
        .set(follow_up_requests::led_by.eq(led_by))
        .execute(transaction.connection())?;
    diesel::update(actions::table.filter(actions::case_id.eq(key(id))))
        .set(actions::led_by.eq(led_by))
        .execute(transaction.connection())?;
    transaction.touch([before.consultation_id.into()]);
    transaction.touch(before.led_by.into_iter().chain(leader).map(Uuid::from));
    Ok(())
}

/// Lets the consultation that leads a case notice what changed about it, where the record itself names only its own.
pub fn tell_leader(transaction: &mut Transaction<'_>, case: &Case) {
    transaction.touch(case.led_by.map(Uuid::from));
}
