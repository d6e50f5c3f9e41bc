//! Closure days, terms, areas, organisations, consultations, clients, keys and imports.

use domain::access::{Regime, Role, Scope, Sight};
use domain::calendar::{Day, WorkingDays};
use domain::change::Version;
use domain::follow_up::Urgency;
use domain::id::{ClientId, ClosureDayId, OrganisationId, TermId};
use domain::organisation::Kind;
use domain::term::{TermDays, TermRule, TermSubject};
use jiff::civil::{Date, date};
use persistence::clients::{self, Client, SigningKey};
use persistence::closure_days::{self, ClosureDay};
use persistence::organisations;
use persistence::terms::{self, StoredTerm};
use persistence::{Direction, PageRequest, ReferenceData, StoreError, consultations, imports};
use serde_json::json;
use uuid::Uuid;

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn own(organisation: OrganisationId) -> Sight {
    Sight { own: [organisation].into(), ..Sight::default() }
}

fn add_closure_day(
    world: &World<'_>,
    organisation_id: OrganisationId,
    closed_on: Date,
    minute: i64,
) -> ClosureDay {
    let day = ClosureDay {
        id: ClosureDayId::new(world.database.new_id()),
        organisation_id,
        closed_on,
        name: Some("Brugdag".to_owned()),
        recorded_at: minutes(minute),
    };
    world.write(minutes(minute), |transaction| closure_days::add(transaction, &day)).unwrap();
    day
}

fn add_term(world: &World<'_>, minute: i64, rule: TermRule) -> StoredTerm {
    let term = StoredTerm { id: TermId::new(world.database.new_id()), rule, recorded_at: minutes(minute) };
    world.write(minutes(minute), |transaction| terms::add(transaction, &term)).unwrap();
    term
}

fn load(world: &World<'_>) -> ReferenceData {
    world.store().snapshot(|c| ReferenceData::load(c, date(2026, 3, 2))).unwrap()
}

fn rule(answer: u32) -> TermRule {
    let days = |days| WorkingDays::new(days).unwrap();
    TermRule {
        organisation_id: None,
        consultation_id: None,
        category_group: None,
        urgency: None,
        days: TermDays { receipt: days(1), answer: days(answer) },
    }
}

