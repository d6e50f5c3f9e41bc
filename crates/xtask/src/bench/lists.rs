//! Whether lists cost the same in a small and in a large history.

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::stage::{History, Prepared, Programs, prepare};
use crate::shell;

/// How much more a page of the large history may cost.
const AT_MOST: f64 = 1.3;

/// How often each history is timed.
const TURNS: usize = 3;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    list: String,
    depth: String,
    median_microseconds: f64,
}

impl Timed {
    /// Keeps the lower of two medians: the one that less else fell on.
    fn take_lower(&mut self, other: &Self) {
        self.median_microseconds = self.median_microseconds.min(other.median_microseconds);
    }
}

/// Times every list of a history.
fn time(programs: &Programs, url: &str, prepared: &Prepared) -> Result<Vec<Timed>> {
    let service = prepared.service_ids.first().context("no service")?;
    let mut command = shell::command(&programs.bench);
    command.args(["--database", url, "lists", "--service", service]);
    command.args(["--consultation", &prepared.consultation_id]);
    Ok(serde_json::from_str(&shell::read(&mut command)?)?)
}

/// Prints the cost of each list in both histories and returns what is not as it must be.
pub(super) fn compare(programs: &Programs, urls: &[String; 2], sizes: [u32; 2]) -> Result<Vec<String>> {
    // Both are filled before either is timed, and they take turns: what else the machine does falls on both.
    let histories = urls
        .iter()
        .zip(sizes)
        .map(|(url, size)| Ok((url, prepare(&programs.bench, url, History::of(size))?)));
    let histories = histories.collect::<Result<Vec<_>>>()?;
    let mut figures: Vec<Vec<Timed>> = Vec::new();
    for turn in 0..TURNS {
        for (position, (url, prepared)) in histories.iter().enumerate() {
            let timed = time(programs, url, prepared)?;
            match figures.get_mut(position).filter(|_| turn > 0) {
                None => figures.push(timed),
                Some(best) => best.iter_mut().zip(timed).for_each(|(best, timed)| best.take_lower(&timed)),
            }
        }
    }
    let [small, large] = figures.as_slice() else { return Ok(Vec::new()) };
    let [few, many] = sizes;
    println!(
        "\n{:<28}{:<10}{:>14}{:>14}{:>8}",
        "list",
        "page",
        format!("{few} µs"),
        format!("{many} µs"),
        "ratio"
    );
    let mut failures = Vec::new();
    for (one, other) in small.iter().zip(large) {
        let ratio = other.median_microseconds / one.median_microseconds;
        println!(
            "{:<28}{:<10}{:>14.0}{:>14.0}{:>8.2}",
            one.list, one.depth, one.median_microseconds, other.median_microseconds, ratio
        );
        if ratio > AT_MOST {
            failures.push(format!(
                "{} ({}) costs {ratio:.2} times as much in a large history",
                one.list, one.depth
            ));
        }
    }
    Ok(failures)
}
