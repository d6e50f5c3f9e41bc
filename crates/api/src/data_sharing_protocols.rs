//! Data-sharing protocols: the data protection officer keeps them, everybody may read the register.

mod create;
mod get;
mod list;
mod register;
mod terms;
mod update;
mod verbs;
mod view;
mod watch;

use domain::id::DataSharingProtocolId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

pub use view::DataSharingProtocol;
pub(crate) use watch::start as watch;

/// Which protocol.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct ProtocolPath {
    /// The protocol.
    #[param(value_type = uuid::Uuid)]
    pub data_sharing_protocol_id: DataSharingProtocolId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_data_sharing_protocols)
        .service(get::get_data_sharing_protocol)
        .service(create::create_data_sharing_protocol)
        .service(update::update_data_sharing_protocol)
        .service(verbs::validate_data_sharing_protocol)
        .service(verbs::revoke_data_sharing_protocol)
        .service(register::list_published_data_sharing_protocols);
}
