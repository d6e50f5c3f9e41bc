//! The code lists of the domain as schemas of the contract.

use domain::case::LinkKind;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

macro_rules! code_schemas {
    ($($(#[$doc:meta])* $schema:ident = $code:ty, $text:literal;)*) => {$(
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
    CaseStateCode = domain::case::Status, "The state of a case.";
    CaseKindCode = domain::case::Kind, "Whether something goes wrong or something is missing.";
    CaseSourceCode = domain::case::Source, "Who noticed it.";
    CasePatternCode = domain::case::Pattern, "How it shows itself over time.";
    TimeSlotCode = domain::case::TimeSlot, "When it happens; the night runs from 22 to 6 hours.";
    CloseReasonCode = domain::case::CloseReason, "How a case ended.";
    CaseLinkKindCode = domain::case::LinkKind, "How two cases belong together.";
    SeverityLevelCode = domain::case::SeverityLevel, "How heavy a case weighs: low up to 4, medium up to 9, high from 10.";
    CaseVerbCode = domain::case::Verb, "What can be done with a case.";
    NoteVisibilityCode = domain::note::Visibility, "Who may read a note.";
    LocationKindCode = domain::place::LocationKind, "What kind of place it is.";
    FollowUpRequestStateCode = domain::follow_up::Status, "The state of a follow-up request.";
    FollowUpRequestVerbCode = domain::follow_up::Verb, "What can be done with a follow-up request.";
    SideCode = domain::follow_up::Side, "Which side of the question acted: the team that asks or the service that is asked.";
    QuestionKindCode = domain::follow_up::QuestionKind, "What the team asks of the service.";
    UrgencyCode = domain::follow_up::Urgency, "How soon the team needs it; together with the category it sets the terms.";
    AnswerOutcomeCode = domain::follow_up::AnswerOutcome, "What the service achieved.";
    RefusalReasonCode = domain::follow_up::RefusalReason, "Why a service refuses.";
    DelayReasonCode = domain::follow_up::DelayReason, "Why a promised date lies after the original term.";
    ChannelCode = domain::follow_up::Channel, "How an answer reached the team that records it on the service's behalf.";
    OrganisationKindCode = domain::organisation::Kind, "What an organisation is.";
    RegimeCode = domain::access::Regime, "The law and the owner under which an organisation's data stands.";
    RoleCode = domain::access::Role, "What a person or application does in the city.";
    ConsultationLevelCode = domain::consultation::Level, "Where a consultation stands on the ladder.";
    CategoryFlagCode = domain::category::Flag, "What has to be minded with a category.";
    CrsCode = domain::place::Crs, "A coordinate reference system: WGS 84, Belgian Lambert 72 or Belgian Lambert 2008.";
    AreaKindCode = persistence::areas::AreaKind, "What an area is.";
}
