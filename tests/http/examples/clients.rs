//! How the examples are started.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::program::setting;

/// A language that there is an example in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    Python,
    Typescript,
}

pub const BOTH: [Language; 2] = [Language::Python, Language::Typescript];

impl Language {
    pub fn name(self) -> &'static str {
        match self {
            Self::Python => "python",
            Self::Typescript => "typescript",
        }
    }

    /// Describes a command of the client.
    pub fn command(self, name: &str) -> Command {
        let mut command = match self {
            Self::Python => {
                let mut command = python();
                command.args(["-m", "city_service"]);
                command
            }
            Self::Typescript => {
                let mut command = Command::new(setting("EXAMPLES_NODE"));
                command.arg(compiled().join("src/main.js"));
                command
            }
        };
        command.arg(name).stdin(Stdio::null());
        for proxy in ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"] {
            command.env_remove(proxy);
        }
        command
    }
}

/// Gives the folder of the examples.
pub fn examples() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("examples")
}

/// Gives the folder of the Node packages.
pub fn node_modules() -> PathBuf {
    setting("EXAMPLES_NODE_MODULES")
}

/// Describes a command of Python where the client is.
pub fn python() -> Command {
    let mut command = Command::new(setting("EXAMPLES_PYTHON"));
    command.current_dir(examples().join("python")).env("PYTHONDONTWRITEBYTECODE", "1");
    command
}

/// Gives the folder of the compiled TypeScript; compiles it the first time.
pub fn compiled() -> PathBuf {
    static COMPILED: OnceLock<PathBuf> = OnceLock::new();
    let compile = || {
        let folder = node_modules().parent().unwrap().join("dist");
        // What was compiled from a file that is gone would still be there.
        let _ = std::fs::remove_dir_all(&folder);
        let mut command = Command::new(setting("EXAMPLES_NODE"));
        command
            .arg(node_modules().join("typescript/bin/tsc"))
            .arg("--project")
            .arg(examples().join("typescript"));
        command.arg("--typeRoots").arg(node_modules().join("@types")).arg("--outDir").arg(&folder);
        run(&mut command);
        folder
    };
    COMPILED.get_or_init(compile).clone()
}

/// Runs a command that must succeed.
pub fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, String::from_utf8_lossy(&told));
}
