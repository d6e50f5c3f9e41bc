//! `cargo xtask ci`: everything that must hold before a change lands.

use anyhow::{Result, bail};

use crate::program::{self, Profile};
use crate::shell::step;
use crate::{deny, lint, openapi, pages, shell, test};

/// What the domain must not reach: input and output, the network, the database, the layers above it.
const IMPURE: [&str; 12] = [
    "actix",
    "api",
    "diesel",
    "hyper",
    "libsqlite3-sys",
    "mio",
    "persistence",
    "pq-sys",
    "reqwest",
    "rusqlite",
    "socket2",
    "tokio",
];

/// Runs all checks, the quick ones first.
pub(crate) fn run() -> Result<()> {
    step("format", || shell::run(shell::cargo().args(["fmt", "--all", "--check"])))?;
    step("purity of the domain", purity)?;
    step("clippy", || {
        let mut command = shell::cargo();
        command.args([
            "clippy",
            "--workspace",
            "--all-targets",
            "--locked",
            "--quiet",
            "--",
            "-D",
            "warnings",
        ]);
        shell::run(&mut command)
    })?;
    step("dependencies", || deny::run(&deny::Options::default()))?;
    step("tests", || test::run(&test::Options::default()))?;
    step("printed pages", pages::run)?;
    if !openapi::document().exists() {
        println!("\nNOT checked: the contract, for there is no openapi/v1.json yet");
        return Ok(());
    }
    let program = step("program", || program::build(Profile::Dev))?;
    step("contract", || openapi::check(&program))?;
    step("contract by the guide", lint::run)
}

/// Checks that the domain crate reaches nothing impure.
fn purity() -> Result<()> {
    let mut command = shell::cargo();
    command.args(["tree", "--package", "domain", "--edges", "normal", "--locked"]);
    let tree = shell::read(command.args(["--prefix", "none", "--format", "{p}"]))?;
    let found = impure(&tree);
    if !found.is_empty() {
        bail!("the domain must be pure, but depends on {}", found.join(", "));
    }
    Ok(())
}

fn impure(tree: &str) -> Vec<&str> {
    let packages = tree.lines().filter_map(|line| line.split_whitespace().next());
    let is_impure = |package: &&str| {
        IMPURE.iter().any(|name| {
            package.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '_']))
        })
    };
    let mut found: Vec<&str> = packages.filter(is_impure).collect();
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::impure;

    #[test]
    fn a_database_or_a_runtime_below_the_domain_is_found() {
        let tree = "domain v0.1.0 (/x)\njiff v0.2.1\ntokio-util v0.7.0\ndiesel v2.3.14\napiary v1.0.0\ndiesel v2.3.14\n";
        assert_eq!(impure(tree), ["diesel", "tokio-util"]);
    }
}
