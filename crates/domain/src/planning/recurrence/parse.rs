//! From a text to a rule.

use jiff::Timestamp;
use jiff::civil::Date;

use super::{ByDay, End, Frequency, Part, Recurrence, RecurrenceFault, WEEKDAYS};

/// The most weeks or months between two days.
const LONGEST_INTERVAL: u16 = 120;
/// The most days that a rule may be limited to.
const MOST: u16 = 999;
/// The most values of one part.
const MOST_VALUES: usize = 62;

pub(super) fn parse(text: &str) -> Result<Recurrence, RecurrenceFault> {
    if text.len() > Recurrence::LONGEST {
        return Err(RecurrenceFault::TooLong);
    }
    let text = text.to_ascii_uppercase();
    let mut parts: Vec<(Part, &str)> = Vec::new();
    for part in text.split(';') {
        let (name, value) = part.split_once('=').ok_or(RecurrenceFault::Malformed)?;
        let part = Part::from_code(name).ok_or(RecurrenceFault::UnknownPart)?;
        if parts.iter().any(|(known, _)| *known == part) {
            return Err(RecurrenceFault::Repeated(part));
        }
        parts.push((part, value));
    }
    let given = |wanted: Part| parts.iter().find(|(part, _)| *part == wanted).map(|(_, value)| *value);

    let frequency = given(Part::Freq).ok_or(RecurrenceFault::Missing(Part::Freq))?;
    let frequency = Frequency::from_code(frequency).ok_or(RecurrenceFault::Invalid(Part::Freq))?;
    let interval = given(Part::Interval).map(|value| number(Part::Interval, value, LONGEST_INTERVAL));
    let end = match (given(Part::Count), given(Part::Until)) {
        (Some(_), Some(_)) => return Err(RecurrenceFault::CountAndUntil),
        (Some(count), None) => End::After(number(Part::Count, count, MOST)?),
        (None, Some(until)) => end(until)?,
        (None, None) => End::Never,
    };
    // A week begins on Monday unless a rule says otherwise (RFC 5545); no meeting needs that.
    if given(Part::Wkst).is_some_and(|day| day != "MO") {
        return Err(RecurrenceFault::Invalid(Part::Wkst));
    }
    let by_month =
        values(Part::ByMonth, given(Part::ByMonth), |value| signed(value, 12).filter(|it| *it > 0))?;
    let by_month_day = values(Part::ByMonthDay, given(Part::ByMonthDay), |value| signed(value, 31))?;
    let by_day = values(Part::ByDay, given(Part::ByDay), by_day)?;
    if frequency == Frequency::Weekly {
        if !by_month_day.is_empty() {
            return Err(RecurrenceFault::NotWithFrequency(Part::ByMonthDay));
        }
        if by_day.iter().any(|day| day.ordinal.is_some()) {
            return Err(RecurrenceFault::NotWithFrequency(Part::ByDay));
        }
    }
    let interval = interval.transpose()?.unwrap_or(1);
    Ok(Recurrence { frequency, interval, end, by_month, by_month_day, by_day })
}

/// Reads digits only, as a number from 1.
fn number(part: Part, value: &str, most: u16) -> Result<u16, RecurrenceFault> {
    let is_plain = !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit());
    let number = value.parse().ok().filter(|number| is_plain && (1..=most).contains(number));
    number.ok_or(RecurrenceFault::Invalid(part))
}

/// Reads one or two digits, with or without a sign, as a number other than 0.
fn signed(value: &str, most: i8) -> Option<i8> {
    let (sign, digits) = match value.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, value.strip_prefix('+').unwrap_or(value)),
    };
    let is_plain = (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let number: i8 = digits.parse().ok().filter(|number| is_plain && (1..=most).contains(number))?;
    Some(sign * number)
}

fn by_day(value: &str) -> Option<ByDay> {
    let (ordinal, name) = value.split_at_checked(value.len().checked_sub(2)?)?;
    let (_, weekday) = WEEKDAYS.iter().find(|(known, _)| *known == name)?;
    let ordinal = if ordinal.is_empty() { None } else { Some(signed(ordinal, 5)?) };
    Some(ByDay { ordinal, weekday: *weekday })
}

fn values<T: PartialEq>(
    part: Part,
    given: Option<&str>,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Vec<T>, RecurrenceFault> {
    let Some(given) = given else { return Ok(Vec::new()) };
    let mut values = Vec::new();
    for value in given.split(',') {
        let value = read(value).ok_or(RecurrenceFault::Invalid(part))?;
        if !values.contains(&value) {
            values.push(value);
        }
        if values.len() > MOST_VALUES {
            return Err(RecurrenceFault::Invalid(part));
        }
    }
    Ok(values)
}

/// Reads a day, `20271231`, or a moment in UTC, `20271231T225959Z`.
fn end(value: &str) -> Result<End, RecurrenceFault> {
    let invalid = RecurrenceFault::Invalid(Part::Until);
    let digits = value.bytes().filter(u8::is_ascii_digit).count();
    match (value.len(), digits) {
        (8, 8) => Date::strptime("%Y%m%d", value).map(End::Day).map_err(|_| invalid),
        (16, 14) if value.ends_with('Z') => {
            let local = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", value).map_err(|_| invalid)?;
            let at: Result<Timestamp, _> = local.to_zoned(jiff::tz::TimeZone::UTC).map(|at| at.timestamp());
            at.map(End::Instant).map_err(|_| invalid)
        }
        _ => Err(invalid),
    }
}
