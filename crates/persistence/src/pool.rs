//! A pool of connections: those who wait are served in their order, and nobody passes one who waits for long.
//!
//! It connects in the thread that asks, when it has to, and fails at once when it cannot: a database that is away is
//! told to callers as such, instead of letting each of them wait.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::{self, Thread};
use std::time::{Duration, Instant};

use crate::error::StoreError;

/// How long a connection may lie idle.
const IDLE: Duration = Duration::from_mins(10);

/// How long one who waits may be passed by those who come and find a connection free: waking a thread takes longer than
/// many a unit of work, and meanwhile the connection would lie idle.
const PASSED: Duration = Duration::from_millis(50);

/// Opens connections for a pool.
pub(crate) trait Connect {
    /// What it opens.
    type Connection;

    /// Opens a connection.
    fn connect(&self) -> Result<Self::Connection, StoreError>;
}

/// What becomes of a connection after its use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It goes back to the pool.
    Keep,
    /// It is closed: it may be broken, or a transaction may still be open on it.
    Close,
}

/// What a user leaves on a connection that is lent in turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leave {
    /// Something that whoever waits may go on with.
    Open,
    /// Something that is to be finished now.
    Enough,
    /// Nothing that could be used.
    Broken,
}

/// A pool of at most so many connections.
pub(crate) struct Pool<C: Connect>(Arc<Shared<C>>);

impl<C: Connect> Clone for Pool<C> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

struct Shared<C: Connect> {
    connect: C,
    size: u32,
    wait: Duration,
    state: Mutex<State<C::Connection>>,
}

struct State<T> {
    /// The one used last at the end.
    idle: Vec<Idle<T>>,
    /// How many are idle or lent.
    open: u32,
    /// Connections of an earlier era do not come back.
    era: u64,
    waiting: VecDeque<Waiting>,
    next_ticket: u64,
}

struct Idle<T> {
    connection: T,
    since: Instant,
}

struct Waiting {
    ticket: u64,
    since: Instant,
    thread: Thread,
}

/// The right to one of the connections.
struct Slot<'a, C: Connect> {
    pool: &'a Shared<C>,
    era: u64,
    given_back: bool,
}

impl<C: Connect> Pool<C> {
    /// Prepares a pool whose callers wait for a connection for at most so long; it connects when it is used.
    pub(crate) fn new(connect: C, size: u32, wait: Duration) -> Self {
        let state = State { idle: Vec::new(), open: 0, era: 0, waiting: VecDeque::new(), next_ticket: 0 };
        Self(Arc::new(Shared { connect, size: size.max(1), wait, state: Mutex::new(state) }))
    }

    /// Lends a connection; `work` is told whether it was used before, and tells what becomes of it. One on which
    /// `work` panics is closed.
    pub(crate) fn lend<T>(
        &self,
        work: impl FnOnce(&mut C::Connection, bool) -> (T, Fate),
    ) -> Result<T, StoreError> {
        let (slot, idle) = self.0.take()?;
        let used = idle.is_some();
        let mut connection = idle.map_or_else(|| self.0.connect.connect(), Ok)?;
        let (value, fate) = work(&mut connection, used);
        if fate == Fate::Keep {
            slot.give_back(connection);
        } else {
            // Closed before another may be opened in its place: it may hold a lock.
            drop(connection);
        }
        Ok(value)
    }

    /// Lends a connection on which `work` may leave something open for whoever waits; when nobody does, or it is enough,
    /// `finish` finishes it.
    pub(crate) fn lend_in_turn<T>(
        &self,
        work: impl FnOnce(&mut C::Connection, bool) -> (T, Leave),
        finish: impl FnOnce(&mut C::Connection) -> Fate,
    ) -> Result<T, StoreError> {
        let (slot, idle) = self.0.take()?;
        let used = idle.is_some();
        let mut connection = idle.map_or_else(|| self.0.connect.connect(), Ok)?;
        let (value, leave) = work(&mut connection, used);
        let (slot, mut connection) = match leave {
            Leave::Broken => {
                drop(connection);
                return Ok(value);
            }
            Leave::Enough => (slot, connection),
            Leave::Open => match slot.hand_on(connection) {
                Ok(()) => return Ok(value),
                Err(nobody_waits) => nobody_waits,
            },
        };
        if finish(&mut connection) == Fate::Keep {
            slot.give_back(connection);
        } else {
            drop(connection);
        }
        Ok(value)
    }

