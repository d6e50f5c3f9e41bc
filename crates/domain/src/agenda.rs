//! The agenda of a meeting: its items, and the proposal for it.

mod code;
mod item;
mod material;
mod proposal;
#[cfg(test)]
mod tests;

pub use code::{ItemStatus, ItemVerb, Reason, Section, edge};
pub use item::{
    About, AboutKind, AgendaItem, AgendaItemError, Create, Edit, Event, Facts, Figures, Outcome, Treat,
    allowed,
};
pub use material::{
    AgedRequest, AnsweredRequest, CaseLine, Counts, LeftOver, OpenAction, PendingEscalation, Ruled, Snapshot,
    UnratifiedDecision,
};
pub use proposal::{Line, MOST_LINES, Proposal, proposal};
