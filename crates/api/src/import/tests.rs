use std::fmt::Write as _;
use std::path::PathBuf;

use domain::access::Sight;
use domain::case::Status as CaseStatus;
use domain::change::{Change, Version};
use domain::consultation::{Consultation, Level};
use domain::follow_up::{FollowUpRequest, Origin, Status};
use domain::id::ConsultationId;
use domain::labels::Labels;
use jiff::Timestamp;
use persistence::consultations::StoredConsultation;
use persistence::follow_ups::{self, Filter, Order as By};
use persistence::{DatabaseUrl, Edit, PoolSizes, cases};

use super::*;
use crate::clock::{ManualClock, SequentialIds};
use crate::work::own_circumstances;

const MAPPING: &str = r#"
source = "meldpunt"
consultation = "KRO"
create_missing = true
[columns]
reference = "nr"
type = "soort"
created_at = "gemaakt"
due_at = "uiterlijk"
closed_at = "gesloten"
status = "toestand"
agency = "dienst"
place = "wijk"
[texts]
question = "{type} ({reference})"
[categories]
"Afval*" = "AFV.SLUIK"
"Weg" = "OPD.WEG"
[statuses]
"open" = "open"
"dicht" = "closed"
"dubbel" = "withdrawn"
"door" = "redirected"
"#;

const HEADER: &str = "nr,soort,gemaakt,uiterlijk,gesloten,toestand,dienst,wijk\n";

const FILE: &str = "\
1,Afval op straat,2014-01-01T08:53:10Z,2014-01-10T00:00:00Z,2014-01-09T00:00:00Z,dicht,Reiniging,Noord
2,Afval in gracht,2014-06-01T08:00:00Z,2014-06-10T00:00:00Z,2014-06-11T00:00:00Z,dicht,Reiniging,Noord
3,Weg,2014-12-31T23:30:00Z,,2015-02-01T00:00:00Z,dubbel,Wegen,
4,Weg,2015-03-01T00:00:00Z,2015-03-01T00:00:00Z,2015-03-05T00:00:00Z,door,Wegen,Zuid
5,Weg,2015-04-01T00:00:00Z,,,open,Wegen,Zuid
";

/// A store with one consultation, and the folder that it lies in.
struct Scene {
    folder: tempfile::TempDir,
    store: Store,
    clock: ManualClock,
    mapping: Mapping,
}

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

fn scene() -> Scene {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("import.sqlite"));
    let store = Store::open(&url, PoolSizes::default());
    store.migrate().unwrap();
    let at = now();
    let consultation = Consultation {
        id: ConsultationId::new(uuid::Uuid::from_u128(1)),
        version: Version::FIRST,
        code: domain::case::ConsultationCode::parse("KRO").unwrap(),
        name: Labels { nl: "Kern Rechteroever".to_owned(), fr: None, en: None },
        level: Level::Neighbourhood,
        area: Vec::new(),
        area_version: None,
        nuisance_risk: true,
        members: Vec::new(),
        escalates_to: None,
        requires_legal_gate: false,
    };
    let state = StoredConsultation { consultation, created_at: at };
    let change = Change { before: None, state, events: vec![Edit { verb: "create", at }] };
    let circumstances = own_circumstances(at, "test", Arc::new(SequentialIds::default()));
    store.write(&circumstances, |transaction| transaction.save(&change)).unwrap();
    Scene {
        folder,
        store,
        clock: ManualClock::at(at),
        mapping: Mapping::read(MAPPING.parse().unwrap()).unwrap(),
    }
}

impl Scene {
    fn file(&self, rows: &str) -> PathBuf {
        let path = self.folder.path().join("rows.csv");
        std::fs::write(&path, format!("{HEADER}{rows}")).unwrap();
        path
    }

    fn run_as(&self, rows: &str, dry_run: bool, report: &mut Report) -> Result<Tally, ImportError> {
        let ids = Arc::new(crate::clock::TimeOrderedIds);
        let tools = Tools { store: &self.store, clock: &self.clock, ids };
        let order = Order { file: &self.file(rows), mapping: &self.mapping, dry_run };
        run(&tools, order, report)
    }

