//! `cargo xtask test`: all tests, on SQLite and on a throw-away PostgreSQL.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};

use crate::postgres::{Cluster, Durability};
use crate::program::{self, Profile};
use crate::{shell, tools};

/// Options of `cargo xtask test`.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Passed on to `cargo test`, for example the name of a test.
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Runs the tests; they find the cluster and the browser through the environment.
pub(crate) fn run(options: &Options) -> Result<()> {
    run_with(&options.arguments, Profile::Dev, &[])
}

/// Runs what takes too long for every day, with the release build of the program: several processes sweep 100,000 requests
/// that are all due while some of them are killed; 200,000 events get their positions while transactions are held open; and
/// replicas are killed for minutes while a thousand clients follow the feed and endpoints fail, hang and are away.
pub(crate) fn chaos() -> Result<()> {
    let tests = ["several_sweeps_of_which", "events_of_eight_writers", "replicas_that_are_killed"];
    let arguments = ["--", "--nocapture", "--test-threads=1"].into_iter().chain(tests).map(str::to_owned);
    let settings = [
        ("SWEEP_SUBJECTS", "100000"),
        ("FEED_ROUNDS", "2500"),
        ("REPLICAS_SECONDS", "180"),
        ("REPLICAS_FOLLOWERS", "1000"),
        ("REPLICAS_PAUSE_MILLISECONDS", "150"),
    ];
    run_with(&arguments.collect::<Vec<_>>(), Profile::Release, &settings)
}

fn run_with(arguments: &[String], profile: Profile, settings: &[(&str, &str)]) -> Result<()> {
    let browser = tools::chromium()?;
    tools::of_the_tutorial()?;
    let examples = tools::of_the_examples()?;
    let program = program::build(profile)?;
    let cluster = Cluster::start(Durability::None)?;
    let mut command = shell::cargo();
    command.args(["test", "--workspace", "--locked", "--no-fail-fast"]).args(arguments);
    command.envs(settings.iter().copied());
    command.env("TEST_DATABASE_URL", cluster.url());
    command.env("WIJKOVERLEG", program).env("ARTEFACTS", shell::work_path("artefacts")?);
    command.env("EXAMPLES_PYTHON", examples.python).env("EXAMPLES_NODE", examples.node);
    command.env("EXAMPLES_NODE_MODULES", examples.node_modules);
    command.env("CHROMIUM", browser.browser).env("CHROMEDRIVER", browser.driver);
    command.stdin(Stdio::null()).stdout(Stdio::piped());
    let mut tests = command.spawn().context("cannot start `cargo test`")?;
    let mut total = Total::default();
    for line in tests.stdout.take().map(BufReader::new).into_iter().flat_map(BufReader::lines) {
        let line = line.context("cannot read what the tests print")?;
        println!("{line}");
        total.add(&line);
    }
    let status = tests.wait().context("cannot wait for the tests")?;
    drop(cluster);
    println!("\n{} passed, {} failed", total.passed, total.failed);
    if !status.success() || total.failed > 0 {
        bail!("the tests failed: {status}");
    }
    if total.passed == 0 {
        bail!("not one test ran");
    }
    Ok(())
}

/// How many tests ended how.
#[derive(Default, Debug, PartialEq, Eq)]
struct Total {
    passed: u64,
    failed: u64,
}

impl Total {
    /// Adds the closing line of one test program, such as `test result: ok. 3 passed; 0 failed; …`; skips others.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            match count.split_once(' ').and_then(|(number, word)| Some((number.parse::<u64>().ok()?, word))) {
                Some((number, "passed")) => self.passed += number,
                Some((number, "failed")) => self.failed += number,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Total;

    #[test]
    fn the_closing_lines_of_all_test_programs_are_added() {
        let mut total = Total::default();
        for line in [
            "running 3 tests",
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 3 filtered out; finished in 0.01s",
            "test result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1.00s",
            "test test_result ... ok",
        ] {
            total.add(line);
        }
        assert_eq!(total, Total { passed: 13, failed: 2 });
    }
}
