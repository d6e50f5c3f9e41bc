//! Everything through HTTP, on both databases.

mod access;
mod app;
mod away;
mod browser;
mod cases;
mod client;
mod clock;
mod contract;
mod crashes;
mod database;
mod follow_ups;
mod headline;
mod imports;
mod inputs;
mod intact;
mod line;
mod process;
mod program;
mod reference_data;
mod replays;
mod revocation;
mod safety;
mod tokens;
mod wire;
mod world;
mod writers;
