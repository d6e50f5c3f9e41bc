//! Requests of another system: imported by the program, read back by each service through the API.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Output;

use api::import::BATCH;
use persistence::Backend;
use serde_json::Value;
use tempfile::TempDir;

use crate::client::path_of;
use crate::database::Database;
use crate::intact::nothing_is_half;
use crate::program::{Program, Running, command, wait_for};
use crate::world::{AGENT, GREEN_AGENT, LIGHTING_AGENT, MANAGER, Registered};

const MAPPING: &str = r#"
source = "meldpunt"
consultation = "KRO"
[columns]
reference = "nr"
type = "soort"
created_at = "gemaakt"
due_at = "uiterlijk"
closed_at = "gesloten"
status = "toestand"
agency = "dienst"
[categories]
"*" = "AFV.SLUIK"
[statuses]
"open" = "open"
"dicht" = "closed"
"dubbel" = "withdrawn"
"door" = "redirected"
[organisations]
"Straat" = "Reiniging"
"Licht" = "Openbare verlichting"
"Park" = "Groendienst"
"#;

const HEADER: &str = "nr,soort,gemaakt,uiterlijk,gesloten,toestand,dienst\n";

/// The services with their names in the file.
const SERVICES: [(&str, &Registered); 3] =
    [("Straat", &AGENT), ("Licht", &LIGHTING_AGENT), ("Park", &GREEN_AGENT)];

/// A row of the file, and what its service is to read of it.
struct Row {
    agency: &'static str,
    created: &'static str,
    due: &'static str,
    closed: &'static str,
    status: &'static str,
    state: &'static str,
    late: bool,
}

