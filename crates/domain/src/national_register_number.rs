//! Recognition of Belgian national register numbers in free text, so that none is ever stored.
//!
//! A number is eleven ASCII digits, not directly preceded by a digit or a `+` and not directly followed by a
//! digit, written without separators or grouped as `YY.MM.DD-NNN.CC`. At each of the four places of that
//! grouping one separator may stand: a full stop, a slash, a space, a no-break space, a hyphen or a short dash.
//! The birth date must be plausible (a bis number adds 20 or 40 to the month, an unknown month or day is `00`)
//! and the check number must fit a birth before or from 2000. Digits of other scripts are not looked at.
//!
//! Eleven digits that pass all of this by accident are refused too: nothing tells them apart.

use std::ops::Range;

/// The number of digits of a national register number.
const DIGITS: u32 = 11;

/// Tells whether the text holds at least one national register number.
pub fn contains(text: &str) -> bool {
    find(text).is_some()
}

/// Finds the first national register number and returns its byte range, never its digits.
pub fn find(text: &str) -> Option<Range<usize>> {
    let mut previous = None;
    for (start, character) in text.char_indices() {
        let may_start = character.is_ascii_digit() && !matches!(previous, Some('+' | '0'..='9'));
        if may_start && let Some(length) = text.get(start..).and_then(leading_number) {
            return Some(start..start + length);
        }
        previous = Some(character);
    }
    None
}

/// Returns the length in bytes of the number at the very start of the text.
fn leading_number(text: &str) -> Option<usize> {
    let mut number = 0_u64;
    let mut digits = 0;
    let mut end = 0;
    let mut separated = false;
    for (offset, character) in text.char_indices() {
        if let Some(digit) = character.to_digit(10) {
            if digits == DIGITS {
                return None;
            }
            number = number * 10 + u64::from(digit);
            digits += 1;
            end = offset + 1;
            separated = false;
        } else if !separated && matches!(digits, 2 | 4 | 6 | 9) && is_separator(character) {
            separated = true;
        } else {
            break;
        }
    }
    (digits == DIGITS && is_number(number)).then_some(end)
}

fn is_separator(character: char) -> bool {
    matches!(character, '.' | '-' | '/' | ' ' | '\u{a0}' | '\u{202f}' | '\u{2010}'..='\u{2013}')
}

fn is_number(number: u64) -> bool {
    let (body, check) = (number / 100, number % 100);
    let (year, month, day) = (body / 10_000_000, body / 100_000 % 100, body / 1_000 % 100);
    [(1900, 0), (2000, 2_000_000_000)].into_iter().any(|(century, prefix)| {
        check == 97 - (prefix + body) % 97 && is_plausible_date(century + year, month, day)
    })
}

