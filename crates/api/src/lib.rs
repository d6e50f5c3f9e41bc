//! The API of the neighbourhood consultation: the one crate that knows HTTP and status codes.

#![allow(clippy::doc_markdown, reason = "names of products and formats, such as OpenAPI, are no code")]

pub mod actions;
pub mod agenda;
pub mod areas;
pub mod audit;
pub mod auth;
pub mod calendar_feeds;
pub mod calendars;
pub mod call;
pub mod cases;
pub mod categories;
pub mod cli;
pub mod clients;
pub mod clock;
pub mod closure_days;
pub mod code_lists;
mod codes;
pub mod config;
pub mod consultations;
pub mod contacts;
pub mod contract;
pub mod decisions;
pub mod endpoint;
pub mod envelope;
pub mod escalations;
pub mod etag;
pub mod fingerprint;
pub mod follow_ups;
pub mod forms;
pub mod guard_groups;
pub mod health;
pub mod hourly_rates;
pub mod import;
pub mod input;
pub mod issuer;
pub mod language;
pub mod listing;
pub mod meeting_series;
pub mod meetings;
pub mod metrics;
pub mod news;
pub mod openapi;
pub mod organisations;
pub mod page;
mod paper;
mod period;
pub mod presence_records;
pub mod problem;
pub mod ref_data;
pub mod reference;
pub mod reply;
pub mod reports;
pub mod routes;
mod secret;
pub mod seed;
pub mod server;
pub mod state;
pub mod telemetry;
pub mod terms;
pub mod work;

#[cfg(test)]
mod sample;
