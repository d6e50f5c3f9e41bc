//! Where the program keeps its data and listens: the command line goes before the settings.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

use clap::Args;

use super::Failure;
use super::healthcheck::reachable;
use crate::config::{Config, Secret};

#[derive(Debug, Default, Args)]
pub(super) struct Place {
    /// The folder for files and for the SQLite database; made when it is missing. [default: ./data]
    #[arg(long, value_name = "DIR")]
    pub(super) data: Option<PathBuf>,
    /// The port to listen on; 0 takes any that is free, which is printed. [default: 8080]
    #[arg(long, value_name = "N")]
    pub(super) port: Option<u16>,
}

impl Place {
    /// Lays the arguments over the settings: the database follows the folder, and the public address the port, unless
    /// something else was set.
    pub(super) fn settle(&self, config: &mut Config) {
        let database =
            |config: &Config| format!("sqlite://{}", config.data_dir.join("wijkoverleg.sqlite").display());
        if let Some(folder) = &self.data {
            let is_default = config.database_url.reveal() == database(config);
            config.data_dir.clone_from(folder);
            if is_default {
                config.database_url = Secret::new(database(config));
            }
        }
        if let Some(port) = self.port {
            let is_default = is_public_url_of_listen(config);
            config.listen.set_port(port);
            if is_default {
                config.public_url = format!("http://{}", config.listen);
            }
        }
    }
}

/// Listens, and enters the real address in the settings.
pub(super) fn listen(config: &mut Config) -> Result<TcpListener, Failure> {
    let wanted = config.listen;
    let named = |error: io::Error| {
        let advice = match error.kind() {
            io::ErrorKind::AddrInUse => "; --port 0 takes a free one",
            _ => "",
        };
        format!("cannot listen on {wanted}: {error}{advice}")
    };
    let listener = TcpListener::bind(wanted).map_err(named)?;
    let address: SocketAddr = listener.local_addr().map_err(named)?;
    if is_public_url_of_listen(config) {
        config.public_url = format!("http://{}", reachable(address));
    }
    config.listen = address;
    Ok(listener)
}

fn is_public_url_of_listen(config: &Config) -> bool {
    config.public_url == format!("http://{}", config.listen)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(file: &str) -> Config {
        Config::read(file.parse().unwrap(), []).unwrap()
    }

    fn settled(file: &str, data: Option<&str>, port: Option<u16>) -> Config {
        let mut config = config(file);
        Place { data: data.map(PathBuf::from), port }.settle(&mut config);
        config
    }

    #[test]
    fn arguments_go_before_settings_and_the_database_follows_the_folder() {
        let settled = settled("", Some("here"), Some(0));
        assert_eq!(settled.database_url.reveal(), "sqlite://here/wijkoverleg.sqlite");
        assert_eq!(settled.listen.to_string(), "127.0.0.1:0");
        assert_eq!(settled.public_url, "http://127.0.0.1:0");
    }

    #[test]
    fn what_was_set_stays() {
        let settled = settled(
            "database_url = 'postgres://u@h/d'\nlisten = '0.0.0.0:9000'\npublic_url = 'https://w.example'",
            Some("here"),
            None,
        );
        assert_eq!(settled.database_url.reveal(), "postgres://u@h/d");
        assert_eq!(settled.listen.to_string(), "0.0.0.0:9000");
        assert_eq!(settled.public_url, "https://w.example");
    }

    #[test]
    fn the_real_port_is_known_before_serving() {
        let mut config = settled("", None, Some(0));
        let listener = listen(&mut config).unwrap();
        assert_eq!(config.listen, listener.local_addr().unwrap());
        assert_eq!(config.public_url, format!("http://{}", config.listen));
    }
}
