//! The rate of one client: a bucket that fills evenly, and what an answer tells of it (draft-ietf-httpapi-ratelimit-headers).

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use governor::clock::Clock;
use governor::middleware::StateInformationMiddleware;
use governor::state::{InMemoryState, NotKeyed};
use governor::{Quota, RateLimiter};

const POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");
const LIMIT: HeaderName = HeaderName::from_static("ratelimit");

/// The time over which calls are counted, in seconds.
const WINDOW: u64 = 60;

/// How many calls a client may make in a minute; unused ones are kept for as long, so that it may make them at once.
#[derive(Debug)]
pub(super) struct Rate<C> {
    calls: NonZeroU32,
    clock: C,
    policy: HeaderValue,
}

/// The bucket of a client.
pub(super) type Bucket<C> = RateLimiter<NotKeyed, InMemoryState, C, StateInformationMiddleware>;

/// The time since the program began, by which buckets fill: a clock that is set makes no difference.
#[derive(Debug, Clone, Copy)]
pub(super) struct Elapsed(Instant);

impl Elapsed {
    pub(super) fn new() -> Self {
        Self(Instant::now())
    }
}

impl Clock for Elapsed {
    type Instant = Duration;

    fn now(&self) -> Duration {
        self.0.elapsed()
    }
}

/// How a client stands after a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Standing {
    /// How many more calls it may make at once.
    pub(super) remaining: u32,
    /// After how many seconds it may make all of them again; when none remains, at least one.
    pub(super) reset: u64,
}

impl<C: Clock<Instant = Duration> + Clone> Rate<C> {
    pub(super) fn new(calls: NonZeroU32, clock: C) -> Self {
        let policy = HeaderValue::try_from(format!("\"default\";q={calls};w={WINDOW}"));
        Self { calls, clock, policy: policy.unwrap_or(HeaderValue::from_static("\"default\"")) }
    }

    pub(super) const fn calls(&self) -> u32 {
        self.calls.get()
    }

    /// Makes the bucket of a client that has not called yet.
    pub(super) fn bucket(&self) -> Bucket<C> {
        RateLimiter::direct_with_clock(Quota::per_minute(self.calls), self.clock.clone()).with_middleware()
    }

    /// Takes one call out of a bucket; when it is empty, tells how long to wait for the next.
    pub(super) fn take(&self, bucket: &Bucket<C>) -> Result<Standing, Duration> {
        match bucket.check() {
            Ok(after) => {
                let remaining = after.remaining_burst_capacity().min(self.calls());
                let missing = u64::from(self.calls() - remaining);
                let reset = missing.saturating_mul(WINDOW).div_ceil(u64::from(self.calls()));
                Ok(Standing { remaining, reset })
            }
            Err(early) => Err(early.wait_time_from(self.clock.now())),
        }
    }

    /// Tells a caller how it stands.
    pub(super) fn tell(&self, standing: Standing, headers: &mut HeaderMap) {
        let Standing { remaining, reset } = standing;
        headers.insert(POLICY, self.policy.clone());
        if let Ok(value) = HeaderValue::try_from(format!("\"default\";r={remaining};t={reset}")) {
            headers.insert(LIMIT, value);
        }
    }
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    #[derive(Clone, Default)]
    struct Fake(FakeRelativeClock);

    impl Clock for Fake {
        type Instant = Duration;

        fn now(&self) -> Duration {
            self.0.now().into()
        }
    }

    #[test]
    fn a_bucket_holds_the_calls_of_a_minute_and_fills_evenly() {
        let clock = Fake::default();
        let rate = Rate::new(NonZeroU32::new(4).unwrap(), clock.clone());
        let bucket = rate.bucket();
        let takes = || rate.take(&bucket).map(|standing| (standing.remaining, standing.reset));

        assert_eq!(
            [takes(), takes(), takes(), takes()],
            [Ok((3, 15)), Ok((2, 30)), Ok((1, 45)), Ok((0, 60))]
        );
        assert_eq!(takes(), Err(Duration::from_secs(15)));
        clock.0.advance(Duration::from_secs(14));
        assert_eq!(takes(), Err(Duration::from_secs(1)));
        clock.0.advance(Duration::from_secs(1));
        assert_eq!(takes(), Ok((0, 60)));
        clock.0.advance(Duration::from_hours(1));
        assert_eq!(takes(), Ok((3, 15)));
    }

    #[test]
    fn an_answer_tells_policy_and_standing_as_structured_fields() {
        let rate = Rate::new(NonZeroU32::new(100).unwrap(), Fake::default());
        let mut headers = HeaderMap::new();
        rate.tell(rate.take(&rate.bucket()).unwrap(), &mut headers);
        assert_eq!(headers.get(POLICY).unwrap(), "\"default\";q=100;w=60");
        assert_eq!(headers.get(LIMIT).unwrap(), "\"default\";r=99;t=1");
    }
}
