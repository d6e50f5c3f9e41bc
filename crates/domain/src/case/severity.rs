//! How heavy a nuisance weighs: time, place, intensity, how widely it is felt, and how often it comes back.

use serde::{Deserialize, Serialize};

use super::code::SeverityLevel;

/// One factor: 0 (none) to 3 (heavy).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Factor(u8);

impl Factor {
    /// Takes a factor of 0 to 3; absent beyond.
    pub const fn new(weight: u8) -> Option<Self> {
        if weight <= 3 { Some(Self(weight)) } else { None }
    }

    /// Gives the weight, 0 to 3.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// The factors of a case's severity.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Severity {
    /// How disturbing the time of day is.
    pub time_of_day: Factor,
    /// How sensitive the place is.
    pub place: Factor,
    /// How intense it is.
    pub intensity: Factor,
    /// How widely it is felt in the street.
    pub spread: Factor,
    /// How often it comes back.
    pub recurrence: Factor,
    /// Whether it is done on purpose; told, not counted.
    #[serde(default)]
    pub deliberate: bool,
}

impl Severity {
    /// Gives the sum of the factors, 0 to 15.
    pub fn score(&self) -> u8 {
        [self.time_of_day, self.place, self.intensity, self.spread, self.recurrence]
            .iter()
            .map(|factor| factor.get())
            .sum()
    }

    /// Gives the level of the sum.
    pub fn level(&self) -> SeverityLevel {
        match self.score() {
            0..=4 => SeverityLevel::Low,
            5..=9 => SeverityLevel::Medium,
            _ => SeverityLevel::High,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_level_follows_the_sum() {
        let severity = |intensity, spread, recurrence| Severity {
            intensity: Factor::new(intensity).unwrap(),
            spread: Factor::new(spread).unwrap(),
            recurrence: Factor::new(recurrence).unwrap(),
            time_of_day: Factor::new(1).unwrap(),
            ..Severity::default()
        };
        assert_eq!((severity(1, 1, 1).score(), severity(1, 1, 1).level()), (4, SeverityLevel::Low));
        assert_eq!((severity(2, 1, 1).score(), severity(2, 1, 1).level()), (5, SeverityLevel::Medium));
        assert_eq!((severity(3, 3, 3).score(), severity(3, 3, 3).level()), (10, SeverityLevel::High));
        assert_eq!(Factor::new(4), None);
    }
}
