//! The API of the neighbourhood consultation: the one crate that knows HTTP and status codes.

#![allow(clippy::doc_markdown, reason = "names of products and formats, such as OpenAPI, are no code")]

pub mod auth;
pub mod cases;
pub mod codes;
pub mod call;
pub mod clock;
pub mod config;
pub mod contract;
pub mod endpoint;
pub mod envelope;
pub mod etag;
pub mod fingerprint;
pub mod follow_ups;
pub mod health;
pub mod input;
pub mod language;
pub mod listing;
pub mod metrics;
pub mod news;
pub mod openapi;
pub mod page;
pub mod problem;
pub mod reference;
pub mod reply;
pub mod routes;
pub mod server;
pub mod state;
pub mod telemetry;
pub mod work;

#[cfg(test)]
mod sample;
