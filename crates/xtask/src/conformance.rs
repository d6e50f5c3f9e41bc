//! `cargo xtask conformance`: Schemathesis makes up requests from the served OpenAPI document.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::program::{self, Demo, Profile};
use crate::{shell, tools};

/// Options of `cargo xtask conformance`.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// Role that calls; can be given more than once.
    #[arg(long = "role", default_values_t = default_roles())]
    roles: Vec<String>,
    /// Most examples per operation in each phase.
    #[arg(long, default_value_t = DEFAULT_EXAMPLES)]
    max_examples: u32,
    /// Seed of the requests, to repeat a run.
    #[arg(long, default_value_t = DEFAULT_SEED)]
    seed: u64,
    /// Uses a quick build in place of a release build.
    #[arg(long)]
    dev: bool,
    /// Uses this program in place of a build.
    #[arg(long)]
    program: Option<PathBuf>,
    /// Passed on to `schemathesis run`, for example `--include-operation-id getCase`.
    #[arg(last = true)]
    arguments: Vec<String>,
}

const DEFAULT_EXAMPLES: u32 = 25;
const DEFAULT_SEED: u64 = 20_260_101;

/// Every role that the demonstration has a client of.
const ROLES: [&str; 10] = [
    "neighbourhoodManager",
    "policeOfficer",
    "guard",
    "housingOfficer",
    "serviceAgent",
    "serviceHead",
    "cityTeamMember",
    "analyst",
    "dataProtectionOfficer",
    "administrator",
];

fn default_roles() -> Vec<String> {
    ROLES.map(String::from).to_vec()
}

/// Calls a fresh demonstration as each role in turn.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = match &options.program {
        Some(program) => fs::canonicalize(program).with_context(|| format!("no {}", program.display()))?,
        None => program::build(if options.dev { Profile::Dev } else { Profile::Release })?,
    };
    let schemathesis = tools::python_program("schemathesis.requirements.txt", "schemathesis")?;
    let mut failed = Vec::new();
    for role in &options.roles {
        let reports = shell::work_path("conformance")?.join(role);
        // Reports of an earlier run would look like those of this one.
        if reports.exists() {
            fs::remove_dir_all(&reports).with_context(|| format!("cannot empty {}", reports.display()))?;
        }
        fs::create_dir_all(&reports).with_context(|| format!("cannot make {}", reports.display()))?;
        let mut demo = Demo::start(&program, None, &reports.join("server.log"))?;
        println!("calling as {role}; reports go to {}", reports.display());
        let mut command = shell::command(&schemathesis);
        // Schemathesis leaves its cache where it runs.
        command.current_dir(&reports);
        command.arg("--config-file").arg(shell::settings("schemathesis.toml"));
        command.arg("run").arg(format!("{}/doc/openapi.json", demo.base_url()));
        command.args(["--url", demo.base_url(), "--report", "junit,ndjson", "--report-dir"]).arg(&reports);
        command.arg(format!("--max-examples={}", options.max_examples));
        command.arg(format!("--seed={}", options.seed)).args(&options.arguments);
        command.env("WIJKOVERLEG_TOKEN", &demo.client(role)?.access_token);
        command
            .env("SCHEMATHESIS_HOOKS", shell::settings("conformance.py"))
            .env("PYTHONDONTWRITEBYTECODE", "1");
        let called = shell::run(&mut command);
        demo.check().context("the program did not survive the calls")?;
        if called.is_err() {
            failed.push(role.as_str());
        }
    }
    if !failed.is_empty() {
        bail!("the program does not do what its contract says, called as {}", failed.join(", "));
    }
    Ok(())
}
