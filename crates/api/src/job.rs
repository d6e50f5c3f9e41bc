//! Jobs of the server: what is looked at again and again, each from a thread of its own.

use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::Duration;

use crate::state::State;

/// Looks at intervals until the state is dropped or the server is asked to stop; a look that panics is not the last.
pub(crate) fn start(
    state: &Arc<State>,
    name: &'static str,
    every: Duration,
    mut look: impl FnMut(&State) + Send + 'static,
) -> std::io::Result<()> {
    let state: Weak<State> = Arc::downgrade(state);
    thread::Builder::new().name(name.to_owned()).spawn(move || {
        loop {
            {
                let Some(state) = state.upgrade() else { break };
                if state.stopping.load(Ordering::SeqCst) {
                    break;
                }
                if panic::catch_unwind(AssertUnwindSafe(|| look(&state))).is_err() {
                    tracing::error!(job = name, "a job panicked; it goes on");
                }
            }
            thread::sleep(every);
        }
    })?;
    Ok(())
}
