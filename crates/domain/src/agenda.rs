//! The agenda of a meeting: its items, and the proposal for it.

mod code;
mod item;
mod proposal;
#[cfg(test)]
mod tests;

pub use code::{ItemStatus, ItemVerb, Reason, Section, edge};
pub use item::{
    About, AboutKind, AgendaItem, AgendaItemError, Create, Edit, Event, Facts, Figures, Outcome, Treat,
    allowed,
};
pub use proposal::{
    AgedRequest, AnsweredRequest, CaseLine, Counts, LeftOver, Line, MOST_LINES, OpenAction,
    PendingEscalation, Proposal, Ruled, Snapshot, UnratifiedDecision, proposal,
};
