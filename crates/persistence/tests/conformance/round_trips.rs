//! What is saved is loaded again, whatever it is.

use std::num::NonZeroU16;

use domain::access::{Regime, Role};
use domain::area::{AreaCode, SectorCode};
use domain::calendar::{Calendar, local_date};
use domain::case::{
    Case, CloseReason, Create, Description, Dismiss, Factor, Imported as ImportedCase, Kind, Link, LinkKind,
    Location, Monitor, Outcome, Pattern, Reopen, Severity, Source, TimeSlot,
};
use domain::change::{Change, Version};
use domain::consultation::{FunctionCode, Level, Member};
use domain::enterprise_number::EnterpriseNumber;
use domain::follow_up::{
    Accept, Amend, Answer, AnswerOutcome, Channel, DelayReason, FollowUpRequest, Imported, ImportedEnd,
    MaySay, Promise, QuestionKind, Receive, Redirect, RefusalReason, Refuse, Say, Side, Status, Urgency,
};
use domain::id::{AreaId, CaseId, ConsultationId, FollowUpRequestId, OrganisationId};
use domain::labels::Labels;
use domain::organisation::Kind as OrganisationKind;
use domain::ovo_code::OvoCode;
use domain::place::{AddressUri, LocationKind};
use domain::text::Reference;
use jiff::Timestamp;
use persistence::areas::{self, Area, AreaKind};
use persistence::consultations::{self, StoredConsultation};
use persistence::organisations::{self, StoredOrganisation};
use persistence::{Aggregate, Store, cases};
use serde_json::json;

use crate::world::*;

const UNICODE: &str =
    "Ça alors — 50 € für 🚲🗑️ “Ĳssel”, 北京, العربية\nen\teen tweede regel: '%_\\ \"quoted\"";

fn later<T: Aggregate>(before: T, state: T) -> Change<T, persistence::Edit> {
    Change { before: Some(before), state, events: vec![persistence::Edit { verb: "update", at: minutes(1) }] }
}

fn full_organisation(id: uuid::Uuid, successor: OrganisationId) -> StoredOrganisation {
    let mut stored = organisation(id, OrganisationKind::HousingCompany, UNICODE, true);
    let it = &mut stored.organisation;
    it.regime = Regime::Housing;
    it.name =
        Labels { nl: UNICODE.to_owned(), fr: Some("Société".to_owned()), en: Some("Company".to_owned()) };
    it.enterprise_number = Some(EnterpriseNumber::parse("0123.456.749").unwrap());
    it.ovo_code = Some(OvoCode::parse("OVO001234").unwrap());
    it.contact_function = Some("onthaal".to_owned());
    it.valid_to = Some("9999-12-31".parse().unwrap());
    it.successor_id = Some(successor);
    stored
}

fn area(id: uuid::Uuid, code: &str, west: f64) -> Area {
    let east = west + 0.01;
    Area {
        id: AreaId::new(id),
        code: AreaCode::parse(code).unwrap(),
        scheme_version: "2025".to_owned(),
        kind: AreaKind::Neighbourhood,
        name: Labels { nl: "Kroonwijk".to_owned(), fr: None, en: None },
        parent_code: None,
        geometry: Some(json!({
            "type": "Polygon",
            "coordinates": [[[west, 50.9], [east, 50.9], [east, 50.95], [west, 50.95], [west, 50.9]]],
        })),
        valid_from: "2025-01-01".parse().unwrap(),
        valid_to: None,
        created_at: now(),
        version: Version::FIRST,
    }
}

