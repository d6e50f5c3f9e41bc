//! The example clients, as a city service would run them: against the program, killed at every step, and told lies.

mod clients;
mod receivers;
mod relay;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::{Command, Stdio};

use persistence::Backend;
use serde_json::{Value, json};

use self::clients::{BOTH, Language, examples, node_modules, python};
use self::relay::{Deed, Relay};
use crate::client::{Client, path_of};
use crate::database::Database;
use crate::program::{Program, Running, setting, wait_for};
use crate::wire::Sent;
use crate::world::{AGENT, CLEANING, MANAGER};

/// A program with a team that asks and a service whose application is one of the examples.
struct Scene {
    program: Program,
    manager: Client,
    _database: Database,
    folder: tempfile::TempDir,
}

impl Scene {
    fn on(backend: Backend) -> Self {
        let database = Database::new(backend);
        let program = Program::serve(&database.url());
        let manager = program.client(&MANAGER);
        Self { program, manager, _database: database, folder: tempfile::tempdir().unwrap() }
    }

    /// Asks the service something about a case of its own.
    fn asks(&self) -> Value {
        let case = self.manager.admits("Glasbol");
        self.manager.sends(&case, CLEANING)
    }

    /// Describes the client of the service: it reaches the program over a relay, and keeps its state in between.
    fn client(&self, language: Language, relay: &Relay, arguments: &[&str]) -> Command {
        self.told(language, "poll", relay, arguments)
    }

    fn told(&self, language: Language, verb: &str, relay: &Relay, arguments: &[&str]) -> Command {
        let mut command = language.command(verb);
        command.args(arguments).arg("--state").arg(self.folder.path().join(language.name()));
        command.env("WIJKOVERLEG_URL", format!("http://{}/wijkoverleg/v1", relay.address));
        command.env("CLIENT_ID", AGENT.id.to_string()).env("CLIENT_SECRET", crate::world::SECRET);
        command
    }

    /// Lets the client do what is open.
    fn is_served_by(&self, language: Language, relay: &Relay, arguments: &[&str]) {
        let mut command = self.client(language, relay, &["--once"]);
        let output = command.args(arguments).output().unwrap();
        assert!(output.status.success(), "{language:?}: {output:?}");
    }

    fn relay(&self, rule: impl Fn(usize, &Sent) -> Deed + Send + Sync + 'static) -> Relay {
        Relay::to(&self.program.shared, rule)
    }

    /// Asserts that a request was received, accepted and answered, each once.
    fn is_answered_once(&self, request: &Value) {
        let seen = self.manager.sees(request);
        assert_eq!(seen["state"], "answered", "{seen}");
        assert_eq!(seen["answers"].as_array().unwrap().len(), 1);
        let case = json!({"href": seen["href"].as_str().unwrap().replace(
            &path_of(&seen), &format!("/cases/{}", seen["caseId"].as_str().unwrap()))});
        let timeline = self.manager.reads(&format!("{}/timeline", path_of(&case))).is(200);
        let verbs: Vec<_> =
            timeline["items"].as_array().unwrap().iter().map(|it| it["verb"].clone()).collect();
        let of_the_service: Vec<_> = verbs
            .into_iter()
            .filter(|verb| ["receive", "accept", "answer"].iter().any(|it| verb == it))
            .collect();
        assert_eq!(of_the_service, ["receive", "accept", "answer"]);
    }
}

/// Tells what is sent in a few words.
fn verb_of(sent: &Sent) -> Option<&str> {
    let last = sent.target.rsplit('/').next()?;
    (sent.method == "POST" && sent.target.contains("/followUpRequests/")).then_some(last)
}

#[test]
fn a_client_that_is_killed_at_any_step_and_started_again_answers_once() {
    let scene = Scene::on(Backend::Sqlite);
    for language in BOTH {
        let mut replayed = Vec::new();
        for step in 0.. {
            let request = scene.asks();
            let deed = |after| if after { Deed::StopAfter } else { Deed::StopBefore };
            let (number, after) = (step / 2, step % 2 == 1);
            let relay = scene.relay(move |n, _| if n == number { deed(after) } else { Deed::PassOn });
            let mut command = scene.client(language, &relay, &["--once"]);
            let mut client = Running(command.stdout(Stdio::null()).spawn().unwrap());
            let mut has_ended = false;
            wait_for("step", || {
                has_ended = client.0.try_wait().unwrap().is_some();
                (has_ended || relay.has_stopped()).then_some(())
            });
            // This is `kill -9`.
            drop(client);

            let relay = scene.relay(|_, _| Deed::PassOn);
            scene.is_served_by(language, &relay, &[]);
            scene.is_answered_once(&request);
            let heard = relay.heard();
            replayed.extend(
                heard
                    .iter()
                    .filter(|it| it.answered("idempotency-replayed").is_some())
                    .filter_map(|it| verb_of(&it.sent).map(str::to_owned)),
            );
            if has_ended {
                assert_eq!(number, 5, "{language:?}: a token, the list and three verbs");
                break;
            }
        }
        assert_eq!(
            replayed,
            ["receive", "accept", "answer"],
            "{language:?}: what was done is only told again"
        );
    }
}

