//! What a member says about a report that circulates.

use jiff::Timestamp;

use crate::change::Actor;
use crate::id::{AgendaItemId, ReportCommentId, ReportId};
use crate::text::Remark;

/// A comment; every member of the consultation reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its name.
    pub id: ReportCommentId,
    /// The report.
    pub report_id: ReportId,
    /// How often the report had been sent round then: a recalled report changes.
    pub circulation: u32,
    /// The item of the agenda that it is about.
    pub agenda_item_id: Option<AgendaItemId>,
    /// What is said.
    pub text: Remark,
    /// When.
    pub created_at: Timestamp,
    /// By whom.
    pub created_by: Actor,
}
