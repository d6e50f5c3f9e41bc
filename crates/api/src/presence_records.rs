//! Presence records: shifts of groups of community guards, and their hours.

mod bulk;
mod correct;
mod create;
mod get;
mod list;
mod shift;
mod sight;
mod totals;
mod view;
mod withdraw;

use actix_web::web;
use domain::id::PresenceRecordId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::routes::fallback;

pub use view::PresenceRecord;

/// Which presence record.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct PresenceRecordPath {
    /// The presence record.
    #[param(value_type = uuid::Uuid)]
    pub presence_record_id: PresenceRecordId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_presence_records)
        .service(create::create_presence_record)
        .service(bulk::create_presence_records)
        .route("/presenceRecords/bulk", web::to(fallback))
        .service(totals::get_presence_totals)
        .route("/presenceRecords/totals", web::to(fallback))
        .service(get::get_presence_record)
        .service(correct::correct_presence_record)
        .service(withdraw::withdraw_presence_record);
}