    /// Closes every connection that was opened before: idle ones now, lent ones after their use.
    pub(crate) fn renew(&self) {
        let mut state = self.0.lock();
        state.era = state.era.wrapping_add(1);
        let idle = std::mem::take(&mut state.idle);
        state.close(idle.len());
        drop(state);
        drop(idle);
    }
}

impl<C: Connect> Shared<C> {
    fn lock(&self) -> MutexGuard<'_, State<C::Connection>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Result<(Slot<'_, C>, Option<C::Connection>), StoreError> {
        let mut state = self.lock();
        if state.waiting.front().is_none_or(|first| first.since.elapsed() < PASSED)
            && let Some(taken) = self.take_from(&mut state)
        {
            return Ok(taken);
        }
        let since = Instant::now();
        let ticket = state.next_ticket;
        state.next_ticket = ticket.wrapping_add(1);
        state.waiting.push_back(Waiting { ticket, since, thread: thread::current() });
        loop {
            if state.waiting.front().is_some_and(|first| first.ticket == ticket)
                && let Some(taken) = self.take_from(&mut state)
            {
                state.waiting.pop_front();
                state.wake();
                return Ok(taken);
            }
            let left = self.wait.saturating_sub(since.elapsed());
            if left.is_zero() {
                state.waiting.retain(|waiting| waiting.ticket != ticket);
                state.wake();
                return Err(StoreError::Unavailable(format!(
                    "no connection came free within {:?}",
                    self.wait
                )));
            }
            drop(state);
            thread::park_timeout(left);
            state = self.lock();
        }
    }

    fn take_from(&self, state: &mut State<C::Connection>) -> Option<(Slot<'_, C>, Option<C::Connection>)> {
        let worn = state.idle.iter().take_while(|idle| idle.since.elapsed() > IDLE).count();
        state.idle.drain(..worn);
        state.close(worn);
        let connection = match state.idle.pop() {
            Some(idle) => Some(idle.connection),
            None if state.open < self.size => {
                state.open += 1;
                None
            }
            None => return None,
        };
        Some((Slot { pool: self, era: state.era, given_back: false }, connection))
    }
}

impl<T> State<T> {
    fn close(&mut self, count: usize) {
        self.open = self.open.saturating_sub(u32::try_from(count).unwrap_or(u32::MAX));
        self.wake();
    }

    fn wake(&self) {
        if let Some(first) = self.waiting.front() {
            first.thread.unpark();
        }
    }
}

impl<C: Connect> Slot<'_, C> {
    /// Gives the connection back if somebody waits for it.
    ///
    /// Whoever waits is in the queue as long as the lock is held, and looks for a connection before giving up, so that
    /// what is handed on is taken.
    fn hand_on(mut self, connection: C::Connection) -> Result<(), (Self, C::Connection)> {
        let mut state = self.pool.lock();
        if state.era != self.era || state.waiting.is_empty() {
            drop(state);
            return Err((self, connection));
        }
        state.idle.push(Idle { connection, since: Instant::now() });
        state.wake();
        self.given_back = true;
        Ok(())
    }

    fn give_back(mut self, connection: C::Connection) {
        let mut state = self.pool.lock();
        if state.era == self.era {
            state.idle.push(Idle { connection, since: Instant::now() });
            state.wake();
            self.given_back = true;
        }
    }
}

