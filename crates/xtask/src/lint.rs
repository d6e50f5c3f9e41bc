//! `cargo xtask lint-openapi`: the Belgian REST guide, as far as a linter can check it.

use std::fs;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::{openapi, shell, tools};

const RULES: &str = "belgif.spectral.yaml";
const EXCEPTIONS: &str = "spectral-exceptions.toml";

/// One thing that the linter found.
#[derive(Deserialize)]
struct Finding {
    code: String,
    path: Vec<String>,
    message: String,
}

impl Finding {
    fn place(&self) -> String {
        self.path.join(".")
    }
}

/// A finding that the project accepts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exception {
    /// Rule of the guide.
    rule: String,
    /// Place in the document, its parts joined by dots; `*` stands for any text.
    path: String,
    /// Why the rule does not hold here.
    reason: String,
}

impl Exception {
    fn accepts(&self, finding: &Finding) -> bool {
        self.rule == finding.code && matches_pattern(&self.path, &finding.place())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Exceptions {
    #[serde(default)]
    exception: Vec<Exception>,
}

/// Lints the committed document; every finding without a written exception fails, and so does an unused exception.
pub(crate) fn run() -> Result<()> {
    let file = shell::settings(EXCEPTIONS);
    let text = fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
    let exceptions: Exceptions =
        toml::from_str(&text).with_context(|| format!("{} is not as expected", file.display()))?;
    let findings = find()?;
    let verdict = judge(&findings, &exceptions.exception);
    for line in &verdict.accepted {
        println!("accepted: {line}");
    }
    for line in &verdict.rejected {
        println!("REJECTED: {line}");
    }
    println!("{} accepted, {} rejected", verdict.accepted.len(), verdict.rejected.len());
    if !verdict.rejected.is_empty() {
        bail!("openapi/v1.json does not follow the guide; reasons for exceptions go in {}", file.display());
    }
    Ok(())
}

fn find() -> Result<Vec<Finding>> {
    let spectral = tools::node_program("spectral")?;
    let report = shell::work_path("lint.json")?;
    if report.exists() {
        fs::remove_file(&report).with_context(|| format!("cannot remove {}", report.display()))?;
    }
    let mut command = shell::command(spectral);
    command.args(["lint", "--quiet", "--format=json", "--ruleset"]).arg(shell::settings(RULES));
    command.arg("--output").arg(&report).arg(openapi::document());
    // The exit code also tells of findings; whether the linter worked shows in its report.
    let status = command.status().context("cannot start Spectral")?;
    let text = fs::read_to_string(&report).with_context(|| format!("Spectral wrote no report: {status}"))?;
    serde_json::from_str(&text).context("the report of Spectral is not as expected")
}

#[derive(Default)]
struct Verdict {
    accepted: Vec<String>,
    rejected: Vec<String>,
}

fn judge(findings: &[Finding], exceptions: &[Exception]) -> Verdict {
    let mut verdict = Verdict::default();
    for finding in findings {
        let Finding { code, message, .. } = finding;
        let line = format!("{code} at {}: {message}", finding.place());
        match exceptions.iter().find(|exception| exception.accepts(finding)) {
            Some(exception) => verdict.accepted.push(format!("{line} ({})", exception.reason)),
            None => verdict.rejected.push(line),
        }
    }
    for exception in exceptions {
        if !findings.iter().any(|finding| exception.accepts(finding)) {
            let Exception { rule, path, .. } = exception;
            verdict.rejected.push(format!("the exception for {rule} at {path} is not needed any more"));
        }
    }
    verdict
}

/// Returns whether a text is like a pattern in which `*` stands for any text.
fn matches_pattern(pattern: &str, text: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == text;
    };
    let Some(mut text) = text.strip_prefix(start) else {
        return false;
    };
    loop {
        if matches_pattern(rest, text) {
            return true;
        }
        let mut letters = text.chars();
        if letters.next().is_none() {
            return false;
        }
        text = letters.as_str();
    }
}

#[cfg(test)]
mod tests {
    use super::{Exception, Finding, judge, matches_pattern};

    fn finding(code: &str, path: &[&str]) -> Finding {
        let path = path.iter().map(ToString::to_string).collect();
        Finding { code: code.into(), path, message: "no".into() }
    }

    fn exception(rule: &str, path: &str) -> Exception {
        Exception { rule: rule.into(), path: path.into(), reason: "because".into() }
    }

    #[test]
    fn a_star_stands_for_any_text() {
        assert!(matches_pattern("paths./health.get.*", "paths./health.get.responses.503"));
        assert!(matches_pattern("*.503*", "paths./health.get.responses.503.content"));
        assert!(!matches_pattern("paths./health", "paths./health.get"));
        assert!(!matches_pattern("*.503", "paths./health.get.responses.503.content"));
    }

    #[test]
    fn a_finding_needs_an_exception_of_its_own_rule() {
        let found = [finding("err-problem", &["paths", "/health", "get"])];
        assert_eq!(judge(&found, &[exception("err-problem", "paths./health.*")]).rejected.len(), 0);
        assert_eq!(judge(&found, &[exception("oas-tags", "paths./health.*")]).rejected.len(), 2);
        assert_eq!(judge(&found, &[]).rejected.len(), 1);
    }

    #[test]
    fn an_exception_that_nothing_needs_is_rejected() {
        assert_eq!(judge(&[], &[exception("err-problem", "*")]).rejected.len(), 1);
    }
}
