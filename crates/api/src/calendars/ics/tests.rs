use std::num::NonZeroU16;

use domain::access::Role;
use domain::case::ConsultationCode;
use domain::change::{Actor, Outcome, Stamp, Version};
use domain::consultation::{FunctionCode, Level, Member};
use domain::id::{ClientId, ConsultationId, MeetingId, OrganisationId};
use domain::labels::Labels;
use domain::meeting::{Cancel, Create};
use domain::text::{Remark, Title};
use uuid::Uuid;

use super::*;

const NAME: &str = "Wijkoverleg Kroonwijk, Café Müller; één \\ twee";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn stamp(text: &str) -> Stamp {
    let organisation_id = OrganisationId::new(Uuid::from_u128(1));
    let by = Actor { client_id: ClientId::new(Uuid::from_u128(2)), user: None, organisation_id };
    Stamp { at: at(text), by }
}

fn labels(nl: &str) -> Labels {
    Labels { nl: nl.to_owned(), fr: None, en: None }
}

fn consultation(name: &str) -> Consultation {
    let member = |function: &str, name: &str, number| Member {
        organisation_id: OrganisationId::new(Uuid::from_u128(1)),
        role: Role::PoliceOfficer,
        function: FunctionCode::parse(function).unwrap(),
        function_name: labels(name),
        number: NonZeroU16::new(number).unwrap(),
    };
    Consultation {
        id: ConsultationId::new(Uuid::from_u128(3)),
        version: Version::FIRST,
        code: ConsultationCode::parse("KRO").unwrap(),
        name: labels(name),
        level: Level::Neighbourhood,
        area: Vec::new(),
        area_version: None,
        nuisance_risk: false,
        members: vec![member("inspector", "Wijkinspecteur", 4), member("chief", "Hoofdinspecteur", 1)],
        escalates_to: None,
        requires_legal_gate: false,
    }
}

fn planned(number: u128, place: Option<&str>) -> Meeting {
    let command = Create {
        id: MeetingId::new(Uuid::from_u128(number)),
        consultation_id: ConsultationId::new(Uuid::from_u128(3)),
        starts_at: at("2026-03-10T12:00:00Z"),
        ends_at: at("2026-03-10T16:00:00.5Z"),
        place: place.map(|place| Title::parse(place).unwrap()),
        occurrence: None,
        moved: None,
    };
    Meeting::create(command, &stamp("2026-01-05T08:00:00Z")).unwrap().state
}

fn cancelled(meeting: Meeting) -> Meeting {
    let text = Remark::parse("Te weinig leden: Jan is ziek.").unwrap();
    match meeting.cancel(&Cancel { text }, &stamp("2026-02-01T08:00:00Z")).unwrap() {
        Outcome::Changed(change) => change.state,
        Outcome::Unchanged(meeting) => meeting,
    }
}

#[test]
fn a_calendar_is_written_as_rfc_5545_says() {
    let meetings = [planned(1, Some("Zaal 2, gelijkvloers")), cancelled(planned(2, None))];

    let text = calendar(&consultation(NAME), &meetings).unwrap();

    assert!(text.ends_with("END:VCALENDAR\r\n"));
    assert_eq!(text.matches('\n').count(), text.matches("\r\n").count());
    for line in text.split("\r\n") {
        assert!(line.len() <= 75, "{} octets: {line}", line.len());
    }
    let unfolded = text.replace("\r\n ", "");
    let lines: Vec<&str> = unfolded.split_terminator("\r\n").collect();
    let escaped = r"Wijkoverleg Kroonwijk\, Café Müller\; één \\ twee";
    let event = |id: &str, tail: &[&str]| {
        let mut lines = vec!["BEGIN:VEVENT".to_owned()];
        lines.push(r"DESCRIPTION:1 × Hoofdinspecteur\n4 × Wijkinspecteur".to_owned());
        lines.extend(["DTEND:20260310T160000Z".to_owned()]);
        lines.extend(tail.iter().map(|line| (*line).to_owned()));
        lines.push(format!("SUMMARY:{escaped}"));
        lines.push(format!("UID:00000000-0000-0000-0000-00000000000{id}@wijkoverleg"));
        lines.push("END:VEVENT".to_owned());
        lines
    };
    let mut expected: Vec<String> = vec![
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Wijkoverleg//Wijkoverleg//NL".to_owned(),
        "CALSCALE:GREGORIAN".to_owned(),
        format!("NAME;VALUE=TEXT:{escaped}"),
        format!("X-WR-CALNAME:{escaped}"),
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H".to_owned(),
        "X-PUBLISHED-TTL:PT1H".to_owned(),
    ];
    expected.extend(event(
        "1",
        &[
            "DTSTAMP:20260105T080000Z",
            "DTSTART:20260310T120000Z",
            "LAST-MODIFIED:20260105T080000Z",
            r"LOCATION:Zaal 2\, gelijkvloers",
            "SEQUENCE:0",
            "STATUS:CONFIRMED",
        ],
    ));
    expected.extend(event(
        "2",
        &[
            "DTSTAMP:20260201T080000Z",
            "DTSTART:20260310T120000Z",
            "LAST-MODIFIED:20260201T080000Z",
            "SEQUENCE:1",
            "STATUS:CANCELLED",
        ],
    ));
    expected.push("END:VCALENDAR".to_owned());
    assert_eq!(lines, expected);
    assert!(!text.contains("Jan"), "why it was called off is not told");
}

#[test]
fn what_is_written_is_read_back() {
    let text = calendar(&consultation(NAME), &[planned(1, Some("Zaal 2, gelijkvloers"))]).unwrap();

    let read: Calendar = text.parse().unwrap();

    assert_eq!(read.get_name(), Some(NAME));
    let [event] = read.events().collect::<Vec<_>>()[..] else { panic!("one event") };
    assert_eq!(event.get_summary(), Some(NAME));
    assert_eq!(event.property_value("LOCATION"), Some("Zaal 2, gelijkvloers"));
    assert_eq!(event.get_description(), Some("1 × Hoofdinspecteur\n4 × Wijkinspecteur"));
    assert_eq!(event.get_sequence(), Some(0));
}

#[test]
fn a_name_cannot_add_lines_of_its_own() {
    let name = "Kroonwijk\nATTACH:http://example.com\nEND:VCALENDAR";
    let text = calendar(&consultation(name), &[planned(1, Some("Hier\nMETHOD:CANCEL"))]).unwrap();

    let lines: Vec<String> = text
        .replace("\r\n ", "")
        .split("\r\n")
        .map(|line| line.split([':', ';']).next().unwrap().to_owned())
        .collect();

    assert!(lines.iter().all(|line| !["ATTACH", "METHOD"].contains(&line.as_str())), "{text}");
    assert_eq!(lines.iter().filter(|line| *line == "END").count(), 2, "{text}");
}

#[test]
fn a_calendar_without_meetings_is_one() {
    let text = calendar(&consultation("Kroonwijk"), &[]).unwrap();
    assert!(text.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n") && !text.contains("VEVENT"));
}

#[test]
fn every_line_of_a_long_name_is_short_enough() {
    for letter in ["e", "é", "€", "😀", "e ", "é ", " €"] {
        for shift in 0..4 {
            let name = format!("{}{}", "x".repeat(shift), letter.repeat(90));
            let text = calendar(&consultation(&name), &[planned(1, None)]).unwrap();
            assert!(text.split("\r\n").all(|line| line.len() <= 75), "{text}");
            assert!(text.replace("\r\n ", "").contains(&format!("SUMMARY:{name}\r\n")), "{text}");
        }
    }
}
