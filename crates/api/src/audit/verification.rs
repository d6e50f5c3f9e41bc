//! Verifying the audit trail: whether everything that was sealed is still what it was.

use actix_web::get;
use domain::audit::{Break, BreakReason, Head, Purpose};
use jiff::Timestamp;
use persistence::audit::{self, Checkpoint, Counts, KeptHash};
use persistence::{AnyConnection, StoreError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::note_reading;
use crate::call::Call;
use crate::codes::AuditBreakReasonCode;
use crate::endpoint;
use crate::fingerprint::sha256_hex;
use crate::problem::Problem;
use crate::reply::Reply;

/// How many links are read at once.
const PAGE: i64 = 5_000;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The last place up to which the chain is what it was.
    pub head: Head,
    /// Where it begins, when its oldest part was destroyed.
    pub checkpoint: Option<Checkpoint>,
    /// Where it breaks, and the record that was sealed there, as far as that is known.
    pub first_break: Option<(Break, Option<Uuid>)>,
    /// How many there are of each.
    pub counts: Counts,
}

impl Verified {
    /// Tells whether nothing was changed, removed or added beside the chain.
    pub const fn is_intact(&self) -> bool {
        self.first_break.is_none() && self.counts.unknown() == 0
    }
}

/// Walks the whole chain; `known` is a place that somebody noted before, and that must be on the way: what was cut off cannot be
/// looked at.
///
/// To be called in a snapshot. Reads in pages: the memory that it needs does not grow with the trail.
pub fn verify(connection: &mut AnyConnection, known: Option<&Head>) -> Result<Verified, StoreError> {
    let checkpoint = audit::checkpoint(connection)?;
    let mut head = checkpoint.as_ref().map(|checkpoint| checkpoint.head.clone()).unwrap_or_default();
    let walked = walk(connection, &mut head, checkpoint.as_ref(), known)?;
    let first_break = match walked {
        Some(found) => Some(found),
        None => purposes(connection)?,
    };
    Ok(Verified { head, checkpoint, first_break, counts: audit::counts(connection)? })
}

/// Where the chain breaks, and the record that was sealed there, as far as that is known.
type Found = (Break, Option<Uuid>);

fn walk(
    connection: &mut AnyConnection,
    head: &mut Head,
    checkpoint: Option<&Checkpoint>,
    known: Option<&Head>,
) -> Result<Option<Found>, StoreError> {
    let is_known = |head: &Head| known.is_none_or(|known| known.position != head.position || known == head);
    let mut is_told = checkpoint.is_none();
    if !is_known(head) {
        return Ok(Some(broken(head.position, BreakReason::RecordChanged, None)));
    }
    let mut size = PAGE;
    loop {
        let links = match audit::links(connection, head.position, size) {
            Ok(links) => links,
            // One of them cannot even be read: find out which.
            Err(StoreError::Corrupt { .. } | StoreError::Failed(_)) if size > 1 => {
                size = 1;
                continue;
            }
            Err(StoreError::Corrupt { .. } | StoreError::Failed(_)) => {
                return Ok(Some(broken(head.position.saturating_add(1), BreakReason::RecordChanged, None)));
            }
            Err(error) => return Err(error),
        };
        for link in &links {
            if let Err(found) = head.follow(&link.link(), sha256_hex) {
                let record = (found.position == link.position).then_some(link.record_id);
                return Ok(Some((found, record)));
            }
            let tells = |checkpoint: &Checkpoint| {
                link.record.as_ref().is_some_and(|record| checkpoint.is_told_by(record))
            };
            is_told |= checkpoint.is_some_and(tells);
            if !is_known(head) {
                return Ok(Some(broken(head.position, BreakReason::RecordChanged, Some(link.record_id))));
            }
        }
        if i64::try_from(links.len()).unwrap_or(i64::MAX) < size {
            break;
        }
    }
    if known.is_some_and(|known| known.position > head.position) {
        return Ok(Some(broken(head.position.saturating_add(1), BreakReason::SealMissing, None)));
    }
    if let Some(checkpoint) = checkpoint.filter(|_| !is_told) {
        let pending = audit::pending(connection, checkpoint.record_id)?;
        if !pending.is_some_and(|record| checkpoint.is_told_by(&record)) {
            return Ok(Some(broken(checkpoint.head.position, BreakReason::CutUnrecorded, None)));
        }
    }
    Ok(None)
}

