//! Each list that a client may ask for is read along an index, in its order, without a sort.
//!
//! SQLite is asked with an empty table and without statistics, as it chooses the same way whatever is in it. PostgreSQL
//! is asked for the plan that it makes without knowing the values, over 20,000 requests and as many cases.

use std::sync::{Arc, Mutex};

use diesel::connection::{Connection as _, InstrumentationEvent, SimpleConnection};
use diesel::prelude::*;
use diesel::sql_types::Text;
use domain::access::{NoteSight, Sight};
use domain::action::Status as ActionStatus;
use domain::case::Status as CaseStatus;
use domain::contact::Kind;
use domain::follow_up::{QuestionKind, Side, Status};
use domain::id::{AreaId, GuardGroupId};
use domain::meeting::Status as MeetingStatus;
use domain::place::{AddressUri, BoundingBox};
use domain::presence::{Shift, Task};
use persistence::actions::Order as ActionOrder;
use persistence::follow_ups::Order;
use persistence::presence::PresenceSight;
use persistence::{
    AnyConnection, Backend, Direction, PageRequest, Place, StoreError, actions, agenda, areas, audit, cases,
    closure_days, consultations, contacts, decisions, follow_ups, guard_groups, hourly_rates, meeting_series,
    meetings, notes, organisations, presence, terms, timeline,
};
use uuid::Uuid;

use crate::database::Database;
use crate::world::*;

const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];

fn pages() -> impl Iterator<Item = PageRequest> {
    let place = Place { at: now(), id: Uuid::from_u128(9) };
    DIRECTIONS.into_iter().flat_map(move |direction| {
        [None, Some(place)].map(|after| PageRequest { direction, after, size: 50 })
    })
}

#[derive(QueryableByName)]
struct SqliteStep {
    #[diesel(sql_type = Text)]
    detail: String,
}

#[derive(QueryableByName)]
struct PostgresqlStep {
    #[diesel(sql_type = Text, column_name = "QUERY PLAN")]
    line: String,
}

/// Gives the plans of the statements that some work executes.
fn plans<T>(
    connection: &mut AnyConnection,
    work: impl FnOnce(&mut AnyConnection) -> Result<T, StoreError>,
) -> Vec<String> {
    let statements = Arc::new(Mutex::new(Vec::new()));
    let told = Arc::clone(&statements);
    connection.set_instrumentation(move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let query = query.to_string();
            let sql = query.split(" -- binds:").next().unwrap_or_default();
            told.lock().unwrap().push(sql.to_owned());
        }
    });
    work(connection).map(drop).unwrap();
    connection.set_instrumentation(|_: InstrumentationEvent<'_>| ());
    let statements = std::mem::take(&mut *statements.lock().unwrap());
    statements.iter().map(|sql| explain(connection, sql)).collect()
}

fn explain(connection: &mut AnyConnection, sql: &str) -> String {
    let plan: Vec<String> = match connection {
        AnyConnection::Sqlite(connection) => {
            let steps: Vec<SqliteStep> =
                diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")).load(connection).unwrap();
            steps.into_iter().map(|step| step.detail).collect()
        }
        AnyConnection::Postgresql(connection) => {
            let values = (1..100).take_while(|number| sql.contains(&format!("${number}"))).count();
            let values =
                if values == 0 { String::new() } else { format!("({})", vec!["NULL"; values].join(", ")) };
            connection.batch_execute(&format!("PREPARE it AS {sql}")).unwrap();
            let explain = format!("EXPLAIN (COSTS OFF) EXECUTE it{values}");
            let steps: Vec<PostgresqlStep> = diesel::sql_query(explain).load(connection).unwrap();
            connection.batch_execute("DEALLOCATE it").unwrap();
            steps.into_iter().map(|step| step.line).collect()
        }
    };
    format!("{sql}\n{}", plan.join("\n"))
}

fn sorts(plan: &str) -> bool {
    plan.contains("TEMP B-TREE")
        || plan.lines().any(|line| line.trim_start_matches([' ', '-', '>']).contains("Sort"))
}

/// Tells whether a plan names one of the indexes, which stand with a vertical line between them.
fn uses(plan: &str, indexes: &str) -> bool {
    let mut words = plan.split(|letter: char| !letter.is_alphanumeric() && letter != '_');
    words.any(|word| indexes.split('|').any(|index| index == word))
}

/// Counts how often a plan names an index.
fn times(plan: &str, index: &str) -> usize {
    plan.split(|letter: char| !letter.is_alphanumeric() && letter != '_')
        .filter(|word| *word == index)
        .count()
}

