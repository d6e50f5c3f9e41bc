//! The sweep as a job of the server, and its figures.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::{Sweep, Swept};
use crate::job;
use crate::problem::Problem;
use crate::state::State;

/// The figures of the sweep.
#[derive(Debug, Clone, Default)]
pub struct SweepMetrics {
    due: Gauge<i64, std::sync::atomic::AtomicI64>,
    lag: Gauge<f64, AtomicU64>,
    sweeps: Counter<u64, AtomicU64>,
    fired: Counter<u64, AtomicU64>,
    obsolete: Counter<u64, AtomicU64>,
    failed: Counter<u64, AtomicU64>,
}

impl SweepMetrics {
    /// Makes the figures known to a registry.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("sweep_due", "Subjects that were due in the last sweep", self.due.clone());
        registry.register(
            "sweep_lag_seconds",
            "How long the first of them had been due when the last sweep began",
            self.lag.clone(),
        );
        registry.register("sweeps", "Sweeps that came to an end", self.sweeps.clone());
        registry.register("sweep_fired", "Steps of the rules that took effect", self.fired.clone());
        registry.register(
            "sweep_obsolete",
            "Steps among them that came too late to help",
            self.obsolete.clone(),
        );
        registry.register("sweep_failed", "Subjects that could not be judged", self.failed.clone());
    }

    /// Counts a sweep.
    pub(crate) fn count(&self, swept: &Swept) {
        self.due.set(i64::try_from(swept.looked_at).unwrap_or(i64::MAX));
        self.lag.set(swept.lag.as_secs_f64());
        self.sweeps.inc();
        self.fired.inc_by(swept.fired);
        self.obsolete.inc_by(swept.obsolete);
        self.failed.inc_by(swept.failed);
    }
}

/// Sweeps at intervals from a thread of its own, until the state is dropped or the server is asked to stop.
pub fn start(state: &Arc<State>, every: Duration) -> std::io::Result<()> {
    job::start(state, "sweep", every, sweep_once)
}

fn sweep_once(state: &State) {
    let sweep = Sweep { store: &state.store, reference: &state.reference, ids: &state.ids };
    match sweep.run(state.clock.now(), || !state.stopping.load(Ordering::SeqCst)) {
        Ok(swept) => {
            state.metrics.sweep.count(&swept);
            if swept.looked_at > 0 {
                tracing::info!(
                    looked_at = swept.looked_at,
                    fired = swept.fired,
                    obsolete = swept.obsolete,
                    failed = swept.failed,
                    lag_seconds = swept.lag.as_secs(),
                    "swept"
                );
            }
        }
        Err(refusal) => tracing::warn!(problem = ?Problem::from(refusal), "the sweep was cut short"),
    }
}
