//! Formats that are asserted, each with one string form where the standard leaves several.

use jiff::Timestamp;
use jiff::civil::Date;
use jsonschema::ValidationOptions;

/// Makes a validator assert the formats of the contract.
pub(super) fn asserted(options: ValidationOptions<'_>) -> ValidationOptions<'_> {
    options
        .should_validate_formats(true)
        .should_ignore_unknown_formats(true)
        .with_format("date", is_date)
        .with_format("date-time", is_date_time)
        // Its pattern says more.
        .with_format("uuid", |_: &str| true)
}

/// Tells whether a text is a date as `yyyy-MM-dd`.
fn is_date(text: &str) -> bool {
    has_shape(text, "0000-00-00") && text.parse::<Date>().is_ok()
}

/// Tells whether a text is an instant of RFC 3339, with its offset.
fn is_date_time(text: &str) -> bool {
    let Some((moment, rest)) = text.split_at_checked(19) else { return false };
    let fraction_ends = rest.find(['Z', 'z', '+', '-']).unwrap_or_default();
    let (fraction, offset) = rest.split_at(fraction_ends);
    has_shape(moment, "0000-00-00T00:00:00")
        && is_fraction(fraction)
        && (matches!(offset, "Z" | "z") || has_shape(offset, "+00:00"))
        && text.parse::<Timestamp>().is_ok()
}

fn is_fraction(text: &str) -> bool {
    text.is_empty()
        || text.strip_prefix('.').is_some_and(|digits| {
            (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// Compares a text with a picture in which `0` stands for a digit and `+` for a sign.
fn has_shape(text: &str, picture: &str) -> bool {
    text.len() == picture.len()
        && text.bytes().zip(picture.bytes()).all(|(byte, wanted)| match wanted {
            b'0' => byte.is_ascii_digit(),
            b'+' => matches!(byte, b'+' | b'-'),
            b'T' => matches!(byte, b'T' | b't'),
            other => byte == other,
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_time_has_seconds_and_an_offset() {
        for good in [
            "2026-01-15T10:00:00Z",
            "2026-01-15T10:00:00.123456+01:00",
            "2026-06-15t10:00:00z",
            "2026-12-31T23:59:60Z",
        ] {
            assert!(is_date_time(good), "{good}");
        }
        for bad in [
            "",
            "2026-01-15",
            "2026-01-15T10:00:00",
            "2026-01-15 10:00:00Z",
            "2026-01-15T10:00Z",
            "2026-02-30T10:00:00Z",
            "2026-01-15T10:00:00+01",
            "2026-01-15T10:00:00+01:00[Europe/Brussels]",
            "2026-01-15T10:00:00.Z",
            "2026-01-15T10:00:00é",
            "+002026-01-15T10:00:00Z",
        ] {
            assert!(!is_date_time(bad), "{bad}");
        }
    }

    #[test]
    fn a_date_has_one_form() {
        assert!(is_date("2028-02-29"));
        for bad in ["2026-02-29", "20260115", "2026-1-5", "2026-01-15T00:00:00"] {
            assert!(!is_date(bad), "{bad}");
        }
    }
}