/// Counts the steps of a plan that sort.
fn sorting(plan: &str) -> usize {
    plan.lines()
        .filter(|line| {
            line.contains("TEMP B-TREE") || line.trim_start_matches([' ', '-', '>']).starts_with("Sort")
        })
        .filter(|line| !line.contains("Sort Key"))
        .count()
}

/// A database in which the way to plan is that of one in use.
fn prepare(database: &Database) -> (World<'_>, AnyConnection) {
    let world = World::new(database);
    let sent = world.sent(now());
    let case = sent.case_id;
    let mut connection = database.connect();
    if database.backend() == Backend::Postgresql {
        fill(&mut connection, case.uuid());
    }
    (world, connection)
}

fn fill(connection: &mut AnyConnection, case: Uuid) {
    let sql = format!(
        "INSERT INTO organisations SELECT p.* FROM generate_series(1, 60) AS n,
             organisations AS o,
             LATERAL jsonb_populate_record(o, jsonb_build_object('id', gen_random_uuid(),
                 'created_at', now() - n * INTERVAL '1 day')) AS p
             WHERE o.id = (SELECT id FROM organisations LIMIT 1);
         INSERT INTO consultations SELECT p.* FROM generate_series(1, 60) AS n,
             consultations AS c,
             LATERAL jsonb_populate_record(c, jsonb_build_object('id', gen_random_uuid(), 'code', 'C' || n,
                 'created_at', now() - n * INTERVAL '1 day')) AS p
             WHERE c.id = (SELECT id FROM consultations LIMIT 1);
         CREATE TEMP TABLE o AS SELECT id, row_number() OVER () AS number FROM organisations;
         CREATE TEMP TABLE c AS SELECT id, row_number() OVER () AS number FROM consultations;
         INSERT INTO areas SELECT gen_random_uuid(), '41002' || lpad(n::text, 5, '0'), '2025', CASE WHEN n % 20 = 0 THEN 'neighbourhood' ELSE 'sector' END,
             jsonb_build_object('nl', 'Wijk'), NULL, NULL, DATE '2025-01-01', NULL, now() + n * INTERVAL '1 minute', 1
             FROM generate_series(1, 2000) AS n;
         CREATE TEMP TABLE a AS SELECT id, row_number() OVER () AS number FROM areas;
         CREATE TEMP TABLE kase AS SELECT gen_random_uuid() AS id, n FROM generate_series(1, 20000) AS n;
         INSERT INTO cases SELECT p.* FROM kase
             JOIN o ON o.number = 1 + kase.n % 60 JOIN c ON c.number = 1 + kase.n % 60
             JOIN a ON a.number = 1 + kase.n % 37 JOIN cases AS base ON base.id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', kase.id, 'reference', 'X-' || kase.n,
                 'consultation_id', c.id, 'lead_organisation_id', o.id, 'area_id', a.id,
                 'status', (ARRAY['signalled', 'open', 'closed', 'closed', 'closed'])[1 + kase.n % 5],
                 'category', 'AFV.' || chr(65 + kase.n % 20) || 'X', 'category_group', 'AF' || chr(65 + kase.n % 5),
                 'longitude', 4 + (kase.n % 1000) * 0.0001, 'latitude', 50.9 + (kase.n % 777) * 0.0001,
                 'created_at', now() - kase.n * INTERVAL '1 hour')) AS p;
         INSERT INTO case_search SELECT id, '_' || replace(consultation_id::text, '-', '') || ' sluikstort ' || reference FROM cases
             ON CONFLICT DO NOTHING;
         INSERT INTO follow_up_requests SELECT p.* FROM kase
             JOIN o ON o.number = 1 + (kase.n * 7) % 60 JOIN c ON c.number = 1 + kase.n % 60
             JOIN follow_up_requests AS base ON base.case_id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', gen_random_uuid(), 'case_id', kase.id,
                 'organisation_id', o.id, 'consultation_id', c.id,
                 'status', (ARRAY['sent', 'received', 'accepted', 'closed', 'closed', 'closed', 'closed', 'closed'])[1 + kase.n % 8],
                 'external_reference', CASE WHEN kase.n % 3 = 0 THEN 'WB-' || kase.n END,
                 'first_seen_at', CASE WHEN kase.n % 10 > 0 THEN now() END,
                 'received_at', CASE WHEN kase.n % 8 > 0 THEN now() END,
                 'answer_due_at', now() + kase.n * INTERVAL '1 hour',
                 'late_from', CASE WHEN kase.n % 8 < 4 THEN now() + (kase.n - 10000) * INTERVAL '1 hour' END,
                 'seriously_late_from', CASE WHEN kase.n % 8 < 3 THEN now() + kase.n * INTERVAL '2 hour' END,
                 'next_due_at', CASE WHEN kase.n % 8 < 3 THEN now() + kase.n * INTERVAL '1 hour' END,
                 'created_at', now() - kase.n * INTERVAL '1 hour')) AS p;
         INSERT INTO events SELECT p.* FROM kase JOIN events AS base ON base.subject_id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', gen_random_uuid(), 'subject_id', kase.id, 'sequence', 9,
                 'case_id', kase.id)) AS p;
         INSERT INTO actions SELECT gen_random_uuid(), 1, 1, c.id, kase.id, NULL, NULL, o.id, 'guard', 'presence', s.status, 'Actie',
             CASE WHEN kase.n % 4 > 0 THEN DATE '2026-01-01' + (kase.n % 900)::int END, 0,
             CASE WHEN s.status IN ('done', 'cancelled') THEN now() END, now() - kase.n * INTERVAL '1 hour', now(),
             jsonb_strip_nulls(jsonb_build_object('createdBy', (SELECT details -> 'createdBy' FROM cases WHERE id = '{case}'),
                 'result', CASE s.status WHEN 'done' THEN 'Klaar.' END))
             FROM kase CROSS JOIN LATERAL (SELECT
                 (ARRAY['open', 'inProgress', 'done', 'done', 'done', 'done', 'cancelled'])[1 + kase.n % 7] AS status) AS s
             JOIN o ON o.number = 1 + (kase.n * 7) % 60 JOIN c ON c.number = 1 + kase.n % 60;
         INSERT INTO hourly_rates SELECT gen_random_uuid(), c.id, 'guard', 3100, DATE '2020-01-01' + n, now() + n * INTERVAL '1 minute', NULL
             FROM c, generate_series(1, 40) AS n;
         INSERT INTO audit_records SELECT p.* FROM kase JOIN audit_records AS base ON base.subject_id = '{case}',
             LATERAL jsonb_populate_record(base, jsonb_build_object('id', gen_random_uuid(), 'subject_id', kase.id,
                 'client_id', (SELECT id FROM o WHERE number = 1 + kase.n % 60),
                 'recorded_at', now() - kase.n * INTERVAL '1 minute')) AS p;
         INSERT INTO closure_days SELECT gen_random_uuid(), o.id, DATE '2020-01-01' + n, 'Dicht', now(), NULL
             FROM o, generate_series(1, 100) AS n;
         INSERT INTO case_contacts SELECT gen_random_uuid(), 1, kase.id, c.id, CASE WHEN kase.n % 3 = 0 THEN 'external' ELSE 'internal' END,
             DATE '2020-01-01' + kase.n % 2000, CASE WHEN kase.n % 4 > 0 THEN o.id END,
             CASE WHEN kase.n % 4 = 0 THEN 'Straathoekwerk' END, 'phone', 'Afstemmen', NULL, o.id, now(),
             jsonb_build_object('clientId', o.id, 'organisationId', o.id), now()
             FROM kase JOIN o ON o.number = 1 + (kase.n * 7) % 60 JOIN c ON c.number = 1 + kase.n % 60;
         INSERT INTO guard_groups SELECT gen_random_uuid(), 1, o.id, '{{\"nl\": \"Ploeg\"}}', DATE '2020-01-01', NULL,
             now() + n * INTERVAL '1 minute', now() FROM o, generate_series(1, 10) AS n;
         CREATE TEMP TABLE g AS SELECT id, organisation_id, row_number() OVER () AS number FROM guard_groups;
         INSERT INTO presence_records SELECT gen_random_uuid(), 1, g.organisation_id, g.id, a.id, 'recorded',
             (ARRAY['informAndSignal', 'schoolEscort', 'dissuasivePresence'])[1 + kase.n % 3],
             now() - kase.n * INTERVAL '1 hour', now() - kase.n * INTERVAL '1 hour' + INTERVAL '4 hours', 2, 5, now(), now(),
             jsonb_build_object('createdBy', jsonb_build_object('clientId', g.id, 'organisationId', g.organisation_id))
             FROM kase JOIN g ON g.number = 1 + kase.n % 600 JOIN a ON a.number = 1 + kase.n % 37;
         INSERT INTO meetings SELECT gen_random_uuid(), 1, 1, c.id, (ARRAY['planned', 'held', 'held'])[1 + n % 3],
             now() + n * INTERVAL '1 day', now() + n * INTERVAL '1 day' + INTERVAL '4 hours', NULL, NULL, NULL, NULL, now(), now(),
             jsonb_build_object('createdBy', jsonb_build_object('clientId', c.id, 'organisationId', c.id))
             FROM c, generate_series(1, 100) AS n;
         INSERT INTO agenda_items SELECT gen_random_uuid(), 1, 1, m.id, m.consultation_id, n, 'otherBusiness', 'open', 'Punt', NULL, 0,
             NULL, now(), now(), m.details || jsonb_build_object('reason', 'member') FROM meetings AS m, generate_series(1, 5) AS n;
         INSERT INTO decisions SELECT gen_random_uuid(), 1, 1, c.id, NULL, NULL, kase.id, 'act', 'Beslist',
             now() - kase.n * INTERVAL '1 hour', CASE WHEN kase.n % 10 > 0 THEN now() END,
             CASE WHEN kase.n % 10 > 0 THEN (SELECT id FROM meetings LIMIT 1) END, now(), now(),
             jsonb_build_object('createdBy', jsonb_build_object('clientId', c.id, 'organisationId', c.id))
             FROM kase JOIN c ON c.number = 1 + kase.n % 60;
         ANALYZE;
         SET enable_seqscan = off;
         SET plan_cache_mode = force_generic_plan;"
    );
    connection.batch_execute(&sql).unwrap();
}

