//! Reading one entry.

use actix_web::get;
use persistence::escalation_ledger;

use super::view::{is_team, tag};
use super::{EntryPath, EscalationLedgerEntry};
use crate::call::Call;
use crate::endpoint;
use crate::problem::Problem;
use crate::reply::{Cache, Reply};

endpoint!(
    /// Reads an entry of the escalation ledger.
    pub GetEscalationLedgerEntry, path = EntryPath
);

/// Read an entry of the escalation ledger.
///
/// Services see the reminders of the requests that are addressed to them.
#[utoipa::path(
    tag = "Escalation",
    params(EntryPath),
    responses((status = 200, description = "The entry", body = EscalationLedgerEntry))
)]
#[get("/escalationLedger/{ledgerEntryId}")]
pub async fn get_escalation_ledger_entry(call: Call<GetEscalationLedgerEntry>) -> Result<Reply, Problem> {
    call.document(async || {
        let id = call.path.ledger_entry_id;
        let sight = call.permit.sight().clone();
        let found = call.read(move |connection| Ok(escalation_ledger::find(connection, &sight, id)?)).await?;
        let entry = found.ok_or_else(|| Problem::not_found("ledgerEntryId"))?;
        let sight = call.permit.sight();
        let view = EscalationLedgerEntry::of(&entry, sight, &call.state.base_url);
        Ok(Reply::ok(&view)?.tag(&tag(is_team(sight, &entry))).cache(Cache::Revalidate))
    })
    .await
}
