//! `cargo xtask openapi`: the committed contract is what the program prints.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};

use crate::program::{self, Profile};
use crate::{shell, tools};

/// Options of `cargo xtask openapi`.
#[derive(clap::Args, Default)]
pub(crate) struct Options {
    /// Only compares the committed document with the program.
    #[arg(long)]
    check: bool,
}

/// Returns the path of the committed document.
pub(crate) fn document() -> PathBuf {
    shell::root().join("openapi").join("v1.json")
}

/// Writes the document and what is generated from it, or compares the document.
pub(crate) fn run(options: &Options) -> Result<()> {
    let program = program::build(Profile::Dev)?;
    if options.check { check(&program) } else { write(&program) }
}

/// Fails when the committed document is not what the program prints.
pub(crate) fn check(program: &Path) -> Result<()> {
    let printed = print(program)?;
    let file = document();
    let committed = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    if printed == committed {
        return Ok(());
    }
    let mut pairs = committed.lines().zip(printed.lines()).enumerate();
    let first = pairs.find(|(_, (old, new))| old != new);
    let place = first.map_or_else(
        || "one is longer than the other".into(),
        |(index, (old, new))| format!("line {}: `{}` became `{}`", index + 1, old.trim(), new.trim()),
    );
    bail!("openapi/v1.json is not what the program serves ({place}); `cargo xtask openapi` rewrites it")
}

fn write(program: &Path) -> Result<()> {
    let printed = print(program)?;
    let file = document();
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    fs::write(&file, printed).with_context(|| format!("cannot write {}", file.display()))?;
    println!("wrote {}", file.display());
    let examples = tools::of_the_examples()?;
    let mut types = shell::command(examples.python);
    types.arg("examples/generate_types.py").arg("--node-modules").arg(examples.node_modules);
    shell::run(&mut types)
}

fn print(program: &Path) -> Result<String> {
    let printed = program::print(program, "openapi")?;
    let document: serde_json::Value =
        serde_json::from_str(&printed).context("`wijkoverleg openapi` printed no JSON document")?;
    if document.get("openapi").is_none() {
        bail!("`wijkoverleg openapi` printed JSON that is no OpenAPI document");
    }
    Ok(format!("{}\n", printed.trim_end()))
}
