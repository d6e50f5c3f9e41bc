//! The change feed: what happened, in an order that never changes, to whoever may know of it.
//!
//! A page is read along the channels of its reader, so that nothing is hidden afterwards and nothing is skipped; see
//! `domain::feed` for who is told of what and `persistence::feed` for positions.

mod cursor;
mod following;
mod list;
mod sequencer;
mod stream;
mod view;

use utoipa_actix_web::service_config::ServiceConfig;

pub use cursor::FeedCursor;
pub use following::{Filter, Following};
pub use sequencer::{Sequencer, SequencerMetrics, start};
pub use view::CloudEvent;

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services.service(stream::stream_events).service(list::list_events);
}
