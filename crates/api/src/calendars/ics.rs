//! A consultation's meetings as iCalendar (RFC 5545).

use std::fmt;

use domain::consultation::Consultation;
use domain::meeting::{Meeting, Status};
use icalendar::{Calendar, Component as _, Event, EventStatus, Property};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Which program made it; the same whatever its version, so that the tag changes with the content only.
const PRODUCT: &str = "-//Wijkoverleg//Wijkoverleg//NL";

/// How often a program should ask again.
const REFRESH: &str = "PT1H";

/// Writes the calendar of a consultation. The same meetings give the same text.
pub(super) fn calendar(consultation: &Consultation, meetings: &[Meeting]) -> Result<String, fmt::Error> {
    let name = consultation.name.nl.as_str();
    let with =
        |name: &str, value: &str, kind: &str| Property::new(name, value).add_parameter("VALUE", kind).done();
    let mut calendar = Calendar::empty();
    calendar
        .append_property(("VERSION", "2.0"))
        .append_property(("PRODID", PRODUCT))
        .append_property(("CALSCALE", "GREGORIAN"))
        // The kind is named, as the writer does not know this property to be a text, which has to be escaped.
        .append_property(with("NAME", name, "TEXT"))
        .append_property(("X-WR-CALNAME", name))
        .append_property(with("REFRESH-INTERVAL", REFRESH, "DURATION"))
        .append_property(("X-PUBLISHED-TTL", REFRESH));
    let functions = functions(consultation);
    calendar.extend(meetings.iter().map(|meeting| event(meeting, name, &functions)));
    (&calendar).try_into()
}

/// Lists the functions that take part, a line for each.
fn functions(consultation: &Consultation) -> String {
    let functions = consultation.functions().into_iter();
    functions.map(|(name, number)| format!("{number} × {}", name.nl)).collect::<Vec<_>>().join("\n")
}

fn event(meeting: &Meeting, name: &str, functions: &str) -> Event {
    let status = match meeting.status {
        Status::Planned | Status::InSession | Status::Held => EventStatus::Confirmed,
        Status::Cancelled => EventStatus::Cancelled,
    };
    let sequence = meeting.version.0.saturating_sub(1);
    let mut event = Event::new();
    event
        .add_property("UID", format!("{}@wijkoverleg", meeting.id))
        .add_property("DTSTAMP", in_utc(meeting.updated_at))
        .add_property("DTSTART", in_utc(meeting.starts_at))
        .add_property("DTEND", in_utc(meeting.ends_at))
        .add_property("LAST-MODIFIED", in_utc(meeting.updated_at))
        .add_property("SEQUENCE", sequence.to_string())
        .add_property("SUMMARY", name);
    event.status(status);
    if let Some(place) = &meeting.place {
        event.add_property("LOCATION", place.as_str());
    }
    if !functions.is_empty() {
        event.add_property("DESCRIPTION", functions);
    }
    event.done()
}

/// Writes an instant in UTC, to the second.
fn in_utc(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y%m%dT%H%M%SZ").to_string()
}

#[cfg(test)]
mod tests;
