//! Calendar feeds: loaded as they were saved, found by the hash of their secret until they are revoked.

use domain::calendar_feed::{CalendarFeed, Create, Verb};
use domain::id::{CalendarFeedId, ConsultationId};
use jiff::Timestamp;
use persistence::{Direction, PageRequest, StoreError, calendar_feeds};

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn add(
    world: &World<'_>,
    at: Timestamp,
    consultation_id: ConsultationId,
    hash: &str,
) -> Result<CalendarFeed, StoreError> {
    let command = Create {
        id: CalendarFeedId::new(world.database.new_id()),
        consultation_id,
        secret_hash: hash.to_owned(),
        label: (hash == "a").then(|| title("Outlook — “Ĳssel”")),
    };
    let change = CalendarFeed::create(command, &world.stamp(at));
    world.write(at, |transaction| transaction.save(&change))?;
    Ok(change.state)
}

on_both! {
    fn a_feed_is_found_by_its_team_and_by_its_secret_until_it_is_revoked(database) {
        let world = World::new(database);
        let feed = add(&world, now(), world.kroonwijk, "a").unwrap();
        let other = add(&world, minutes(1), world.kroonwijk, "b").unwrap();
        let find = |sight| world.store().read(|c| calendar_feeds::find(c, &sight, feed.id)).unwrap();
        let secret = |hash| world.store().read(|c| calendar_feeds::with_secret(c, hash)).unwrap();
        assert_eq!(find(team_of(world.kroonwijk)), Some(feed.clone()));
        assert_eq!(find(team_of(world.molenwijk)), None);
        assert_eq!(find(service(world.city)), None);
        assert_eq!((secret("a"), secret("A"), secret("")), (Some(feed.clone()), None, None));

        let revoked = feed.clone().revoke(&world.stamp(minutes(2))).unwrap();
        world.write(minutes(2), |transaction| transaction.save(&revoked)).unwrap();
        assert_eq!((find(everything()), secret("a")), (None, None));
        assert_eq!(secret("b"), Some(other));
        let late = world.write(minutes(3), |transaction| transaction.save(&revoked));
        assert!(matches!(late, Err(StoreError::Stale)), "{late:?}");
        let events = format!(
            "SELECT verb || ' ' || subject_kind AS value FROM events WHERE subject_id = '{}' ORDER BY sequence",
            feed.id
        );
        let told = [Verb::Create, Verb::Revoke].map(|verb| format!("{verb} calendarFeed"));
        assert_eq!(database.texts(&events), told);
    }

    fn no_two_feeds_have_one_secret_also_after_it_was_revoked(database) {
        let world = World::new(database);
        let feed = add(&world, now(), world.kroonwijk, "a").unwrap();
        let revoked = feed.revoke(&world.stamp(minutes(1))).unwrap();
        world.write(minutes(1), |transaction| transaction.save(&revoked)).unwrap();
        match add(&world, minutes(2), world.molenwijk, "a") {
            Err(StoreError::Taken { constraint }) => assert_eq!(constraint, "calendar_feeds_secret"),
            other => panic!("{other:?}"),
        }
    }

    fn feeds_are_listed_by_consultation(database) {
        let world = World::new(database);
        let first = add(&world, minutes(1), world.kroonwijk, "a").unwrap();
        let second = add(&world, minutes(2), world.kroonwijk, "b").unwrap();
        let elsewhere = add(&world, minutes(3), world.molenwijk, "c").unwrap();
        let list = |sight, consultation| {
            world.store().read(|c| calendar_feeds::list(c, &sight, consultation, ALL)).unwrap().items
        };
        assert_eq!(list(team_of(world.kroonwijk), world.kroonwijk), [first.clone(), second.clone()]);
        assert_eq!(list(everything(), world.molenwijk), [elsewhere]);
        assert_eq!(list(team_of(world.kroonwijk), world.molenwijk), []);
        let revoked = first.revoke(&world.stamp(minutes(4))).unwrap();
        world.write(minutes(4), |transaction| transaction.save(&revoked)).unwrap();
        assert_eq!(list(everything(), world.kroonwijk), [second]);
    }
}
