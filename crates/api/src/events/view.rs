//! An event as its readers get it: ids, type, state, version and link, as readers differ in what they may see.

use domain::feed::past_participle;
use domain::subject::Subject;
use jiff::Timestamp;
use persistence::feed::Notice;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::codes::EventSubjectCode;

/// An event of the change feed: CloudEvents 1.0, in JSON.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub struct CloudEvent {
    /// The version of CloudEvents.
    #[schema(pattern = "^1[.]0$", max_length = 3)]
    specversion: &'static str,
    /// Its id: the same wherever and however often it is told.
    id: Uuid,
    /// Where it comes from: the address of the API.
    #[schema(format = "uri")]
    source: String,
    /// The service that it comes from, as the operator named it.
    service: String,
    /// What happened: the service, the kind of thing, `notify` and what was done.
    #[schema(example = "be.example.wijkoverleg.v1.followUpRequest.notify.sent")]
    r#type: String,
    /// The id of the thing that it is about.
    subject: Uuid,
    /// When it took effect.
    time: Timestamp,
    /// The media type of `data`.
    datacontenttype: &'static str,
    /// What it is about.
    data: EventData,
}

/// What an event is about.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EventData {
    /// What kind of thing it is about.
    #[schema(value_type = EventSubjectCode)]
    subject_kind: Subject,
    /// The address of the thing; absent when it is not seen any more, or has none of its own.
    #[schema(format = "uri")]
    href: Option<String>,
    /// The version of the thing after it; absent when it is not seen any more.
    version: Option<i64>,
    /// 1, 2, 3 … for each thing: some of what happens changes no version. What others are told of only may be missing.
    sequence: Option<i64>,
    /// The state of the thing after it, for what has a life cycle.
    state: Option<String>,
    /// When it was recorded.
    recorded_at: Timestamp,
}

/// Gives the type of an event.
pub(super) fn type_of(service: &str, notice: &Notice) -> String {
    format!("{service}.{}.notify.{}", notice.subject.code(), past_participle(&notice.verb))
}

impl CloudEvent {
    /// Makes the event of a notice.
    pub fn of(notice: &Notice, service: &str, base_url: &str) -> Self {
        let is_seen = notice.after.is_some();
        Self {
            specversion: "1.0",
            id: notice.id,
            source: base_url.to_owned(),
            service: service.to_owned(),
            r#type: type_of(service, notice),
            subject: notice.subject_id,
            time: notice.effective_at,
            datacontenttype: "application/json",
            data: EventData {
                subject_kind: notice.subject,
                href: path(notice).filter(|_| is_seen).map(|path| format!("{base_url}{path}")),
                version: notice.after.map(|(version, _)| version),
                sequence: notice.after.map(|(_, sequence)| sequence),
                state: notice.state.clone(),
                recorded_at: notice.recorded_at,
            },
        }
    }
}

/// Gives the path of the thing that a notice is about.
fn path(notice: &Notice) -> Option<String> {
    let (id, parent) = (notice.subject_id, notice.parent_id);
    Some(match notice.subject {
        Subject::Case => format!("/cases/{id}"),
        Subject::CaseNote => format!("/cases/{}/notes/{id}", parent?),
        Subject::CaseContact => format!("/cases/{}/contacts/{id}", parent?),
        Subject::FollowUpRequest => format!("/followUpRequests/{id}"),
        Subject::PresenceRecord => format!("/presenceRecords/{id}"),
        Subject::GuardGroup => format!("/guardGroups/{id}"),
        Subject::Organisation => format!("/organisations/{id}"),
        Subject::Consultation => format!("/consultations/{id}"),
        Subject::Area => format!("/areas/{id}"),
        Subject::ClosureDay => format!("/closureDays/{id}"),
        Subject::Term => format!("/terms/{id}"),
        Subject::MeetingSeries => format!("/meetingSeries/{id}"),
        Subject::Meeting => format!("/meetings/{id}"),
        Subject::Report => format!("/meetings/{}/report", parent?),
        Subject::ReportComment => format!("/meetings/{}/report/comments", parent?),
        Subject::AgendaItem => format!("/meetings/{}/agendaItems/{id}", parent?),
        Subject::Decision => format!("/decisions/{id}"),
        Subject::Action => format!("/actions/{id}"),
        Subject::HourlyRate => format!("/hourlyRates/{id}"),
        Subject::CalendarFeed => format!("/calendarFeeds/{id}"),
        Subject::EscalationPolicy => format!("/escalationPolicies/{id}"),
        Subject::LedgerEntry => format!("/escalationLedger/{id}"),
        Subject::Escalation => format!("/escalations/{id}"),
        Subject::WebhookSubscription => format!("/webhookSubscriptions/{id}"),
        Subject::DataSharingProtocol => format!("/dataSharingProtocols/{id}"),
        Subject::Client => return None,
    })
}
