//! Search finds words and their beginnings, without case and accents, and only what the reader may see.

use domain::case::{Case, Create, Description, Outcome};
use domain::place::BoundingBox;
use jiff::ToSpan;
use persistence::cases::{self, Filter, Nearby};
use persistence::{Backend, Direction, PageRequest};

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

        let count = |point, address| {
            let nearby = Nearby {
                consultation_id: world.kroonwijk,
                category: &new.description.category,
                point,
                address,
                since: now() - (180 * 24).hours(),
                except: new.id,
            };
            world.store().read(|c| cases::count_earlier(c, &nearby)).unwrap()
        };
        assert_eq!(count(Some(here), Some(&address)), 4);
        assert_eq!(count(Some(here), None), 2);
        assert_eq!(count(None, Some(&address)), 2);
        assert_eq!(count(None, None), 0);
    }
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