on_both! {
    fn a_closure_day_is_loaded_as_it_was_added_until_it_is_taken_away(database) {
        let world = World::new(database);
        let day = add_closure_day(&world, world.green, date(2026, 5, 15), 0);
        let find = || world.store().read(|c| closure_days::find(c, day.id)).unwrap();

        let added = find();
        let removed = world.write(minutes(1), |transaction| closure_days::remove(transaction, day.id)).unwrap();
        let again = world.write(minutes(2), |transaction| closure_days::remove(transaction, day.id)).unwrap();

        assert_eq!(added, Some(day.clone()));
        assert_eq!((removed, again, find()), (true, false, None));
        assert_eq!(database.count(&format!("events WHERE subject_id = '{}'", day.id)), 2);
    }

    fn a_calendar_knows_the_closure_days_that_were_known_at_its_moment(database) {
        let world = World::new(database);
        let friday = date(2026, 5, 15);
        let day = add_closure_day(&world, world.green, friday, 10);
        add_closure_day(&world, world.roads, date(2026, 5, 18), 10);
        world.write(minutes(20), |transaction| closure_days::remove(transaction, day.id)).unwrap();
        let on_friday = |minute| {
            let calendar = load(&world).calendar(world.green, minutes(minute));
            assert_eq!(calendar.day(date(2026, 5, 18)), Day::Working, "others close then");
            calendar.is_working_day(friday)
        };

        assert!(on_friday(9), "not known yet");
        assert!(!on_friday(10) && !on_friday(19), "known");
        assert!(on_friday(20), "taken away");
    }

    fn closure_days_are_listed_by_day_to_their_own_organisation(database) {
        let world = World::new(database);
        let days: Vec<ClosureDay> =
            [7, 5, 6].map(|day| add_closure_day(&world, world.green, date(2026, 5, day), i64::from(day))).into();
        let other = add_closure_day(&world, world.roads, date(2026, 5, 6), 0);
        let list = |sight: &Sight, filter: &closure_days::Filter| {
            let page = world.store().read(|c| closure_days::list(c, sight, filter, ALL)).unwrap();
            page.items.iter().map(|day| day.id).collect::<Vec<_>>()
        };
        let none = closure_days::Filter::default();

        assert_eq!(list(&own(world.green), &none), [days[1].id, days[2].id, days[0].id]);
        assert_eq!(list(&everything(), &none).len(), 4);
        assert_eq!(list(&Sight::default(), &none), []);
        let of_roads = closure_days::Filter { organisation_id: Some(world.roads), ..none.clone() };
        assert_eq!(list(&everything(), &of_roads), [other.id]);
        assert_eq!(list(&own(world.green), &of_roads), []);
        let week = closure_days::Filter { from: Some(date(2026, 5, 6)), to: Some(date(2026, 5, 6)), ..none };
        assert_eq!(list(&own(world.green), &week), [days[2].id]);
    }

    fn the_closest_term_rule_holds_until_another_takes_its_place(database) {
        let world = World::new(database);
        let subject = TermSubject {
            organisation_id: world.green,
            consultation_id: world.kroonwijk,
            category: category("AFV.SLUIK"),
            urgency: Urgency::Normal,
        };
        let answer = || load(&world).terms(&subject).answer.get();

        let without = answer();
        add_term(&world, 0, rule(7));
        let general = answer();
        add_term(&world, 1, TermRule { organisation_id: Some(world.roads), ..rule(30) });
        add_term(&world, 1, TermRule { consultation_id: Some(world.molenwijk), ..rule(31) });
        add_term(&world, 1, TermRule { urgency: Some(Urgency::Low), ..rule(32) });
        let unconcerned = answer();
        let close = TermRule { organisation_id: Some(world.green), category_group: Some(category("AFV")), ..rule(8) };
        let old = add_term(&world, 2, close.clone());
        let closest = answer();
        let remove = |minute, term: &StoredTerm| {
            assert!(world.write(minutes(minute), |transaction| terms::remove(transaction, term.id)).unwrap());
        };
        remove(3, &old);
        let newer = add_term(&world, 4, TermRule { days: rule(9).days, ..close });
        let replaced = answer();
        remove(5, &newer);

        assert_eq!((without, general, unconcerned, closest, replaced, answer()), (5, 7, 7, 8, 9, 7));
    }

    fn a_term_rule_is_loaded_as_it_was_added_and_listed_to_whom_it_concerns(database) {
        let world = World::new(database);
        let full = TermRule {
            organisation_id: Some(world.green),
            consultation_id: Some(world.kroonwijk),
            category_group: Some(category("AFV")),
            urgency: Some(Urgency::Urgent),
            ..rule(1_000)
        };
        let (full, bare) = (add_term(&world, 0, full), add_term(&world, 1, rule(1)));
        let list = |sight: &Sight| {
            world.store().read(|c| terms::list(c, sight, ALL)).unwrap().items
        };

        assert_eq!(world.store().read(|c| terms::find(c, full.id)).unwrap(), Some(full.clone()));
        assert_eq!(list(&own(world.green)), [full.clone(), bare.clone()]);
        assert_eq!(list(&own(world.roads)), std::slice::from_ref(&bare));
        assert_eq!(list(&everything()), [full.clone(), bare]);
        world.write(minutes(2), |transaction| terms::remove(transaction, full.id)).unwrap();
        assert_eq!(world.store().read(|c| terms::find(c, full.id)).unwrap(), None);
        assert_eq!(list(&own(world.green)).len(), 1);
    }

    fn organisations_are_listed_to_their_own_and_the_services_to_all(database) {
        let world = World::new(database);
        let mut partner = organisation(database.new_id(), Kind::Partner, "Partner", false);
        partner.organisation.regime = Regime::External;
        world.write(now(), |transaction| transaction.save(&created(partner.clone()))).unwrap();
        let partner = partner.organisation.id;
        let list = |sight: &Sight, filter: &organisations::Filter| {
            let page = world.store().read(|c| organisations::list(c, sight, filter, ALL)).unwrap();
            page.items.iter().map(|stored| stored.organisation.id).collect::<Vec<_>>()
        };
        let none = organisations::Filter::default();

        assert_eq!(list(&own(partner), &none), [world.green, world.roads, partner]);
        assert_eq!(list(&everything(), &none), [world.city, world.green, world.roads, partner]);
        let partners = organisations::Filter { kinds: vec![Kind::Partner], takes_requests: None };
        assert_eq!(list(&own(world.green), &partners), []);
        assert_eq!(list(&everything(), &partners), [partner]);
        let services = organisations::Filter { kinds: Vec::new(), takes_requests: Some(true) };
        assert_eq!(list(&everything(), &services), [world.green, world.roads]);
        let others = organisations::Filter { kinds: Vec::new(), takes_requests: Some(false) };
        assert_eq!(list(&own(partner), &others), [partner]);
    }

    fn consultations_are_listed_to_their_members(database) {
        let world = World::new(database);
        let member = member(world.green, Role::HousingOfficer);
        let third = consultation(database.new_id(), "OVER", vec![member]);
        world.write(now(), |transaction| transaction.save(&created(third.clone()))).unwrap();
        let list = |sight: &Sight| {
            let page = world.store().read(|c| consultations::list(c, sight, ALL)).unwrap();
            page.items.iter().map(|stored| stored.consultation.code.to_string()).collect::<Vec<_>>()
        };

        assert_eq!(list(&own(world.city)), ["KRO", "MOL"]);
        assert_eq!(list(&own(world.green)), ["OVER"]);
        assert_eq!(list(&own(world.roads)), Vec::<String>::new());
        assert_eq!(list(&everything()), ["KRO", "MOL", "OVER"]);
    }

    fn what_a_process_keeps_in_memory_is_what_is_stored(database) {
        let world = World::new(database);

        let kept = load(&world);

        let green = world.store().read(|c| organisations::find(c, world.green)).unwrap().unwrap();
        let kroonwijk = world.store().read(|c| consultations::find(c, world.kroonwijk)).unwrap().unwrap();
        assert_eq!(kept.organisation(world.green), Some(&green.organisation));
        assert_eq!(kept.consultation(world.kroonwijk), Some(&kroonwijk.consultation));
        assert_eq!(kept.organisation(Uuid::nil().into()), None);
    }

    fn a_client_is_loaded_as_it_was_registered_and_changed(database) {
        let world = World::new(database);
        let registered = Client {
            id: ClientId::new(database.new_id()),
            version: Version::FIRST,
            name: "Werkbonnen é".to_owned(),
            secret_hash: Some("ab".repeat(32)),
            previous_secret: None,
            public_keys: None,
            organisations: vec![world.green, world.roads],
            roles: [Role::ServiceAgent, Role::ServiceHead].into(),
            scopes: [Scope::FollowUpRequestsRead, Scope::FollowUpRequestsAnswer].into(),
            created_at: now(),
            tokens_valid_from: now(),
            revoked_at: None,
        };
        let revoked = Client {
            version: Version(2),
            secret_hash: None,
            previous_secret: Some(("cd".repeat(32), minutes(60))),
            public_keys: Some(json!({ "keys": [{ "kty": "EC" }] })),
            tokens_valid_from: minutes(1),
            revoked_at: Some(minutes(1)),
            ..registered.clone()
        };

        world.write(now(), |transaction| clients::register(transaction, &registered)).unwrap();
        let first = world.store().read(|c| clients::find(c, registered.id)).unwrap();
        world.write(minutes(1), |transaction| clients::change(transaction, &revoked, "revoke")).unwrap();
        let stale = world.write(minutes(2), |transaction| clients::change(transaction, &revoked, "revoke"));

        assert_eq!(first, Some(registered));
        assert_eq!(world.store().read(clients::list).unwrap(), [revoked]);
        assert!(matches!(stale, Err(StoreError::Stale)));
    }

    fn a_key_is_listed_for_as_long_as_its_tokens_are_believed(database) {
        let world = World::new(database);
        let key = |kid: &str, from: i64| SigningKey {
            kid: kid.to_owned(),
            algorithm: "ES256".to_owned(),
            private_key: "MII".to_owned(),
            public_key: json!({ "kty": "EC" }),
            created_at: now(),
            signs_from: minutes(from),
            signs_until: minutes(from + 10),
            verifies_until: minutes(from + 20),
        };
        for key in [key("a", 0), key("b", 10)] {
            world.write(now(), |transaction| clients::add_key(transaction, &key)).unwrap();
        }
        let listed = |minute| {
            let keys = world.store().read(|c| clients::keys(c, minutes(minute))).unwrap();
            keys.iter().map(|key| key.kid.clone()).collect::<Vec<_>>()
        };

        assert_eq!(listed(0), ["b", "a"]);
        assert_eq!(listed(20), ["b"]);
        assert_eq!(listed(30), Vec::<String>::new());
        assert!(world.store().read(|c| clients::keys(c, now())).unwrap().contains(&key("a", 0)));
    }

    fn an_assertion_is_used_once_and_forgotten_when_it_has_expired(database) {
        let world = World::new(database);
        let registered = Client {
            id: client(),
            version: Version::FIRST,
            name: "Werkbonnen".to_owned(),
            secret_hash: None,
            previous_secret: None,
            public_keys: None,
            organisations: Vec::new(),
            roles: [].into(),
            scopes: [].into(),
            created_at: now(),
            tokens_valid_from: now(),
            revoked_at: None,
        };
        world.write(now(), |transaction| clients::register(transaction, &registered)).unwrap();
        let spend = |minute, jti, until| {
            world.write(minutes(minute), |transaction| {
                clients::use_assertion(transaction, client(), jti, minutes(until))
            })
        };

        spend(0, "one", 5).unwrap();
        let again = spend(1, "one", 5);
        spend(6, "two", 10).unwrap();

        assert!(matches!(&again, Err(StoreError::Taken { constraint }) if constraint == "used_assertions_pk"), "{again:?}");
        assert_eq!(database.texts("SELECT jti AS value FROM used_assertions"), ["two"]);
    }

    fn a_row_is_imported_once(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let note = |key: &str| world.write(now(), |transaction| imports::note(transaction, "oud", key, sent.id));

        note("1").unwrap();
        note("2").unwrap();
        let again = note("1");

        assert!(matches!(&again, Err(StoreError::Taken { constraint }) if constraint == "imported_rows_pk"), "{again:?}");
        let known = world.store().read(|c| imports::known(c, "oud", &["1", "3"])).unwrap();
        assert_eq!(known, ["1".to_owned()].into());
        assert!(world.store().read(|c| imports::known(c, "ander", &["1"])).unwrap().is_empty());
    }

    fn audit_records_are_listed_by_what_is_asked(database) {
        use persistence::audit::{self, Filter};
        let world = World::new(database);
        let case = world.save_case(minutes(10), world.create_case("Sluikstort"));
        world.save_case(minutes(20), world.create_case("Nog een"));
        let list = |filter: &Filter| {
            world.store().read(|c| audit::list(c, filter, ALL)).unwrap().items.len()
        };
        let of = |filter: Filter| list(&filter);

        assert_eq!(of(Filter { subject_id: Some(case.id.into()), ..Filter::default() }), 1);
        assert_eq!(of(Filter { client_id: Some(client()), ..Filter::default() }), 7);
        assert_eq!(of(Filter { client_id: Some(ClientId::new(Uuid::nil())), ..Filter::default() }), 0);
        assert_eq!(of(Filter { operation: Some("testOperation".to_owned()), ..Filter::default() }), 7);
        assert_eq!(of(Filter { operation: Some("other".to_owned()), ..Filter::default() }), 0);
        let period = Filter {
            recorded_from: Some(minutes(10)), recorded_before: Some(minutes(20)), ..Filter::default()
        };
        assert_eq!(of(period), 1);
    }
}
