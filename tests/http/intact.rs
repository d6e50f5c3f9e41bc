//! Nothing is half: every change of a case or request stands with its events, audit records, messages and words, or
//! does not stand at all. Looked up in the database, past the program.

use crate::database::Database;

/// Cases and requests with what their rows say of their history.
const ROWS: &str = "(SELECT id, sequence, version, status, 'case' AS kind FROM cases \
     UNION ALL SELECT id, sequence, version, status, 'followUpRequest' AS kind FROM follow_up_requests)";

/// What there must be none of, with the query that gives the ids of those that there are.
const HALVES: [(&str, &str); 10] = [
    (
        "a row without all of its events",
        "SELECT CAST(r.id AS TEXT) AS value FROM {ROWS} AS r LEFT JOIN \
         (SELECT subject_id, count(*) AS events, min(sequence) AS first, max(sequence) AS last, \
          max(version) AS version FROM events GROUP BY subject_id) AS e ON e.subject_id = r.id \
         WHERE e.events IS NULL OR e.events <> r.sequence OR e.first <> 1 OR e.last <> r.sequence \
         OR e.version <> r.version",
    ),
    (
        "a row whose last event has another version",
        "SELECT CAST(r.id AS TEXT) AS value FROM {ROWS} AS r \
         JOIN events AS e ON e.subject_id = r.id AND e.sequence = r.sequence WHERE e.version <> r.version",
    ),
    (
        "an event without its row",
        "SELECT CAST(e.id AS TEXT) AS value FROM events AS e \
         LEFT JOIN {ROWS} AS r ON r.id = e.subject_id AND r.kind = e.subject_kind \
         WHERE e.subject_kind IN ('case', 'followUpRequest') AND r.id IS NULL",
    ),
    (
        // Each change has one audit record and moves the version; a reminder has one too, and moves nothing.
        "a change without its audit record, or the other way round",
        "SELECT CAST(coalesce(e.subject_id, a.subject_id) AS TEXT) AS value FROM \
         (SELECT subject_id, version, count(DISTINCT CASE WHEN verb = 'remind' THEN sequence ELSE 0 END) AS n \
          FROM events WHERE subject_kind IN ('case', 'followUpRequest') GROUP BY subject_id, version) AS e \
         FULL OUTER JOIN \
         (SELECT subject_id, version, count(*) AS n FROM audit_records \
          WHERE subject_kind IN ('case', 'followUpRequest') AND version IS NOT NULL \
          GROUP BY subject_id, version) AS a ON a.subject_id = e.subject_id AND a.version = e.version \
         WHERE e.n IS NULL OR a.n IS NULL OR e.n <> a.n",
    ),
    (
        "an event with a message that is not there",
        "SELECT CAST(e.id AS TEXT) AS value FROM events AS e \
         WHERE e.subject_kind = 'followUpRequest' AND e.verb IN ('askBack', 'reply', 'promise', 'remind') \
         AND NOT EXISTS (SELECT 1 FROM follow_up_messages AS m \
         WHERE m.follow_up_request_id = e.subject_id AND m.sequence = e.sequence AND m.verb = e.verb)",
    ),
    (
        "a message without its event",
        "SELECT CAST(m.id AS TEXT) AS value FROM follow_up_messages AS m \
         WHERE NOT EXISTS (SELECT 1 FROM events AS e \
         WHERE e.subject_id = m.follow_up_request_id AND e.sequence = m.sequence AND e.verb = m.verb)",
    ),
    (
        "a case that is not found by its words",
        "SELECT CAST(c.id AS TEXT) AS value FROM cases AS c LEFT JOIN \
         (SELECT case_id, count(*) AS n FROM case_search GROUP BY case_id) AS s ON s.case_id = c.id \
         WHERE s.n IS NULL OR s.n <> 1",
    ),
    (
        "words of a case that is not there",
        "SELECT CAST(s.case_id AS TEXT) AS value FROM case_search AS s \
         WHERE NOT EXISTS (SELECT 1 FROM cases AS c WHERE c.id = s.case_id)",
    ),
    (
        "a reference that two cases have",
        "SELECT reference AS value FROM cases GROUP BY reference HAVING count(*) > 1",
    ),
    (
        // `KRO-2026-0042`: what follows the year was handed out.
        "a reference whose number was not handed out",
        "SELECT c.reference AS value FROM cases AS c JOIN consultations AS o ON o.id = c.consultation_id \
         WHERE NOT EXISTS (SELECT 1 FROM case_numbers AS n WHERE n.consultation_id = o.id \
         AND CAST(n.year AS TEXT) = substr(c.reference, length(o.code) + 2, 4) \
         AND n.last_number >= CAST(substr(c.reference, length(o.code) + 7) AS BIGINT))",
    ),
];

/// The life cycles: which state each verb can lead to.
const EDGES: [(&str, &str); 2] = [
    ("case", include_str!("../../crates/domain/src/case/edges.txt")),
    ("followUpRequest", include_str!("../../crates/domain/src/follow_up/edges.txt")),
];

/// Fails when anything of a case or a request is there without the rest.
#[track_caller]
pub fn nothing_is_half(database: &Database) {
    for (half, query) in HALVES {
        let found = database.texts(&query.replace("{ROWS}", ROWS));
        assert!(found.is_empty(), "{half}: {found:?}");
    }
    let ends = database.texts(&format!(
        "SELECT DISTINCT r.kind || ' ' || e.verb || ' ' || r.status AS value FROM {ROWS} AS r \
         JOIN events AS e ON e.subject_id = r.id AND e.sequence = r.sequence"
    ));
    for end in ends {
        let [kind, verb, state] = end.split(' ').collect::<Vec<_>>()[..] else { panic!("{end}") };
        assert!(leads_to(kind, verb, state), "a {kind} that is {state} after {verb}");
    }
}

fn leads_to(kind: &str, verb: &str, state: &str) -> bool {
    if verb == "create" {
        return ["signalled", "open", "draft"].contains(&state);
    }
    let (_, edges) = EDGES.iter().find(|(known, _)| *known == kind).expect("a life cycle");
    edges.lines().any(|edge| {
        let (_, rest) = edge.split_once(" --").unwrap();
        let (by, to) = rest.split_once("--> ").unwrap();
        by.split(' ').next() == Some(verb) && to.split(" | ").any(|it| it == state)
    })
}