type Ask<'a> = Box<dyn Fn(&mut AnyConnection, PageRequest) -> Result<(), StoreError> + 'a>;

/// Checks that a list is read along an index for every page of it.
fn check(
    connection: &mut AnyConnection,
    index: &str,
    ask: impl Fn(&mut AnyConnection, PageRequest) -> Result<(), StoreError>,
) {
    // A range of unknown width is guessed to be so narrow that sorting what is in it would be cheap.
    if let AnyConnection::Postgresql(connection) = connection {
        connection.batch_execute("SET enable_bitmapscan = off").unwrap();
    }
    for page in pages() {
        let plans = plans(connection, |connection| ask(connection, page));
        let plan = plans.first().unwrap();
        assert!(uses(plan, index), "{index} is not used: {plan}");
        assert!(!sorts(plan), "it sorts: {plan}");
    }
}

on_both! {
    fn every_list_is_read_along_an_index(database) {
        let (world, mut connection) = prepare(database);

        lists_of_requests(&world, &mut connection);
        lists_of_cases(&world, &mut connection);
        lists_of_actions(&world, &mut connection);
        other_lists(&world, &mut connection);
        lists_of_contacts(&world, &mut connection);
        lists_of_presence(&world, &mut connection);
        lists_of_meetings(&world, &mut connection);
        look_ups(&world, &mut connection);
    }

    fn whoever_acts_for_several_reads_each_along_its_index(database) {
        let (world, mut connection) = prepare(database);
        if let AnyConnection::Postgresql(connection) = &mut connection {
            connection.batch_execute("SET enable_bitmapscan = off").unwrap();
        }
        let services = Sight { addressed: [world.green, world.roads].into(), ..Sight::default() };
        let teams = Sight { consultations: [world.kroonwijk, world.molenwijk].into(), ..Sight::default() };
        let sent = follow_ups::Filter { states: vec![Status::Sent], ..Default::default() };
        for (sight, index, order, filter) in [
            (&services, "follow_up_requests_of_service", Order::CreatedAt, follow_ups::Filter::default()),
            (&services, "follow_up_requests_of_service_by_status", Order::CreatedAt, sent.clone()),
            (&services, "follow_up_requests_of_service_by_due", Order::AnswerDueAt, follow_ups::Filter::default()),
            (&teams, "follow_up_requests_of_team", Order::CreatedAt, follow_ups::Filter::default()),
            (&teams, "follow_up_requests_of_team_by_status", Order::CreatedAt, sent.clone()),
        ] {
            for page in pages() {
                let plans =
                    plans(&mut connection, |c| follow_ups::list(c, sight, &filter, now(), order, page).map(drop));
                let plan = &plans[0];
                assert_eq!(times(plan, index), 2, "{index} is not used for each: {plan}");
                // What is sorted are the rows of the pages, found by their keys.
                assert!(sorting(plan) <= 1, "it sorts more than the pages: {plan}");
            }
        }
        // A guard reads those of its consultation and of its own organisation.
        let both = Sight { own: [world.green].into(), ..team_of(world.kroonwijk) };
        for (order, ending) in [(ActionOrder::CreatedAt, ""), (ActionOrder::DueOn, "_by_day")] {
            for page in pages() {
                let plans = plans(&mut connection, |c| {
                    let day = jiff::civil::date(2026, 3, 2);
                    actions::list(c, &both, &actions::Filter::default(), day, order, page)
                });
                let plan = &plans[0];
                for side in ["team", "owner"] {
                    assert!(uses(plan, &format!("actions_of_{side}{ending}")), "{side}: {plan}");
                }
                assert!(sorting(plan) <= 1, "it sorts more than the pages: {plan}");
            }
        }
    }
}

