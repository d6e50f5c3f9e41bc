//! Whether the rules look at what is due nearly as fast as what they write can be written.

use anyhow::Result;
use serde::Deserialize;

use super::stage::{History, Programs, prepare};
use crate::home::{Database, Home};
use crate::shell;

/// How many requests are in the database.
const REQUESTS: u32 = 20_000;

/// The share of the floor that a sweep reaches.
const AT_LEAST: f64 = 0.4;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    subjects: u64,
    steps: f64,
    seconds: f64,
    idle_microseconds: f64,
}

/// Prints how fast a sweep and its floor are, each on a database of its own, and returns what is not as it must be.
pub(super) fn compare(programs: &Programs, database: Database) -> Result<Vec<String>> {
    let time = |floor: bool| -> Result<Timed> {
        let home = Home::new(database)?;
        prepare(&programs.bench, &home.url(), History::of(REQUESTS))?;
        let mut command = shell::command(&programs.bench);
        command.args(["--database", &home.url(), "sweep"]);
        if floor {
            command.arg("--floor");
        }
        Ok(serde_json::from_str(&shell::read(&mut command)?)?)
    };
    let (floor, sweep) = (time(true)?, time(false)?);
    let rate = |timed: &Timed| timed.steps / timed.seconds;
    let ratio = rate(&sweep) / rate(&floor);
    println!(
        "\nsweep: {} subjects, {} steps in {:.1} s ({:.0} steps/s); floor {:.0} steps/s; ratio {ratio:.2}, asked {AT_LEAST}; \
         with nothing due {:.0} µs",
        sweep.subjects,
        sweep.steps,
        sweep.seconds,
        rate(&sweep),
        rate(&floor),
        sweep.idle_microseconds,
    );
    Ok((ratio < AT_LEAST)
        .then(|| format!("the sweep on {database:?} is {ratio:.2} × its floor"))
        .into_iter()
        .collect())
}
