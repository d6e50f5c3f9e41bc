//! Pages that several callers ask for at once, read and written once.
//!
//! Whoever waits for news asks for it the moment there is some, and so do all the others. Of those who see the same and ask the
//! same, the first one reads the page and the others are given what it found. That is no older than what a 304 stands for:
//! the tag names the counters of everything that the reader sees. What holds personal data is read by each for itself, and so
//! is a page that tells a service something for the first time, or of a case that may reveal something of a person: such a reading
//! is written down.

use std::time::{Duration, Instant};

use domain::access::Sight;
use quick_cache::Weighter;
use quick_cache::sync::{Cache, EntryAction, EntryResult};

use super::hands::Hands;
use crate::etag::EntityTag;
use crate::problem::Problem;
use crate::reply::Reply;

/// For how long a page is given to others, after its reading began.
const HELD: Duration = Duration::from_secs(1);

/// How many bytes of pages are held.
const BYTES: u64 = 8 << 20;

/// How long a page is on average, in bytes.
const USUAL_BYTES: u64 = 40_000;

/// Who sees what, and how that stands: the tag stands for what was asked for, too.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Key {
    pub(super) tag: EntityTag,
    pub(super) sight: Sight,
    pub(super) hands: Hands,
}

#[derive(Debug, Clone)]
struct Held {
    since: Instant,
    /// Absent when each caller reads for itself.
    page: Option<Reply>,
}

/// The pages that were read last.
pub struct Pages(Cache<Key, Held, Length>);

#[derive(Debug, Clone, Copy)]
struct Length;

impl Weighter<Key, Held> for Length {
    fn weight(&self, _: &Key, held: &Held) -> u64 {
        let body = held.page.as_ref().and_then(Reply::body).map_or(0, str::len);
        u64::try_from(body).unwrap_or(u64::MAX).saturating_add(500)
    }
}

impl Default for Pages {
    fn default() -> Self {
        let usual = usize::try_from(BYTES / USUAL_BYTES).unwrap_or_default();
        Self(Cache::with_weighter(usual, BYTES, Length))
    }
}

impl Pages {
    /// Gives a page that somebody reads or has just read, or reads it; `read` tells besides whether others may be given it.
    pub(super) async fn of(
        &self,
        key: &Key,
        read: impl Future<Output = Result<(Reply, bool), Problem>>,
    ) -> Result<Reply, Problem> {
        let since = Instant::now();
        let present = |_: &Key, held: &mut Held| {
            if held.since.elapsed() < HELD {
                EntryAction::Retain(held.page.clone())
            } else {
                EntryAction::ReplaceWithGuard
            }
        };
        let place = match self.0.entry_async(key, present).await {
            EntryResult::Retained(Some(page)) => return Ok(page),
            EntryResult::Vacant(place) | EntryResult::Replaced(place, _) => Some(place),
            EntryResult::Retained(None) | EntryResult::Removed(..) | EntryResult::Timeout => None,
        };
        // When this fails or is given up, the next one who waits reads.
        let (page, is_for_others) = read.await?;
        if let Some(place) = place {
            // Fails when it was thrown out meanwhile.
            let _ = place.insert(Held { since, page: is_for_others.then(|| page.clone()) });
        }
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use futures_util::future::join_all;

    use super::*;
    use crate::problem::Code;

    fn key(tag: &str) -> Key {
        Key { tag: EntityTag::opaque(tag), sight: Sight::everything(), hands: Hands::default() }
    }

    fn page(text: &str) -> Reply {
        Reply::text("text/plain", text.to_owned())
    }

    async fn ask(pages: &Pages, key: &Key, readings: &Cell<u32>, is_for_others: bool) -> Reply {
        let read = async {
            readings.set(readings.get() + 1);
            tokio::task::yield_now().await;
            Ok((page(&readings.get().to_string()), is_for_others))
        };
        pages.of(key, read).await.unwrap()
    }

    #[tokio::test]
    async fn those_who_ask_at_once_are_given_what_the_first_one_reads() {
        let (pages, readings, key) = (Pages::default(), Cell::new(0), key("a"));
        let given = join_all((0..100).map(|_| ask(&pages, &key, &readings, true))).await;
        assert_eq!((readings.get(), given), (1, vec![page("1"); 100]));
    }

    #[tokio::test]
    async fn who_sees_something_else_or_something_newer_reads_for_itself() {
        let (pages, readings) = (Pages::default(), Cell::new(0));
        let blind = Key { sight: Sight::default(), ..key("a") };
        for key in [&key("a"), &blind, &key("b")] {
            ask(&pages, key, &readings, true).await;
        }
        assert_eq!(readings.get(), 3);
    }

    #[tokio::test]
    async fn what_is_not_for_others_is_read_by_each() {
        let (pages, readings, key) = (Pages::default(), Cell::new(0), key("a"));
        join_all((0..10).map(|_| ask(&pages, &key, &readings, false))).await;
        assert_eq!(readings.get(), 10);
    }

    #[tokio::test]
    async fn a_reading_that_fails_is_done_again_by_the_next_one() {
        let (pages, readings, key) = (Pages::default(), Cell::new(0), key("a"));
        let failed = pages.of(&key, async { Err(Problem::new(Code::ResourceNotFound)) }).await;
        assert!(failed.is_err());
        assert_eq!(ask(&pages, &key, &readings, true).await, page("1"));
    }

    #[tokio::test]
    async fn a_page_is_held_for_a_second() {
        let (pages, readings, key) = (Pages::default(), Cell::new(0), key("a"));
        let old = Instant::now().checked_sub(HELD).unwrap();
        pages.0.insert(key.clone(), Held { since: old, page: Some(page("old")) });
        assert_eq!(ask(&pages, &key, &readings, true).await, page("1"));
        assert_eq!(ask(&pages, &key, &readings, true).await, page("1"));
    }
}
