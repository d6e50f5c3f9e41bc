//! When a message that an endpoint did not take is sent again, and when that is given up.

use jiff::SignedDuration;

/// For how long a message is sent again, counted in the time that we waited: while we are down ourselves, nothing counts.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(72);

/// The waits before the second, third … attempt, in seconds; the last one holds for all that follow.
const WAITS: [i64; 9] = [5, 30, 120, 600, 1_800, 3_600, 7_200, 14_400, 21_600];

/// What becomes of a message that an endpoint did not take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Retry {
    /// It is sent again after this time.
    After(SignedDuration),
    /// It was sent again for as long as it is worth it.
    GiveUp,
}

/// Decides on a message after its `attempts`-th failed attempt, of which the waits before came to `waited`.
///
/// `random` spreads the wait evenly from three quarters to five quarters of what the attempt stands for, so that the messages
/// of an endpoint that was away do not come back at one instant.
pub fn retry(attempts: u32, waited: SignedDuration, random: u32) -> Retry {
    if waited >= LONGEST {
        return Retry::GiveUp;
    }
    let position = usize::try_from(attempts.saturating_sub(1)).unwrap_or(usize::MAX);
    let seconds = WAITS.get(position).or(WAITS.last()).copied().unwrap_or(0);
    let milliseconds = seconds.saturating_mul(1_000);
    let spread = i64::from(random).saturating_mul(milliseconds / 2) / i64::from(u32::MAX);
    let wait = (milliseconds / 4).saturating_mul(3).saturating_add(spread);
    Retry::After(SignedDuration::from_millis(wait))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_waits_grow_and_are_spread() {
        let wait = |attempts, random| match retry(attempts, SignedDuration::ZERO, random) {
            Retry::After(wait) => wait.as_millis(),
            Retry::GiveUp => panic!("given up"),
        };
        assert_eq!((wait(1, 0), wait(1, u32::MAX)), (3_750, 6_250));
        assert_eq!((wait(2, 0), wait(2, u32::MAX)), (22_500, 37_500));
        assert_eq!(wait(9, 0), 16_200_000);
        assert_eq!(wait(9, 7), wait(1_000_000, 7));
        assert_eq!(wait(0, 0), wait(1, 0));
        for attempts in 1..12 {
            assert!(wait(attempts, 0) <= wait(attempts + 1, 0));
            assert!(wait(attempts, 1 << 31) > wait(attempts, 1 << 30));
        }
    }

    #[test]
    fn it_is_given_up_after_three_days_of_waiting_whatever_chance_says() {
        for random in [0, 1 << 31, u32::MAX] {
            let (mut waited, mut attempts) = (SignedDuration::ZERO, 1);
            while let Retry::After(wait) = retry(attempts, waited, random) {
                waited += wait;
                attempts += 1;
            }
            assert!(waited >= LONGEST && waited < LONGEST + SignedDuration::from_hours(8), "{waited}");
            assert!((17..28).contains(&attempts), "{attempts}");
        }
    }
}
