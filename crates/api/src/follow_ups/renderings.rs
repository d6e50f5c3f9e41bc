//! Requests as they were written for a reader, kept for as long as their entity tag stands for the same.
//!
//! A service that polls reads mostly what it read before: of a page of fifty, one changed. The tag of a request names
//! everything that its view depends on, so that a text found under it is the one that would be written anew. What holds
//! personal data is not kept.

use persistence::follow_ups::Unread;
use quick_cache::Weighter;
use quick_cache::sync::Cache;
use serde::{Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use std::sync::Arc;
use uuid::Uuid;

use super::viewing::Viewing;
use crate::etag::EntityTag;
use crate::problem::Problem;
use crate::work::Refusal;

/// How many bytes of texts are kept.
const BYTES: u64 = 8 << 20;

/// How long a request is on average, in bytes.
const USUAL_BYTES: u64 = 1_400;

/// A request as JSON.
#[derive(Debug, Clone)]
pub struct Rendering(Arc<RawValue>);

impl Serialize for Rendering {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

/// The texts that were written last, up to a number of bytes.
pub struct Renderings(Cache<(Uuid, EntityTag), Rendering, Length>);

#[derive(Debug, Clone, Copy)]
struct Length;

impl Weighter<(Uuid, EntityTag), Rendering> for Length {
    fn weight(&self, (_, tag): &(Uuid, EntityTag), text: &Rendering) -> u64 {
        u64::try_from(tag.as_str().len() + text.0.get().len()).unwrap_or(u64::MAX)
    }
}

impl Default for Renderings {
    fn default() -> Self {
        let usual = usize::try_from(BYTES / USUAL_BYTES).unwrap_or_default();
        Self(Cache::with_weighter(usual, BYTES, Length))
    }
}

impl Renderings {
    /// Gives a request as its reader sees it; what is kept already is not read.
    pub(super) fn of(&self, viewing: &Viewing<'_>, request: Unread) -> Result<Rendering, Problem> {
        let key = (request.head.id.uuid(), viewing.tag(&request.head, &request.case));
        let is_kept = !request.head.carries_personal_data;
        if let Some(known) = self.0.get(&key).filter(|_| is_kept) {
            return Ok(known);
        }
        let (request, case) = request.read().map_err(|error| Problem::from(Refusal::from(error)))?;
        let text = to_raw_value(&viewing.view(&request, &case)).map_err(Problem::internal)?;
        let text = Rendering(Arc::from(text));
        if is_kept {
            self.0.insert(key, text.clone());
        }
        Ok(text)
    }
}
