//! A limit on failed attempts to prove to be a client, and on tokens that nobody issued.
//!
//! Failures are counted for each address and client together, and with ten times the room for each address alone; never
//! for a client alone, as whoever knows the name of a client could then lock it out from anywhere. Behind a proxy that
//! is not declared as trusted all callers share one address. The limit spares the log and the database: secrets of 256
//! bits are not guessed. Attempts that run at the same moment may pass it together.

use std::net::IpAddr;

use domain::id::ClientId;
use jiff::{SignedDuration, Timestamp};
use quick_cache::sync::Cache;

use super::after;
use crate::problem::{Code, Problem};

/// The time over which failures are counted.
const WINDOW: SignedDuration = SignedDuration::from_mins(1);

/// How much more may fail from one address as any client than as one.
const ROOM: u32 = 10;

/// How many addresses, and how many pairs of address and client, are remembered.
const REMEMBERED: usize = 10_000;

/// Where an attempt comes from, and as which client; both may be unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Origin {
    pub(super) peer: Option<IpAddr>,
    pub(super) client: Option<ClientId>,
}

/// An attempt that has to wait.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Wait {
    /// How many failures a minute are allowed.
    pub(super) limit: u32,
    /// For how long.
    pub(super) duration: SignedDuration,
}

impl Wait {
    /// Makes the problem that the caller is told.
    pub(super) fn problem(self, now: Timestamp) -> Problem {
        Problem::too_many_requests(
            Code::TooManyFailedRequests,
            self.limit.into(),
            // A part of a second counts as one.
            SignedDuration::from_secs(self.duration.as_secs().saturating_add(1)),
            after(now, self.duration),
        )
    }
}

/// The buckets; each is the moment at which it will be empty (the generic cell rate algorithm).
pub(super) struct Failures {
    limit: u32,
    pairs: Cache<Origin, Timestamp>,
    peers: Cache<Option<IpAddr>, Timestamp>,
}

impl Failures {
    pub(super) fn new(limit: u32) -> Self {
        Self { limit: limit.max(1), pairs: Cache::new(REMEMBERED), peers: Cache::new(REMEMBERED) }
    }

    /// Fails when too much failed from there already.
    pub(super) fn check(&self, origin: Origin, now: Timestamp) -> Result<(), Wait> {
        let buckets =
            [(self.pairs.get(&origin), self.limit), (self.peers.get(&origin.peer), self.limit_of_peer())];
        for (empty_at, limit) in buckets {
            let full_at = after(now, WINDOW - interval(limit));
            if let Some(empty_at) = empty_at.filter(|empty_at| *empty_at > full_at) {
                return Err(Wait { limit, duration: empty_at.duration_since(full_at) });
            }
        }
        Ok(())
    }

    /// Counts a failure.
    pub(super) fn count(&self, origin: Origin, now: Timestamp) {
        let fuller = |empty_at: Option<Timestamp>, limit| {
            after(empty_at.map_or(now, |empty_at| empty_at.max(now)), interval(limit))
        };
        self.pairs.insert(origin, fuller(self.pairs.get(&origin), self.limit));
        self.peers.insert(origin.peer, fuller(self.peers.get(&origin.peer), self.limit_of_peer()));
    }

    const fn limit_of_peer(&self) -> u32 {
        self.limit.saturating_mul(ROOM)
    }
}

/// Gives the time in which one failure is forgotten.
fn interval(limit: u32) -> SignedDuration {
    i32::try_from(limit).map_or(SignedDuration::from_nanos(1), |limit| WINDOW / limit)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn origin(peer: &str, client: u128) -> Origin {
        Origin { peer: peer.parse().ok(), client: Some(Uuid::from_u128(client).into()) }
    }

    fn now() -> Timestamp {
        "2026-01-15T10:00:00Z".parse().unwrap()
    }

    #[test]
    fn ten_failures_a_minute_are_borne_and_then_one_in_six_seconds() {
        let failures = Failures::new(10);
        let attacker = origin("192.0.2.7", 1);
        for _ in 0..10 {
            assert_eq!(failures.check(attacker, now()), Ok(()));
            failures.count(attacker, now());
        }
        let wait = Wait { limit: 10, duration: SignedDuration::from_secs(6) };
        assert_eq!(failures.check(attacker, now()), Err(wait));
        assert_eq!(failures.check(attacker, after(now(), SignedDuration::from_secs(6))), Ok(()));
        assert_eq!(failures.check(attacker, after(now(), SignedDuration::from_mins(5))), Ok(()));
    }

    #[test]
    fn a_client_is_not_locked_out_by_failures_from_elsewhere() {
        let failures = Failures::new(10);
        for _ in 0..1_000 {
            failures.count(origin("192.0.2.7", 1), now());
        }
        assert_eq!(failures.check(origin("198.51.100.1", 1), now()), Ok(()));
    }

    #[test]
    fn an_address_that_tries_many_clients_has_to_wait_too() {
        let failures = Failures::new(10);
        for client in 0..100 {
            assert_eq!(failures.check(origin("192.0.2.7", client), now()), Ok(()));
            failures.count(origin("192.0.2.7", client), now());
        }
        assert!(failures.check(origin("192.0.2.7", 1_000), now()).is_err());
    }

    #[test]
    fn what_is_remembered_is_bounded() {
        let failures = Failures::new(10);
        for client in 0..50_000 {
            failures.count(origin("192.0.2.7", client), now());
        }
        assert!(failures.pairs.len() <= REMEMBERED + REMEMBERED / 10);
    }
}
