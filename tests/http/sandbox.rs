//! The sandbox: the tutorial of the README, line by line, and the clock.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::process::{ChildStdout, Command, Stdio};

use serde_json::{Value, json};

use crate::program::{Running, setting};
use crate::wire::{self, Sent};

/// A running sandbox with what it printed.
struct Sandbox {
    _running: Running,
    _output: BufReader<ChildStdout>,
    /// The `export` lines.
    exports: Vec<String>,
    address: SocketAddr,
}

impl Sandbox {
    fn start() -> Self {
        let mut command = Command::new(setting("WIJKOVERLEG"));
        command.args(["sandbox", "--port", "0"]).env_remove("DATABASE_URL").stdin(Stdio::null());
        let mut running = Running(command.stdout(Stdio::piped()).spawn().unwrap());
        let mut output = BufReader::new(running.0.stdout.take().unwrap());
        let mut exports = Vec::new();
        while !exports.iter().any(|line: &String| line.starts_with("export SERVICE_ID=")) {
            let mut line = String::new();
            assert!(output.read_line(&mut line).unwrap() > 0, "it ended: {exports:?}");
            exports.extend(line.starts_with("export ").then(|| line.trim_end().to_owned()));
        }
        let base = exports.iter().find_map(|line| line.strip_prefix("export BASE='http://")).unwrap();
        let address = base.split_once('/').unwrap().0.parse().unwrap();
        Self { _running: running, _output: output, exports, address }
    }

    fn asks(&self, method: &str, path: &str, body: Option<&Value>) -> (u16, Value) {
        let target = format!("/wijkoverleg/v1{path}");
        let mut sent = Sent { method: method.to_owned(), target, ..Sent::default() };
        if let Some(body) = body {
            sent.headers.push(("Content-Type".to_owned(), b"application/json".to_vec()));
            sent.body = Some(body.to_string().into_bytes());
        }
        let answer = wire::exchange(self.address, &sent).unwrap();
        (answer.status, serde_json::from_slice(&answer.body).unwrap_or_default())
    }

    fn advances(&self, body: &Value) -> (u16, Value) {
        self.asks("POST", "/sandbox/clock/advance", Some(body))
    }
}

/// The lines of the tutorial in the README.
fn tutorial() -> &'static str {
    let readme = include_str!("../../README.md");
    readme.split_once("```bash\n").unwrap().1.split_once("```").unwrap().0
}

#[test]
fn the_tutorial_of_the_readme_does_what_it_says() {
    let sandbox = Sandbox::start();
    let script = format!("set -euo pipefail\n{}\n{}", sandbox.exports.join("\n"), tutorial());
    let output = Command::new("bash").args(["-c", &script]).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let values: Vec<Value> =
        serde_json::Deserializer::from_str(&told).into_iter().collect::<Result<_, _>>().unwrap();
    let [arrived, next, week, reminded, head @ .., fortnight, serious, answered, entries] = values.as_slice()
    else {
        panic!("{told}")
    };
    assert_eq!(arrived["state"], "sent");
    assert!(next["step"] == "receiptOverdue" || next["step"] == "answerDueSoon", "{next}");
    assert!(week["fired"].as_u64().unwrap() >= 4, "{week}");
    assert_eq!((&reminded["state"], &reminded["late"]), (&json!("sent"), &json!(true)));
    assert!(reminded["reminderCount"].as_u64().unwrap() >= 3, "{reminded}");
    assert!(
        head.iter().any(|entry| entry[1] == "receiptStillOverdue" && entry[2] == "informHead"),
        "{head:?}"
    );
    assert!(fortnight["fired"].as_u64().unwrap() >= 1);
    assert_eq!(serious["rule"]["condition"], "answerSeriouslyLate");
    assert_eq!((&answered["state"], &answered["late"]), (&json!("answered"), &json!(true)));
    assert_eq!(entries, &json!(6), "what took effect stays");
}

#[test]
fn time_moves_on_and_never_back() {
    let sandbox = Sandbox::start();
    let (_, before) = sandbox.asks("GET", "/sandbox/clock", None);
    let (status, advanced) = sandbox.advances(&json!({"duration": "P1D"}));
    assert_eq!(status, 200);
    let day = |value: &Value| value.as_str().unwrap().parse::<jiff::Timestamp>().unwrap();
    let passed = day(&advanced["from"]).duration_until(day(&advanced["now"]));
    // A day in Brussels has 23, 24 or 25 hours.
    assert!((23..=25).contains(&passed.as_hours()), "{passed}");
    assert!(day(&advanced["from"]) >= day(&before["now"]));

    let later = day(&advanced["now"]) + jiff::SignedDuration::from_hours(36);
    assert_eq!(sandbox.advances(&json!({"to": later})).0, 200);
    for (body, member) in [
        (json!({"to": before["now"]}), "to"),
        (json!({"duration": "P100Y"}), "duration"),
        (json!({"duration": "PxD"}), "duration"),
        (json!({}), "duration"),
        (json!({"duration": "P1D", "to": later}), "duration"),
        (json!({"duration": "P1D", "by": 3}), "by"),
    ] {
        let (status, problem) = sandbox.advances(&body);
        assert_eq!(status, 400, "{body}");
        assert_eq!(problem["issues"][0]["name"], member, "{problem}");
    }
}

#[test]
fn its_operations_do_not_exist_outside_of_it() {
    let document: Value = serde_json::from_str(include_str!("../../openapi/v1.json")).unwrap();
    assert!(document["paths"].as_object().unwrap().keys().all(|path| !path.starts_with("/sandbox")));
    crate::app::on_both(|app| {
        for client in [&app.administrator, &app.nobody] {
            let advance = client.request("POST", "/sandbox/clock/advance").json(&json!({"duration": "P1D"}));
            assert_eq!(advance.goes().status(), 404);
        }
    });
    let sandbox = Sandbox::start();
    let (_, served) = sandbox.asks("GET", "/doc/openapi.json", None);
    assert!(served["paths"].get("/sandbox/clock/advance").is_some(), "its own document has them");
}