const fn row(agency: &'static str, status: &'static str, times: [&'static str; 3], late: bool) -> Row {
    let state = match status.as_bytes() {
        b"open" => "sent",
        b"dicht" => "closed",
        b"dubbel" => "withdrawn",
        _ => "redirected",
    };
    let [created, due, closed] = times;
    Row { agency, created, due, closed, status, state, late }
}

const ROWS: [Row; 11] = [
    row("Straat", "dicht", ["2024-01-08T09:00:00Z", "2024-01-15T09:00:00Z", "2024-01-12T10:30:00Z"], false),
    row("Straat", "dicht", ["2024-01-08T09:05:00Z", "2024-01-15T09:00:00Z", "2024-01-15T09:00:01Z"], true),
    // At the very moment is in time.
    row("Straat", "dicht", ["2024-01-08T09:10:00Z", "2024-01-15T09:00:00Z", "2024-01-15T09:00:00Z"], false),
    row("Straat", "dubbel", ["2024-01-09T09:00:00Z", "2024-01-16T09:00:00Z", "2024-01-10T09:00:00Z"], false),
    row("Licht", "dubbel", ["2024-01-09T09:05:00Z", "2024-01-16T09:00:00Z", "2024-03-01T09:00:00Z"], true),
    row("Licht", "door", ["2024-01-10T09:00:00Z", "2024-01-17T09:00:00Z", "2024-02-01T09:00:00Z"], true),
    // Due before it was made.
    row("Licht", "dicht", ["2024-01-11T09:00:00Z", "2024-01-11T08:00:00Z", "2024-01-11T09:00:00Z"], true),
    row("Licht", "dicht", ["2024-01-11T09:05:00Z", "", "2024-06-01T09:00:00Z"], false),
    row("Park", "open", ["2024-01-12T09:00:00Z", "2024-01-19T09:00:00Z", ""], true),
    row("Park", "open", ["2024-01-12T09:05:00Z", "2199-12-31T23:00:00Z", ""], false),
    row("Park", "open", ["2024-01-12T09:10:00Z", "", ""], false),
];

/// The rows of the table with their numbers, from 1 on.
fn numbered() -> impl Iterator<Item = (String, &'static Row)> {
    ROWS.iter().enumerate().map(|(position, row)| (format!("W-{}", position + 1), row))
}

/// A folder with the file and its mapping.
struct File {
    _folder: TempDir,
    rows: PathBuf,
    mapping: PathBuf,
}

impl File {
    fn of(rows: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        let (rows, mapping) = (write("rows.csv", &format!("{HEADER}{rows}")), write("map.toml", MAPPING));
        Self { _folder: folder, rows, mapping }
    }

    fn arguments(&self) -> [&str; 5] {
        ["import", "requests", self.rows.to_str().unwrap(), "--mapping", self.mapping.to_str().unwrap()]
    }

    /// Has the program import it to the end; gives what it tells.
    fn is_imported(&self, database: &Database) -> String {
        let Output { status, stdout, stderr } = command(&database.url(), &self.arguments()).output().unwrap();
        assert!(status.success(), "{}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }
}

fn on_both(story: impl Fn(&Database)) {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        println!("on {backend:?}");
        story(&Database::new(backend));
    }
}

fn by_reference(items: Vec<Value>) -> BTreeMap<String, Value> {
    items.into_iter().map(|item| (item["externalReference"].as_str().unwrap().to_owned(), item)).collect()
}

/// A moment of the file as the API has it.
fn moment(text: &str) -> Value {
    if text.is_empty() { Value::Null } else { Value::from(text) }
}

#[test]
fn each_service_reads_its_imported_requests_as_the_file_has_them() {
    on_both(|database| {
        let rows = numbered().fold(String::new(), |mut rows, (number, row)| {
            let Row { agency, created, due, closed, status, .. } = row;
            writeln!(rows, "{number},Sluikstort,{created},{due},{closed},{status},{agency}").unwrap();
            rows
        });
        let file = File::of(&rows);
        let told = file.is_imported(database);
        assert!(told.starts_with("11 rows read: 11 imported, 0 imported before, 0 refused"), "{told}");
        let again = file.is_imported(database);
        assert!(again.starts_with("11 rows read: 0 imported, 11 imported before, 0 refused"), "{again}");

        let program = Program::serve(&database.url());
        let manager = program.client(&MANAGER);
        for (agency, agent) in SERVICES {
            let service = program.client(agent);
            let polled = by_reference(service.lists(""));
            let expected: BTreeMap<String, &Row> = numbered().filter(|it| it.1.agency == agency).collect();
            assert!(polled.keys().eq(expected.keys()), "{agency}: {polled:?}");
            for (number, row) in &expected {
                let request = &polled[number];
                assert_eq!((&request["state"], &request["late"]), (&row.state.into(), &row.late.into()));
                assert_eq!(request["sentAt"], row.created, "{number}");
                let answered = if row.status == "dicht" { row.closed } else { "" };
                assert_eq!(request["answeredAt"], moment(answered), "{number}");
                assert_eq!(request["originalAnswerDueAt"], moment(row.due), "{number}");
                for unknown in ["receivedAt", "acceptedAt", "receiptDueAt", "receiptBreachedAt"] {
                    assert_eq!(request[unknown], Value::Null, "{number} {unknown}");
                }
                let breached = if row.late { row.due } else { "" };
                assert_eq!(request["answerBreachedAt"], moment(breached), "{number}");
                the_clock_shows_the_date(&service.reads(&format!("{}/clock", path_of(request))).is(200), row);
            }
            for state in ["sent", "closed", "withdrawn", "redirected"] {
                for late in [true, false] {
                    let counted = service.lists(&format!("state={state}&late={late}")).len();
                    let rows = expected.values().filter(|row| row.state == state && row.late == late).count();
                    assert_eq!(counted, rows, "{agency} {state} late={late}");
                }
            }
            assert_eq!(service.lists("seriouslyLate=true"), Vec::<Value>::new());
        }

        let everything = manager.lists("");
        assert_eq!(everything.len(), ROWS.len());
        for request in &everything {
            let known = (&request["imported"], &request["neverSeen"], &request["firstSeenAt"]);
            assert_eq!(known, (&Value::Bool(true), &Value::Bool(false), &Value::Null), "{request}");
        }
        assert_eq!(manager.lists("neverSeen=true"), Vec::<Value>::new());
        assert_eq!(manager.lists("seriouslyLate=true"), Vec::<Value>::new());
        nothing_is_half(database);
    });
}

/// The term of an imported request is the given date: no working days, nothing serious, no receipt.
fn the_clock_shows_the_date(clock: &Value, row: &Row) {
    assert_eq!(clock["receipt"], Value::Null, "{clock}");
    let answer = &clock["answer"];
    assert_eq!(answer["originalDueAt"], moment(row.due), "{clock}");
    for absent in ["workingDays", "seriouslyLateAt"] {
        assert_eq!(answer[absent], Value::Null, "{clock}");
    }
    if !row.due.is_empty() {
        assert_eq!((&answer["late"], &answer["seriouslyLate"]), (&row.late.into(), &false.into()), "{clock}");
        assert_eq!(answer["endedAt"], moment(row.closed), "{clock}");
    }
}

#[test]
fn an_import_that_is_killed_leaves_nothing_half_and_goes_on_where_it_stopped() {
    const TOTAL: usize = 4 * BATCH;
    on_both(|database| {
        let rows = (0..TOTAL).fold(String::new(), |mut rows, number| {
            let agency = SERVICES[number % SERVICES.len()].0;
            writeln!(rows, "W-{number},Sluikstort,2024-01-08T09:00:00Z,,,open,{agency}").unwrap();
            rows
        });
        let file = File::of(&rows);
        let imported = || {
            let count = database.number("SELECT count(*) AS value FROM imported_rows");
            usize::try_from(count).unwrap()
        };

        let mut import = command(&database.url(), &file.arguments());
        let import = Running(import.stdout(std::process::Stdio::null()).spawn().unwrap());
        wait_for("first batch", || (imported() > 0).then_some(()));
        drop(import);

        let stopped_at = imported();
        assert!(stopped_at < TOTAL, "it was killed too late");
        assert_eq!(stopped_at % BATCH, 0, "a batch is there as a whole or not at all");
        everything_imported_is_whole(database, stopped_at);
        let told = file.is_imported(database);
        let left = TOTAL - stopped_at;
        let expected = format!("{TOTAL} rows read: {left} imported, {stopped_at} imported before, 0 refused");
        assert!(told.starts_with(&expected), "{told}");
        everything_imported_is_whole(database, TOTAL);
        let program = Program::serve(&database.url());
        let open = program.client(&AGENT).lists("state=sent&pageSize=500");
        assert_eq!(open.len(), 500, "{told}");
    });
}

fn everything_imported_is_whole(database: &Database, rows: usize) {
    nothing_is_half(database);
    let whole = database.number(
        "SELECT count(*) AS value FROM imported_rows AS i \
         JOIN follow_up_requests AS r ON r.id = i.follow_up_request_id AND r.external_reference = i.row_key \
         JOIN cases AS c ON c.id = r.case_id",
    );
    assert_eq!(usize::try_from(whole), Ok(rows));
    for table in ["cases", "follow_up_requests"] {
        let count = database.number(&format!("SELECT count(*) AS value FROM {table}"));
        assert_eq!(usize::try_from(count), Ok(rows), "{table}");
    }
}
