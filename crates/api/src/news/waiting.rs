//! Those who wait for news: one thread looks for all of them, and tells those whose view changed.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use persistence::Views;
use tokio::sync::watch::{Receiver, Sender, channel};
use uuid::Uuid;

use super::{Standing, is_stopping};
use crate::state::State;

/// How often it is looked: at the counters in memory, not at the database.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The scopes of what somebody sees, and how that stood when the waiting began.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct View {
    pub(super) scopes: Box<[Uuid]>,
    pub(super) standing: Standing,
}

/// What there is to see at a moment.
#[derive(Clone, Copy)]
pub(super) struct Look<'a> {
    views: &'a Views,
    now: Timestamp,
    /// Whether the counters can be believed.
    is_fresh: bool,
    /// Whether a counter may have moved since the look before.
    have_moved: bool,
}

impl<'a> Look<'a> {
    /// Looks for the first time.
    pub(super) fn at(state: &'a State) -> Self {
        let views = state.store.views();
        Self { views, now: state.clock.now(), is_fresh: views.are_fresh(), have_moved: true }
    }
}

impl View {
    /// Tells whether something changed the view, time alone included, or nobody can tell.
    pub(super) fn is_over(&self, look: Look<'_>) -> bool {
        !look.is_fresh
            || self.standing.until.is_some_and(|until| look.now > until)
            || (look.have_moved
                && look.views.fingerprint(self.scopes.iter().copied()) != self.standing.fingerprint)
    }
}

/// Those who wait, by what they wait for: whoever sees the same waits at one channel, which ends when there is news.
#[derive(Default)]
pub(super) struct Waiting {
    groups: Mutex<HashMap<View, Sender<()>>>,
    is_watched: AtomicBool,
}

impl Waiting {
    /// Waits with those who wait for the same; from then on somebody looks.
    pub(super) fn join(&self, state: &Arc<State>, view: &View) -> Receiver<()> {
        if !self.is_watched.swap(true, Ordering::AcqRel)
            && let Err(error) = look_for_news(state)
        {
            tracing::error!(%error, "nobody looks for news");
            self.is_watched.store(false, Ordering::Release);
        }
        let mut groups = self.groups();
        if let Some(group) = groups.get(view) {
            return group.subscribe();
        }
        let (sender, receiver) = channel(());
        groups.insert(view.clone(), sender);
        receiver
    }

    /// Tells those for whom there is news, and forgets groups that everybody has left.
    fn tell(&self, state: &State, last_moves: &mut Option<u64>) {
        // Read before the groups: whatever moves later is looked at the next time.
        let moves = state.store.views().moved();
        let have_moved = last_moves.replace(moves) != Some(moves);
        let look = Look { have_moved, ..Look::at(state) };
        let is_stopping = is_stopping(state);
        let is_over =
            |view: &View, group: &Sender<()>| group.is_closed() || is_stopping || view.is_over(look);
        let over: Vec<_> = self.groups().extract_if(|view, group| is_over(view, group)).collect();
        // Those who wait are woken by this, while others may join.
        drop(over);
    }

    fn groups(&self) -> MutexGuard<'_, HashMap<View, Sender<()>>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Looks from a thread of its own, until the state is dropped.
fn look_for_news(state: &Arc<State>) -> std::io::Result<()> {
    let state: Weak<State> = Arc::downgrade(state);
    thread::Builder::new().name("news".to_owned()).spawn(move || {
        let mut last_moves = None;
        while let Some(state) = state.upgrade() {
            state.news.waiting.tell(&state, &mut last_moves);
            drop(state);
            thread::sleep(LOOK_EVERY);
        }
    })?;
    Ok(())
}