#[test]
fn a_client_works_on_both_databases_through_pages_and_while_the_server_is_busy() {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        let scene = Scene::on(backend);
        for language in BOTH {
            let requests = [scene.asks(), scene.asks(), scene.asks()];
            let relay = scene.relay(|number, _| match number {
                0 => Deed::Answer(503, "0"),
                2 => Deed::Answer(429, "0"),
                _ => Deed::PassOn,
            });
            scene.is_served_by(language, &relay, &["--page-size", "2"]);
            for request in &requests {
                scene.is_answered_once(request);
            }
            let heard = relay.heard();
            let pages = heard.iter().filter(|it| it.sent.target.contains("after=")).count();
            let verbs = heard.iter().filter(|it| verb_of(&it.sent).is_some()).count();
            assert_eq!((pages, verbs), (1, 9), "{language:?}");
        }
    }
}

#[test]
fn a_client_waits_for_changes_and_a_new_start_goes_on_where_it_was() {
    let scene = Scene::on(Backend::Sqlite);
    for language in BOTH {
        let relay = scene.relay(|_, _| Deed::PassOn);
        let wait = ["--wait", "1"];
        let mut client = scene.client(language, &relay, &wait);
        let client = Running(client.stdout(Stdio::null()).spawn().unwrap());
        let unchanged = |relay: &Relay| relay.heard().iter().any(|it| it.status() == Some(304));
        wait_for("poll without a change", || unchanged(&relay).then_some(()));
        let request = scene.asks();
        wait_for("answer", || (scene.manager.sees(&request)["state"] == "answered").then_some(()));
        scene.is_answered_once(&request);
        let before = relay.heard().len();
        wait_for("poll without a change", || {
            relay.heard()[before..].iter().any(|it| it.status() == Some(304)).then_some(())
        });
        drop(client);

        let relay = scene.relay(|_, _| Deed::PassOn);
        let mut client = scene.client(language, &relay, &wait);
        let _client = Running(client.stdout(Stdio::null()).spawn().unwrap());
        wait_for("poll without a change", || unchanged(&relay).then_some(()));
        let heard = relay.heard();
        assert_eq!(heard.len(), 2, "{language:?}: a token and the list, of which nothing is told again");
        assert_eq!(heard[1].asked("prefer").as_deref(), Some("wait=1"));
    }
}

#[test]
fn a_client_follows_the_feed_from_where_it_was_and_begins_anew_when_it_cannot() {
    let scene = Scene::on(Backend::Sqlite);
    for language in BOTH {
        let answered = |request: &Value| (scene.manager.sees(request)["state"] == "answered").then_some(());
        let follows = |relay: &Relay| {
            let mut client = scene.told(language, "follow", relay, &["--wait", "1"]);
            Running(client.stdout(Stdio::null()).spawn().unwrap())
        };
        let listed = |relay: &Relay| {
            relay
                .heard()
                .iter()
                .any(|it| it.sent.target.contains("/events?") && it.sent.target.contains("after="))
        };
        let before = scene.asks();
        let relay = scene.relay(|_, _| Deed::PassOn);
        let client = follows(&relay);
        wait_for("answer to what was there before", || answered(&before));
        wait_for("place in the feed", || listed(&relay).then_some(()));
        drop(client);

        let meanwhile = scene.asks();
        let relay = scene.relay(|_, _| Deed::PassOn);
        let client = follows(&relay);
        wait_for("answer to what came while nobody followed", || answered(&meanwhile));
        let pages = relay.heard().into_iter().filter(|it| it.sent.target.contains("/events?"));
        assert!(pages.map(|it| it.sent.target).all(|target| target.contains("after=")), "{language:?}");
        drop(client);

        let later = scene.asks();
        let relay = scene.relay(|_, sent| {
            if sent.target.contains("/events?") && sent.target.contains("after=") {
                Deed::Answer(410, "")
            } else {
                Deed::PassOn
            }
        });
        let _client = follows(&relay);
        wait_for("answer after beginning anew", || answered(&later));
        for request in [&before, &meanwhile, &later] {
            scene.is_answered_once(request);
        }
    }
}

