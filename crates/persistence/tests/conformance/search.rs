//! Search finds words and their beginnings, without case and accents, and only what the reader may see.

use diesel::connection::SimpleConnection as _;
use domain::case::{Case, Create, Description, Location, Outcome};
use domain::place::{AddressUri, BoundingBox};
use jiff::ToSpan;
use persistence::cases::{self, Filter, Nearby};
use persistence::{AnyConnection, Backend, Direction, PageRequest};

use crate::database::Database;
use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn find(world: &World<'_>, sight: &domain::access::Sight, filter: &Filter) -> Vec<String> {
    let page = world.store().read(|c| cases::list(c, sight, filter, ALL)).unwrap();
    page.items.iter().map(|case| case.description.title.to_string()).collect()
}

fn search(world: &World<'_>, words: &str) -> Vec<String> {
    let filter = Filter { words: Some(words.to_owned()), ..Filter::default() };
    find(world, &team_of(world.kroonwijk), &filter)
}

/// Writes a case with a description and an address.
fn write(world: &World<'_>, title: &str, description: &str, address: &str) -> Case {
    let mut command = world.create_case(title);
    command.description.description = Some(paragraph(description));
    command.description.location.address = Some(crate::world::title(address));
    world.save_case(now(), command)
}

on_both! {
    fn words_are_found_in_title_description_address_and_reference(database) {
        let world = World::new(database);
        let one = write(&world, "Sluikstort aan café", "Matras en 3 zakken", "Molenstraat 12 bus 3");
        write(&world, "Cafe\u{301} te luid", "Muziek 's nachts, ook in de week", "Grote Markt 1");

        for (words, expected) in [
            ("sluikstort", vec!["Sluikstort aan café"]),
            ("SLUIK", vec!["Sluikstort aan café"]),
            ("cafe", vec!["Sluikstort aan café", "Cafe\u{301} te luid"]),
            ("CAFÉ", vec!["Sluikstort aan café", "Cafe\u{301} te luid"]),
            ("café luid", vec!["Cafe\u{301} te luid"]),
            ("luid caf", vec!["Cafe\u{301} te luid"]),
            ("molenstr 12", vec!["Sluikstort aan café"]),
            ("matras markt", vec![]),
            ("nachts", vec!["Cafe\u{301} te luid"]),
            ("3", vec!["Sluikstort aan café"]),
            ("tras", vec![]),
            ("", vec![]),
            (" - ' \" ", vec![]),
        ] {
            assert_eq!(search(&world, words), expected, "{words:?}");
        }
        assert_eq!(search(&world, one.reference.as_str()), ["Sluikstort aan café"]);
    }

    fn a_hostile_query_is_a_query(database) {
        let world = World::new(database);
        write(&world, "Or and not near", "NEAR(a b) col:val x*", "Straat");
        let long = "a".repeat(10_000);
        let many = "woord ".repeat(5_000);

        for words in [
            "\"", "'", "''", "\\", "%", "_", "*", "(", ")", ":", "&", "|", "!", "<->", "-", "^", "{", "}", "\0",
            "\" OR 1=1 --", "'; DROP TABLE cases; --", "a* NEAR/2 b", "search_text : x", "a:*b", "!a & b",
            "\u{202e}\u{feff}", "🚲", "{case_id}: x", long.as_str(), many.as_str(), "1e10", "0x1f", "a.b@c.d", "http://x.y/z?q",
        ] {
            search(&world, words);
        }
        assert_eq!(search(&world, "NEAR"), ["Or and not near"]);
        assert_eq!(search(&world, "or AND not"), ["Or and not near"]);
        assert_eq!(database.count("cases"), 1);
    }

    fn a_word_of_any_length_and_script_is_found(database) {
        let world = World::new(database);
        let endless = "x".repeat(5_000);
        write(&world, "Lang", &endless, "Straat");
        write(&world, "Ἀθῆναι straße İstanbul", "北京 العربية हिन्दी ½ ² ﬁets Ǆ 1e10 v2.0.1", "Ĳzerlaan");

        assert_eq!(search(&world, &endless), ["Lang"]);
        assert_eq!(search(&world, "xxxx"), ["Lang"]);
        for words in [
            "αθηναι", "STRASSE", "straße", "istanbul", "北京", "العربية", "हिन्दी", "fiets", "dz", "1e10", "v2", "ijzer",
        ] {
            let expected: &[&str] = if words == "STRASSE" { &[] } else { &["Ἀθῆναι straße İstanbul"] };
            assert_eq!(search(&world, words), expected, "{words}");
        }
    }

    fn a_code_that_ids_begin_with_finds_words_only(database) {
        let world = World::new(database);
        write(&world, "Container", "Container c01 is vol", "Straat");
        write(&world, "Iets anders", "Niets", "Straat");

        assert_eq!(search(&world, "c01"), ["Container"]);
        for words in ["0", "01", "019ca", "_", "_0", &world.kroonwijk.uuid().simple().to_string()] {
            let expected: &[&str] = if words == "0" || words == "_0" { &["Container", "Iets anders"] } else { &[] };
            // The number of a reference may begin with it.
            let found = search(&world, words);
            assert!(found.is_empty() || found == expected, "{words}: {found:?}");
        }
    }

    fn the_cases_of_another_consultation_are_never_found(database) {
        let world = World::new(database);
        world.case("Zwerfvuil hier");
        world.case_elsewhere("Zwerfvuil daar");
        let filter = Filter { words: Some("zwerfvuil".to_owned()), ..Filter::default() };
        let both = domain::access::Sight {
            consultations: [world.kroonwijk, world.molenwijk].into(), ..Default::default()
        };

        assert_eq!(find(&world, &team_of(world.kroonwijk), &filter), ["Zwerfvuil hier"]);
        assert_eq!(find(&world, &team_of(world.molenwijk), &filter), ["Zwerfvuil daar"]);
        assert_eq!(find(&world, &both, &filter), ["Zwerfvuil hier", "Zwerfvuil daar"]);
        assert_eq!(find(&world, &everything(), &filter), ["Zwerfvuil hier", "Zwerfvuil daar"]);
        assert_eq!(find(&world, &service(world.green), &filter), Vec::<String>::new());
        let narrowed = Filter { consultation_id: Some(world.molenwijk), ..filter };
        assert_eq!(find(&world, &team_of(world.kroonwijk), &narrowed), Vec::<String>::new());
        assert_eq!(find(&world, &both, &narrowed), ["Zwerfvuil daar"]);
    }

    fn an_edited_text_is_found_anew(database) {
        let world = World::new(database);
        let case = write(&world, "Sluikstort", "Matras", "Molenstraat 12");
        let other = write(&world, "Sluikstort ook", "Matras", "Molenstraat 13");
        let description = Description { title: title("Geluidshinder"), ..case.description.clone() };

        let Outcome::Changed(change) = case.edit(&description, &world.stamp(minutes(1))).unwrap() else { panic!() };
        world.write(minutes(1), |transaction| transaction.save(&change)).unwrap();

        assert_eq!(search(&world, "geluid matras"), ["Geluidshinder"]);
        assert_eq!(search(&world, "sluikstort"), ["Sluikstort ook"]);
        assert_eq!(search(&world, "matras").len(), 2);
        assert_eq!(database.count("case_search"), 2);
        assert_eq!(world.load_case(other.id), other);
    }

    fn a_search_goes_together_with_other_filters_and_pages(database) {
        let world = World::new(database);
        for number in 0..7 {
            let mut command = world.create_case(&format!("Zwerfvuil {number}"));
            command.admit = number % 2 == 0;
            world.save_case(minutes(number), command);
        }
        let filter = Filter {
            words: Some("zwerf".to_owned()),
            states: vec![domain::case::Status::Open],
            ..Filter::default()
        };

        let pages = all_pages(
            |after| {
                let page = PageRequest { direction: Direction::Descending, after, size: 1 };
                world.store().read(|c| cases::list(c, &team_of(world.kroonwijk), &filter, page)).unwrap()
            },
            |case: &Case| persistence::Place { at: case.created_at, id: case.id.into() },
        );

        let titles: Vec<&str> = pages.iter().map(|case| case.description.title.as_str()).collect();
        assert_eq!(titles, ["Zwerfvuil 6", "Zwerfvuil 4", "Zwerfvuil 2", "Zwerfvuil 0"]);
    }

    fn cases_are_found_in_a_box_with_its_border(database) {
        let world = World::new(database);
        for (name, lon, lat) in [("in", 4.03, 50.93), ("corner", 4.0, 50.9), ("east", 4.11, 50.93), ("north", 4.03, 51.0)] {
            let mut command = world.create_case(name);
            command.description.location.point = Some(point(lon, lat));
            world.save_case(now(), command);
        }
        world.case("nowhere");
        let filter = Filter {
            bounding_box: Some(BoundingBox::parse("4.0,50.9,4.1,50.95").unwrap()), ..Filter::default()
        };

        assert_eq!(find(&world, &team_of(world.kroonwijk), &filter), ["in", "corner"]);
        assert_eq!(find(&world, &team_of(world.molenwijk), &filter), Vec::<String>::new());
    }

    fn earlier_cases_at_the_same_place_are_counted(database) {
        let world = World::new(database);
        let here = point(4.034_567, 50.938_765);
        let address = title("Molenstraat 12");
        let metres_north = |metres: f64| point(here.lon(), here.lat() + metres / 111_195.0);
        let write = |days: i64, change: &dyn Fn(&mut Create)| {
            let mut command = world.create_case("Sluikstort");
            change(&mut command);
            world.save_case(now() - (days * 24).hours(), command)
        };
        write(1, &|it| it.description.location.point = Some(here));
        write(180, &|it| it.description.location.point = Some(metres_north(99.0)));
        write(5, &|it| it.description.location.address = Some(address.clone()));
        write(5, &|it| {
            it.description.location.point = Some(metres_north(5_000.0));
            it.description.location.address = Some(address.clone());
        });
        // None of these counts: too far, too long ago, something else, elsewhere, nowhere.
        write(5, &|it| it.description.location.point = Some(metres_north(101.0)));
        write(181, &|it| it.description.location.point = Some(here));
        write(5, &|it| {
            it.description.location.point = Some(here);
            it.description.category = category("AFV.HUISVUIL");
        });
        write(5, &|it| {
            it.description.location.point = Some(here);
            it.consultation_id = world.molenwijk;
        });
        write(5, &|_| ());
        let new = write(0, &|it| {
            it.description.location.point = Some(here);
            it.description.location.address = Some(address.clone());
        });

        let merged = write(5, &|it| it.description.location.point = Some(here));
        let Outcome::Changed(change) = merged.merge(&new, &world.stamp(now())).unwrap() else { panic!() };
        world.write(now(), |transaction| transaction.save(&change)).unwrap();

        let count = |point, address: Option<&str>| {
            let location = Location {
                point,
                address: address.map(crate::world::title),
                ..world.create_case("Sluikstort").description.location
            };
            count_at(&world, &new, &location)
        };
        assert_eq!(count(Some(here), Some("Molenstraat 12")), 4);
        assert_eq!(count(Some(here), None), 2, "a merged case counts once");
        assert_eq!(count(None, Some("molenstraat  12")), 2);
        assert_eq!(count(None, None), 0);
    }

    fn an_address_of_the_register_is_another_one_when_its_number_differs(database) {
        let world = World::new(database);
        let place = |address: &str, uri: Option<&str>| Location {
            address: Some(crate::world::title(address)),
            address_uri: uri.map(|number| {
                AddressUri::parse(&format!("https://data.vlaanderen.be/id/adres/{number}")).unwrap()
            }),
            ..world.create_case("Sluikstort").description.location
        };
        let write = |location: Location| {
            let mut command = world.create_case("Sluikstort");
            command.description.location = location;
            world.save_case(now(), command)
        };
        write(place("Molenstraat 12", Some("1")));
        write(place("Molenstraat 12", None));
        let new = write(place("Elders", None));

        for (location, count) in [
            (place("Anders gespeld", Some("1")), 1),
            (place("Molenstraat 12", Some("2")), 1),
            (place("Molenstraat 12", Some("1")), 2),
            (place("MOLENSTRAAT 12", None), 2),
        ] {
            assert_eq!(count_at(&world, &new, &location), count, "{location:?}");
        }
    }

    fn a_box_holds_the_newest_thousand_of_its_cases(database) {
        let world = World::new(database);
        let mut command = world.create_case("eerste");
        command.description.location.point = Some(point(4.03, 50.93));
        let first = world.save_case(now(), command);
        copy(&mut database.connect(), &first, 1_050);
        let filter = Filter {
            bounding_box: Some(BoundingBox::parse("4.0,50.9,4.1,50.95").unwrap()), ..Filter::default()
        };
        let both = domain::access::Sight {
            consultations: [world.kroonwijk, world.molenwijk].into(), ..Default::default()
        };

        for sight in [team_of(world.kroonwijk), both] {
            let pages = all_pages(
                |after| {
                    let page = PageRequest { direction: Direction::Descending, after, size: 400 };
                    world.store().read(|c| cases::list(c, &sight, &filter, page)).unwrap()
                },
                |case: &Case| persistence::Place { at: case.created_at, id: case.id.into() },
            );
            assert_eq!(pages.len(), 1_000);
            assert!(pages.iter().all(|case| case.id != first.id), "the oldest is left out");
        }
    }
}

