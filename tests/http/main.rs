//! Everything through HTTP, on both databases.

mod access;
mod app;
mod browser;
mod cases;
mod client;
mod clock;
mod contract;
mod database;
mod follow_ups;
mod headline;
mod inputs;
mod process;
mod reference_data;
mod safety;
mod tokens;
mod wire;
mod world;
