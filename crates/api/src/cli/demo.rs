//! `wijkoverleg demo`: made-up data in a folder, served with everything that is needed to look around.

mod credentials;
mod database;
mod guide;
pub(super) mod sandbox;

use clap::Args;

use self::credentials::Credentials;
use super::place::{self, Place};
use super::{Failure, serve};
use crate::clock::{Clock as _, SystemClock};
use crate::config::{Config, Log, LogFormat};
use crate::routes::BASE_PATH;
use crate::telemetry;

/// The file with ids, secrets and tokens.
const CREDENTIALS: &str = "demo-credentials.json";

#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    place: Place,
    /// Starts afresh: what happened in an earlier demo is lost. Touches no database but that of a demo.
    #[arg(long)]
    reset: bool,
}

/// Makes the data when there is none, writes and prints what is needed to call the API, and serves.
pub(super) fn demo(config: Config, arguments: &Arguments) -> Result<(), Failure> {
    let mut config = settled(config, &arguments.place);
    let _log = telemetry::start(&config.log)?;
    // Listening comes first: the address is the real one, and nothing is touched when the port is taken.
    let listener = place::listen(&mut config)?;

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
    serve::run(config, store, issuer, listener, None)
}

/// Lays the arguments over the settings; what nobody set becomes what suits a demo.
fn settled(mut config: Config, place: &Place) -> Config {
    place.settle(&mut config);
    config.limits.be_generous();
    if config.log == (Log { format: LogFormat::Json, filter: "info".to_owned() }) {
        config.log = Log { format: LogFormat::Pretty, filter: "warn".to_owned() };
    }
    config
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_quiet_and_for_people_unless_something_else_was_set() {
        for (file, filter) in [("", "warn"), ("[log]\nlevel = 'debug'", "debug")] {
            let config = Config::read(file.parse().unwrap(), []).unwrap();
            assert_eq!(settled(config, &Place::default()).log.filter, filter);
        }
    }

    #[test]
    fn a_client_of_a_demo_has_no_limit_unless_one_was_set() {
        for (file, calls) in [("", 0), ("[limits]\nrequests_per_minute = 60", 60)] {
            let config = Config::read(file.parse().unwrap(), []).unwrap();
            let limits = settled(config, &Place::default()).limits;
            assert_eq!((limits.requests_per_minute, limits.waiting_per_client), (calls, 0));
        }
    }
}
