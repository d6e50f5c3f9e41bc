//! The envelope around every request and answer: ids, problems, headers, log and figures in one layer.

mod context;
mod headers;
mod path;
mod service;

pub(crate) use context::Context;
pub(crate) use headers::related_trace_id;
pub use service::Envelope;
