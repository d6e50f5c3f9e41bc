//! Contacts are listed and counted as each may see them.

use domain::access::{Regime, Sight};
use domain::case::Case;
use domain::change::Outcome;
use domain::contact::{Contact, Kind, Particulars, Partner};
use domain::follow_up::Channel;
use domain::id::OrganisationId;
use jiff::civil::Date;
use persistence::contacts::{self, Filter};
use persistence::{Circumstances, Direction, PageRequest, Place, StoreError};

use crate::world::*;

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn particulars(partner: Partner, kind: Kind, contacted_on: &str) -> Particulars {
    Particulars {
        contacted_on: day(contacted_on),
        partner,
        kind,
        channel: Channel::Meeting,
        purpose: remark("Afstemmen 🙂"),
        result: Some(paragraph("Wordt opgevolgd")),
    }
}

fn record(world: &World<'_>, case: &Case, by: OrganisationId, particulars: &Particulars) -> Contact {
    let circumstances = Circumstances { actor: actor(by), ..world.circumstances(now()) };
    let id = world.database.new_id().into();
    world
        .store()
        .write::<_, StoreError>(&circumstances, |transaction| {
            let stamp = transaction.stamp();
            let change = Contact::record(id, case.id, case.consultation_id, particulars.clone(), &stamp);
            transaction.save(&change)?;
            Ok(change.state)
        })
        .unwrap()
}

/// Six contacts: two by the city here, one by a housing company, one elsewhere, and two more on one day.
fn fill(world: &World<'_>) -> Vec<Contact> {
    let (here, there) = (world.case("Hier"), world.case_elsewhere("Daar"));
    let known =
        |contacted_on| particulars(Partner::Organisation(world.green), Kind::of(Regime::City), contacted_on);
    let named = particulars(Partner::Named(title("Straathoekwerk")), Kind::External, "2026-02-27");
    vec![
        record(world, &here, world.city, &known("2026-01-31")),
        record(world, &here, world.city, &named),
        record(world, &here, world.roads, &known("2026-02-28")),
        record(world, &there, world.city, &known("2026-02-01")),
        record(world, &here, world.city, &known("2026-03-01")),
        record(world, &here, world.city, &named),
    ]
}

fn by(organisation: OrganisationId) -> Sight {
    Sight { addressed: [organisation].into(), ..Sight::default() }
}

fn sights(world: &World<'_>) -> Vec<(Sight, usize)> {
    let both = Sight { consultations: [world.kroonwijk, world.molenwijk].into(), ..Sight::default() };
    let here_and_own = Sight {
        consultations: [world.molenwijk].into(),
        addressed: [world.roads].into(),
        ..Sight::default()
    };
    vec![
        (team_of(world.kroonwijk), 5),
        (team_of(world.molenwijk), 1),
        (both, 6),
        (by(world.roads), 1),
        (by(world.green), 0),
        (here_and_own, 2),
        (Sight::default(), 0),
        (everything(), 6),
    ]
}

on_both! {
    fn a_contact_comes_back_as_it_was_saved(database) {
        let world = World::new(database);
        let case = world.case("Hier");
        let named = particulars(Partner::Named(title("Straathoekwerk")), Kind::External, "2026-02-27");
        let contact = record(&world, &case, world.city, &named);
        let find = || {
            let found = world.store().read(|c| contacts::find(c, &everything(), case.id, contact.id));
            found.unwrap().unwrap()
        };
        assert_eq!(find(), contact);

        let known = Particulars { result: None, ..particulars(Partner::Organisation(world.green), Kind::Internal, "2026-01-01") };
        let Outcome::Changed(change) = contact.clone().correct(known, &world.stamp(minutes(5))) else { panic!() };
        world.write(minutes(5), |transaction| transaction.save(&change)).unwrap();

        assert_eq!(find(), change.state);
        let stale = world.write(minutes(6), |transaction| transaction.save(&change)).unwrap_err();
        assert!(matches!(stale, StoreError::Stale), "{stale}");
    }

    fn each_is_given_the_contacts_of_its_consultations_and_its_own(database) {
        let world = World::new(database);
        let all = fill(&world);
        for (sight, expected) in sights(&world) {
            for direction in [Direction::Ascending, Direction::Descending] {
                let pages = all_pages(
                    |after| {
                        let page = PageRequest { direction, after, size: 2 };
                        world.store().read(|c| contacts::list(c, &sight, &Filter::default(), page)).unwrap()
                    },
                    |contact: &Contact| Place {
                        at: contact.particulars.contacted_on.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp(),
                        id: contact.id.uuid(),
                    },
                );
                let places: Vec<_> = pages.iter().map(|it| (it.particulars.contacted_on, it.id)).collect();
                let mut in_order = places.clone();
                in_order.sort();
                in_order.dedup();
                if direction == Direction::Descending {
                    in_order.reverse();
                }
                assert_eq!((places.len(), &places), (expected, &in_order), "{sight:?}");
            }
            let found = all.iter().filter(|contact| {
                let found = world.store().read(|c| contacts::find(c, &sight, contact.case_id, contact.id));
                found.unwrap().is_some()
            });
            assert_eq!(found.count(), expected, "{sight:?}");
        }
    }

    fn what_is_counted_is_what_is_listed(database) {
        let world = World::new(database);
        let all = fill(&world);
        let none = Filter::default;
        let filters = [
            none(),
            Filter { kind: Some(Kind::External), ..none() },
            Filter { consultation_id: Some(world.kroonwijk), ..none() },
            Filter { case_id: Some(all[0].case_id), kind: Some(Kind::Internal), ..none() },
            Filter { partner_organisation_id: Some(world.green), ..none() },
            Filter { contacted_from: Some(day("2026-02-01")), contacted_before: Some(day("2026-03-01")), ..none() },
        ];
        let page = PageRequest { direction: Direction::Ascending, after: None, size: 500 };
        for (sight, _) in sights(&world) {
            for filter in &filters {
                let listed = world.store().read(|c| contacts::list(c, &sight, filter, page)).unwrap().items;
                let counts = world.store().read(|c| contacts::count(c, &sight, filter)).unwrap();
                for count in &counts {
                    let same = listed.iter().filter(|it| {
                        (it.consultation_id, it.particulars.kind, it.particulars.contacted_on)
                            == (count.consultation_id, count.kind, count.contacted_on)
                    });
                    assert_eq!(i64::try_from(same.count()).unwrap(), count.count, "{sight:?} {filter:?}");
                }
                let sum: i64 = counts.iter().map(|count| count.count).sum();
                assert_eq!(sum, i64::try_from(listed.len()).unwrap(), "{sight:?} {filter:?}");
            }
        }
    }
}