    fn run(&self, rows: &str) -> Counts {
        counts(self.run_as(rows, false, &mut Report::default()).unwrap())
    }

    fn requests(&self) -> Vec<FollowUpRequest> {
        let everything = Sight::everything();
        let page = PageRequest { direction: Direction::Ascending, after: None, size: 2_000 };
        let listed = self.store.read(|connection| {
            follow_ups::list(connection, &everything, &Filter::default(), now(), By::CreatedAt, page)
        });
        listed.unwrap().items.into_iter().map(|(request, _)| request).collect()
    }

    fn references(&self) -> Vec<(String, CaseStatus)> {
        let everything = Sight::everything();
        let cases = self.requests().into_iter().map(|request| {
            let case = self.store.read(|connection| cases::find(connection, &everything, request.case_id));
            let case = case.unwrap().unwrap();
            (case.reference.to_string(), case.status)
        });
        cases.collect()
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Counts {
    read: u64,
    imported: u64,
    known: u64,
    refused: u64,
}

fn counts(tally: Tally) -> Counts {
    let Tally { read, imported, known, refused, .. } = tally;
    Counts { read, imported, known, refused }
}

#[test]
fn each_row_becomes_a_case_and_a_request_with_the_times_of_the_row() {
    let scene = scene();
    assert_eq!(scene.run(FILE), Counts { read: 5, imported: 5, known: 0, refused: 0 });
    let requests = scene.requests();
    let states: Vec<_> = requests.iter().map(|request| request.status()).collect();
    assert_eq!(
        states,
        [Status::Closed, Status::Closed, Status::Withdrawn, Status::Redirected, Status::Sent],
        "in the order of their creation"
    );
    let late: Vec<_> = requests.iter().map(|request| request.late_from().is_some()).collect();
    assert_eq!(late, [false, true, false, true, false]);
    assert!(requests.iter().all(|request| request.origin == Origin::Imported && !request.is_never_seen()));
    assert_eq!(requests[0].subject.as_str(), "Afval op straat");
    assert_eq!(requests[0].question.as_str(), "Afval op straat (1)");
    assert_eq!(requests[0].external_reference.as_ref().unwrap().as_str(), "1");
    assert_eq!(requests[0].organisation_id, requests[1].organisation_id);
    assert_ne!(requests[0].organisation_id, requests[2].organisation_id);
    let expected = [
        ("KRO-2014-0001", CaseStatus::Closed),
        ("KRO-2014-0002", CaseStatus::Closed),
        ("KRO-2015-0001", CaseStatus::Closed),
        ("KRO-2015-0002", CaseStatus::Closed),
        ("KRO-2015-0003", CaseStatus::Open),
    ];
    assert_eq!(scene.references(), expected.map(|(reference, status)| (reference.to_owned(), status)));
}

#[test]
fn a_row_is_taken_over_once() {
    let scene = scene();
    let first: String = FILE.lines().take(3).fold(String::new(), |file, row| file + row + "\n");
    assert_eq!(scene.run(&first), Counts { read: 3, imported: 3, known: 0, refused: 0 });
    assert_eq!(scene.run(FILE), Counts { read: 5, imported: 2, known: 3, refused: 0 });
    assert_eq!(scene.run(FILE), Counts { read: 5, imported: 0, known: 5, refused: 0 });
    assert_eq!(scene.run(&format!("{FILE}{FILE}")), Counts { read: 10, imported: 0, known: 10, refused: 0 });
    assert_eq!(scene.requests().len(), 5);
}

#[test]
fn two_imports_at_once_take_each_row_over_once() {
    let scene = scene();
    let mut rows = String::new();
    for number in 0..1_200 {
        writeln!(rows, "{number},Weg,2015-04-01T00:00:00Z,,,open,Wegen,Zuid").unwrap();
    }
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| scene.run(&rows));
        (scope.spawn(|| scene.run(&rows)).join().unwrap(), one.join().unwrap())
    });
    assert_eq!((one.imported + other.imported, one.known + other.known), (1_200, 1_200));
    assert_eq!(scene.requests().len(), 1_200);
}

