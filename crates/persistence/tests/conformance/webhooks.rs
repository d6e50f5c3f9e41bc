//! Webhook subscriptions: loaded as they were saved, leased by one at a time, taken over from the feed without gap.

use std::collections::BTreeSet;

use domain::access::{Role, Scope, Sight};
use domain::change::Outcome;
use domain::id::ClientId;
use domain::webhook::{Create, DeliveryState, Grant, PauseReason, SigningSecret, Verb, WebhookSubscription};
use jiff::{SignedDuration, Timestamp};
use persistence::webhooks::{self, Endpoint, Filter, NewDelivery, Stretch, Tried};
use persistence::{Direction, PageRequest, StoreError, clients};
use uuid::Uuid;

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn registered(world: &World<'_>) -> ClientId {
    let id = ClientId::new(world.database.new_id());
    let client = clients::Client {
        id,
        version: domain::change::Version::FIRST,
        name: "Meldpunt".to_owned(),
        secret_hash: None,
        previous_secret: None,
        public_keys: None,
        organisations: vec![world.city],
        roles: [Role::NeighbourhoodManager].into(),
        scopes: [Scope::WebhooksManage].into(),
        created_at: now(),
        tokens_valid_from: now(),
        revoked_at: None,
    };
    world.write(now(), |transaction| clients::register(transaction, &client)).unwrap();
    id
}

fn subscribed(world: &World<'_>, at: Timestamp) -> WebhookSubscription {
    let grant = Grant {
        client_id: registered(world),
        organisations: [world.city].into(),
        roles: [Role::NeighbourhoodManager].into(),
        scopes: [Scope::WebhooksManage].into(),
    };
    let command = Create {
        id: world.database.new_id().into(),
        organisation_id: world.city,
        url: "https://hooks.example/wijk".to_owned(),
        label: Some(title("Meldpunt — “Ĳssel”")),
        patterns: BTreeSet::from(["case.notify.*".parse().unwrap()]),
        grant,
        secret: SigningSecret::new("whsec_AAAA".to_owned()),
    };
    let change = WebhookSubscription::create(command, &world.stamp(at));
    world
        .write(at, |transaction| {
            transaction.save(&change)?;
            webhooks::begin(transaction, change.state.id, 7, at)
        })
        .unwrap();
    change.state
}

fn entry(position: i64) -> NewDelivery {
    let id = Uuid::from_u128(u128::from(position.unsigned_abs()));
    NewDelivery {
        position,
        webhook_id: id,
        subject_kind: "case".to_owned(),
        subject_id: id,
        verb: "closed".to_owned(),
    }
}

