//! Endpoints that a city has in a network of its own, with certificates of an authority of its own.

use std::net::TcpListener;

use persistence::Backend;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair, KeyUsagePurpose};
use rustls::ServerConfig;
use rustls::pki_types::PrivateKeyDer;
use serde_json::json;

use super::receiver::Receiver;
use crate::app::{Settings, TestApp};

/// A certificate authority of a city.
struct Authority(CertifiedIssuer<'static, KeyPair>);

impl Authority {
    fn new() -> Self {
        let mut parameters = CertificateParams::default();
        parameters.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        parameters.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        Self(CertifiedIssuer::self_signed(parameters, KeyPair::generate().unwrap()).unwrap())
    }

    /// Starts an endpoint with a certificate for a name.
    fn endpoint(&self, name: &str) -> (Receiver, u16) {
        let key = KeyPair::generate().unwrap();
        let parameters = CertificateParams::new(vec![name.to_owned()]).unwrap();
        let certificate = parameters.signed_by(&key, &self.0).unwrap();
        let provider = rustls::crypto::aws_lc_rs::default_provider().into();
        let tls =
            ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let tls = tls.with_no_client_auth().with_single_cert(vec![certificate.der().clone()], key).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        (Receiver::with_tls(listener, tls), port)
    }
}

#[test]
fn an_endpoint_of_the_own_network_is_reached_where_the_operator_says_so_and_trusts_its_authority() {
    let (trusted, stranger) = (Authority::new(), Authority::new());
    let (receiver, port) = trusted.endpoint("localhost");
    let (unknown, second) = stranger.endpoint("localhost");
    let (misnamed, third) = trusted.endpoint("hooks.example");
    let folder = tempfile::tempdir().unwrap();
    let authorities = folder.path().join("authorities.pem");
    std::fs::write(&authorities, trusted.0.pem()).unwrap();
    let settings = |networks: &str| {
        format!(
            "allowed_hosts = [\"localhost\"]\nallowed_networks = {networks}\nallowed_ports = [443, {port}, {second}, {third}]\n\
             certificate_authorities = {authorities:?}\nrequest_seconds = 5\n"
        )
    };
    let webhooks = settings(r#"["127.0.0.0/8", "::1/128"]"#);
    let app = TestApp::start_with(Backend::Sqlite, &Settings { webhooks: &webhooks, ..Settings::default() });
    let made = app.manager.subscribes(&receiver, &["case.notify.created"]);
    app.dispatches();
    assert_eq!(app.manager.sees(&made)["state"], "active", "{}", app.manager.sees(&made)["endpoint"]);
    app.manager.admits("Plein");
    app.dispatches();
    let messages = receiver.messages();
    assert_eq!(messages.len(), 1);
    assert!(messages[0].is_signed_with(made["secret"].as_str().unwrap()));

    for endpoint in [&unknown, &misnamed] {
        let made = app.manager.subscribes(endpoint, &[]);
        let problem = app.manager.hooks("verify", &made).is_problem(409, "endpointNotVerified");
        assert_eq!(problem["reason"], "no connection, or no trusted certificate");
        assert!(endpoint.challenges().is_empty());
    }
    // Without TLS it is not even tried.
    let plain = receiver.url.replace("https:", "http:");
    let body = json!({"organisationId": crate::world::CITY, "url": plain});
    assert_eq!(app.manager.tries_to_subscribe(&body).issues(), ["body url invalidInput"]);

    let webhooks = settings("[]");
    let app = TestApp::start_with(Backend::Sqlite, &Settings { webhooks: &webhooks, ..Settings::default() });
    let made = app.manager.subscribes(&receiver, &[]);
    let problem = app.manager.hooks("verify", &made).is_problem(409, "endpointNotVerified");
    assert_eq!(problem["reason"], "the address may not be reached");
}
