//! The agenda of a meeting: its items, and the proposal for them.

mod adopt;
mod items;
mod order;
mod paper;
mod proposal;
mod verbs;
mod view;

use domain::id::{AgendaItemId, MeetingId};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub(crate) use adopt::take_over;
pub use view::AgendaItem;

/// Which item of which agenda.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct AgendaItemPath {
    /// The meeting.
    #[param(value_type = uuid::Uuid)]
    pub meeting_id: MeetingId,
    /// The item.
    #[param(value_type = uuid::Uuid)]
    pub agenda_item_id: AgendaItemId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(proposal::get_agenda_proposal)
        .service(adopt::adopt_proposal)
        .service(order::reorder_agenda)
        .service(items::list_agenda_items)
        .service(items::get_agenda_item)
        .service(items::create_agenda_item)
        .service(items::update_agenda_item)
        .service(verbs::treat_agenda_item)
        .service(verbs::move_agenda_item)
        .service(verbs::reopen_agenda_item);
}