on_both! {
    fn a_subscription_is_loaded_as_it_was_saved(database) {
        let world = World::new(database);
        let made = subscribed(&world, now());
        let find = |sight: Sight| world.store().read(|c| webhooks::find(c, &sight, made.id)).unwrap();
        let own = Sight { own: [world.city].into(), ..Sight::default() };
        assert_eq!(find(everything()).as_ref(), Some(&made));
        assert_eq!(find(own.clone()).as_ref(), Some(&made));
        assert_eq!(find(Sight { own: [world.green].into(), ..Sight::default() }), None);
        assert_eq!(find(team_of(world.kroonwijk)), None);
        let list = |sight: &Sight, filter: &Filter| {
            world.store().read(|c| webhooks::list(c, sight, filter, ALL)).unwrap().items.len()
        };
        assert_eq!((list(&own, &Filter::default()), list(&team_of(world.kroonwijk), &Filter::default())), (1, 0));
        let other = Filter { organisations: vec![world.green], ..Filter::default() };
        assert_eq!((list(&own, &other), list(&everything(), &other)), (0, 0));

        let Ok(Outcome::Changed(active)) = made.clone().verify(&world.stamp(minutes(1))) else { panic!() };
        world.write(minutes(1), |transaction| transaction.save(&active)).unwrap();
        let until = minutes(9);
        let rotated = active.state.clone()
            .rotate_secret(SigningSecret::new("whsec_BBBB".to_owned()), Some(until), &world.stamp(minutes(2)))
            .unwrap();
        world.write(minutes(2), |transaction| transaction.save(&rotated)).unwrap();
        let Ok(Outcome::Changed(paused)) =
            rotated.state.clone().pause(PauseReason::Exhausted, &world.stamp(minutes(3))) else { panic!() };
        world.write(minutes(3), |transaction| transaction.save(&paused)).unwrap();
        assert_eq!(find(everything()).as_ref(), Some(&paused.state));
        let late = world.write(minutes(4), |transaction| transaction.save(&paused));
        assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
        let events = format!(
            "SELECT verb || ' ' || CAST(data AS TEXT) AS value FROM events WHERE subject_id = '{}' ORDER BY sequence",
            made.id
        );
        let told = database.texts(&events);
        let verbs: Vec<&str> = told.iter().map(|told| told.split(' ').next().unwrap()).collect();
        assert_eq!(verbs, [Verb::Create, Verb::Verify, Verb::RotateSecret, Verb::Pause].map(Verb::code));
        assert!(told.iter().all(|told| !told.contains("whsec") && !told.contains("hooks")), "{told:?}");
    }

    fn one_at_a_time_delivers_a_subscription(database) {
        let world = World::new(database);
        let id = subscribed(&world, now()).id;
        let (one, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let lease = |holder, time| {
            world.write(now(), |transaction| webhooks::lease(transaction, id, holder, time)).unwrap()
        };
        let due = |now| world.store().read(|c| webhooks::due(c, now, 7, 10)).unwrap();
        assert_eq!(due(now()), [id]);
        assert_eq!(due(now() - SignedDuration::from_secs(1)), []);
        let long = SignedDuration::from_secs(60);
        assert!(lease(one, long) && lease(one, long) && !lease(other, long));
        assert_eq!(due(now()), []);
        world.write(now(), |transaction| {
            webhooks::release(transaction, id, other)?;
            webhooks::release(transaction, id, one)
        }).unwrap();
        assert!(lease(other, SignedDuration::from_secs(-1)), "a lease in the past");
        assert!(lease(one, long), "what was not kept is taken over");
    }

    fn a_stretch_of_the_feed_is_taken_over_once(database) {
        let world = World::new(database);
        let id = subscribed(&world, now()).id;
        let take_over = |from, to, messages: &[(NewDelivery, Option<Tried>)]| {
            let stretch = Stretch { moves: 0, from, to, messages: messages.to_vec() };
            world.write(minutes(1), |transaction| webhooks::take_over(transaction, id, &stretch, minutes(2))).unwrap()
        };
        let delivered = Tried {
            state: DeliveryState::Delivered,
            attempts: 2,
            waited: SignedDuration::from_secs(5),
            next_attempt_at: minutes(3),
            at: minutes(3),
            status: Some(204),
            error: None,
            duration: SignedDuration::from_millis(12),
        };
        assert!(take_over(7, 9, &[(entry(8), None), (entry(9), None)]));
        assert!(!take_over(7, 9, &[(entry(8), None), (entry(9), None)]), "it was taken over already");
        assert!(take_over(9, 20, &[(entry(11), Some(delivered.clone())), (entry(12), None)]));
        let read = |c: &mut _| webhooks::pending(c, id, 10);
        let pending = world.store().read(read).unwrap();
        assert_eq!(pending.iter().map(|row| row.entry.clone()).collect::<Vec<_>>(), [8, 9, 12].map(entry));
        assert_eq!(world.store().read(|c| webhooks::progress(c, id)).unwrap().cursor, 20);

        let tried = (pending[0].id, delivered);
        let endpoint = Endpoint { attempts: 3, last_status: Some(503), failing_since: Some(minutes(2)), ..Endpoint::default() };
        world
            .write(minutes(3), |transaction| {
                webhooks::record(transaction, std::slice::from_ref(&tried))?;
                webhooks::supersede(transaction, id, 9, None)?;
                webhooks::note(transaction, id, &endpoint)?;
                webhooks::set_due(transaction, id, Some(minutes(5)), true)
            })
            .unwrap();
        let delivered = world.store().read(|c| webhooks::find_delivery(c, id, tried.0)).unwrap().unwrap();
        assert_eq!((delivered.state, delivered.attempts, delivered.last_status), (DeliveryState::Delivered, 2, Some(204)));
        assert_eq!((delivered.waited, delivered.duration), (tried.1.waited, Some(tried.1.duration)));
        assert_eq!(world.store().read(read).unwrap().len(), 1);
        let progress = world.store().read(|c| webhooks::progress(c, id)).unwrap();
        assert_eq!((progress.endpoint, progress.next_due_at, progress.is_full), (endpoint, Some(minutes(5)), true));
        let looked_up = |at| world.store().read(|c| webhooks::due(c, at, 1_000, 10)).unwrap();
        let activate = |state: &WebhookSubscription| state.clone().verify(&world.stamp(minutes(4))).unwrap();
        let found = world.store().read(|c| webhooks::find(c, &Sight::everything(), id)).unwrap().unwrap();
        if let Outcome::Changed(change) = activate(&found) {
            world.write(minutes(4), |transaction| transaction.save(&change)).unwrap();
        }
        assert_eq!((looked_up(minutes(4)), looked_up(minutes(5))), (vec![], vec![id]), "what is full waits until it is due");
        world.write(minutes(4), |transaction| webhooks::go_on_from(transaction, id, 9, minutes(30))).unwrap();
        assert_eq!(looked_up(minutes(4)), [id]);
        let stale = Stretch { moves: 0, from: 9, to: 20, messages: Vec::new() };
        let taken = world.write(minutes(5), |transaction| webhooks::take_over(transaction, id, &stale, minutes(5)));
        assert!(!taken.unwrap(), "its owner moved it meanwhile");
        assert_eq!(world.store().read(webhooks::backlog).unwrap().pending, 1);

        let again = world.write(minutes(6), |transaction| webhooks::redeliver(transaction, &delivered, minutes(6))).unwrap();
        assert_eq!((again.entry, again.state), (entry(8), DeliveryState::Pending));
        let forgotten = world.write(minutes(7), |transaction| webhooks::forget(transaction, minutes(6), 10)).unwrap();
        assert_eq!(forgotten, 3);
        assert_eq!(world.store().read(|c| webhooks::find_delivery(c, id, tried.0)).unwrap(), None);
    }
}