fn is_plausible_date(year: u64, month: u64, day: u64) -> bool {
    let month = match month {
        20..=32 => month - 20,
        40..=52 => month - 40,
        _ => month,
    };
    let last_day = match month {
        0 | 1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if year.is_multiple_of(4) && year != 1900 => 29,
        2 => 28,
        _ => return false,
    };
    day <= last_day
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Makes the eleven digits of a number of nobody.
    fn digits(year: u64, month: u64, day: u64, serial: u64) -> String {
        let body = year % 100 * 10_000_000 + month * 100_000 + day * 1_000 + serial;
        let prefix = if year < 2000 { 0 } else { 2_000_000_000 };
        format!("{body:09}{:02}", 97 - (prefix + body) % 97)
    }

    fn grouped(digits: &str, separators: [&str; 4]) -> String {
        let [a, b, c, d] = separators;
        let part = |range| &digits[range];
        format!("{}{a}{}{b}{}{c}{}{d}{}", part(0..2), part(2..4), part(4..6), part(6..9), part(9..11))
    }

    #[test]
    fn finds_every_usual_grouping() {
        let number = digits(1993, 5, 18, 999);
        for separators in [
            [".", ".", "-", "."],
            ["", "", "", ""],
            [" ", " ", " ", " "],
            ["/", "/", "-", "-"],
            ["", "", "-", "-"],
            ["", "", " ", " "],
            ["\u{a0}", "\u{a0}", "\u{a0}", "\u{a0}"],
            [".", ".", "\u{2011}", "."],
            ["-", "-", "/", ""],
        ] {
            let written = grouped(&number, separators);
            assert!(contains(&written), "{separators:?}");
            assert!(contains(&format!("RRN:{written}.")), "{separators:?}");
            assert_eq!(find(&format!("é {written}x")), Some(3..3 + written.len()), "{separators:?}");
        }
    }

    #[test]
    fn finds_births_of_both_centuries_bis_numbers_and_unknown_dates() {
        for (year, month, day) in [
            (1900, 1, 1),
            (1999, 12, 31),
            (2000, 2, 29),
            (2024, 2, 29),
            (2025, 6, 30),
            (1985, 21, 1),
            (1985, 32, 31),
            (2003, 41, 15),
            (2003, 52, 31),
            (1950, 0, 0),
            (1950, 20, 0),
            (1950, 40, 0),
            (1950, 7, 0),
            (2001, 0, 1),
        ] {
            assert!(contains(&digits(year, month, day, 998)), "{year} {month} {day}");
        }
    }

    #[test]
    fn refuses_dates_that_do_not_exist() {
        for (year, month, day) in [
            (1993, 13, 1),
            (1993, 19, 1),
            (1993, 33, 1),
            (1993, 39, 1),
            (1993, 53, 1),
            (1993, 99, 1),
            (1993, 1, 32),
            (1993, 4, 31),
            (1993, 2, 29),
            (1900, 2, 29),
            (2003, 22, 30),
        ] {
            assert!(!contains(&digits(year, month, day, 998)), "{year} {month} {day}");
        }
    }

    #[test]
    fn refuses_what_stands_in_a_longer_run_or_after_a_plus() {
        let number = digits(1993, 5, 18, 999);
        for text in [
            format!("+{number}"),
            format!("{number}0"),
            format!("0{number}"),
            grouped(&number, ["..", ".", "-", "."]),
            grouped(&number, [" ", " ", "\n", " "]),
            grouped(&number, ["_", "_", "_", "_"]),
            format!("{} {}", &number[..3], &number[3..]),
            format!("{} {}", &number[..8], &number[8..]),
        ] {
            assert!(!contains(&text), "{text}");
        }
        assert!(contains(&format!("12 {number}")));
        assert!(contains(&format!("+32 {number}")));
    }

    #[test]
    fn leaves_other_numbers_alone() {
        for text in [
            "",
            "+32 53 00 00 00",
            "+32475000000",
            "+32 475 00 00 00",
            "0032475000000",
            "0032 475 00 00 00",
            "0032 53 00 00 00",
            "0475 00 00 00",
            "053/00.00.00",
            "0123.456.789",
            "BE 0123.456.749",
            "2.123.456.789",
            "KRO-2026-0042",
            "KRO-2026-0042 2026-0043",
            "BE68 5390 0754 7034",
            "BE68539007547034",
            "539-0075470-34",
            "+++090/9337/55493+++",
            "2026-01-15T10:30:00Z",
            "2026-01-15 10:30",
            "20260115103000",
            "1768473000",
            "1768473000000",
            "127414.8 181373.3",
            "50.941946, 4.046588",
            "https://data.vlaanderen.be/id/adres/1234567",
            "15/01/2026 van 22.00 tot 23.30",
        ] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn stays_linear_on_hostile_text() {
        assert!(!contains(&"1".repeat(1_000_000)));
        assert!(!contains(&"12 ".repeat(300_000)));
        assert!(!contains(&"93.05.18-223.6x".repeat(60_000)));
    }

    fn separator() -> impl Strategy<Value = &'static str> {
        prop::sample::select(vec!["", ".", "-", "/", " ", "\u{a0}", "\u{202f}", "\u{2013}"])
    }

    proptest! {
        #[test]
        fn every_number_is_found_in_any_context(
            year in 1900_u64..2100, month in 0_u64..=12, bis in prop::sample::select(vec![0_u64, 20, 40]),
            day in 0_u64..=28, serial in 0_u64..=999, separators in [separator(), separator(), separator(), separator()],
            before in "[^0-9+]*", after in "[^0-9]*",
        ) {
            let number = grouped(&digits(year, month + bis, day, serial), separators);
            let text = format!("{before}{number}{after}");
            let range = before.len()..before.len() + number.len();
            prop_assert_eq!(find(&text), Some(range));
        }

        #[test]
        fn a_wrong_check_number_is_not_found(number in 0_u64..100_000_000_000) {
            let (body, check) = (number / 100, number % 100);
            prop_assume!(check != 97 - body % 97 && check != 97 - (2_000_000_000 + body) % 97);
            let found = contains(&format!("{number:011}"));
            prop_assert!(!found);
        }

        #[test]
        fn any_text_is_searched_without_a_panic(text in "\\PC*|[0-9 .+\u{a0}-]{0,60}") {
            if let Some(range) = find(&text) {
                prop_assert_eq!(text[range].chars().filter(char::is_ascii_digit).count(), 11);
            }
        }
    }
}
