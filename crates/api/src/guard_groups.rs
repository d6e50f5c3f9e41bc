//! Guard groups: named teams of a service of community guards.

mod create;
mod get;
mod list;
mod update;
mod view;

use domain::id::GuardGroupId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::GuardGroup;

/// Which guard group.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct GuardGroupPath {
    /// The guard group.
    #[param(value_type = uuid::Uuid)]
    pub guard_group_id: GuardGroupId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_guard_groups)
        .service(create::create_guard_group)
        .service(get::get_guard_group)
        .service(update::update_guard_group);
}
