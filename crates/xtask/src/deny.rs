//! `cargo xtask deny`: licences, bans, sources and advisories of all dependencies.

use anyhow::{Context as _, Result};

use crate::{shell, tools};

const VERSION: &str = "0.20.2";

/// Options of `cargo xtask deny`.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Also fetches the database of known weaknesses and checks against it.
    #[arg(long)]
    advisories: bool,
}

/// Checks the dependencies by `.deny.toml`.
pub(crate) fn run(options: &Options) -> Result<()> {
    install()?;
    check(&["bans", "licenses", "sources"])?;
    if options.advisories {
        shell::run(shell::cargo().args(["deny", "--locked", "fetch", "db"]))
            .context("the database of advisories cannot be fetched")?;
        return check(&["advisories"]);
    }
    println!(
        "advisories: NOT checked: that needs a database from the network; see `cargo xtask deny --advisories`"
    );
    Ok(())
}

fn check(what: &[&str]) -> Result<()> {
    let mut command = shell::cargo();
    command.args(["deny", "--locked", "check", "--hide-inclusion-graph"]).args(what);
    shell::run(&mut command)
}

/// Compiles cargo-deny when it is not there: no registry has it ready-made in a version that reads our `Cargo.lock`.
fn install() -> Result<()> {
    if tools::on_path("cargo-deny").is_some() || shell::succeeds(shell::cargo().args(["deny", "--version"])) {
        return Ok(());
    }
    println!("cargo-deny is not here: compiling it, which takes some minutes");
    let mut command = shell::cargo();
    command.args(["install", "--locked", "--quiet", "--debug"]).arg(format!("cargo-deny@{VERSION}"));
    command.env("CARGO_PROFILE_DEV_DEBUG", "0");
    shell::run(&mut command)
}
