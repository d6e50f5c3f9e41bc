//! The change feed: who is told of what.
//!
//! What is told goes into channels, each of one kind of readers of one consultation or organisation. A reader follows those
//! that its rights give it, so that a page of the feed is read along an index and never filtered afterwards.

mod audience;
mod channel;
mod words;

pub use audience::Audience;
pub use channel::{Channel, Readership};
pub use words::past_participle;

#[cfg(test)]
mod tests;
