//! The store: Diesel over SQLite and PostgreSQL, with one code for both.
//!
//! [`Store::read`] and [`Store::snapshot`] read, [`Store::write`] is a unit of work, and within it
//! [`Transaction::save`] is the one door through which an aggregate changes. Each aggregate has a file of its own with
//! its row, the way from row to domain and back, and its queries.

pub mod actions;
pub mod agenda;
pub mod areas;
pub mod audit;
mod branches;
pub mod calendar_feeds;
pub mod cases;
pub mod clients;
pub mod closure_days;
mod connection;
mod constraints;
pub mod consultations;
pub mod contacts;
mod convoy;
pub mod data_sharing_protocols;
pub mod decisions;
mod error;
pub mod escalation_ledger;
pub mod escalation_policies;
pub mod escalations;
pub mod feed;
#[cfg(feature = "floor")]
pub mod floor;
pub mod follow_ups;
pub mod guard_groups;
pub mod hourly_rates;
pub mod idempotency;
pub mod imports;
pub mod leases;
pub mod meeting_series;
pub mod meetings;
mod migrate;
pub mod notes;
pub mod organisations;
mod page;
mod patience;
mod pool;
pub mod presence;
mod reference_cache;
mod reference_data;
pub mod reports;
mod row;
mod schema;
mod store;
pub mod sweep;
pub mod terms;
pub mod timeline;
mod transaction;
mod types;
mod update;
mod views;
pub mod webhooks;

pub use connection::{AnyConnection, Backend, DatabaseUrl, PoolSizes};
pub use constraints::unique_constraints;
pub use error::StoreError;
pub use migrate::{down as revert_migrations, names as migration_names};
pub use page::{Direction, Page, PageRequest, Place};
pub use reference_cache::ReferenceData;
pub use reference_data::Edit;
pub use store::{Circumstances, Failure, NewIds, Store};
pub use transaction::{Aggregate, Deed, Record, Subject, Transaction};
pub use views::{FRESH, PRESENCE, REFERENCE_DATA, Views, WEBHOOKS};
