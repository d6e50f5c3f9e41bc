//! A throw-away PostgreSQL cluster on the loopback address.

use std::fs;
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::supervised::{Start, Supervised, User};
use crate::{shell, tools};

/// The oldest major version that the project runs on.
const OLDEST: u32 = 15;

/// Whether the cluster may lose what it acknowledged.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Never waits for the disk: for tests.
    None,
    /// Waits for the disk like a real server: for measurements.
    Full,
}

/// A running cluster, stopped and removed when this value is dropped.
pub(crate) struct Cluster {
    _server: Supervised,
    port: u16,
}

impl Cluster {
    /// Makes and starts a cluster; installs PostgreSQL when it is not there.
    pub(crate) fn start(durability: Durability) -> Result<Self> {
        let programs = find_or_install()?;
        let user = if is_root()? { Some(server_user()?) } else { None };
        // Another program can take the free port before the server does; then it is tried once more.
        let first = Self::try_start(&programs, user, durability);
        let cluster = first.or_else(|_| Self::try_start(&programs, user, durability))?;
        println!("PostgreSQL from {} on port {}", programs.display(), cluster.port);
        Ok(cluster)
    }

    fn try_start(programs: &Path, user: Option<User>, durability: Durability) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("xtask-postgresql-").tempdir();
        let folder = folder.context("cannot make a folder for the cluster")?;
        if let Some(user) = user {
            chown(folder.path(), Some(user.uid), Some(user.gid)).context("cannot hand over the folder")?;
        }
        let data = folder.path().join("data");
        initialise(programs, &data, user)?;

        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
        let port = listener.local_addr().context("no free port")?.port();
        drop(listener);
        let mut server = Command::new(programs.join("postgres"));
        server.current_dir(folder.path()).arg("-D").arg(&data);
        let mut set = |setting: String| {
            server.arg("-c").arg(setting);
        };
        set(format!("port={port}"));
        set("listen_addresses=127.0.0.1".into());
        set("unix_socket_directories=".into());
        set("max_connections=300".into());
        set("timezone=UTC".into());
        set("log_timezone=UTC".into());
        match durability {
            Durability::None => {
                set("fsync=off".into());
                set("synchronous_commit=off".into());
                set("full_page_writes=off".into());
            }
            // A server of its own is given memory; the default of 128 MiB is for a machine that does other things.
            Durability::Full => set("shared_buffers=1GB".into()),
        }
        let log = tempfile::tempfile().context("cannot make the log of the cluster")?;
        let start =
            Start { program: &server, stop: "INT", folder: Some(folder.path().to_path_buf()), user, log };
        let mut server = Supervised::start(start)?;
        // From here on the watcher removes the folder.
        let _ = folder.keep();
        let mut ready = Command::new(programs.join("pg_isready"));
        ready.args(["--quiet", "--host=127.0.0.1"]).arg(format!("--port={port}"));
        server.wait_until(Duration::from_mins(1), || shell::succeeds(&mut ready).then_some(()))?;
        Ok(Self { _server: server, port })
    }

    /// Returns the address of the cluster's maintenance database, for its superuser, without a password.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// Fills the folder of a new cluster. It trusts everyone, and listens on the loopback address only.
///
/// Its order of text is that of a language, not of bytes, as on many real servers: a query that forgets to choose
/// its order then differs from SQLite in a test, not in production.
fn initialise(programs: &Path, data: &Path, user: Option<User>) -> Result<()> {
    let mut command = Command::new(programs.join("initdb"));
    command.args(["--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C"]);
    command.args(["--locale-provider=icu", "--icu-locale=und", "--no-sync", "--pgdata"]).arg(data);
    if let Some(folder) = data.parent() {
        command.current_dir(folder);
    }
    if let Some(user) = user {
        command.uid(user.uid).gid(user.gid);
    }
    shell::read(&mut command).map(drop)
}

/// Returns the folder with the newest PostgreSQL programs of this machine, installing them when there are none.
fn find_or_install() -> Result<PathBuf> {
    if let Some(programs) = find() {
        return Ok(programs);
    }
    tools::apt_install("PostgreSQL", &["postgresql"])?;
    find().with_context(|| format!("PostgreSQL {OLDEST} or newer is not here, even after installing it"))
}

fn find() -> Option<PathBuf> {
    let on_path = tools::on_path("postgres").and_then(|program| fs::canonicalize(program).ok());
    let mut folders: Vec<PathBuf> = on_path.iter().filter_map(|it| it.parent()).map(PathBuf::from).collect();
    if let Some(pg_config) = tools::on_path("pg_config")
        && let Ok(output) = Command::new(pg_config).arg("--bindir").output()
    {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.push("/usr/local/pgsql/bin".into());
    let parents =
        ["/usr/lib/postgresql", "/opt/homebrew/opt", "/usr/local/opt", "/Library/PostgreSQL"].map(Path::new);
    for entry in parents.iter().filter_map(|parent| fs::read_dir(parent).ok()).flatten().flatten() {
        folders.push(entry.path().join("bin"));
    }
    let versions = folders.into_iter().filter_map(|folder| Some((major_version(&folder)?, folder)));
    versions.filter(|(version, _)| *version >= OLDEST).max_by_key(|(version, _)| *version).map(|it| it.1)
}

/// Returns the major version of the server in a folder that also has the other programs of a cluster.
fn major_version(folder: &Path) -> Option<u32> {
    let complete = ["initdb", "postgres", "pg_isready"].iter().all(|name| folder.join(name).is_file());
    let output = complete.then(|| Command::new(folder.join("postgres")).arg("--version").output())?.ok()?;
    parse_major(&String::from_utf8_lossy(&output.stdout))
}

fn parse_major(version: &str) -> Option<u32> {
    let number = version.split_whitespace().find(|word| word.starts_with(|it: char| it.is_ascii_digit()))?;
    number.split(|it: char| !it.is_ascii_digit()).next()?.parse().ok()
}

fn is_root() -> Result<bool> {
    Ok(id("-u", None).context("cannot tell which user this is")? == 0)
}

/// Returns a user for the server, which refuses to run as root.
fn server_user() -> Result<User> {
    for name in ["postgres", "nobody"] {
        if let (Ok(uid), Ok(gid)) = (id("-u", Some(name)), id("-g", Some(name))) {
            open_to_all(&std::env::temp_dir())?;
            return Ok(User { uid, gid });
        }
    }
    bail!("PostgreSQL refuses to run as root, and this machine has no user `postgres` or `nobody`")
}

fn id(flag: &str, user: Option<&str>) -> Result<u32> {
    let output = Command::new("id").arg(flag).args(user).output().context("cannot start `id`")?;
    let text = String::from_utf8_lossy(&output.stdout);
    text.trim().parse().with_context(|| format!("`id {flag}` has no answer for {user:?}"))
}

fn open_to_all(folder: &Path) -> Result<()> {
    let mode = fs::metadata(folder).with_context(|| format!("no folder {}", folder.display()))?;
    if mode.permissions().mode() & 0o003 != 0o003 {
        bail!("other users cannot write in {}: set TMPDIR to a folder like /tmp", folder.display());
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::parse_major;

    #[test]
    fn the_major_version_is_read_from_what_the_server_prints() {
        assert_eq!(parse_major("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_major("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_major("no version"), None);
    }
}
