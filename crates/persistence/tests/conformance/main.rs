//! What the store promises, tested on SQLite and on PostgreSQL alike.
//!
//! PostgreSQL is found through `TEST_DATABASE_URL`, which `cargo xtask test` sets. Each test has a database of its own,
//! copied from a template; the clock stands still and ids are counted.

// Panicking is how a test fails, also in what tests share.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[macro_use]
mod database;
mod world;

mod actions;
mod audit_chain;
mod calendar_feeds;
mod case_lists;
mod concurrency;
mod contacts;
mod corruption;
mod data_sharing_protocols;
mod door;
mod escalations;
mod feed;
mod follow_up_lists;
mod hourly_rates;
mod idempotency;
mod indexes;
mod meeting_series;
mod meetings;
mod notes;
mod paging;
mod presence;
mod reference_data;
mod round_trips;
mod rules;
mod schema;
mod search;
mod sightings;
mod unavailable;
mod uniqueness;
mod views;
mod webhooks;
