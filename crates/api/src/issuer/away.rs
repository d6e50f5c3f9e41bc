//! Remembering for a moment that the database is away, so that a thousand callers do not wait for it one after another.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use actix_web::web;
use persistence::StoreError;

/// For how long nobody asks again.
const PAUSE: Duration = Duration::from_millis(250);

/// When the database was found away last, and why.
#[derive(Debug, Default)]
pub(super) struct Away(Mutex<Option<(Instant, String)>>);

impl Away {
    /// Does blocking work with the database on the blocking pool, unless it was away a moment ago.
    pub(super) async fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if let Some((at, reason)) = self.0.lock().unwrap_or_else(PoisonError::into_inner).as_ref()
            && at.elapsed() < PAUSE
        {
            return Err(StoreError::Unavailable(reason.clone()));
        }
        let outcome = web::block(work).await;
        let outcome = outcome.unwrap_or_else(|error| Err(StoreError::Unavailable(error.to_string())));
        if let Err(StoreError::Unavailable(reason)) = &outcome {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((Instant::now(), reason.clone()));
        }
        outcome
    }
}
