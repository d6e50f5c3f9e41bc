//! Each list that a client may ask for is read along an index, in its order, without a sort.
//!
//! SQLite is asked with an empty table and without statistics, as it chooses the same way whatever is in it. PostgreSQL
//! is asked for the plan that it makes without knowing the values, over 20,000 requests and as many cases.

mod escalations;
mod history;
mod meetings;
mod plan;
mod presence;
mod rules;
mod webhooks;

use diesel::connection::SimpleConnection;
use domain::access::{NoteSight, Sight};
use domain::audit::Outcome;
use domain::case::Status as CaseStatus;
use domain::follow_up::{QuestionKind, Side, Status};
use domain::place::{AddressUri, BoundingBox};
use persistence::actions::Order as ActionOrder;
use persistence::follow_ups::Order;
use persistence::{
    AnyConnection, Backend, Direction, PageRequest, Place, StoreError, actions, areas, audit, cases,
    closure_days, consultations, data_sharing_protocols, follow_ups, hourly_rates, meeting_series, notes,
    organisations, terms, timeline,
};
use uuid::Uuid;

use self::escalations::{led_by_a_consultation, lists_of_escalations};
use self::history::fill;
use self::meetings::{lists_of_actions, lists_of_meetings, reports_of_a_year, reports_of_meetings};
use self::plan::{plans, sorting, sorts, times, uses};
use self::presence::{lists_of_contacts, lists_of_presence};
use self::rules::{lists_of_the_ledger, sweeps};
use self::webhooks::lists_of_webhooks;
use crate::database::Database;
use crate::world::*;

const DIRECTIONS: [Direction; 2] = [Direction::Ascending, Direction::Descending];

fn pages() -> impl Iterator<Item = PageRequest> {
    let place = Place { at: now(), id: Uuid::from_u128(9) };
    DIRECTIONS.into_iter().flat_map(move |direction| {
        [None, Some(place)].map(|after| PageRequest { direction, after, size: 50 })
    })
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
        lists_of_escalations(&world, &mut connection);
        led_by_a_consultation(&world, &mut connection);
        other_lists(&world, &mut connection);
        lists_of_contacts(&world, &mut connection);
        lists_of_presence(&world, &mut connection);
        lists_of_meetings(&world, &mut connection);
        look_ups(&world, &mut connection);
        reports_of_meetings(&world, &mut connection);
        reports_of_a_year(&world, &mut connection);
        lists_of_the_ledger(&world, &mut connection);
        lists_of_webhooks(&world, &mut connection);
        sweeps(&mut connection);
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

fn other_lists(world: &World<'_>, connection: &mut AnyConnection) {
    let case = Uuid::from_u128(3).into();
    let none = Sight::default();
    let own = Sight { own: [world.green].into(), ..Sight::default() };
    let everything = everything();
    let team = NoteSight { team: [world.kroonwijk].into(), ..NoteSight::default() };
    let audit = audit::Filter::default;
    let by_subject = audit::Filter { subject_id: Some(Uuid::nil()), ..audit() };
    let by_client = audit::Filter { client_id: Some(client()), ..audit() };
    let by_case = audit::Filter { case_id: Some(Uuid::nil().into()), ..audit() };
    let by_user = audit::Filter { user: Some("user7".to_owned()), ..audit() };
    let refused = audit::Filter { outcome: Some(Outcome::Refused), ..audit() };
    let today = jiff::civil::date(2026, 3, 2);
    let lists: [(&str, Ask<'_>); 21] = [
        ("case_notes_case", Box::new(|c, page| notes::list(c, &team, case, page).map(drop))),
        (
            "events_case",
            Box::new(|c, page| timeline::list(c, &team, &[world.kroonwijk], case, page).map(drop)),
        ),
        ("audit_records_recorded", Box::new(|c, page| audit::list(c, &audit(), page).map(drop))),
        ("audit_records_subject", Box::new(|c, page| audit::list(c, &by_subject, page).map(drop))),
        ("audit_records_client", Box::new(|c, page| audit::list(c, &by_client, page).map(drop))),
        (
            "data_sharing_protocols_created",
            Box::new(|c, page| data_sharing_protocols::list(c, &[], today, page).map(drop)),
        ),
        ("audit_records_case", Box::new(|c, page| audit::list(c, &by_case, page).map(drop))),
        ("audit_records_user", Box::new(|c, page| audit::list(c, &by_user, page).map(drop))),
        ("audit_records_refused", Box::new(|c, page| audit::list(c, &refused, page).map(drop))),
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