fn lists_of_requests(world: &World<'_>, connection: &mut AnyConnection) {
    let none = follow_ups::Filter::default;
    let filters = [
        ("", Order::CreatedAt, none()),
        ("_by_status", Order::CreatedAt, follow_ups::Filter { states: vec![Status::Sent], ..none() }),
        ("_late", Order::CreatedAt, follow_ups::Filter { late: Some(true), ..none() }),
        ("_late", Order::CreatedAt, follow_ups::Filter { seriously_late: Some(true), ..none() }),
        ("_unseen", Order::CreatedAt, follow_ups::Filter { never_seen: Some(true), ..none() }),
        ("_by_due", Order::AnswerDueAt, none()),
        ("_by_due", Order::AnswerDueAt, follow_ups::Filter { due_before: Some(minutes(90)), ..none() }),
        (
            "_by_due",
            Order::AnswerDueAt,
            follow_ups::Filter { states: vec![Status::Sent, Status::Received], ..none() },
        ),
    ];

    for (side, sight) in [("service", service(world.green)), ("team", team_of(world.kroonwijk))] {
        for (ending, order, filter) in &filters {
            let index = format!("follow_up_requests_of_{side}{ending}");
            check(connection, &index, |c, page| {
                follow_ups::list(c, &sight, filter, now(), *order, page).map(drop)
            });
        }
    }
    let by_reference = follow_ups::Filter { external_reference: Some("WB-9".to_owned()), ..none() };
    check(connection, "follow_up_requests_of_service_reference", |c, page| {
        follow_ups::list(c, &service(world.green), &by_reference, now(), Order::CreatedAt, page).map(drop)
    });
    let of_case = follow_ups::Filter { case_id: Some(Uuid::from_u128(3).into()), ..none() };
    check(connection, "follow_up_requests_case", |c, page| {
        follow_ups::list(c, &team_of(world.kroonwijk), &of_case, now(), Order::CreatedAt, page).map(drop)
    });
}