/// A description with everything.
fn full_description(world: &World<'_>, area: AreaId) -> Description {
    let weight = |weight| Factor::new(weight).unwrap();
    Description {
        category: category("OPD.PUT"),
        secondary_categories: vec![category("AFV.SLUIK"), category("VKR")],
        title: title("Ça alors — 50 € 🚲"),
        description: Some(paragraph(UNICODE)),
        source: Source::CitizenVia,
        pattern: Some(Pattern::Hotspot),
        time_slots: vec![TimeSlot::WeekdayNight, TimeSlot::WeekendNight],
        location: Location {
            kind: LocationKind::Address,
            address: Some(title("Molenstraat 12 bus 3, 9300 Aalst")),
            address_uri: Some(AddressUri::parse("https://data.vlaanderen.be/id/adres/70008372").unwrap()),
            point: Some(point(4.034_567_8, 50.938_765_4)),
            sector: Some(SectorCode::parse("41002A20-").unwrap()),
            area_id: Some(area),
        },
        lead_organisation_id: Some(world.city),
        severity: Some(Severity {
            time_of_day: weight(3),
            place: weight(0),
            intensity: weight(2),
            spread: weight(1),
            recurrence: weight(3),
            deliberate: true,
        }),
    }
}

fn changed_case(outcome: Result<Outcome, domain::case::CaseError>) -> domain::case::Change {
    match outcome.unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

fn load_organisation(store: &Store, id: OrganisationId) -> Option<StoredOrganisation> {
    store.read(|c| organisations::find(c, id)).unwrap()
}

fn load_consultation(store: &Store, id: ConsultationId) -> Option<StoredConsultation> {
    store.read(|c| consultations::find(c, id)).unwrap()
}

on_both! {
    fn an_organisation_with_everything_set_and_then_with_nothing_optional(database) {
        let world = World::new(database);
        let full = full_organisation(database.new_id(), world.green);
        let id = full.organisation.id;

        world.write(now(), |transaction| transaction.save(&created(full.clone()))).unwrap();
        let first = load_organisation(world.store(), id);
        let mut bare = organisation(id.into(), OrganisationKind::Partner, "Kaal", false);
        bare.organisation.version = Version(2);
        world.write(minutes(1), |transaction| transaction.save(&later(full.clone(), bare.clone()))).unwrap();

        assert_eq!(first, Some(full));
        assert_eq!(load_organisation(world.store(), id), Some(bare), "what is absent now is taken out");
        let all = world.store().read(|c| organisations::find_all(c, [id, world.green, world.green])).unwrap();
        assert_eq!(all.len(), 2);
    }

    fn a_consultation_with_its_members(database) {
        let world = World::new(database);
        let mut members = vec![
            member(world.city, Role::NeighbourhoodManager),
            member(world.city, Role::Guard),
            Member {
                function: FunctionCode::parse("headOfGuards").unwrap(),
                function_name: Labels { nl: "Hoofd".to_owned(), fr: None, en: Some("Head".to_owned()) },
                number: NonZeroU16::new(3).unwrap(),
                ..member(world.city, Role::Guard)
            },
            member(world.green, Role::HousingOfficer),
        ];
        members.sort_by_key(|member| (member.organisation_id, member.role.code(), member.function.clone()));
        let mut stored = consultation(database.new_id(), "STAD1", members.clone());
        stored.consultation.level = Level::City;
        stored.consultation.area = vec![AreaCode::parse("41002A20-").unwrap(), AreaCode::parse("41002W06").unwrap()];
        stored.consultation.area_version = Some("2025".to_owned());
        stored.consultation.nuisance_risk = true;
        stored.consultation.escalates_to = Some(world.molenwijk);
        let id = stored.consultation.id;

        world.write(now(), |transaction| transaction.save(&created(stored.clone()))).unwrap();
        let first = load_consultation(world.store(), id);
        let mut fewer = stored.clone();
        fewer.consultation.members.truncate(1);
        fewer.consultation.version = Version(2);
        world.write(minutes(1), |transaction| transaction.save(&later(stored.clone(), fewer.clone()))).unwrap();

        assert_eq!(first, Some(stored));
        assert_eq!(load_consultation(world.store(), id), Some(fewer));
        let seats = world.store().read(|c| consultations::seats(c, [world.green])).unwrap();
        assert_eq!(seats, [], "the member that left has no seat");
        let seats = world.store().read(|c| consultations::seats(c, [world.city])).unwrap();
        assert_eq!(seats.len(), 3, "one per role, however many functions");
    }

    fn an_area_with_its_polygons(database) {
        let world = World::new(database);
        let (here, there) =
            (area(database.new_id(), "41002W06", 4.03), area(database.new_id(), "41002W07", 4.05));
        let mut sector = area(database.new_id(), "41002A20-", 4.0);
        (sector.kind, sector.geometry) = (AreaKind::Sector, None);
        sector.parent_code = Some(here.code.clone());
        sector.valid_to = Some("2025-12-31".parse().unwrap());

        for area in [&here, &there, &sector] {
            assert!(world.write(now(), |transaction| areas::put(transaction, area)).unwrap());
        }
        let renamed = Area { name: Labels { nl: "Kroon".to_owned(), fr: None, en: None }, ..here.clone() };
        let again = Area { id: AreaId::new(database.new_id()), created_at: minutes(5), ..renamed.clone() };
        let is_new = world.write(minutes(5), |transaction| areas::put(transaction, &again)).unwrap();

        assert!(!is_new, "the code and scheme version are known");
        let find = |id| world.store().read(|c| areas::find(c, id)).unwrap();
        let same = world.write(minutes(6), |transaction| areas::put(transaction, &again)).unwrap();
        assert!(!same, "and what is the same keeps its version");
        let renamed = Area { version: Version(2), ..renamed };
        assert_eq!(find(here.id), Some(renamed), "it keeps its name in the system and when it was written");
        assert_eq!(find(sector.id), Some(sector));
        assert_eq!(find(again.id), None);
        let index = world.store().read(|c| areas::index(c, local_date(now()))).unwrap();
        assert_eq!(index.locate(point(4.035, 50.92)), Some(here.id));
        assert_eq!(index.locate(point(4.055, 50.92)), Some(there.id));
        assert_eq!(index.locate(point(5.0, 50.92)), None);
    }

    fn a_case_with_everything_set_and_with_nothing_optional(database) {
        let world = World::new(database);
        let area = area(database.new_id(), "41002W06", 4.03);
        world.write(now(), |transaction| areas::put(transaction, &area)).unwrap();

        let bare = Create { admit: false, ..world.create_case("Kaal") };
        let bare = world.save_case(
            now(),
            Create { description: Description { lead_organisation_id: None, ..bare.description.clone() }, ..bare },
        );
        let full = Create { kind: Kind::Need, description: full_description(&world, area.id), ..world.create_case("x") };
        let full = world.save_case(now(), full);

        assert_eq!(world.load_case(bare.id), bare);
        assert_eq!(world.load_case(full.id), full);
        assert_eq!(full.description.description.as_ref().unwrap().as_str(), UNICODE);
    }

    fn a_case_through_its_life(database) {
        let world = World::new(database);
        let (other, target) = (world.case("Andere"), world.case("Doel"));
        let mut case = world.case("Zwerfvuil");
        let link = Link { kind: LinkKind::EarlierElsewhere, case_id: other.id };
        let monitor = Monitor { check_on: "2026-04-01".parse().unwrap(), text: remark("nog eens kijken") };
        let reopen = Reopen { text: remark("terug") };

        for (minute, step) in (1..).zip([0, 1, 2, 3, 4]) {
            let stamp = world.stamp(minutes(minute));
            let change = match step {
                0 => changed_case(case.link(link, &stamp)),
                1 => changed_case(case.monitor(&monitor, &stamp)),
                2 => changed_case(case.reopen(&reopen, &stamp)),
                3 => world.close(case, minutes(minute)),
                _ => changed_case(case.reopen(&Reopen { text: remark("opnieuw") }, &stamp)),
            };
            world.write(minutes(minute), |transaction| transaction.save(&change)).unwrap();
            assert_eq!(world.load_case(change.state.id), change.state, "step {step}");
            case = change.state;
        }
        let merged = changed_case(case.merge(&target, &world.stamp(minutes(9))));
        world.write(minutes(9), |transaction| transaction.save(&merged)).unwrap();

        assert_eq!(world.load_case(merged.state.id), merged.state);
        let parts = world.store().read(|c| cases::merged_into(c, target.id)).unwrap();
        assert_eq!(parts, [merged.state.id]);
    }

    fn a_case_that_is_dismissed_or_imported(database) {
        let world = World::new(database);
        let signalled = world.save_case(now(), Create { admit: false, ..world.create_case("Signaal") });
        let (close_reason, text) = (CloseReason::NotFounded, remark("niets gezien"));
        let dismiss = Dismiss { close_reason, text, withdraw_open: false };
        let dismissed = changed_case(signalled.dismiss(&dismiss, 0, &world.stamp(minutes(1))));
        world.write(minutes(1), |transaction| transaction.save(&dismissed)).unwrap();
        let command = world.create_case("Oud");
        let imported = ImportedCase {
            id: command.id,
            reference: command.reference,
            consultation_id: command.consultation_id,
            kind: command.kind,
            description: command.description,
            created_at: at("2014-05-01T10:00:00.123456Z"),
            closed_at: Some(at("2014-05-03T10:00:00Z")),
        };
        let imported = Case::imported(imported, &world.stamp(now())).unwrap();
        world.write(now(), |transaction| transaction.save(&imported)).unwrap();

        assert_eq!(world.load_case(dismissed.state.id), dismissed.state);
        assert_eq!(world.load_case(imported.state.id), imported.state);
    }

    fn a_request_in_every_state(database) {
        let world = World::new(database);
        let calendar = Calendar::default();
        let say = |text: &str| Say { text: remark(text) };
        let fresh = || world.case("Sluikstort");
        let mut seen = Vec::new();
        let mut check = |request: FollowUpRequest| {
            assert_eq!(world.load(request.id), request);
            seen.push(request.status());
            request
        };

        let draft = check(world.draft(now(), world.ask(&fresh())));
        let edit = domain::follow_up::Edit { urgency: Some(Urgency::Urgent), ..Default::default() };
        let draft = check(world.act(minutes(1), draft, |it, stamp| it.edit(&edit, stamp)));
        let sent = check(world.act(minutes(2), draft, |it, stamp| it.send(&clockwork(minutes(2)), stamp)));
        let amend =
            Amend { subject: title("Haag"), question: paragraph(UNICODE), text: remark("onduidelijk") };
        let sent = check(world.act(minutes(3), sent, |it, stamp| it.amend(&amend, stamp)));
        let receive = Receive { external_reference: Some(Reference::parse("14-00000116").unwrap()) };
        let received = check(world.act(minutes(4), sent, |it, stamp| it.receive(&receive, stamp)));
        let waiting = check(world.act(minutes(5), received, |it, stamp| it.ask_back(&say("welke?"), stamp)));
        let received =
            check(world.act(minutes(6), waiting, |it, stamp| it.reply(&say("de linkse"), &calendar, stamp)));
        let planned_on = Some("2026-03-10".parse().unwrap());
        let accept = Accept { external_reference: None, planned_on };
        let accepted = check(world.act(minutes(7), received, |it, stamp| it.accept(&accept, stamp)));
        let promise = Promise {
            promised_on: "2026-06-01".parse().unwrap(),
            delay_reason: Some(DelayReason::Procurement),
        };
        let accepted = check(world.act(minutes(8), accepted, |it, stamp| it.promise(&promise, stamp)));
        let waiting = check(world.act(minutes(9), accepted, |it, stamp| it.ask_back(&say("hoe hoog?"), stamp)));
        let answer = Answer {
            text: paragraph("Gesnoeid."),
            outcome: AnswerOutcome::PartlyDone,
            channel: Some(Channel::Phone),
        };
        let answered = check(world.act(minutes(10), waiting, |it, stamp| {
            it.answer(&answer, Side::Team, &calendar, stamp)
        }));
        let reopened = check(world.act(minutes(11), answered, |it, stamp| {
            it.reopen(&say("nog niet"), &clockwork(minutes(11)), stamp)
        }));
        let answer = Answer { text: paragraph("Nu wel."), outcome: AnswerOutcome::Done, channel: None };
        let answered = check(world.act(minutes(12), reopened, |it, stamp| {
            it.answer(&answer, Side::Service, &calendar, stamp)
        }));
        check(world.act(minutes(13), answered, |it, stamp| it.verify(&MaySay::default(), stamp)));

        let refuse = Refuse { refusal_reason: RefusalReason::NotCompetent, text: remark("niet van ons") };
        let request = world.send(now(), world.ask(&fresh()));
        check(world.act(minutes(1), request, |it, stamp| it.refuse(&refuse, &calendar, stamp)));
        let request = world.send(now(), world.ask(&fresh()));
        check(world.act(minutes(1), request, |it, stamp| it.withdraw(&say("toch niet"), &calendar, stamp)));
        let request = world.send(now(), world.ask(&fresh()));
        let successor = FollowUpRequestId::new(database.new_id());
        let next =
            FollowUpRequest::successor(&request, successor, world.roads, &clockwork(minutes(1)), &world.stamp(minutes(1)));
        let redirect = Redirect { organisation_id: world.roads, text: remark("is een weg") };
        check(world.act(minutes(1), request, |it, stamp| {
            it.redirect(&redirect, successor, Side::Service, &calendar, stamp)
        }));
        check(world.save(next));

        for status in Status::ALL {
            assert!(seen.contains(status), "{status}");
        }
    }

    fn a_request_that_was_imported(database) {
        let world = World::new(database);
        let ends = [
            None,
            Some((ImportedEnd::Closed, at("2014-05-20T09:30:00Z"))),
            Some((ImportedEnd::Withdrawn, at("2014-05-02T09:30:00Z"))),
            Some((ImportedEnd::Redirected, at("2014-05-02T09:30:00Z"))),
        ];

        for ended in ends {
            let case = world.case("Oud");
            let imported = Imported {
                id: FollowUpRequestId::new(database.new_id()),
                consultation_id: case.consultation_id,
                case_id: case.id,
                category: category("AFV.SLUIK"),
                organisation_id: world.green,
                question_kind: QuestionKind::Other,
                urgency: Urgency::Low,
                subject: title("Oude vraag"),
                question: paragraph("?"),
                external_reference: Some(Reference::parse("SR 0001").unwrap()),
                created_at: at("2014-05-01T09:30:00.000001Z"),
                due_at: Some(at("2014-05-15T21:59:59Z")),
                ended,
            };
            let request = world.save(FollowUpRequest::imported(imported, &world.stamp(now())));

            assert_eq!(world.load(request.id), request);
        }
    }

    fn a_moment_is_kept_to_the_microsecond_from_1900_to_9999(database) {
        let world = World::new(database);
        let moments: [Timestamp; 5] = [
            at("1900-01-01T00:00:00.000001Z"),
            at("1969-12-31T23:59:59.999999Z"),
            at("1970-01-01T00:00:00Z"),
            at("2000-01-01T00:00:00.123456Z"),
            at("9999-12-30T21:59:59.999999Z"),
        ];

        for moment in moments {
            let case = world.save_case(moment, world.create_case("Ooit"));

            assert_eq!(world.load_case(case.id).created_at, moment);
            assert_eq!(world.load_case(case.id), case);
        }
    }

    fn a_day_is_kept_from_1900_to_9999(database) {
        let world = World::new(database);

        for day in ["1900-01-01", "1999-12-31", "2000-01-01", "2024-02-29", "9999-12-31"] {
            let mut stored = organisation(database.new_id(), OrganisationKind::Partner, "Dag", false);
            stored.organisation.valid_from = day.parse().unwrap();
            stored.organisation.valid_to = Some(day.parse().unwrap());
            world.write(now(), |transaction| transaction.save(&created(stored.clone()))).unwrap();

            assert_eq!(load_organisation(world.store(), stored.organisation.id), Some(stored));
        }
    }

    fn what_is_not_there_is_not_found(database) {
        let world = World::new(database);
        let nothing = uuid::Uuid::from_u128(404);

        assert_eq!(load_organisation(world.store(), nothing.into()), None);
        assert_eq!(load_consultation(world.store(), nothing.into()), None);
        let case = world.store().read(|c| cases::find(c, &everything(), CaseId::new(nothing))).unwrap();
        assert_eq!(case, None);
    }
}
