use std::sync::LazyLock;

use jiff::{
    Span, Timestamp,
    civil::{Date, DateTime},
    tz::{TimeZone, TimeZoneDatabase},
};

/// Comes from the data compiled into the program, so that it is the same on a machine without a time zone
/// database.
static BRUSSELS: LazyLock<TimeZone> = LazyLock::new(|| {
    TimeZoneDatabase::bundled()
        .get("Europe/Brussels")
        .unwrap_or_else(|error| unreachable!("the bundled database has Europe/Brussels: {error}"))
});

/// Gives the date in Europe/Brussels at an instant.
pub fn local_date(at: Timestamp) -> Date {
    BRUSSELS.to_datetime(at).date()
}

/// Gives what the clock shows in Europe/Brussels at an instant.
pub fn local_time(at: Timestamp) -> DateTime {
    BRUSSELS.to_datetime(at)
}

/// Gives the instant at which the clock first shows a whole hour of a date in Europe/Brussels, or would have shown it.
///
/// It is the first or last possible instant when `date` lies at the limits of jiff.
pub fn start_of_hour(date: Date, hour: i8) -> Timestamp {
    let local = date.at(hour, 0, 0, 0);
    BRUSSELS.to_ambiguous_timestamp(local).compatible().unwrap_or_else(|_| nearest_limit(local))
}

/// Gives the instant at which a date begins in Europe/Brussels: 00:00:00 local time.
///
/// It is the first or last possible instant when `date` lies at the limits of jiff.
pub fn start_of_day(date: Date) -> Timestamp {
    let midnight = date.at(0, 0, 0, 0);
    BRUSSELS.to_ambiguous_timestamp(midnight).compatible().unwrap_or_else(|_| nearest_limit(midnight))
}

/// Gives the instant at which a date ends for a term: 23:59:59 local time in Europe/Brussels.
///
/// It is the first or last possible instant when `date` lies at the limits of jiff.
pub fn end_of_day(date: Date) -> Timestamp {
    let last_second = date.at(23, 59, 59, 0);
    // Before 1947 the clock was changed at 23:00 in some years: the earlier reading stays within the date.
    BRUSSELS.to_ambiguous_timestamp(last_second).earlier().unwrap_or_else(|_| nearest_limit(last_second))
}

/// Gives the instant of a local time in Europe/Brussels.
///
/// A time that the clock skips is read as it would have been before the change, one that comes twice is the first of the
/// two (RFC 5545 §3.3.5). It is the first or last possible instant at the limits of jiff.
pub fn local_instant(local: DateTime) -> Timestamp {
    BRUSSELS.to_ambiguous_timestamp(local).compatible().unwrap_or_else(|_| nearest_limit(local))
}

/// Gives the instant a span of time after another one, on the calendar and the clocks of Europe/Brussels; absent past the
/// limits of jiff.
pub fn later(at: Timestamp, span: Span) -> Option<Timestamp> {
    at.to_zoned(BRUSSELS.clone()).checked_add(span).ok().map(|later| later.timestamp())
}

fn nearest_limit(local: DateTime) -> Timestamp {
    if local.year() < 0 { Timestamp::MIN } else { Timestamp::MAX }
}
