//! What the records of reference data share.

use domain::change::Version;
use uuid::Uuid;

use crate::transaction::{Record, Subject};
use crate::types::Json;

/// What happened to a piece of reference data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edit {
    /// What was done: `create`, `update` or `delete`.
    pub verb: &'static str,
    /// When it took effect.
    pub at: jiff::Timestamp,
}

/// Tells an edit of reference data; its events are counted by version.
pub(crate) fn reference_record(subject: Subject, id: Uuid, version: Version, edit: Edit) -> Record {
    Record {
        subject,
        subject_id: id,
        sequence: version.0,
        version,
        verb: edit.verb.to_owned(),
        case_id: None,
        consultation_id: None,
        organisation_id: None,
        audience: "team",
        effective_at: edit.at,
        data: Json::empty(),
    }
}
