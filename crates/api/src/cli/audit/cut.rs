//! Destroying the oldest part of the audit trail.

use std::io::{self, Write as _};
use std::sync::Arc;

use clap::Args;
use domain::calendar::{local_date, start_of_day};
use jiff::Timestamp;
use jiff::ToSpan as _;
use jiff::civil::Date;
use persistence::audit;

use super::super::serve::{clock, ids};
use super::super::{Failure, database};
use crate::audit::verify;
use crate::config::Config;
use crate::work::own_circumstances;

/// For how many years the trail is kept at least.
const KEPT_YEARS: i64 = 2;

/// How many records are destroyed in one transaction.
const BATCH: i64 = 5_000;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The first day that stays, in Europe/Brussels.
    #[arg(long, value_name = "DATE")]
    before: Date,
}

/// Sets a checkpoint and destroys what stands before it; goes on with what an earlier run left.
pub(crate) fn run(config: &Config, arguments: &Arguments) -> Result<(), Failure> {
    let now = clock().now();
    let before = moment(arguments.before, now)?;
    let store = database::open_current(config)?;
    // A break is not to be destroyed with what it broke.
    if !store.snapshot(|connection| verify(connection, None))?.is_intact() {
        return Err("the audit trail is not what it was: see `wijkoverleg verify-audit`".into());
    }
    let circumstances = own_circumstances(now, audit::CUT, Arc::clone(&ids()));
    let set = store.write(&circumstances, |transaction| audit::cut(transaction, before))?;
    let mut destroyed = 0_usize;
    loop {
        match store.write(&circumstances, |transaction| audit::destroy(transaction, BATCH))? {
            0 => break,
            more => destroyed = destroyed.saturating_add(more),
        }
    }
    let mut out = io::stdout().lock();
    match set {
        Some(checkpoint) => {
            let head = checkpoint.head;
            writeln!(
                out,
                "the trail begins after {}:{}; {destroyed} records destroyed",
                head.position, head.hash
            )?;
        }
        None => writeln!(out, "nothing sealed is older; {destroyed} records destroyed")?,
    }
    Ok(())
}

/// Gives the moment before which records go.
fn moment(before: Date, now: Timestamp) -> Result<Timestamp, String> {
    let latest = local_date(now).saturating_sub(KEPT_YEARS.years());
    if before > latest {
        return Err(format!("the audit trail is kept for {KEPT_YEARS} years at least: {latest} or earlier"));
    }
    Ok(start_of_day(before))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn two_years_are_kept() {
        let now = "2026-03-02T09:00:00Z".parse().unwrap();
        assert_eq!(moment(date(2024, 3, 2), now), Ok("2024-03-01T23:00:00Z".parse().unwrap()));
        assert!(moment(date(2024, 3, 3), now).unwrap_err().contains("2024-03-02"));
    }
}
