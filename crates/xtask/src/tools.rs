//! Finds the tools that the chores need, and installs the ones that are missing by their package names.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

use anyhow::{Context as _, Result, anyhow, bail};

use crate::shell;

/// Returns the first program of this name on the search path.
pub(crate) fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|program| program.is_file())
}

/// Installs system packages for a tool, as root or by way of `sudo`.
pub(crate) fn apt_install(tool: &str, packages: &[&str]) -> Result<()> {
    static UPDATED: OnceLock<Result<(), String>> = OnceLock::new();
    println!("{tool} is not here: installing {}", packages.join(", "));
    let missing = format!("{tool} is needed and cannot be installed here: install it and run this again");
    if on_path("apt-get").is_none() {
        bail!("{missing} (this machine has no apt-get)");
    }
    let updated = UPDATED.get_or_init(|| {
        shell::run(apt_get().args(["update", "--quiet", "--quiet"])).map_err(|error| format!("{error:#}"))
    });
    updated.clone().map_err(|error| anyhow!(error)).with_context(|| missing.clone())?;
    let mut install = apt_get();
    install.args(["install", "--yes", "--quiet", "--quiet", "--no-install-recommends"]).args(packages);
    shell::run(&mut install).context(missing)
}

fn apt_get() -> Command {
    let root = shell::read(shell::command("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    let mut command = if root { shell::command("env") } else { shell::command("sudo") };
    if !root {
        command.args(["--non-interactive", "env"]);
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "--option=DPkg::Lock::Timeout=300"]);
    command.arg("--option=Dpkg::Use-Pty=0");
    command
}

/// Returns a program of one of these names, installing packages when there is none.
fn find_or_install(tool: &str, names: &[&str], packages: &[&str]) -> Result<PathBuf> {
    let find = || names.iter().find_map(|name| on_path(name));
    if let Some(program) = find() {
        return Ok(program);
    }
    apt_install(tool, packages)?;
    find().with_context(|| format!("{tool} is not on the search path, even after installing it"))
}

/// A browser with the driver that steers it.
pub(crate) struct Browser {
    /// Path of Chromium or Google Chrome.
    pub(crate) browser: PathBuf,
    /// Path of its ChromeDriver.
    pub(crate) driver: PathBuf,
}

/// Returns Chromium with its driver.
pub(crate) fn chromium() -> Result<Browser> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    let packages = ["chromium", "chromium-driver"];
    let browser = find_or_install("Chromium", &names, &packages)?;
    let driver = find_or_install("ChromeDriver", &["chromedriver"], &packages)?;
    Ok(Browser { browser, driver })
}

/// Makes sure of the programs that the tutorial of the README calls.
pub(crate) fn of_the_tutorial() -> Result<()> {
    for name in ["bash", "curl", "jq"] {
        find_or_install(name, &[name], &[name])?;
    }
    Ok(())
}

/// Returns the load generator wrk.
pub(crate) fn wrk() -> Result<PathBuf> {
    find_or_install("wrk", &["wrk"], &["wrk"])
}

/// What the example clients are checked and run with.
pub(crate) struct ForExamples {
    /// Python with the packages that their list names.
    pub(crate) python: PathBuf,
    /// Node.
    pub(crate) node: PathBuf,
    /// The folder of the packages that their lock names.
    pub(crate) node_modules: PathBuf,
}

/// Returns what the example clients need, each from the list beside it.
pub(crate) fn of_the_examples() -> Result<ForExamples> {
    let examples = shell::root().join("examples");
    let requirements = examples.join("python").join("requirements.txt");
    let compiler = node_program_of(&examples.join("typescript"), "examples-node", "tsc")?;
    Ok(ForExamples {
        python: python_program_of(&requirements, "examples-python", "python")?,
        node: find_or_install("Node", &["node"], &["nodejs"])?,
        node_modules: compiler
            .ancestors()
            .nth(2)
            .context("a program of Node packages is in a folder of them")?
            .into(),
    })
}

/// Returns a program of a Python environment that holds exactly what a requirements file of this crate lists.
pub(crate) fn python_program(requirements: &str, program: &str) -> Result<PathBuf> {
    python_program_of(&shell::settings(requirements), "python", program)
}

fn python_program_of(requirements: &Path, folder: &str, program: &str) -> Result<PathBuf> {
    let wanted = fs::read_to_string(requirements).context("no list of Python packages")?;
    let folder = shell::work_path(folder)?;
    let stamp = folder.join("installed.txt");
    let program = folder.join("bin").join(program);
    if is_text(&stamp, &wanted) && shell::succeeds(Command::new(&program).arg("--version")) {
        return Ok(program);
    }
    println!("installing Python packages into {}", folder.display());
    let python = find_or_install("Python", &["python3"], &["python3", "python3-venv"])?;
    let mut environment = shell::command(python);
    environment.args(["-m", "venv", "--clear"]).arg(&folder);
    if !shell::succeeds(&mut environment) {
        apt_install("Python's venv", &["python3-venv"])?;
        shell::run(&mut environment)?;
    }
    let mut install = shell::command(folder.join("bin").join("python"));
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    shell::run(install.arg(requirements))?;
    fs::write(&stamp, wanted).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(program)
}

/// Returns a program of the Node packages that the folder `node` of this crate locks.
pub(crate) fn node_program(program: &str) -> Result<PathBuf> {
    node_program_of(&shell::settings("node"), "node", program)
}

fn node_program_of(listed: &Path, folder: &str, program: &str) -> Result<PathBuf> {
    let folder = shell::work_path(folder)?;
    let stamp = folder.join("installed.json");
    let program = folder.join("node_modules").join(".bin").join(program);
    let lock = fs::read_to_string(listed.join("package-lock.json")).context("no list of packages")?;
    if is_text(&stamp, &lock) && shell::succeeds(Command::new(&program).arg("--version")) {
        return Ok(program);
    }
    println!("installing Node packages into {}", folder.display());
    let npm = find_or_install("npm", &["npm"], &["nodejs", "npm"])?;
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for file in ["package.json", "package-lock.json"] {
        fs::copy(listed.join(file), folder.join(file)).context("cannot copy the list")?;
    }
    let mut install = shell::command(npm);
    install.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    shell::run(install.current_dir(&folder))?;
    fs::write(&stamp, lock).with_context(|| format!("cannot write {}", stamp.display()))?;
    Ok(program)
}

fn is_text(file: &Path, text: &str) -> bool {
    fs::read_to_string(file).is_ok_and(|found| found == text)
}
