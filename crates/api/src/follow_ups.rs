//! Follow-up requests: the questions that cannot be forgotten.

mod act;
mod ask;
mod clock;
mod contact;
mod cover;
mod create;
mod get;
mod hands;
mod list;
mod messages;
mod pages;
mod paper;
mod receive_many;
mod redirect;
mod renderings;
mod service;
mod team;
mod update;
mod view;
mod viewing;

use actix_web::web;
use domain::id::FollowUpRequestId;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::routes::fallback;
pub(crate) use ask::{Asked, QuestionBody};
pub(crate) use hands::Hands;
pub(crate) use pages::Pages;
pub(crate) use renderings::Renderings;
pub use view::{ActorView, FollowUpRequest, PointView};
pub(crate) use viewing::Viewing;

/// Which request.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct RequestPath {
    /// The follow-up request.
    #[param(value_type = uuid::Uuid)]
    pub follow_up_request_id: FollowUpRequestId,
}

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_follow_up_requests)
        .service(create::create_follow_up_request)
        .service(receive_many::receive_follow_up_requests)
        .route("/followUpRequests/receive", web::to(fallback))
        .service(get::get_follow_up_request)
        .service(update::update_follow_up_request)
        .service(clock::get_follow_up_request_clock)
        .service(messages::list_follow_up_request_messages)
        .service(team::send_follow_up_request)
        .service(team::amend_follow_up_request)
        .service(service::receive_follow_up_request)
        .service(service::accept_follow_up_request)
        .service(service::refuse_follow_up_request)
        .service(service::redirect_follow_up_request)
        .service(service::ask_back_follow_up_request)
        .service(team::reply_to_follow_up_request)
        .service(service::promise_follow_up_request)
        .service(service::answer_follow_up_request)
        .service(team::verify_follow_up_request)
        .service(team::reopen_follow_up_request)
        .service(team::withdraw_follow_up_request)
        .service(team::remind_follow_up_request)
        .service(team::recalculate_follow_up_request);
}
