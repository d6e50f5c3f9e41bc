//! Whether the audit trail is verified nearly as fast as it can be read and hashed.

use anyhow::Result;
use serde::Deserialize;

use super::stage::Programs;
use crate::home::{Database, Home};
use crate::shell;

/// The share of the floor that a verification reaches.
const AT_LEAST: f64 = 0.4;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    records: f64,
    seal: f64,
    verify: f64,
    floor: f64,
}

/// Prints how fast the trail is sealed and verified, and returns what is not as it must be.
pub(super) fn compare(programs: &Programs, database: Database) -> Result<Vec<String>> {
    let home = Home::new(database)?;
    let mut command = shell::command(&programs.bench);
    command.args(["--database", &home.url(), "audit"]);
    let timed: Timed = serde_json::from_str(&shell::read(&mut command)?)?;
    let rate = |seconds: f64| timed.records / seconds;
    let ratio = timed.floor / timed.verify;
    println!(
        "\naudit: {} records sealed at {:.0}/s, verified at {:.0}/s; floor {:.0}/s; ratio {ratio:.2}, asked {AT_LEAST}",
        timed.records,
        rate(timed.seal),
        rate(timed.verify),
        rate(timed.floor),
    );
    Ok((ratio < AT_LEAST)
        .then(|| format!("verifying the audit trail on {database:?} is {ratio:.2} × its floor"))
        .into_iter()
        .collect())
}
