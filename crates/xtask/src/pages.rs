//! The pages that people print: valid HTML that assistive technology understands.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

use crate::{shell, tools};

const RULES: &str = "pages.htmlvalidate.json";

/// Checks the pages that the tests kept.
pub(crate) fn run() -> Result<()> {
    let validator = tools::node_program("html-validate")?;
    let pages = kept()?;
    let mut command = shell::command(validator);
    command.arg("--config").arg(shell::settings(RULES)).args(&pages);
    shell::run(&mut command)?;
    println!("{} pages are valid", pages.len());
    Ok(())
}

fn kept() -> Result<Vec<PathBuf>> {
    let folder = shell::work_path("artefacts")?;
    let files =
        fs::read_dir(&folder).with_context(|| format!("no {}: run the tests first", folder.display()))?;
    let mut pages: Vec<PathBuf> = files.filter_map(|file| Some(file.ok()?.path())).collect();
    pages.retain(|path| path.extension().is_some_and(|end| end == "html"));
    pages.sort();
    if pages.is_empty() {
        bail!("there is no page in {}: run the tests first", folder.display());
    }
    Ok(pages)
}