fn lists_of_cases(world: &World<'_>, connection: &mut AnyConnection) {
    let none = cases::Filter::default;
    for (index, filter) in [
        ("cases_by_creation", none()),
        (
            "cases_by_creation",
            cases::Filter { created_from: Some(minutes(-9)), created_before: Some(minutes(9)), ..none() },
        ),
        ("cases_by_status", cases::Filter { states: vec![CaseStatus::Open], ..none() }),
        ("cases_by_category", cases::Filter { categories: vec![category("AFV.SLUIK")], ..none() }),
        ("cases_by_category_group", cases::Filter { categories: vec![category("AFV")], ..none() }),
        ("cases_by_area", cases::Filter { area_id: Some(Uuid::from_u128(3).into()), ..none() }),
        ("cases_by_lead", cases::Filter { lead_organisation_id: Some(world.green), ..none() }),
    ] {
        check(connection, index, |c, page| {
            cases::list(c, &team_of(world.kroonwijk), &filter, page).map(drop)
        });
    }
}

fn lists_of_actions(world: &World<'_>, connection: &mut AnyConnection) {
    let none = actions::Filter::default;
    let day = now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let ask = |c: &mut AnyConnection, sight: &Sight, filter: &actions::Filter, order, page| {
        actions::list(c, sight, filter, day, order, page).map(drop)
    };
    let own = Sight { own: [world.green].into(), ..Sight::default() };
    for (side, sight) in [("team", team_of(world.kroonwijk)), ("owner", own)] {
        for (ending, order, filter) in [
            ("", ActionOrder::CreatedAt, none()),
            (
                "_by_status",
                ActionOrder::CreatedAt,
                actions::Filter { states: vec![ActionStatus::Open], ..none() },
            ),
            ("_by_day", ActionOrder::DueOn, none()),
            ("_by_due", ActionOrder::DueOn, actions::Filter { overdue: Some(true), ..none() }),
            ("_by_due", ActionOrder::DueOn, actions::Filter { due_before: Some(day), ..none() }),
        ] {
            let index = format!("actions_of_{side}{ending}");
            check(connection, &index, |c, page| ask(c, &sight, &filter, order, page));
        }
    }
    let id = Uuid::from_u128(3);
    for (index, filter) in [
        ("actions_of_team_by_owner", actions::Filter { owner_organisation_id: Some(world.green), ..none() }),
        ("actions_case", actions::Filter { case_id: Some(id.into()), ..none() }),
        ("actions_of_decision", actions::Filter { decision_id: Some(id.into()), ..none() }),
        ("actions_of_meeting", actions::Filter { meeting_id: Some(id.into()), ..none() }),
    ] {
        check(connection, index, |c, page| {
            ask(c, &team_of(world.kroonwijk), &filter, ActionOrder::CreatedAt, page)
        });
    }
}

