//! The domain of the neighbourhood consultation: life cycles, clock and access rules.
//!
//! Pure: no I/O, no clock, no randomness. Every decision is a function from values to values; what it needs to know of
//! the world (now, new ids, the calendar of a service) is a parameter.

pub mod access;
pub mod action;
pub mod agenda;
pub mod area;
pub mod audit;
pub mod calendar;
pub mod calendar_feed;
pub mod case;
pub mod category;
pub mod change;
mod code;
pub mod consultation;
pub mod contact;
pub mod data_sharing_protocol;
pub mod decision;
pub mod enterprise_number;
pub mod escalation;
pub mod escalation_ledger;
pub mod escalation_policy;
pub mod escalation_rules;
pub mod feed;
pub mod follow_up;
#[cfg(test)]
mod golden;
pub mod guard_group;
pub mod hourly_rate;
pub mod id;
pub mod labels;
pub mod meeting;
pub mod meeting_series;
pub mod national_register_number;
pub mod note;
pub mod organisation;
pub mod ovo_code;
pub mod place;
pub mod planning;
pub mod presence;
pub mod report;
pub mod subject;
pub mod term;
pub mod text;
pub mod webhook;
