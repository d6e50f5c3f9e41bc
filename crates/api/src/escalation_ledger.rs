//! The escalation ledger: which step of the rules took effect when, why, and what became of it.

mod get;
mod list;
mod view;

use domain::id::LedgerEntryId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use view::EscalationFigures;
pub use view::EscalationLedgerEntry;

/// Which entry.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct EntryPath {
    /// The entry of the ledger.
    #[param(value_type = uuid::Uuid)]
    pub ledger_entry_id: LedgerEntryId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services.service(list::list_escalation_ledger).service(get::get_escalation_ledger_entry);
}
