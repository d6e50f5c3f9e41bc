//! Lists of cases: who sees what, and every filter.

use domain::access::Sight;
use domain::area::AreaCode;
use domain::case::{Case, Create, Kind, Status};
use domain::change::Version;
use domain::id::{AreaId, CaseId};
use domain::labels::Labels;
use jiff::ToSpan;
use persistence::areas::{self, Area, AreaKind};
use persistence::cases::{self, Filter};
use persistence::{Direction, PageRequest};

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn list(world: &World<'_>, sight: &Sight, filter: &Filter) -> Vec<CaseId> {
    let page = world.store().read(|c| cases::list(c, sight, filter, ALL)).unwrap();
    page.items.iter().map(|case| case.id).collect()
}

fn add_area(world: &World<'_>) -> AreaId {
    let area = Area {
        id: AreaId::new(world.database.new_id()),
        code: AreaCode::parse("41002W06").unwrap(),
        scheme_version: "2025".to_owned(),
        kind: AreaKind::Neighbourhood,
        name: Labels { nl: "Kroonwijk".to_owned(), fr: None, en: None },
        parent_code: None,
        geometry: None,
        valid_from: "2025-01-01".parse().unwrap(),
        valid_to: None,
        created_at: now(),
        version: Version::FIRST,
    };
    world.write(now(), |transaction| areas::put(transaction, &area)).unwrap();
    area.id
}

fn write_many(world: &World<'_>, area: AreaId) -> Vec<Case> {
    let categories = ["AFV.SLUIK", "AFV.ZWERF", "OPD.PUT", "GEL.MUZIEK", "AFV"];
    (0..30_usize)
        .map(|number| {
            let mut command: Create = world.create_case(&format!("Zaak {number}"));
            command.consultation_id = if number % 5 == 4 { world.molenwijk } else { world.kroonwijk };
            command.kind = Kind::ALL[number % 2];
            command.admit = number % 3 != 0;
            command.description.category = category(categories[number % categories.len()]);
            command.description.location.area_id = (number % 4 == 0).then_some(area);
            command.description.lead_organisation_id = [Some(world.city), Some(world.green)][number % 2];
            let at = now() + i64::try_from(number / 3).unwrap().hours();
            let case = world.save_case(at, command);
            if number % 6 == 5 && case.status == Status::Open {
                let closed = world.close(case, at + 1.minute());
                world.write(at + 1.minute(), |transaction| transaction.save(&closed)).unwrap();
                return closed.state;
            }
            case
        })
        .collect()
}

fn passes(filter: &Filter, case: &Case) -> bool {
    (filter.states.is_empty() || filter.states.contains(&case.status))
        && filter.kind.is_none_or(|kind| kind == case.kind)
        && (filter.categories.is_empty()
            || filter.categories.iter().any(|wanted| {
                *wanted == case.description.category || *wanted == case.description.category.group()
            }))
        && filter.area_id.is_none_or(|area| Some(area) == case.description.location.area_id)
        && filter.consultation_id.is_none_or(|id| id == case.consultation_id)
        && filter.lead_organisation_id.is_none_or(|lead| Some(lead) == case.lead())
        && filter.reference.as_ref().is_none_or(|wanted| wanted == case.reference.as_str())
        && filter.created_from.is_none_or(|from| case.created_at >= from)
        && filter.created_before.is_none_or(|before| case.created_at < before)
}

