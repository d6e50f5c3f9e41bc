//! Hourly rates: what an hour of a function in a meeting costs, from a day on.

use jiff::civil::Date;

use crate::consultation::FunctionCode;

/// An amount in cents of a euro for an hour: 0 to 1,000 euro.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cents(u32);

impl Cents {
    /// The most that an hour may cost.
    pub const MOST: u32 = 100_000;

    /// Takes an amount; absent when it is more than [`Cents::MOST`].
    pub const fn new(cents: u32) -> Option<Self> {
        if cents <= Self::MOST { Some(Self(cents)) } else { None }
    }

    /// Gives the amount.
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// A rate of a consultation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HourlyRate {
    /// The function that it is for.
    pub function: FunctionCode,
    /// What an hour of it costs.
    pub cents_per_hour: Cents,
    /// The first day on which it holds; until a later rate of the function begins.
    pub valid_from: Date,
}

/// Finds the rate of a function on a day, among those of its consultation: the latest that does not begin after it.
pub fn rate_on<'a>(
    rates: impl IntoIterator<Item = &'a HourlyRate>,
    function: &FunctionCode,
    day: Date,
) -> Option<&'a HourlyRate> {
    rates
        .into_iter()
        .filter(|rate| rate.function == *function && rate.valid_from <= day)
        .max_by_key(|rate| rate.valid_from)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn on(day: &str) -> Date {
        day.parse().unwrap()
    }

    fn function(code: &str) -> FunctionCode {
        FunctionCode::parse(code).unwrap()
    }

    fn rate(code: &str, cents: u32, from: &str) -> HourlyRate {
        HourlyRate {
            function: function(code),
            cents_per_hour: Cents::new(cents).unwrap(),
            valid_from: on(from),
        }
    }

    #[test]
    fn a_rate_holds_until_a_later_one_of_its_function_begins() {
        let rates = [
            rate("guard", 3_100, "2026-01-01"),
            rate("guard", 2_900, "2025-01-01"),
            rate("chiefInspector", 5_200, "2025-07-01"),
        ];
        let cents = |code, day| rate_on(&rates, &function(code), on(day)).map(|it| it.cents_per_hour.get());
        assert_eq!(cents("guard", "2024-12-31"), None);
        assert_eq!(cents("guard", "2025-01-01"), Some(2_900));
        assert_eq!(cents("guard", "2025-12-31"), Some(2_900));
        assert_eq!(cents("guard", "2026-01-01"), Some(3_100));
        assert_eq!(cents("chiefInspector", "2026-06-01"), Some(5_200));
        assert_eq!(cents("neighbourhoodManager", "2026-06-01"), None);
    }

    #[test]
    fn an_hour_costs_a_thousand_euro_at_the_most() {
        assert_eq!(Cents::new(100_000).map(Cents::get), Some(100_000));
        assert_eq!(Cents::new(100_001), None);
    }

    proptest! {
        #[test]
        fn no_rate_that_holds_is_later_than_the_one_found(days in prop::collection::vec(0_i64..2_000, 0..20), day in 0_i64..2_000) {
            let first = on("2024-01-01");
            let at = |days: i64| first.saturating_add(jiff::ToSpan::days(days));
            let rates: Vec<_> = days
                .iter()
                .map(|days| HourlyRate { valid_from: at(*days), ..rate("guard", 1, "2024-01-01") })
                .collect();
            let found = rate_on(&rates, &function("guard"), at(day)).map(|rate| rate.valid_from);
            let expected = days.iter().filter(|from| **from <= day).max().map(|from| at(*from));
            prop_assert_eq!(found, expected);
        }
    }
}
