//! The reference data in memory: loaded anew when its change counter moved.

use std::sync::{Arc, RwLock};

use domain::calendar::local_date;
use jiff::Timestamp;
use jiff::civil::Date;
use persistence::{REFERENCE_DATA, ReferenceData, Store};

use crate::work::Refusal;

/// The reference data as last loaded.
#[derive(Default)]
pub struct Reference(RwLock<Option<Loaded>>);

struct Loaded {
    fingerprint: u64,
    day: Date,
    data: Arc<ReferenceData>,
}

impl Reference {
    /// Gives the data when it is at hand, nothing moved and the day is the same.
    pub fn known(&self, store: &Store, now: Timestamp) -> Option<Arc<ReferenceData>> {
        if !store.views().are_fresh() {
            return None;
        }
        let fingerprint = store.views().fingerprint([REFERENCE_DATA]);
        let loaded = self.0.read().ok()?;
        loaded
            .as_ref()
            .filter(|loaded| loaded.fingerprint == fingerprint && loaded.day == local_date(now))
            .map(|loaded| Arc::clone(&loaded.data))
    }

    /// Gives the data, loading it when something moved or a day began.
    pub fn get(&self, store: &Store, now: Timestamp) -> Result<Arc<ReferenceData>, Refusal> {
        if !store.views().are_fresh() {
            store.refresh_views()?;
        }
        let fingerprint = store.views().fingerprint([REFERENCE_DATA]);
        let day = local_date(now);
        if let Ok(loaded) = self.0.read()
            && let Some(loaded) = loaded.as_ref()
            && loaded.fingerprint == fingerprint
            && loaded.day == day
        {
            return Ok(Arc::clone(&loaded.data));
        }
        let data = Arc::new(store.snapshot(|connection| ReferenceData::load(connection, day))?);
        if let Ok(mut slot) = self.0.write() {
            *slot = Some(Loaded { fingerprint, day, data: Arc::clone(&data) });
        }
        Ok(data)
    }
}