on_both! {
    fn every_reader_with_every_filter_is_given_what_the_domain_says(database) {
        let world = World::new(database);
        let area = add_area(&world);
        let mut all = write_many(&world, area);
        all.sort_by_key(|case| (case.created_at, case.id));
        let none = Filter::default;
        let filters = [
            none(),
            Filter { states: vec![Status::Open], ..none() },
            Filter { states: vec![Status::Signalled, Status::Closed], ..none() },
            Filter { kind: Some(Kind::Need), ..none() },
            Filter { categories: vec![category("AFV.SLUIK")], ..none() },
            Filter { categories: vec![category("AFV")], ..none() },
            Filter { categories: vec![category("GEL"), category("OPD.PUT"), category("AFV.ZWERF")], ..none() },
            Filter { area_id: Some(area), ..none() },
            Filter { consultation_id: Some(world.molenwijk), ..none() },
            Filter { lead_organisation_id: Some(world.green), ..none() },
            Filter { reference: Some(all[7].reference.to_string()), ..none() },
            Filter { created_from: Some(now() + 2.hours()), ..none() },
            Filter { created_before: Some(now() + 2.hours()), ..none() },
            Filter {
                created_from: Some(now() + 1.hour()),
                created_before: Some(now() + 6.hours()),
                states: vec![Status::Open],
                kind: Some(Kind::Situation),
                categories: vec![category("AFV")],
                ..none()
            },
        ];
        let sights = [
            everything(),
            team_of(world.kroonwijk),
            team_of(world.molenwijk),
            Sight { consultations: [world.kroonwijk, world.molenwijk].into(), ..Sight::default() },
            service(world.green),
            Sight::default(),
        ];

        for sight in &sights {
            for filter in &filters {
                let expected: Vec<CaseId> = all
                    .iter()
                    .filter(|case| sight.everything || sight.consultations.contains(&case.consultation_id))
                    .filter(|case| passes(filter, case))
                    .map(|case| case.id)
                    .collect();
                assert_eq!(list(&world, sight, filter), expected, "{sight:?} {filter:?}");
            }
        }
    }

    fn a_partner_lists_what_it_is_asked_about_beside_what_it_is_a_member_of(database) {
        let world = World::new(database);
        let asked = world.load_case(world.sent(now()).case_id);
        let other = world.case("Niet gevraagd");
        let elsewhere = world.case_elsewhere("Elders");
        let partner = service(world.green);
        let both = Sight { consultations: [world.molenwijk].into(), ..partner.clone() };
        let none = Filter::default;

        assert_eq!(list(&world, &partner, &none()), [asked.id]);
        let mut all = list(&world, &both, &none());
        all.sort();
        let mut expected = vec![asked.id, elsewhere.id];
        expected.sort();
        assert_eq!(all, expected);
        for (wanted, found) in [(world.kroonwijk, asked.id), (world.molenwijk, elsewhere.id)] {
            let filter = Filter { consultation_id: Some(wanted), ..none() };
            assert_eq!(list(&world, &both, &filter), [found]);
        }
        let of_another = Filter { consultation_id: Some(world.molenwijk), ..none() };
        assert_eq!(list(&world, &partner, &of_another), []);
        let seen = Filter { states: vec![asked.status], categories: vec![asked.description.category.clone()], ..none() };
        assert_eq!(list(&world, &partner, &seen), [asked.id]);
        for hidden in [
            Filter { reference: Some(asked.reference.to_string()), ..none() },
            Filter { kind: Some(asked.kind), ..none() },
            Filter { lead_organisation_id: Some(asked.lead().unwrap()), ..none() },
            Filter { created_from: Some(asked.created_at), ..none() },
            Filter { created_before: Some(asked.created_at + 1.hour()), ..none() },
            Filter { words: Some(asked.description.title.to_string()), ..none() },
        ] {
            assert!(list(&world, &team_of(world.kroonwijk), &hidden).contains(&asked.id), "{hidden:?}");
            assert_eq!(list(&world, &partner, &hidden), [], "{hidden:?} tells what a partner does not see");
        }
        let visible = |sight: &Sight| {
            world.store().read(|c| cases::visible(c, sight, [asked.id, other.id, elsewhere.id])).unwrap()
        };
        assert_eq!(visible(&partner), [asked.id].into());
        assert_eq!(visible(&both), [asked.id, elsewhere.id].into());
        assert_eq!(visible(&everything()).len(), 3);
    }

    fn a_case_is_found_by_its_team_and_by_nobody_else(database) {
        let world = World::new(database);
        let case = world.case("Sluikstort");
        let found = |sight: &Sight| world.store().read(|c| cases::find(c, sight, case.id)).unwrap().is_some();

        assert!(found(&team_of(world.kroonwijk)) && found(&everything()));
        for stranger in [team_of(world.molenwijk), service(world.green), Sight::default()] {
            assert!(!found(&stranger), "{stranger:?}");
        }
    }
}