#[test]
fn a_client_reads_anew_what_the_team_changed_in_between() {
    let scene = Scene::on(Backend::Sqlite);
    for language in BOTH {
        let (amended, withdrawn) = (scene.asks(), scene.asks());
        let (manager, changed) = (scene.manager.clone(), [amended.clone(), withdrawn.clone()]);
        let relay = scene.relay(move |_, sent| {
            let of = |request: &Value| sent.target.contains(request["id"].as_str().unwrap());
            if verb_of(sent) == Some("accept") && of(&changed[0]) && manager.sees(&changed[0])["version"] == 2
            {
                let text = json!({"subject": "Glasbol en put", "question": "Graag ook de put.", "text": "Er ligt ook afval in de put."});
                manager.does("amend", &changed[0], &text);
            }
            if verb_of(sent) == Some("answer") && of(&changed[1]) {
                manager.sees(&changed[1]);
                manager.withdraws(&changed[1]);
            }
            Deed::PassOn
        });
        scene.is_served_by(language, &relay, &[]);
        scene.is_answered_once(&amended);
        assert_eq!(scene.manager.sees(&withdrawn)["state"], "withdrawn");
        let state = fs::read_to_string(scene.folder.path().join(language.name())).unwrap();
        let state: Value = serde_json::from_str(&state).unwrap();
        assert_eq!(state["tasks"], json!({}), "{language:?}");
    }
}

#[test]
fn a_client_without_a_right_to_answer_says_so_and_loses_nothing() {
    let scene = Scene::on(Backend::Sqlite);
    for language in BOTH {
        let request = scene.asks();
        let relay =
            scene.relay(
                |_, sent| {
                    if verb_of(sent) == Some("answer") { Deed::Answer(403, "") } else { Deed::PassOn }
                },
            );
        let output = scene.client(language, &relay, &["--once"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{language:?}: {output:?}");
        assert!(String::from_utf8_lossy(&output.stderr).starts_with("refused: 403"), "{output:?}");
        scene.is_served_by(language, &scene.relay(|_, _| Deed::PassOn), &[]);
        scene.is_answered_once(&request);
    }
}

#[test]
fn the_clients_have_tests_and_types_of_their_own() {
    clients::run(python().args(["-m", "unittest", "--quiet"]));
    let cache = examples().join("../target/xtask/examples-python/mypy");
    clients::run(python().args(["-m", "mypy", "--strict", "--cache-dir"]).arg(cache).args([
        "city_service",
        "tests",
        "../generate_types.py",
    ]));
    let tests = fs::read_dir(clients::compiled().join("test")).unwrap().map(|file| file.unwrap().path());
    let tests = tests.filter(|path| path.to_string_lossy().ends_with(".test.js"));
    clients::run(Command::new(setting("EXAMPLES_NODE")).arg("--test").args(tests));
}

#[test]
fn the_types_of_the_clients_are_those_of_the_contract() {
    clients::run(python().args(["../generate_types.py", "--check", "--node-modules"]).arg(node_modules()));
}

/// Starts the demonstration in a folder, and waits until it tells who may call.
fn demonstration(folder: &Path) -> Running {
    let mut command = Command::new(setting("WIJKOVERLEG"));
    command.args(["demo", "--port", "0"]).current_dir(folder).env_remove("DATABASE_URL");
    let demo = Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    wait_for("demonstration", || {
        let text = fs::read_to_string(folder.join("data/demo-credentials.json")).ok()?;
        serde_json::from_str::<Value>(&text).ok()
    });
    demo
}

#[test]
fn the_readme_of_the_examples_leads_to_a_first_answer() {
    let readme = include_str!("../../examples/README.md");
    let blocks = readme.split("```bash\n").skip(1).map(|rest| rest.split_once("```").unwrap().0);
    let script = blocks.collect::<Vec<_>>().join("\n");
    // The same packages are here already, by the same lock.
    assert!(script.contains("npm ci"), "{script}");
    let script = format!("set -euo pipefail\n{}", script.replace("npm ci", "true"));
    let folder = tempfile::tempdir().unwrap();
    clients::run(Command::new("cp").arg("-r").arg(examples()).arg(folder.path()));
    symlink(node_modules(), folder.path().join("examples/typescript/node_modules")).unwrap();
    let _demo = demonstration(folder.path());

    let binaries = setting("EXAMPLES_PYTHON").parent().unwrap().to_owned();
    let path = format!("{}:{}", binaries.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("bash");
    let output = command.args(["-c", &script]).current_dir(folder.path()).env("PATH", path).output().unwrap();
    let told = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    let answered: Vec<Value> = told.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert_eq!(answered.len(), 2, "{told}");
    for request in answered {
        assert_eq!(request["state"], "answered", "{told}");
        assert!(request["answers"][0].as_str().unwrap().starts_with("Uitgevoerd, zie werkbon"), "{told}");
    }
}
