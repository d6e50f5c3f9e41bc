//! That a service saw a request is noted once, at once, and beside everything else.

use domain::follow_up::{Accept, Receive};
use persistence::follow_ups;

use crate::world::*;

on_both! {
    fn the_first_sighting_is_noted_and_no_later_one(database) {
        let world = World::new(database);
        let (one, two) = (world.sent(now()), world.sent(now()));

        let first = world.write(minutes(3), |transaction| follow_ups::see(transaction, [one.id])).unwrap();
        let both = world.write(minutes(4), |transaction| follow_ups::see(transaction, [one.id, two.id])).unwrap();
        let again = world.write(minutes(5), |transaction| follow_ups::see(transaction, [one.id, two.id])).unwrap();

        assert_eq!((first, both, again), (1, 1, 0));
        assert_eq!(world.load(one.id).first_seen_at, Some(minutes(3)));
        assert_eq!(world.load(two.id).first_seen_at, Some(minutes(4)));
    }

    fn a_sighting_is_no_change(database) {
        let world = World::new(database);
        let sent = world.sent(now());
        let events = database.count("events");

        world.write(minutes(3), |transaction| follow_ups::see(transaction, [sent.id])).unwrap();

        let seen = world.load(sent.id);
        assert_eq!((seen.version, seen.sequence, seen.updated_at), (sent.version, sent.sequence, sent.updated_at));
        assert_eq!(database.count("events"), events);
    }

    fn a_sighting_survives_a_verb_that_was_decided_before_it(database) {
        let world = World::new(database);
        let loaded = world.load(world.sent(now()).id);

        world.write(minutes(3), |transaction| follow_ups::see(transaction, [loaded.id])).unwrap();
        let accepted = world.act(minutes(4), loaded, |it, stamp| it.accept(&Accept::default(), stamp));

        assert_eq!(accepted.first_seen_at, None, "it was decided without knowing");
        assert_eq!(world.load(accepted.id).first_seen_at, Some(minutes(3)));
    }

    fn the_receipt_of_a_request_that_was_never_seen_is_its_sighting(database) {
        let world = World::new(database);
        let (unseen, loaded) = (world.sent(now()), world.sent(now()));

        let received = world.act(minutes(5), unseen, |it, stamp| it.receive(&Receive::default(), stamp));
        world.write(minutes(3), |transaction| follow_ups::see(transaction, [loaded.id])).unwrap();
        let later = world.act(minutes(5), loaded, |it, stamp| it.receive(&Receive::default(), stamp));

        assert_eq!(world.load(received.id).first_seen_at, Some(minutes(5)));
        assert_eq!(world.load(later.id).first_seen_at, Some(minutes(3)), "the earlier one stays");
    }

    fn a_sighting_moves_the_counter_of_the_consultation_that_asks_and_no_other(database) {
        let world = World::new(database);
        let here = world.sent(now());
        let elsewhere = world.case_elsewhere("Sluikstort");
        let there = world.send(now(), world.ask(&elsewhere));
        world.write(minutes(1), |transaction| follow_ups::see(transaction, [there.id])).unwrap();
        let views = world.store().views();
        let fingerprints = || {
            [world.kroonwijk.uuid(), world.molenwijk.uuid(), world.green.uuid()].map(|scope| views.fingerprint([scope]))
        };
        let before = fingerprints();

        world.write(minutes(3), |transaction| follow_ups::see(transaction, [here.id, there.id])).unwrap();
        let seen = fingerprints();
        world.write(minutes(4), |transaction| follow_ups::see(transaction, [here.id, there.id])).unwrap();

        assert_ne!(seen[0], before[0], "the team sees the sighting");
        assert_eq!(seen[1..], before[1..], "the other team saw nothing new, and the service's view holds none");
        assert_eq!(fingerprints(), seen, "nothing new was seen");
    }

    fn seeing_nothing_is_nothing(database) {
        let world = World::new(database);

        assert_eq!(world.write(now(), |transaction| follow_ups::see(transaction, [])).unwrap(), 0);
    }
}