const fn broken(position: i64, reason: BreakReason, record: Option<Uuid>) -> Found {
    (Break { position, reason }, record)
}

/// Compares the purposes that are kept beside the chain with their hashes in it.
fn purposes(connection: &mut AnyConnection) -> Result<Option<Found>, StoreError> {
    let mut after = None;
    loop {
        let kept = audit::purposes(connection, after, PAGE)?;
        let Some(last) = kept.last() else { return Ok(None) };
        after = Some(last.record_id);
        let differs = |kept: &&KeptHash| {
            let purpose = Purpose::new(kept.text.clone(), kept.salt.clone(), sha256_hex);
            kept.hash.as_ref() != Some(&purpose.hash)
        };
        if let Some(changed) = kept.iter().find(differs) {
            let position = changed.position.unwrap_or_default();
            return Ok(Some(broken(position, BreakReason::PurposeChanged, Some(changed.record_id))));
        }
    }
}

/// Where the chain of the audit trail breaks.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditBreak {
    /// The first position at which it is not what it was.
    position: i64,
    /// What is wrong there.
    #[schema(value_type = AuditBreakReasonCode)]
    reason: BreakReason,
    /// The record that was sealed there, as far as that is known.
    audit_record_id: Option<Uuid>,
}

/// What a verification of the audit trail found.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditVerification {
    /// Whether nothing that was sealed was changed, removed or swapped, and nothing stands beside the chain.
    intact: bool,
    /// The last position up to which the chain is what it was; 0 when nothing is sealed.
    sealed_position: i64,
    /// The hash there, to be noted elsewhere: whoever knows it knows all that came before.
    #[schema(pattern = "^[0-9a-f]{64}$")]
    sealed_hash: String,
    /// The position behind which the trail begins, once its oldest part was destroyed.
    cut_position: Option<i64>,
    /// When that was decided.
    cut_at: Option<Timestamp>,
    /// How many records wait for their seal.
    unsealed_records: i64,
    /// How many records are neither sealed nor wait for it, or are gone while they waited.
    unknown_records: i64,
    /// Where it breaks first.
    first_break: Option<AuditBreak>,
}

impl From<&Verified> for AuditVerification {
    fn from(verified: &Verified) -> Self {
        let first_break = verified.first_break.map(|(found, audit_record_id)| AuditBreak {
            position: found.position,
            reason: found.reason,
            audit_record_id,
        });
        Self {
            intact: verified.is_intact(),
            sealed_position: verified.head.position,
            sealed_hash: verified.head.hash.clone(),
            cut_position: verified.checkpoint.as_ref().map(|checkpoint| checkpoint.head.position),
            cut_at: verified.checkpoint.as_ref().map(|checkpoint| checkpoint.cut_at),
            unsealed_records: verified.counts.pending,
            unknown_records: verified.counts.unknown(),
            first_break,
        }
    }
}

endpoint!(
    /// Verifies the audit trail.
    pub GetAuditVerification
);

/// Verify the audit trail.
///
/// Every record is hashed together with the hash of the one before it, within seconds after it was written: the SHA-256, in
/// lower-case hexadecimal, of that hash, the position and the record as canonical JSON (RFC 8785; without `href`, `purpose` and `purposeSalt`), a line each;
/// 64 zeros stand before the first one. A record that was changed, removed or swapped breaks the chain. It takes seconds for a
/// million records. For the data protection officer and administrators; each verification is itself written down.
#[utoipa::path(
    tag = "Audit",
    responses((status = 200, description = "What was found", body = AuditVerification)),
    extensions(("x-etag" = json!(false)))
)]
#[get("/auditRecords/verification")]
pub async fn get_audit_verification(call: Call<GetAuditVerification>) -> Result<Reply, Problem> {
    let verified = call.snapshot(|connection| Ok(verify(connection, None)?)).await?;
    note_reading(&call).await?;
    if !verified.is_intact() {
        tracing::error!(?verified, "the audit trail is not what it was");
    }
    Reply::ok(&AuditVerification::from(&verified))
}
