//! The code lists of the domain: as schemas of the contract, and by name for who shows them to people.

use domain::case::LinkKind;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! code_schemas {
    ($($(#[$doc:meta])* $schema:ident = $code:ty, $name:literal, $text:literal;)*) => {
        /// Every code list: its name, and its codes in their order.
        pub(crate) fn lists() -> Vec<(&'static str, Vec<&'static str>)> {
            vec![$(($name, <$code>::ALL.iter().map(|code| code.code()).collect())),*]
        }

        $(
        #[doc = $text]
        #[derive(Debug)]
        pub struct $schema;

        impl PartialSchema for $schema {
            fn schema() -> RefOr<Schema> {
                let codes = <$code>::ALL.iter().map(|code| code.code());
                list_of_codes(codes, $text)
            }
        }

        impl ToSchema for $schema {}
    )*};
}

/// How two cases may be linked by hand.
#[derive(Debug)]
pub struct MadeCaseLinkKindCode;

impl PartialSchema for MadeCaseLinkKindCode {
    fn schema() -> RefOr<Schema> {
        let made = LinkKind::ALL.iter().filter(|kind| **kind != LinkKind::Duplicate);
        list_of_codes(made.map(|kind| kind.code()), "How two cases may be linked by hand.")
    }
}

impl ToSchema for MadeCaseLinkKindCode {}

fn list_of_codes<'a>(codes: impl Iterator<Item = &'a str>, text: &str) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .description(Some(text))
        .enum_values(Some(codes))
        .into()
}

