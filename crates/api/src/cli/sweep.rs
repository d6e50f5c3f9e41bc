//! Sweeps from a process of its own.

use std::io::{self, Write as _};
use std::thread;
use std::time::Duration;

use clap::Args;

use super::serve::{clock, ids};
use super::{Failure, database};
use crate::config::Config;
use crate::problem::Problem;
use crate::reference::Reference;
use crate::sweep::{Sweep, Swept};
use crate::telemetry;

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Sweeps once and ends; otherwise it goes on, at intervals of `sweep.interval_seconds`.
    #[arg(long)]
    once: bool,
}

/// Sweeps until nothing is due.
pub(super) fn sweep(config: Config, arguments: &Arguments) -> Result<(), Failure> {
    let _log = telemetry::start(&config.log)?;
    let store = database::open_current(&config)?;
    let (reference, clock, ids) = (Reference::default(), clock(), ids());
    let sweep = Sweep { store: &store, reference: &reference, ids: &ids };
    loop {
        let swept =
            sweep.run(clock.now(), || true).map_err(|refusal| format!("{:?}", Problem::from(refusal)));
        match swept {
            Ok(swept) => {
                tell(&swept)?;
                if arguments.once && swept.failed > 0 {
                    return Err("some could not be judged: the log names them".into());
                }
            }
            Err(failure) if arguments.once => return Err(failure.into()),
            Err(failure) => tracing::warn!(failure, "the sweep was cut short"),
        }
        if arguments.once {
            return Ok(());
        }
        thread::sleep(config.sweep_interval.unwrap_or(Duration::from_mins(1)));
    }
}

fn tell(swept: &Swept) -> io::Result<()> {
    let Swept { looked_at, fired, obsolete, failed, lag } = swept;
    writeln!(
        io::stdout(),
        "looked at {looked_at}, {fired} steps took effect ({obsolete} too late to help), {failed} could not be judged, \
         the first was due {} s ago",
        lag.as_secs()
    )
}
