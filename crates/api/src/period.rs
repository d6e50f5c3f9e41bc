//! Periods of whole days, as a query or a body names them.

use domain::calendar::Period;
use jiff::ToSpan as _;
use jiff::civil::Date;

use crate::problem::{Detail, Issue, Kind, Place, Problem};

/// Makes a period of the first and the last day that a query names; `longest` is its greatest length in years.
pub fn period(from: Date, to: Date, longest: i8) -> Result<Period, Problem> {
    if to < from {
        return Err(Problem::bad_request([Issue::new(Kind::InvalidPeriod, Place::Query, "to")]));
    }
    match too_long(from, to, longest, Place::Query, "to") {
        Some(issue) => Err(Problem::bad_request([issue])),
        None => Ok(Period { from, to }),
    }
}

/// Makes the fault of a period that is longer than so many years; absent when it is not. `name` is what holds its last day.
pub fn too_long(from: Date, to: Date, longest: i8, place: Place, name: &str) -> Option<Issue> {
    let detail = Detail::new(
        "Een periode is hoogstens {years} jaar lang.",
        "Une période dure au plus {years} ans.",
        "A period is {years} years long at the most.",
    );
    let is_too_long = from.checked_add(longest.years()).is_ok_and(|after| to >= after);
    is_too_long.then(|| Issue::new(Kind::OutOfRange, place, name).detail(detail.with("years", longest)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_as_long_as_its_years() {
        let kind = |from: &str, to: &str| {
            period(from.parse().unwrap(), to.parse().unwrap(), 10)
                .map_err(|problem| problem.faults()[0].kind())
        };
        assert!(kind("2016-01-01", "2025-12-31").is_ok());
        assert_eq!(kind("2016-01-01", "2026-01-01"), Err(Kind::OutOfRange));
        assert!(kind("2026-03-02", "2026-03-02").is_ok());
        assert_eq!(kind("2026-03-02", "2026-03-01"), Err(Kind::InvalidPeriod));
        assert!(kind("9995-01-01", "9999-12-31").is_ok());
        assert!(kind("2024-02-29", "2034-02-27").is_ok());
    }
}