code_schemas! {
    CaseStateCode = domain::case::Status, "caseState", "The state of a case.";
    CaseKindCode = domain::case::Kind, "caseKind", "Whether something goes wrong or something is missing.";
    CaseSourceCode = domain::case::Source, "caseSource", "Who noticed it.";
    CasePatternCode = domain::case::Pattern, "casePattern", "How it shows itself over time.";
    TimeSlotCode = domain::case::TimeSlot, "timeSlot", "When it happens; the night runs from 22 to 6 hours.";
    CloseReasonCode = domain::case::CloseReason, "closeReason", "How a case ended.";
    CaseLinkKindCode = domain::case::LinkKind, "caseLinkKind", "How two cases belong together.";
    SeverityLevelCode = domain::case::SeverityLevel, "severityLevel", "How heavy a case weighs: low up to 4, medium up to 9, high from 10.";
    MeetingStateCode = domain::meeting::Status, "meetingState", "The state of a meeting.";
    MeetingVerbCode = domain::meeting::Verb, "meetingVerb", "What can be done with a meeting.";
    MoveReasonCode = domain::meeting::MoveReason, "moveReason", "Why a meeting takes place on another day than its series says.";
    AttendanceStateCode = domain::meeting::AttendanceState, "attendanceState", "Whether somebody was at a meeting.";
    MeetingGroupingCode = domain::meeting::Grouping, "meetingGrouping", "What totals of meetings are told apart by.";
    AgendaSectionCode = domain::agenda::Section, "agendaSection", "The parts of an agenda, in the order in which they are dealt with.";
    AgendaReasonCode = domain::agenda::Reason, "agendaReason", "Why something is on an agenda.";
    DataSharingProtocolStateCode = domain::data_sharing_protocol::Status, "dataSharingProtocolState", "The state of a data-sharing protocol.";
    DataSharingProtocolVerbCode = domain::data_sharing_protocol::Verb, "dataSharingProtocolVerb", "What can be done with a data-sharing protocol.";
    LegalBasisCode = domain::data_sharing_protocol::LegalBasis, "legalBasis", "What makes the processing of personal data lawful.";
    DataCategoryCode = domain::data_sharing_protocol::DataCategory, "dataCategory", "A kind of personal data.";
    AuditOutcomeCode = domain::audit::Outcome, "auditOutcome", "What became of what was asked for.";
    AuditBreakReasonCode = domain::audit::BreakReason, "auditBreakReason", "What is wrong where the chain of the audit trail breaks.";
    AgendaItemStateCode = domain::agenda::ItemStatus, "agendaItemState", "The state of an item of an agenda.";
    AgendaItemVerbCode = domain::agenda::ItemVerb, "agendaItemVerb", "What can be done with an item of an agenda.";
    AboutKindCode = domain::agenda::AboutKind, "aboutKind", "What kind of thing an item of an agenda is about.";
    DecisionKindCode = domain::decision::DecisionKind, "decisionKind", "What is decided.";
    ReportStateCode = domain::report::Status, "reportState", "The state of a report.";
    ReportVerbCode = domain::report::Verb, "reportVerb", "What can be done with a report.";
    ReportAudienceCode = domain::report::Audience, "reportAudience", "Whom a rendition of a report is for.";
    CaseVerbCode = domain::case::Verb, "caseVerb", "What can be done with a case.";
    NoteVisibilityCode = domain::note::Visibility, "noteVisibility", "Who may read a note.";
    ContactKindCode = domain::contact::Kind, "contactKind", "Whether a partner belongs to the city and the police, or stands outside.";
    GuardTaskCode = domain::presence::Task, "guardTask", "What community guards do: the activities of article 3 of the act of 15 May 2007 on the function of community guard.";
    PresenceStateCode = domain::presence::Status, "presenceState", "Whether a presence record counts or was withdrawn.";
    DayPartCode = domain::presence::DayPart, "dayPart", "A part of the day in Europe/Brussels: morning from 6, afternoon from 12, evening from 18, night from 22 hours.";
    PresenceDimensionCode = domain::presence::Dimension, "presenceDimension", "What totals of presence are told apart by.";
    LocationKindCode = domain::place::LocationKind, "locationKind", "What kind of place it is.";
    FollowUpRequestStateCode = domain::follow_up::Status, "followUpRequestState", "The state of a follow-up request.";
    FollowUpRequestVerbCode = domain::follow_up::Verb, "followUpRequestVerb", "What can be done with a follow-up request.";
    SideCode = domain::follow_up::Side, "side", "Which side of the question acted: the team that asks or the service that is asked.";
    QuestionKindCode = domain::follow_up::QuestionKind, "questionKind", "What the team asks of the service.";
    UrgencyCode = domain::follow_up::Urgency, "urgency", "How soon the team needs it; together with the category it sets the terms.";
    AnswerOutcomeCode = domain::follow_up::AnswerOutcome, "answerOutcome", "What the service achieved.";
    RefusalReasonCode = domain::follow_up::RefusalReason, "refusalReason", "Why a service refuses.";
    DelayReasonCode = domain::follow_up::DelayReason, "delayReason", "Why a promised date lies after the original term.";
    ChannelCode = domain::follow_up::Channel, "channel", "How people spoke with each other: how a partner was consulted, or how an answer reached the team that records it on the service's behalf.";
    ActionStateCode = domain::action::Status, "actionState", "The state of an action.";
    ActionVerbCode = domain::action::Verb, "actionVerb", "What can be done with an action.";
    ActionKindCode = domain::action::Kind, "actionKind", "What is done.";
    EscalationStateCode = domain::escalation::Status, "escalationState", "The state of an escalation.";
    EscalationVerbCode = domain::escalation::Verb, "escalationVerb", "What can be done with an escalation.";
    EscalationCriterionCode = domain::escalation::Criterion, "escalationCriterion", "What speaks for handing a case to the consultation above.";
    LegalGateKindCode = domain::escalation::LegalGateKind, "legalGateKind", "The ground on which a consultation takes a case that may speak of persons.";
    MeetingSeriesStateCode = domain::meeting_series::Status, "meetingSeriesState", "The state of a series of meetings.";
    MeetingSeriesVerbCode = domain::meeting_series::Verb, "meetingSeriesVerb", "What can be done with a series of meetings.";
    OrganisationKindCode = domain::organisation::Kind, "organisationKind", "What an organisation is.";
    RegimeCode = domain::access::Regime, "regime", "The law and the owner under which an organisation's data stands.";
    RoleCode = domain::access::Role, "role", "What a person or application does in the city.";
    ConsultationLevelCode = domain::consultation::Level, "consultationLevel", "Where a consultation stands on the ladder.";
    CategoryFlagCode = domain::category::Flag, "categoryFlag", "What has to be minded with a category.";
    CrsCode = domain::place::Crs, "crs", "A coordinate reference system: WGS 84, Belgian Lambert 72 or Belgian Lambert 2008.";
    EscalationSubjectCode = domain::escalation_policy::SubjectKind, "escalationSubject", "What a step of an escalation policy judges.";
    EscalationConditionCode = domain::escalation_policy::Condition, "escalationCondition", "When a step of an escalation policy takes effect.";
    EscalationEffectCode = domain::escalation_policy::Effect, "escalationEffect", "What a step of an escalation policy does.";
    EscalationPolicyStateCode = domain::escalation_policy::Status, "escalationPolicyState", "The state of an escalation policy.";
    EscalationPolicyVerbCode = domain::escalation_policy::Verb, "escalationPolicyVerb", "What can be done with an escalation policy.";
    EventSubjectCode = domain::subject::Subject, "eventSubject", "What kind of thing an event of the change feed is about.";
    EscalationDeliveryCode = domain::escalation_ledger::Delivery, "escalationDelivery", "What became of an effect of a step.";
    WebhookSubscriptionStateCode = domain::webhook::Status, "webhookSubscriptionState", "The state of a webhook subscription.";
    WebhookSubscriptionVerbCode = domain::webhook::Verb, "webhookSubscriptionVerb", "What can be done with a webhook subscription.";
    WebhookSignatureSchemeCode = domain::webhook::SignatureScheme, "webhookSignatureScheme", "How messages to an endpoint are signed.";
    WebhookPauseReasonCode = domain::webhook::PauseReason, "webhookPauseReason", "Why a webhook subscription is paused.";
    WebhookEndReasonCode = domain::webhook::EndReason, "webhookEndReason", "Why a webhook subscription ended.";
    WebhookDeliveryStateCode = domain::webhook::DeliveryState, "webhookDeliveryState", "What became of a message to an endpoint.";
    AreaKindCode = persistence::areas::AreaKind, "areaKind", "What an area is.";
}
