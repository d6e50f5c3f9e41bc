//! Notes and timelines tell each reader what it may know.

use domain::access::NoteSight;
use domain::case::Case;
use domain::id::{NoteId, OrganisationId};
use domain::note::{Note, Visibility};
use persistence::{Circumstances, Direction, PageRequest, StoreError, notes, timeline};

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn write_note(
    world: &World<'_>,
    case: &Case,
    visibility: Visibility,
    by: OrganisationId,
    text: &str,
) -> Note {
    let circumstances = Circumstances { actor: actor(by), ..world.circumstances(now()) };
    let id = NoteId::new(world.database.new_id());
    world
        .store()
        .write::<_, StoreError>(&circumstances, |transaction| {
            let note = Note::write(id, case.id, visibility, paragraph(text), &transaction.stamp());
            notes::add(transaction, &note, case)?;
            Ok(note)
        })
        .unwrap()
}

/// A team note, a police note, a housing note of the city and one of a housing company.
fn write_notes(world: &World<'_>, case: &Case) -> [Note; 4] {
    [
        write_note(world, case, Visibility::Team, world.city, "Voor iedereen 🙂"),
        write_note(world, case, Visibility::PoliceOnly, world.city, "Voor de politie"),
        write_note(world, case, Visibility::HousingOnly, world.city, "Voor wonen"),
        write_note(world, case, Visibility::HousingOnly, world.roads, "Van de huisvester"),
    ]
}

fn readers(world: &World<'_>) -> [(NoteSight, &'static [usize]); 7] {
    let here = || [world.kroonwijk].into();
    [
        (NoteSight { team: here(), ..NoteSight::default() }, &[0]),
        (NoteSight { team: here(), police: here(), ..NoteSight::default() }, &[0, 1]),
        (NoteSight { team: here(), housing: here(), ..NoteSight::default() }, &[0, 2, 3]),
        (NoteSight { own_housing: [world.roads].into(), ..NoteSight::default() }, &[3]),
        (NoteSight { own_housing: [world.green].into(), ..NoteSight::default() }, &[]),
        (
            NoteSight {
                team: [world.molenwijk].into(),
                police: [world.molenwijk].into(),
                ..NoteSight::default()
            },
            &[],
        ),
        (NoteSight::default(), &[]),
    ]
}

on_both! {
    fn a_reader_is_given_the_notes_that_it_may_read(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let written = write_notes(&world, &case);

        for (sight, readable) in readers(&world) {
            let page = world.store().read(|c| notes::list(c, &sight, case.id, ALL)).unwrap();
            let expected: Vec<Note> = readable.iter().map(|index| written[*index].clone()).collect();
            assert_eq!(page.items, expected, "{sight:?}");
            for (index, note) in written.iter().enumerate() {
                let found = world.store().read(|c| notes::find(c, &sight, case.id, note.id)).unwrap();
                assert_eq!(found.is_some(), readable.contains(&index), "{sight:?} {index}");
            }
        }
    }

    fn a_note_is_found_on_its_own_case_only(database) {
        let world = World::new(database);
        let (case, other) = (world.case("Hier"), world.case("Daar"));
        let note = write_note(&world, &case, Visibility::Team, world.city, "Hier");
        let sight = NoteSight { team: [world.kroonwijk].into(), ..NoteSight::default() };

        assert_eq!(world.store().read(|c| notes::find(c, &sight, case.id, note.id)).unwrap(), Some(note.clone()));
        assert_eq!(world.store().read(|c| notes::find(c, &sight, other.id, note.id)).unwrap(), None);
        assert_eq!(world.store().read(|c| notes::list(c, &sight, other.id, ALL)).unwrap().items, []);
    }

    fn a_released_note_is_for_the_team_and_is_released_once(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let note = write_note(&world, &case, Visibility::PoliceOnly, world.city, "Voor de politie");
        let released = note.release(&world.stamp(minutes(5))).unwrap();
        let team = NoteSight { team: [world.kroonwijk].into(), ..NoteSight::default() };

        world.write(minutes(5), |transaction| notes::release(transaction, &released, &case)).unwrap();
        let again = world.write(minutes(6), |transaction| notes::release(transaction, &released, &case));

        assert!(matches!(again, Err(StoreError::Stale)));
        let page = world.store().read(|c| notes::list(c, &team, case.id, ALL)).unwrap();
        assert_eq!(page.items, [released]);
    }

    fn the_timeline_of_a_case_tells_its_events_and_those_of_its_requests_and_notes(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let other = world.case("Andere");
        let sent = world.send(minutes(1), world.ask(&case));
        world.send(minutes(1), world.ask(&other));
        let closed = world.close(case.clone(), minutes(3));
        world.write(minutes(3), |transaction| transaction.save(&closed)).unwrap();
        let sight = NoteSight { team: [world.kroonwijk].into(), ..NoteSight::default() };

        let page = world.store().read(|c| timeline::list(c, &sight, &[world.kroonwijk], case.id, ALL)).unwrap();

        let told: Vec<(&str, &str)> =
            page.items.iter().map(|event| (event.subject.as_str(), event.verb.as_str())).collect();
        assert_eq!(
            told,
            [("case", "create"), ("followUpRequest", "create"), ("followUpRequest", "send"), ("case", "close")]
        );
        assert_eq!(page.items[1].organisation_id, Some(world.green));
        assert_eq!(page.items[1].subject_id, sent.id.uuid());
        assert_eq!(page.items[3].data["closeReason"], "solved");
    }

    fn a_timeline_tells_of_a_note_whom_the_note_is_for(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let written = write_notes(&world, &case);
        let told = |sight: &NoteSight| {
            let page = world.store().read(|c| timeline::list(c, sight, &[world.kroonwijk], case.id, ALL)).unwrap();
            let notes = page.items.into_iter().filter(|event| event.subject == "caseNote");
            notes.map(|event| (event.subject_id, event.verb)).collect::<Vec<_>>()
        };
        let create = |index: usize| (written[index].id.uuid(), "create".to_owned());

        let [team, police, housing, ..] = readers(&world).map(|(sight, _)| sight);
        assert_eq!(told(&team), [create(0)]);
        assert_eq!(told(&police), [create(0), create(1)]);
        assert_eq!(told(&housing), [create(0), create(2), create(3)]);
        let released = written[1].clone().release(&world.stamp(minutes(5))).unwrap();
        world.write(minutes(5), |transaction| notes::release(transaction, &released, &case)).unwrap();
        assert_eq!(told(&team), [create(0), (written[1].id.uuid(), "release".to_owned())]);
        assert_eq!(told(&NoteSight::default()), []);
    }
}