impl<C: Connect> Drop for Slot<'_, C> {
    fn drop(&mut self) {
        if !self.given_back {
            self.pool.lock().close(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::sync::atomic::{AtomicU32, Ordering};
    use std::sync::mpsc;

    use super::*;

    /// Numbers its connections.
    #[derive(Default)]
    struct Counter {
        opened: AtomicU32,
        closed: bool,
    }

    impl Connect for Counter {
        type Connection = u32;

        fn connect(&self) -> Result<u32, StoreError> {
            if self.closed {
                return Err(StoreError::Unavailable("closed".to_owned()));
            }
            Ok(self.opened.fetch_add(1, Ordering::SeqCst) + 1)
        }
    }

    fn pool(size: u32, wait: Duration) -> Pool<Counter> {
        Pool::new(Counter::default(), size, wait)
    }

    fn lend(pool: &Pool<Counter>, fate: Fate) -> (u32, bool) {
        pool.lend(|connection, used| ((*connection, used), fate)).unwrap()
    }

    #[test]
    fn a_kept_connection_is_lent_again_and_a_closed_one_is_not() {
        let pool = pool(1, Duration::ZERO);
        assert_eq!(lend(&pool, Fate::Keep), (1, false));
        assert_eq!(lend(&pool, Fate::Close), (1, true));
        assert_eq!(lend(&pool, Fate::Keep), (2, false));
    }

    #[test]
    fn renewing_closes_idle_connections_and_those_that_are_lent() {
        let pool = pool(2, Duration::ZERO);
        pool.lend(|outer, _| {
            assert_eq!((*outer, lend(&pool, Fate::Keep)), (1, (2, false)));
            pool.renew();
            ((), Fate::Keep)
        })
        .unwrap();
        assert_eq!(lend(&pool, Fate::Keep), (3, false));
    }

    #[test]
    fn a_panic_closes_the_connection_and_gives_its_place_up() {
        let pool = pool(1, Duration::ZERO);
        let work = AssertUnwindSafe(|| pool.lend(|_, _| -> ((), Fate) { panic!("in the middle") }));
        assert!(catch_unwind(work).is_err());
        assert_eq!(lend(&pool, Fate::Keep), (2, false));
    }

    #[test]
    fn who_cannot_connect_is_told_at_once_and_takes_no_place() {
        let pool = Pool::new(Counter { closed: true, ..Counter::default() }, 1, Duration::from_hours(1));
        for _ in 0..3 {
            assert!(matches!(pool.lend(|_, _| ((), Fate::Keep)), Err(StoreError::Unavailable(_))));
        }
    }

    #[test]
    fn a_full_pool_tells_that_it_is_full_after_the_wait() {
        let pool = pool(1, Duration::ZERO);
        let outcome = pool.lend(|_, _| (pool.lend(|_, _| ((), Fate::Keep)), Fate::Keep)).unwrap();
        assert!(matches!(outcome, Err(StoreError::Unavailable(_))));
        assert_eq!(lend(&pool, Fate::Keep), (1, true), "who gave up stands in nobody's way");
    }

    #[test]
    fn those_who_wait_are_served_in_their_order() {
        let pool = pool(1, Duration::from_mins(1));
        let (told, order) = mpsc::channel();
        let waiters: Vec<_> = pool
            .lend(|_, _| {
                let waiters = (0..8)
                    .map(|number| {
                        let (waiter, told) = (pool.clone(), told.clone());
                        let waiter = thread::spawn(move || {
                            waiter.lend(|_, _| (told.send(number).unwrap(), Fate::Keep)).unwrap();
                        });
                        while pool.0.lock().waiting.len() <= number {
                            thread::yield_now();
                        }
                        waiter
                    })
                    .collect();
                (waiters, Fate::Keep)
            })
            .unwrap();
        for waiter in waiters {
            waiter.join().unwrap();
        }
        drop(told);
        assert_eq!(order.iter().collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7]);
    }
}
