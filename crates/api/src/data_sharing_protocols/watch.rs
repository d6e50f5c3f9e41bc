//! Protocols that are to be renewed: told in the log and in the figures, once a day.

use std::sync::Arc;
use std::time::Duration;

use domain::calendar::local_date;
use domain::data_sharing_protocol::SOON_DAYS;
use jiff::ToSpan as _;
use jiff::civil::Date;
use persistence::{StoreError, data_sharing_protocols};

use crate::job;
use crate::state::State;

/// How often it is looked whether a new day has begun.
const EVERY: Duration = Duration::from_mins(1);

/// Looks once a day which protocols in force end soon, from a thread of its own, until the state is dropped or the server is
/// asked to stop.
pub(crate) fn start(state: &Arc<State>) -> std::io::Result<()> {
    let mut looked_on = None;
    job::start(state, "protocols", EVERY, move |state| {
        let today = local_date(state.clock.now());
        if looked_on == Some(today) {
            return;
        }
        match tell(state, today) {
            Ok(()) => looked_on = Some(today),
            Err(error) => tracing::warn!(%error, "nobody knows which data-sharing protocols end soon"),
        }
    })
}

fn tell(state: &State, today: Date) -> Result<(), StoreError> {
    let last = today.saturating_add(SOON_DAYS.days());
    let ending = state.store.read(|connection| data_sharing_protocols::ending(connection, today, last))?;
    state.metrics.protocols_ending.set(i64::try_from(ending.len()).unwrap_or(i64::MAX));
    for protocol in ending {
        tracing::warn!(protocol = %protocol.id, valid_to = %protocol.terms.valid_to, "a data-sharing protocol ends soon");
    }
    Ok(())
}