fn other_lists(world: &World<'_>, connection: &mut AnyConnection) {
    let case = Uuid::from_u128(3).into();
    let none = Sight::default();
    let own = Sight { own: [world.green].into(), ..Sight::default() };
    let everything = everything();
    let team = NoteSight { team: [world.kroonwijk].into(), ..NoteSight::default() };
    let audit = audit::Filter::default;
    let by_subject = audit::Filter { subject_id: Some(Uuid::nil()), ..audit() };
    let by_client = audit::Filter { client_id: Some(client()), ..audit() };
    let lists: [(&str, Ask<'_>); 17] = [
        ("case_notes_case", Box::new(|c, page| notes::list(c, &team, case, page).map(drop))),
        ("events_case", Box::new(|c, page| timeline::list(c, &team, world.kroonwijk, case, page).map(drop))),
        ("audit_records_recorded", Box::new(|c, page| audit::list(c, &audit(), page).map(drop))),
        ("audit_records_subject", Box::new(|c, page| audit::list(c, &by_subject, page).map(drop))),
        ("audit_records_client", Box::new(|c, page| audit::list(c, &by_client, page).map(drop))),
        (
            "closure_days_organisation|closure_days_day",
            Box::new(|c, page| {
                let filter =
                    closure_days::Filter { organisation_id: Some(world.green), ..Default::default() };
                closure_days::list(c, &everything, &filter, page).map(drop)
            }),
        ),
        (
            "closure_days_closed",
            Box::new(|c, page| {
                closure_days::list(c, &everything, &closure_days::Filter::default(), page).map(drop)
            }),
        ),
        ("term_rules_recorded", Box::new(|c, page| terms::list(c, &everything, page).map(drop))),
        (
            "meeting_series_of_team",
            Box::new(|c, page| meeting_series::list(c, &team_of(world.kroonwijk), None, page).map(drop)),
        ),
        (
            "hourly_rates_consultation",
            Box::new(|c, page| {
                let filter = hourly_rates::Filter::default();
                hourly_rates::list(c, &team_of(world.kroonwijk), &filter, page).map(drop)
            }),
        ),
        (
            "hourly_rates_recorded",
            Box::new(|c, page| {
                hourly_rates::list(c, &everything, &hourly_rates::Filter::default(), page).map(drop)
            }),
        ),
        (
            "organisations_created",
            Box::new(|c, page| {
                organisations::list(c, &own, &organisations::Filter::default(), page).map(drop)
            }),
        ),
        (
            "organisations_created",
            Box::new(|c, page| {
                organisations::list(c, &everything, &organisations::Filter::default(), page).map(drop)
            }),
        ),
        (
            "organisations_created",
            Box::new(|c, page| {
                organisations::list(c, &none, &organisations::Filter::default(), page).map(drop)
            }),
        ),
        ("consultations_created", Box::new(|c, page| consultations::list(c, &everything, page).map(drop))),
        ("areas_created", Box::new(|c, page| areas::list(c, &areas::Filter::default(), page).map(drop))),
        (
            "areas_by_kind",
            Box::new(|c, page| {
                let filter =
                    areas::Filter { kind: Some(areas::AreaKind::Neighbourhood), ..Default::default() };
                areas::list(c, &filter, page).map(drop)
            }),
        ),
    ];

    for (index, ask) in &lists {
        check(connection, index, ask);
    }
}

fn lists_of_contacts(world: &World<'_>, connection: &mut AnyConnection) {
    let none = contacts::Filter::default;
    let (team, own) = (team_of(world.kroonwijk), service(world.roads));
    let of_case = contacts::Filter { case_id: Some(Uuid::from_u128(3).into()), ..none() };
    let by_kind = contacts::Filter { kind: Some(Kind::External), ..none() };
    let by_partner = contacts::Filter { partner_organisation_id: Some(world.green), ..none() };
    for (index, sight, filter) in [
        ("case_contacts_of_team", &team, none()),
        ("case_contacts_of_team_by_kind", &team, by_kind),
        ("case_contacts_of_team_by_partner", &team, by_partner),
        ("case_contacts_of_organisation", &own, none()),
        ("case_contacts_case", &team, of_case),
    ] {
        check(connection, index, |c, page| contacts::list(c, sight, &filter, page).map(drop));
    }
}

fn lists_of_meetings(world: &World<'_>, connection: &mut AnyConnection) {
    let team = team_of(world.kroonwijk);
    let held = meetings::Filter { states: vec![MeetingStatus::Held], ..Default::default() };
    for (index, filter) in
        [("meetings_of_team", meetings::Filter::default()), ("meetings_of_team_by_status", held)]
    {
        check(connection, index, |c, page| meetings::list(c, &team, &filter, page).map(drop));
    }
    let none = decisions::Filter::default;
    let of_case = decisions::Filter { case_id: Some(Uuid::from_u128(3).into()), ..none() };
    let of_meeting = decisions::Filter { meeting_id: Some(Uuid::from_u128(3).into()), ..none() };
    let to_ratify = decisions::Filter { to_ratify: Some(true), ..none() };
    for (index, filter) in [
        ("decisions_of_team", none()),
        ("decisions_case", of_case),
        ("decisions_of_meeting", of_meeting),
        ("decisions_to_ratify", to_ratify),
    ] {
        check(connection, index, |c, page| decisions::list(c, &team, &filter, page).map(drop));
    }
    let plans = plans(connection, |c| {
        agenda::snapshot(c, world.kroonwijk, now(), "2026-03-10".parse().unwrap()).map(drop)
    });
    // A statement for each thing that a proposal is made of, whatever there is of it.
    let indexes = [
        "meetings_of_team_by_status|meetings_of_team",
        "follow_up_requests_of_team_by_status",
        "follow_up_requests_of_team_by_status",
        "actions_of_team_by_status|actions_of_team_by_due|actions_of_team",
        "decisions_to_ratify",
        "cases_by_status",
        "cases_by_status",
        "cases_by_status",
        "events_of_team",
    ];
    assert_eq!(plans.len(), indexes.len(), "without a meeting before there is nothing left over");
    for (plan, index) in plans.iter().zip(indexes) {
        assert!(uses(plan, index), "{index} is not used: {plan}");
    }
    assert!(uses(&plans[6], "events_case"), "{}", plans[6]);
    let agenda = self::plans(connection, |c| agenda::load(c, Uuid::from_u128(3).into()).map(drop));
    assert!(uses(&agenda[0], "agenda_items_of_meeting"), "{}", agenda[0]);
}

fn lists_of_presence(world: &World<'_>, connection: &mut AnyConnection) {
    let none = presence::Filter::default;
    let area: AreaId = Uuid::from_u128(3).into();
    let group: GuardGroupId = Uuid::from_u128(4).into();
    let nobody = PresenceSight::default;
    let everything = PresenceSight { everything: true, ..nobody() };
    let team = PresenceSight { areas: [area].into(), ..nobody() };
    let own = PresenceSight { own: [world.green].into(), ..nobody() };
    let by_task = presence::Filter { tasks: vec![Task::SchoolEscort], ..none() };
    let of_group = presence::Filter { guard_group_id: Some(group), ..none() };
    let in_area = presence::Filter { areas: Some([area].into()), ..none() };
    for (index, sight, filter) in [
        ("presence_records_started", &everything, none()),
        ("presence_records_of_area", &team, none()),
        ("presence_records_of_area_by_task", &team, by_task.clone()),
        ("presence_records_of_group", &everything, of_group.clone()),
        ("presence_records_of_group|presence_records_of_area", &team, of_group.clone()),
        ("presence_records_of_group|presence_records_of_organisation", &own, of_group),
        ("presence_records_of_organisation", &own, none()),
        ("presence_records_of_organisation_by_task", &own, by_task),
        ("presence_records_of_area|presence_records_of_organisation", &own, in_area),
    ] {
        check(connection, index, |c, page| presence::list(c, sight, &filter, page).map(drop));
    }
    let seen = Sight { own: [world.green].into(), ..Sight::default() };
    for (index, sight) in [
        ("guard_groups_created", &Sight { everything: true, ..Sight::default() }),
        ("guard_groups_organisation", &seen),
    ] {
        check(connection, index, |c, page| guard_groups::list(c, sight, None, page).map(drop));
    }

    let areas = PresenceSight { areas: [area, Uuid::from_u128(5).into()].into(), ..nobody() };
    for page in pages() {
        let plans = plans(connection, |c| presence::list(c, &areas, &none(), page).map(drop));
        assert_eq!(times(&plans[0], "presence_records_of_area"), 2, "{}", plans[0]);
        assert!(sorting(&plans[0]) <= 1, "it sorts more than the pages: {}", plans[0]);
    }
    let shift = Shift {
        guard_group_id: group,
        area_id: area,
        started_at: now(),
        ended_at: minutes(90),
        task: Task::SchoolEscort,
        guards: 1,
        contacts: 0,
        remarks: None,
    };
    let overlapping = plans(connection, |c| presence::find_overlapping(c, &shift, None));
    assert!(uses(&overlapping[0], "presence_records_of_group"), "{}", overlapping[0]);
}

fn look_ups(world: &World<'_>, connection: &mut AnyConnection) {
    // The index of words is read by bitmap only.
    if let AnyConnection::Postgresql(connection) = connection {
        connection.batch_execute("SET enable_bitmapscan = on").unwrap();
    }
    let case = Uuid::from_u128(3).into();
    let filter = |words: &str| cases::Filter { words: Some(words.to_owned()), ..Default::default() };
    let bounding_box = cases::Filter {
        bounding_box: Some(BoundingBox::parse("4.0,50.9,4.01,50.91").unwrap()),
        ..Default::default()
    };
    let by_reference = cases::Filter { reference: Some("KRO-2026-0001".to_owned()), ..Default::default() };
    let page = PageRequest { direction: Direction::Ascending, after: None, size: 50 };
    let search = "VIRTUAL|case_search_words";
    let category = category("AFV.SLUIK");
    let location = domain::case::Location {
        address: Some(crate::world::title("Molenstraat 12")),
        address_uri: Some(AddressUri::parse("https://data.vlaanderen.be/id/adres/1").unwrap()),
        point: Some(point(4.03, 50.93)),
        ..world.create_case("Sluikstort").description.location
    };
    let nearby = cases::Nearby {
        consultation_id: world.kroonwijk,
        category: &category,
        location: &location,
        since: now(),
        except: case,
    };
    let team = team_of(world.kroonwijk);
    let lookups: [(&str, Ask<'_>); 13] = [
        (
            "follow_up_requests_of_service_running",
            Box::new(|c, _| follow_ups::next_moment(c, &service(world.green), now()).map(drop)),
        ),
        (
            "follow_up_requests_of_team_running",
            Box::new(|c, _| follow_ups::next_moment(c, &team, now()).map(drop)),
        ),
        ("follow_up_requests_case", Box::new(|c, _| follow_ups::load_open(c, case).map(drop))),
        ("actions_case", Box::new(|c, _| actions::load_open(c, case).map(drop))),
        ("actions_of_team_by_due", Box::new(|c, _| actions::load_open_of(c, world.kroonwijk).map(drop))),
        (
            "follow_up_messages_request",
            Box::new(|c, _| follow_ups::list_messages(c, Uuid::nil().into(), Side::Service, 0, 50).map(drop)),
        ),
        ("cases_reference", Box::new(|c, _| cases::list(c, &team, &by_reference, page).map(drop))),
        (search, Box::new(|c, _| cases::list(c, &team, &filter("sluikstort"), page).map(drop))),
        ("cases_merged_into", Box::new(|c, _| cases::merged_into(c, case).map(drop))),
        // The newest with a point, in the order of the index: whatever the box, the cost is that of these.
        (
            "cases_by_place|cases_by_creation",
            Box::new(|c, _| cases::list(c, &team, &bounding_box, page).map(drop)),
        ),
        ("cases_by_address", Box::new(|c, _| cases::count_earlier(c, &nearby).map(drop))),
        ("cases_by_address_uri", Box::new(|c, _| cases::count_earlier(c, &nearby).map(drop))),
        ("cases_by_cell", Box::new(|c, _| cases::count_earlier(c, &nearby).map(drop))),
    ];

    for (index, ask) in &lookups {
        let plans = plans(connection, |connection| ask(connection, page));
        assert!(uses(&plans[0], index), "{index} is not used: {}", plans[0]);
    }
    // The cases themselves are looked up one by one, whichever way the list runs.
    let boxed = plans(connection, |c| cases::list(c, &team, &bounding_box, page));
    assert!(uses(&boxed[0], "cases_pk|sqlite_autoindex_cases_1"), "{}", boxed[0]);
    let open = plans(connection, |c| follow_ups::find_open(c, case, world.green, QuestionKind::Inspect));
    assert!(uses(&open[0], "follow_up_requests_open"), "{}", open[0]);
}
