use super::*;

fn read(file: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let environment = environment.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    Config::read(file.parse().unwrap(), environment).map_err(|error| match error {
        ConfigError::Faults(faults) => faults.iter().map(ToString::to_string).collect(),
        other => vec![other.to_string()],
    })
}

#[test]
fn nothing_at_all_is_a_configuration() {
    let config = read("", &[("PATH", "/bin")]).unwrap();
    assert_eq!(config.public_url, "http://127.0.0.1:8080");
    assert_eq!(config.limits.body_bytes, 1_048_576);
    assert_eq!(config.database_url.reveal(), "sqlite://data/wijkoverleg.sqlite");
}

#[test]
fn the_environment_goes_before_the_file() {
    let file = "listen = '0.0.0.0:80'\n[limits]\nbody_bytes = 2048\n[log]\nformat = 'pretty'";
    let environment = [("WIJKOVERLEG_LIMITS_BODY_BYTES", "4096"), ("DATABASE_URL", "postgres://u:p@h/d")];
    let config = read(file, &environment).unwrap();
    assert_eq!(config.listen.to_string(), "0.0.0.0:80");
    assert_eq!(config.limits.body_bytes, 4_096);
    assert_eq!(config.log.format, LogFormat::Pretty);
    assert_eq!(config.database_url.reveal(), "postgres://u:p@h/d");
    assert!(!format!("{config:?}").contains("u:p"));
}

#[test]
fn every_fault_is_told_at_once_with_its_key() {
    let file = "listen = 'here'\nwrokers = 2\n[limits]\nbody_bytes = 1\n[log]\nlevel = 3.5";
    let environment = [("WIJKOVERLEG_PUBLIC_URL", "ftp://x"), ("WIJKOVERLEG_LOG_FORMAT", "xml")];
    let mut faults = read(file, &environment).unwrap_err();
    faults.sort();
    assert_eq!(
        faults,
        [
            "WIJKOVERLEG_LOG_FORMAT: expected json or pretty",
            "WIJKOVERLEG_PUBLIC_URL: expected an http or https address without path, such as https://wijk.example.org",
            "limits.body_bytes: expected a whole number from 1024 to 67108864",
            "listen: expected an address with a port, such as 127.0.0.1:8080",
            "log.level: expected a level or directives, such as info or info,access=warn",
            "wrokers: there is no such key",
        ]
    );
}

#[test]
fn the_issuer_is_configured_by_file_and_environment() {
    let defaults = read("", &[]).unwrap().issuer;
    assert_eq!(defaults.signing, SigningAlgorithm::Es256);
    assert_eq!(defaults.algorithms, [Algorithm::Es256, Algorithm::Rs256, Algorithm::EdDsa]);
    let file = "[issuer]\nsigning_algorithm = 'EdDSA'\naccepted_algorithms = ['EdDSA']\nkey_period_days = 7\n\
                failures_per_minute = 3";
    let environment = [("WIJKOVERLEG_ISSUER_TRUSTED_PROXIES", "10.0.0.1, ::ffff:10.0.0.2")];
    let issuer = read(file, &environment).unwrap().issuer;
    assert_eq!(issuer.signing, SigningAlgorithm::EdDsa);
    assert_eq!(issuer.algorithms, [Algorithm::EdDsa]);
    assert_eq!(issuer.key_period, Duration::from_hours(168));
    assert_eq!(issuer.failures_per_minute, 3);
    assert_eq!(issuer.trusted_proxies, ["10.0.0.1", "10.0.0.2"].map(|text| text.parse::<IpAddr>().unwrap()));
}

#[test]
fn faults_of_the_issuer_are_told_at_once() {
    let file = "[issuer]\nsigning_algorithm = 'HS256'\nkey_period_days = 0\ntrusted_proxies = ['proxy']\n\
                failures_per_minute = 'many'\naccepted_algorithms = ['RS256']";
    let mut faults = read(file, &[]).unwrap_err();
    faults.sort();
    assert_eq!(
        faults,
        [
            "issuer.accepted_algorithms: expected ES256 among them, as the built-in issuer signs with it",
            "issuer.failures_per_minute: expected a whole number from 1 to 10000",
            "issuer.key_period_days: expected a whole number from 1 to 366",
            "issuer.signing_algorithm: expected ES256 or EdDSA",
            "issuer.trusted_proxies: expected addresses such as 10.0.0.1",
        ]
    );
    let none = read("[issuer]\naccepted_algorithms = ['none', 'ES256']", &[]).unwrap_err();
    assert_eq!(none, ["issuer.accepted_algorithms: expected one or more of ES256, RS256 and EdDSA"]);
}

#[test]
fn each_limit_of_a_client_has_an_off_switch() {
    let of = |file: &str| {
        let limits = read(file, &[]).unwrap().limits;
        (limits.requests_per_minute, limits.concurrent_per_client, limits.waiting_per_client)
    };
    assert_eq!(of(""), (6_000, 64, 1_000));
    let off = "[limits]\nrequests_per_minute = 0\nconcurrent_per_client = 0\nwaiting_per_client = 0";
    assert_eq!(of(off), (0, 0, 0));
    let fault = read("[limits]\nrequests_per_minute = -1", &[]).unwrap_err();
    assert_eq!(fault, ["limits.requests_per_minute: expected a whole number from 0 to 1000000"]);
}

#[test]
fn the_sweep_has_an_interval_and_an_off_switch() {
    let interval = |file: &str| read(file, &[]).unwrap().sweep_interval;
    assert_eq!(interval(""), Some(Duration::from_mins(1)));
    assert_eq!(interval("[sweep]\ninterval_seconds = 5"), Some(Duration::from_secs(5)));
    assert_eq!(interval("[sweep]\ninterval_seconds = 0"), None);
    let fault = read("[sweep]\ninterval_seconds = -1", &[]).unwrap_err();
    assert_eq!(fault, ["sweep.interval_seconds: expected a whole number from 0 to 86400"]);
}

#[test]
fn what_the_readme_shows_can_be_read() {
    let readme = include_str!("../../../../README.md");
    let blocks: Vec<&str> =
        readme.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() >= 3);
    for block in blocks {
        let config = Config::read(block.parse().unwrap(), []);
        assert!(config.is_ok(), "{config:?}\n{block}");
    }
}