#[test]
fn a_row_that_cannot_be_taken_over_is_told_with_everything_that_is_wrong() {
    let scene = scene();
    let long = "x".repeat(201);
    let rows = format!(
        "1,Afval,2014-01-01T08:53:10Z,,,open,Wegen,Noord\n\
         2,Graffiti,gisteren,3014-01-01T00:00:00Z,,dicht,,Noord\n\
         3,Afval,2014-01-02T00:00:00Z,,2014-01-01T00:00:00Z,dicht,Wegen,Noord\n\
         4,Afval,2027-01-02T00:00:00Z,,,open,Wegen,{long}\n\
         5,Afval,2014-01-01T08:53:10Z\n\
         6,Afval,2014-01-01T08:53:10Z,,2014-01-02T00:00:00Z,dicht,Wegen,00.00.00-001.96\n\
         ,Afval,2014-01-01T08:53:10Z,,,onbekend,Wegen,Noord\n"
    );
    let mut report = Report::create(&scene.folder.path().join("refused.csv")).unwrap();
    let tally = scene.run_as(&rows, false, &mut report).unwrap();
    assert_eq!(counts(tally), Counts { read: 7, imported: 1, known: 0, refused: 6 });
    let told = std::fs::read_to_string(scene.folder.path().join("refused.csv")).unwrap();
    let expected = "row,column,message\n\
        3,soort,\"the mapping gives no category for \"\"Graffiti\"\"\"\n\
        3,dienst,is empty\n\
        3,gemaakt,is no moment as in 2014-01-01T08:53:10Z\n\
        3,uiterlijk,its year does not lie between 1900 and 2200\n\
        3,gesloten,\"is empty, while the status says that it ended\"\n\
        4,gesloten,lies before its creation\n\
        5,wijk,the text is longer than 200 characters\n\
        5,gemaakt,lies in the future\n\
        6,,\"3 values, while the header has 8\"\n\
        7,wijk,the text holds a national register number\n\
        8,nr,is empty\n\
        8,toestand,\"the mapping gives no meaning for \"\"onbekend\"\"\"\n";
    assert_eq!(told, expected);
    let (first, more) = report.first();
    assert_eq!((first.len(), more), (12, 0));
    assert_eq!(first[0].to_string(), "row 3, soort: the mapping gives no category for \"Graffiti\"");
}

#[test]
fn an_organisation_that_is_missing_is_written_only_when_the_mapping_says_so() {
    let mut scene = scene();
    scene.mapping.create_missing = None;
    assert_eq!(scene.run(FILE), Counts { read: 5, imported: 0, known: 0, refused: 5 });
}

#[test]
fn a_dry_run_writes_nothing() {
    let scene = scene();
    let tally = scene.run_as(FILE, true, &mut Report::default()).unwrap();
    assert_eq!(counts(tally), Counts { read: 5, imported: 5, known: 0, refused: 0 });
    assert!(scene.requests().is_empty());
    assert_eq!(scene.run(FILE).imported, 5);
}

#[test]
fn what_fits_nothing_ends_the_import_before_it_begins() {
    let mut scene = scene();
    let path = scene.folder.path().join("other.csv");
    std::fs::write(&path, "a,b\n1,2\n").unwrap();
    let tools = Tools { store: &scene.store, clock: &scene.clock, ids: Arc::new(SequentialIds::default()) };
    let order = Order { file: &path, mapping: &scene.mapping, dry_run: false };
    let error = run(&tools, order, &mut Report::default()).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "has no column nr, soort, gemaakt, uiterlijk, gesloten, toestand, dienst, wijk; it has: a, b"
        ),
        "{error}"
    );

    scene.mapping.consultation = domain::case::ConsultationCode::parse("OOT").unwrap();
    let error = scene.run_as(FILE, false, &mut Report::default()).unwrap_err().to_string();
    assert_eq!(error, "there is no consultation OOT; there are: KRO");
}
