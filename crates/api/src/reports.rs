//! Reports of meetings: read as JSON or as a page, sent round, commented, approved and corrected.

mod addenda;
mod canonical;
mod comments;
mod content;
mod draw;
mod get;
mod list;
mod page;
mod verbs;
mod view;
mod writer;

pub(crate) use canonical::canonical;
pub use content::{ReportAction, ReportNote, ReportOrganisation, ReportRequest};
pub(crate) use draw::write_down;
pub(crate) use writer::Writer;

use utoipa_actix_web::service_config::ServiceConfig;

/// Registers the operations.
pub fn configure(services: &mut ServiceConfig<'_>) {
    services
        .service(list::list_reports)
        .service(get::get_report)
        .service(verbs::circulate_report)
        .service(verbs::recall_report)
        .service(verbs::approve_report)
        .service(addenda::create_report_addendum)
        .service(comments::list_report_comments)
        .service(comments::create_report_comment);
}
