//! Follow-up requests.

mod chains;
mod life_cycle;
mod receipts;
mod rounds;
mod sightings;
mod views;
