//! The receivers of webhooks: whom they believe, and what they keep.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::Path;
use std::process::{ChildStdout, Stdio};

use api::clock::{Clock as _, SystemClock};
use aws_lc_rs::hmac;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::clients::{BOTH, Language};
use crate::program::Running;
use crate::wire::{self, Received, Sent};

const SECRET: &[u8] = b"the secret of this subscription.";
const NEXT_SECRET: &[u8] = b"the secret that comes after it..";

/// A receiver that is running.
struct Receiver {
    _running: Running,
    _output: BufReader<ChildStdout>,
    address: SocketAddr,
}

impl Receiver {
    fn start(language: Language, keys: &str, deliveries: &Path) -> Self {
        let mut command = language.command("receive");
        command.args(["--port", "0", "--deliveries"]).arg(deliveries).env("WEBHOOK_KEYS", keys);
        let mut running = Running(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut output = BufReader::new(running.0.stdout.take().unwrap());
        let mut line = String::new();
        output.read_line(&mut line).unwrap();
        let address = line.trim().rsplit('/').next().unwrap().parse();
        let address = address.unwrap_or_else(|error| panic!("{line:?}: {error}"));
        Self { _running: running, _output: output, address }
    }

    fn takes(&self, delivery: &Delivery, signature: &str) -> Received {
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let sent = Sent {
            method: "POST".to_owned(),
            target: "/".to_owned(),
            headers: vec![
                header("Content-Type", "application/cloudevents+json"),
                header("webhook-id", delivery.id),
                header("webhook-timestamp", &delivery.sent_at.to_string()),
                header("webhook-signature", signature),
            ],
            body: Some(delivery.body.clone().into_bytes()),
        };
        wire::exchange(self.address, &sent).unwrap()
    }
}

/// A delivery that is to be signed.
struct Delivery {
    id: &'static str,
    sent_at: i64,
    body: String,
}

impl Delivery {
    fn of(id: &'static str, body: &Value) -> Self {
        Self { id, sent_at: SystemClock.now().as_second(), body: body.to_string() }
    }

    fn content(&self) -> String {
        format!("{}.{}.{}", self.id, self.sent_at, self.body)
    }

    fn signed(&self, secret: &[u8]) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, secret);
        format!("v1,{}", STANDARD.encode(hmac::sign(&key, self.content().as_bytes())))
    }
}

fn an_event() -> Value {
    json!({
        "specversion": "1.0",
        "id": "019a9d3e-0000-7000-8000-000000000901",
        "source": "http://wijkoverleg.example/wijkoverleg/v1",
        "type": "be.example.wijkoverleg.v1.followUpRequest.notify.sent",
        "subject": "followUpRequests/019a9d3e-0000-7000-8000-000000000902",
        "time": "2026-03-02T09:00:00Z",
        "datacontenttype": "application/json",
        "data": {"state": "sent", "version": 1}
    })
}

fn secret(bytes: &[u8]) -> String {
    format!("whsec_{}", STANDARD.encode(bytes))
}

fn kept(deliveries: &Path) -> Vec<Value> {
    let text = std::fs::read_to_string(deliveries).unwrap();
    text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()["event"].clone()).collect()
}

#[test]
fn a_receiver_proves_that_it_reads_what_arrives() {
    for language in BOTH {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deliveries");
        let receiver = Receiver::start(language, &secret(SECRET), &file);
        let kind = "be.example.wijkoverleg.v1.webhookSubscription.verify";
        let handshake = Delivery::of("msg_1", &json!({"type": kind, "challenge": "wat hier staat"}));
        let answer = receiver.takes(&handshake, &handshake.signed(SECRET));
        assert_eq!(answer.status, 200, "{language:?}");
        let echo: Value = serde_json::from_slice(&answer.body).unwrap();
        assert_eq!(echo, json!({"challenge": "wat hier staat"}));
        assert_eq!(receiver.takes(&handshake, &handshake.signed(NEXT_SECRET)).status, 401);
        assert!(kept(&file).is_empty());
    }
}

#[test]
fn a_receiver_believes_what_is_signed_and_keeps_it_once() {
    for language in BOTH {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deliveries");
        let receiver = Receiver::start(language, &secret(SECRET), &file);
        let delivery = Delivery::of("msg_2", &an_event());
        for wrong in
            ["", "v1,", &delivery.signed(NEXT_SECRET), &delivery.signed(SECRET).replace("v1,", "v2,")]
        {
            assert_eq!(receiver.takes(&delivery, wrong).status, 401, "{language:?} {wrong}");
        }
        let old = Delivery { sent_at: delivery.sent_at - 301, ..Delivery::of("msg_2", &an_event()) };
        assert_eq!(
            receiver.takes(&old, &old.signed(SECRET)).status,
            401,
            "it is sent again by somebody else"
        );
        let changed =
            Delivery { body: delivery.body.replace("sent", "closed"), ..Delivery::of("msg_2", &json!({})) };
        assert_eq!(receiver.takes(&changed, &delivery.signed(SECRET)).status, 401);
        let large = Delivery::of("msg_2", &json!({"type": "x".repeat(300_000)}));
        assert_eq!(receiver.takes(&large, &large.signed(SECRET)).status, 413);
        assert!(kept(&file).is_empty());

        for _ in 0..2 {
            assert_eq!(receiver.takes(&delivery, &delivery.signed(SECRET)).status, 204);
        }
        drop(receiver);
        // While a secret is replaced, both sides know both.
        let keys = format!("{} {}", secret(SECRET), secret(NEXT_SECRET));
        let receiver = Receiver::start(language, &keys, &file);
        let both = format!("{} {}", delivery.signed(NEXT_SECRET), delivery.signed(SECRET));
        assert_eq!(receiver.takes(&delivery, &both).status, 204);
        let next = Delivery::of("msg_3", &an_event());
        assert_eq!(receiver.takes(&next, &next.signed(NEXT_SECRET)).status, 204);
        assert_eq!(kept(&file), [an_event(), an_event()], "{language:?}: one for each id");
    }
}

#[test]
fn a_receiver_with_a_public_key_needs_no_secret() {
    for language in BOTH {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("deliveries");
        let pair = Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap();
        let key = format!("whpk_{}", STANDARD.encode(pair.public_key().as_ref()));
        let receiver = Receiver::start(language, &key, &file);
        let delivery = Delivery::of("msg_4", &an_event());
        let signature = format!("v1a,{}", STANDARD.encode(pair.sign(delivery.content().as_bytes())));
        assert_eq!(receiver.takes(&delivery, &signature).status, 204, "{language:?}");
        let other = Delivery::of("msg_5", &an_event());
        assert_eq!(receiver.takes(&other, &signature).status, 401);
        assert_eq!(kept(&file), [an_event()]);
    }
}
