//! Documents that their reader has: a poll is answered from the change counters, without a look at the database.
//!
//! A document that was read is remembered with its entity tag, for whoever has the same rights and asks the same, together
//! with the fingerprint of the counters of what that reader sees. The fingerprint is taken before the rows are read. As long
//! as the counters give the same one, and no time has come that changes the document by itself, whoever names the tag has the
//! document. What it says is not kept.
//!
//! It serves documents that these counters tell everything of. These are not among them: presence records (seen by area), the
//! report of a meeting, dossiers and notes (whose readings are audited), clocks, proposals and totals (which are worked out
//! for a moment), calendar feeds, webhooks and their deliveries (whose counter is another one), and clients.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::Arc;
use std::time::Instant;

use actix_web::http::header::ACCEPT;
use jiff::Timestamp;
use quick_cache::sync::Cache;

use crate::auth::Permit;
use crate::call::Call;
use crate::endpoint::Operates;
use crate::news::{Standing, scopes};
use crate::problem::Problem;
use crate::reply::Reply;

/// How many documents are remembered, each as one reader sees it.
const REMEMBERED: usize = 50_000;

/// The documents that callers have.
pub struct Unchanged {
    /// By a hash of who asks what; two that share one take turns, as each has a tag of its own.
    shown: Cache<u64, Arc<Shown>>,
    hashes: RandomState,
}

/// A document as it was shown.
struct Shown {
    /// How its reader's view stood before it was read, and until when time leaves it as it is.
    standing: Standing,
    /// When it was read.
    at: Timestamp,
    /// The answer to whoever has it.
    unchanged: Reply,
}

impl Default for Unchanged {
    fn default() -> Self {
        Self { shown: Cache::new(REMEMBERED), hashes: RandomState::new() }
    }
}

impl Shown {
    fn holds(&self, fingerprint: u64, now: Timestamp) -> bool {
        self.standing.fingerprint == fingerprint
            && self.at <= now
            && self.standing.until.is_none_or(|until| now <= until)
    }
}

impl<E: Operates<Permit = Permit<E>>> Call<E> {
    /// Answers with a document that changes only with the counters of what the caller sees, or with time as the answer tells.
    ///
    /// Whoever has it is told so. With `Prefer: wait` that comes only once the time is over; when the document changes before,
    /// it comes at once.
    pub async fn document(&self, read: impl AsyncFn() -> Result<Reply, Problem>) -> Result<Reply, Problem> {
        let started = Instant::now();
        let sight = self.permit.sight();
        let key = self.key();
        loop {
            let fingerprint = self.view_fingerprint(sight).await?;
            let now = self.state.clock.now();
            let known = self.state.unchanged.shown.get(&key);
            let known = known.filter(|shown| shown.holds(fingerprint, now));
            let shown = if let Some(shown) = known.filter(|shown| self.has_shown(&shown.unchanged)) {
                shown
            } else {
                let reply = read().await?;
                let standing = Standing { fingerprint, until: reply.holds_until() };
                let Some(unchanged) = reply.unchanged() else { return Ok(reply) };
                let shown = Arc::new(Shown { standing, at: now, unchanged });
                self.state.unchanged.shown.insert(key, Arc::clone(&shown));
                if !self.has_shown(&shown.unchanged) {
                    return Ok(reply);
                }
                shown
            };
            let left = self.prefer.wait.unwrap_or_default().saturating_sub(started.elapsed());
            if left.is_zero() || !self.wait_for_news(scopes(sight), shown.standing, left).await? {
                let reply = shown.unchanged.clone();
                return Ok(if self.prefer.wait.is_some() { reply.waited(&self.prefer) } else { reply });
            }
        }
    }

    /// Names who asks what: every right of the caller, the operation, path and query, and what picks the form of the answer.
    fn key(&self) -> u64 {
        let (path, query) = self.target();
        let accept = self.header(&ACCEPT);
        let principal = self.permit.principal();
        self.state.unchanged.hashes.hash_one((principal, E::ID, path, query, self.language.code(), accept))
    }
}