fn count_at(world: &World<'_>, new: &Case, location: &Location) -> usize {
    let nearby = Nearby {
        consultation_id: world.kroonwijk,
        category: &new.description.category,
        location,
        since: now() - (180 * 24).hours(),
        except: new.id,
    };
    world.store().read(|c| cases::count_earlier(c, &nearby)).unwrap()
}

/// Writes copies of a case past the program, each newer than the one before.
fn copy(connection: &mut AnyConnection, case: &Case, count: u32) {
    let columns = "version, sequence, consultation_id, kind, status, category, category_group, title, source, \
                   location_kind, longitude, latitude, updated_at, details";
    let (id, created_at, numbers) = match connection {
        AnyConnection::Sqlite(_) => (
            "printf('00000000-0000-7000-8000-%012d', n)",
            "created_at + n",
            format!(
                "(WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {count}) \
                 SELECT n FROM numbers)"
            ),
        ),
        AnyConnection::Postgresql(_) => (
            "('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid",
            "created_at + n * INTERVAL '1 microsecond'",
            format!("generate_series(1, {count})"),
        ),
    };
    let numbers = match connection {
        AnyConnection::Sqlite(_) => format!("{numbers} AS numbers"),
        AnyConnection::Postgresql(_) => format!("{numbers} AS n"),
    };
    let sql = format!(
        "INSERT INTO cases (id, reference, created_at, {columns}) \
         SELECT {id}, 'X-' || n, {created_at}, {columns} FROM cases, {numbers} WHERE id = '{}'",
        case.id
    );
    connection.batch_execute(&sql).unwrap();
}

#[test]
fn both_databases_find_the_same() {
    let databases = [Backend::Sqlite, Backend::Postgresql].map(Database::new);
    let queries = [
        "a", "e", "straat", "12", "1", "molen 1", "kro", "kro-2026", "é", "ß", "ss", "x y", "of", "en de",
        "i", "ij", "½", "1⁄2",
    ];

    let found = databases.each_ref().map(|database| {
        let world = World::new(database);
        for number in 0..40 {
            let words = ["Sluikstort", "Één straat", "Ĳsje", "Straße x-y", "½ en de", "of 12", "Molen 1a"];
            let text = format!("{} {number}", words[number % words.len()]);
            write(&world, &text, "en dan", words[(number * 3) % words.len()]);
        }
        queries.map(|query| search(&world, query))
    });

    assert_eq!(found[0], found[1]);
    assert!(found[0].iter().filter(|found| !found.is_empty()).count() > 10);
}
