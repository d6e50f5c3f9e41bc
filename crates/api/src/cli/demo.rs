//! `wijkoverleg demo`: made-up data in a folder, served with everything that is needed to look around.

mod credentials;
mod database;
mod guide;

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use clap::Args;

use self::credentials::Credentials;
use super::healthcheck::reachable;
use super::{Failure, serve};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Log, LogFormat, Secret};
use crate::routes::BASE_PATH;
use crate::telemetry;

/// The file with ids, secrets and tokens.
const CREDENTIALS: &str = "demo-credentials.json";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The folder of the database and of the credentials; made when it is missing. [default: ./data]
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The port to listen on; 0 takes any that is free. [default: 8080]
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Starts afresh: what happened in an earlier demo is lost. Touches no database but that of a demo.
    #[arg(long)]
    reset: bool,
}

/// Makes the data when there is none, writes and prints what is needed to call the API, and serves.
pub(super) fn demo(config: Config, arguments: &Arguments) -> Result<(), Failure> {
    let mut config = settled(config, arguments);
    let _log = telemetry::start(&config.log)?;
    // Listening comes first: the address is the real one, and nothing is touched when the port is taken.
    let (listener, address) = listen(config.listen)?;
    if config.public_url == format!("http://{}", config.listen) {
        config.public_url = format!("http://{}", reachable(address));
    }
    config.listen = address;

    std::fs::create_dir_all(&config.data_dir)
        .map_err(|error| format!("cannot make {}: {error}", config.data_dir.display()))?;
    let (store, registered) = database::prepare(&config, arguments.reset)?;
    let issuer = serve::issuer(&config, &store);
    issuer.rotate_if_due()?;
    let file = config.data_dir.join(CREDENTIALS);
    let base_url = format!("{}{BASE_PATH}", config.public_url);
    let credentials = Credentials::renew(&store, &issuer, base_url, &file, registered)?;
    credentials.write(&file)?;
    guide::print(&store, &credentials, &file, SystemClock.now())?;
    serve::run(config, store, issuer, Some(listener))
}

/// Lays the arguments over the settings; what nobody set becomes what suits a demo.
fn settled(mut config: Config, arguments: &Arguments) -> Config {
    let database =
        |config: &Config| format!("sqlite://{}", config.data_dir.join("wijkoverleg.sqlite").display());
    if let Some(folder) = &arguments.data {
        let is_default = config.database_url.reveal() == database(&config);
        config.data_dir.clone_from(folder);
        if is_default {
            config.database_url = Secret::new(database(&config));
        }
    }
    if let Some(port) = arguments.port {
        let is_default = config.public_url == format!("http://{}", config.listen);
        config.listen.set_port(port);
        if is_default {
            config.public_url = format!("http://{}", config.listen);
        }
    }
    if config.log == (Log { format: LogFormat::Json, filter: "info".to_owned() }) {
        config.log = Log { format: LogFormat::Pretty, filter: "warn".to_owned() };
    }
    config
}

fn listen(address: SocketAddr) -> Result<(TcpListener, SocketAddr), Failure> {
    let named = |error: io::Error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => "; --port 0 takes a free one",
            _ => "",
        };
        format!("cannot listen on {address}: {error}{advice}")
    };
    let listener = TcpListener::bind(address).map_err(named)?;
    let address = listener.local_addr().map_err(named)?;
    Ok((listener, address))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(data: Option<&str>, port: Option<u16>) -> Arguments {
        Arguments { data: data.map(PathBuf::from), port, reset: false }
    }

    fn config(file: &str) -> Config {
        Config::read(file.parse().unwrap(), []).unwrap()
    }

    #[test]
    fn arguments_go_before_settings_and_the_database_follows_the_folder() {
        let settled = settled(config(""), &arguments(Some("here"), Some(0)));
        assert_eq!(settled.database_url.reveal(), "sqlite://here/wijkoverleg.sqlite");
        assert_eq!(settled.listen.to_string(), "127.0.0.1:0");
        assert_eq!(settled.public_url, "http://127.0.0.1:0");
        assert_eq!(settled.log.filter, "warn");
    }

    #[test]
    fn what_was_set_stays() {
        let given = config(
            "database_url = 'postgres://u@h/d'\nlisten = '0.0.0.0:9000'\npublic_url = 'https://w.example'\n\
             [log]\nlevel = 'debug'",
        );
        let settled = settled(given, &arguments(Some("here"), None));
        assert_eq!(settled.database_url.reveal(), "postgres://u@h/d");
        assert_eq!(settled.listen.to_string(), "0.0.0.0:9000");
        assert_eq!(settled.public_url, "https://w.example");
        assert_eq!(settled.log.filter, "debug");
    }
}
