//! The visibility matrix: standing × operation → grant. Deny by default; one exhaustive match.

use super::code::{Scope, Standing};
use super::operation::Operation;

/// What a standing may reach with an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grant {
    /// Nothing.
    Nothing,
    /// What belongs to the consultations that it is a member of.
    Consultations,
    /// What is addressed to its organisations.
    Addressed,
    /// Both of these.
    ConsultationsAndAddressed,
    /// What belongs to its organisations, and the names of the services that take requests.
    Own,
    /// What belongs to the consultations that it is a member of, and what belongs to its organisations.
    ConsultationsAndOwn,
    /// Everything.
    Everything,
}

/// The records of the matrix, with the right that an operation needs on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Right {
    ReadCase,
    ReadTimeline,
    SignalCase,
    AdmitCase,
    WriteCase,
    ReadNotes,
    WriteNote,
    ReleaseNote,
    ReadContact,
    WriteContact,
    ReadRequest,
    WriteRequest,
    AnswerRequest,
    WriteOrAnswerRequest,
    ReadMeeting,
    WriteMeeting,
    ReadReport,
    CommentReport,
    CorrectReport,
    ReadFeed,
    WriteFeed,
    ReadAction,
    WriteAction,
    CarryOutAction,
    ReadReference,
    WriteReference,
    WriteTerms,
    PreviewPolicy,
    ReadLedger,
    ReadEvents,
    WriteGuardGroup,
    ReadPresence,
    WritePresence,
    CountPresence,
    ReadRates,
    ReadCosts,
    WriteRates,
    ReadEscalation,
    WriteEscalation,
    ReadWebhook,
    WriteWebhook,
    ReadAudit,
    ReadProtocol,
    WriteProtocol,
}

impl Operation {
    /// Gives the scopes of which the token must carry one.
    pub const fn scopes(self) -> &'static [Scope] {
        match self.right() {
            Right::ReadCase
            | Right::ReadTimeline
            | Right::ReadNotes
            | Right::ReadContact
            | Right::ReadEscalation => &[Scope::CasesRead],
            Right::SignalCase
            | Right::AdmitCase
            | Right::WriteCase
            | Right::WriteNote
            | Right::ReleaseNote
            | Right::WriteContact => &[Scope::CasesWrite],
            Right::ReadRequest | Right::PreviewPolicy | Right::ReadLedger => &[Scope::FollowUpRequestsRead],
            Right::ReadEvents => &[Scope::EventsRead],
            Right::WriteRequest => &[Scope::FollowUpRequestsWrite],
            Right::AnswerRequest => &[Scope::FollowUpRequestsAnswer],
            Right::WriteOrAnswerRequest => &[Scope::FollowUpRequestsAnswer, Scope::FollowUpRequestsWrite],
            Right::ReadMeeting | Right::ReadReport | Right::ReadFeed | Right::ReadAction => {
                &[Scope::MeetingsRead]
            }
            Right::WriteMeeting
            | Right::CommentReport
            | Right::CorrectReport
            | Right::WriteFeed
            | Right::WriteAction
            | Right::CarryOutAction => &[Scope::MeetingsWrite],
            // Reference data is read by whoever may call at all.
            Right::ReadReference | Right::ReadRates => &[],
            Right::WriteReference | Right::WriteTerms | Right::WriteRates => &[Scope::RefDataWrite],
            Right::WriteGuardGroup => &[Scope::RefDataWrite, Scope::PresenceWrite],
            // Whoever records shifts reads them back.
            Right::ReadPresence => &[Scope::CasesRead, Scope::PresenceWrite],
            Right::WritePresence => &[Scope::PresenceWrite],
            Right::CountPresence => &[Scope::IndicatorsRead, Scope::CasesRead, Scope::PresenceWrite],
            Right::ReadCosts => &[Scope::MeetingsRead, Scope::IndicatorsRead],
            Right::WriteEscalation => &[Scope::EscalationsWrite],
            // Administrators only look.
            Right::ReadWebhook => &[Scope::WebhooksManage, Scope::Admin],
            Right::WriteWebhook => &[Scope::WebhooksManage],
            Right::ReadAudit => &[Scope::AuditRead],
            Right::ReadProtocol => &[Scope::RetentionManage, Scope::AuditRead],
            Right::WriteProtocol => &[Scope::RetentionManage],
        }
    }

    const fn right(self) -> Right {
        match self {
            Self::ListCases | Self::GetCase => Right::ReadCase,
            Self::GetCaseTimeline => Right::ReadTimeline,
            Self::CreateCase => Right::SignalCase,
            Self::AdmitCase => Right::AdmitCase,
            Self::UpdateCase
            | Self::OpenCase
            | Self::MonitorCase
            | Self::CloseCase
            | Self::DismissCase
            | Self::ReopenCase
            | Self::MergeCase
            | Self::LinkCase
            | Self::UnlinkCase => Right::WriteCase,
            Self::ListCaseNotes | Self::GetCaseNote => Right::ReadNotes,
            Self::CreateCaseNote => Right::WriteNote,
            Self::ReleaseCaseNote => Right::ReleaseNote,
            Self::ListCaseContacts | Self::GetCaseContact | Self::ListContacts | Self::GetContactTotals => {
                Right::ReadContact
            }
            Self::CreateCaseContact | Self::UpdateCaseContact => Right::WriteContact,
            Self::ListFollowUpRequests
            | Self::GetFollowUpRequest
            | Self::GetFollowUpRequestClock
            | Self::ListFollowUpRequestMessages => Right::ReadRequest,
            Self::CreateFollowUpRequest
            | Self::UpdateFollowUpRequest
            | Self::SendFollowUpRequest
            | Self::AmendFollowUpRequest
            | Self::ReplyToFollowUpRequest
            | Self::VerifyFollowUpRequest
            | Self::ReopenFollowUpRequest
            | Self::WithdrawFollowUpRequest
            | Self::RemindFollowUpRequest
            | Self::RecalculateFollowUpRequest => Right::WriteRequest,
            Self::ReceiveFollowUpRequest
            | Self::ReceiveFollowUpRequests
            | Self::AcceptFollowUpRequest
            | Self::RefuseFollowUpRequest
            | Self::AskBackFollowUpRequest
            | Self::PromiseFollowUpRequest => Right::AnswerRequest,
            Self::RedirectFollowUpRequest | Self::AnswerFollowUpRequest => Right::WriteOrAnswerRequest,
            Self::ListActions | Self::GetAction => Right::ReadAction,
            Self::CreateAction | Self::UpdateAction | Self::ReopenAction => Right::WriteAction,
            Self::StartAction | Self::CompleteAction | Self::CancelAction => Right::CarryOutAction,
            Self::ListMeetingSeries
            | Self::GetMeetingSeries
            | Self::ListMeetings
            | Self::GetMeeting
            | Self::ListAttendances
            | Self::GetAgendaProposal
            | Self::ListAgendaItems
            | Self::GetAgendaItem
            | Self::ListDecisions
            | Self::GetDecision
            | Self::ListReportComments => Right::ReadMeeting,
            Self::ListReports | Self::GetReport => Right::ReadReport,
            Self::CreateReportComment => Right::CommentReport,
            Self::CreateMeetingSeries
            | Self::PlanMeetingSeries
            | Self::EndMeetingSeries
            | Self::CreateMeeting
            | Self::UpdateMeeting
            | Self::StartMeeting
            | Self::FinishMeeting
            | Self::CancelMeeting
            | Self::RecordAttendances
            | Self::AdoptProposal
            | Self::ReorderAgenda
            | Self::CreateAgendaItem
            | Self::UpdateAgendaItem
            | Self::TreatAgendaItem
            | Self::MoveAgendaItem
            | Self::ReopenAgendaItem
            | Self::CreateMeetingDecision
            | Self::CreateDecision
            | Self::RatifyDecision
            | Self::CirculateReport
            | Self::RecallReport
            | Self::ApproveReport => Right::WriteMeeting,
            Self::CreateReportAddendum => Right::CorrectReport,
            Self::ListCalendarFeeds | Self::GetCalendarFeed => Right::ReadFeed,
            Self::CreateCalendarFeed | Self::DeleteCalendarFeed => Right::WriteFeed,
            Self::ListOrganisations
            | Self::GetOrganisation
            | Self::ListConsultations
            | Self::GetConsultation
            | Self::ListAreas
            | Self::GetArea
            | Self::ListClosureDays
            | Self::GetClosureDay
            | Self::ListTerms
            | Self::GetTerm
            | Self::ListEscalationPolicies
            | Self::GetEscalationPolicy
            | Self::ListGuardGroups
            | Self::GetGuardGroup => Right::ReadReference,
            Self::CreateOrganisation
            | Self::UpdateOrganisation
            | Self::CreateConsultation
            | Self::UpdateConsultation
            | Self::ImportAreas
            | Self::CreateClosureDay
            | Self::DeleteClosureDay => Right::WriteReference,
            Self::CreateTerm
            | Self::DeleteTerm
            | Self::CreateEscalationPolicy
            | Self::UpdateEscalationPolicy
            | Self::ActivateEscalationPolicy
            | Self::RetireEscalationPolicy => Right::WriteTerms,
            Self::PreviewEscalationPolicy => Right::PreviewPolicy,
            Self::ListEscalationLedger | Self::GetEscalationLedgerEntry => Right::ReadLedger,
            Self::ListEvents | Self::StreamEvents => Right::ReadEvents,
            Self::CreateGuardGroup | Self::UpdateGuardGroup => Right::WriteGuardGroup,
            Self::ListPresenceRecords | Self::GetPresenceRecord => Right::ReadPresence,
            Self::CreatePresenceRecord
            | Self::CreatePresenceRecords
            | Self::CorrectPresenceRecord
            | Self::WithdrawPresenceRecord => Right::WritePresence,
            Self::GetPresenceTotals => Right::CountPresence,
            Self::ListHourlyRates | Self::GetHourlyRate => Right::ReadRates,
            Self::GetMeetingTotals | Self::GetMeetingCost => Right::ReadCosts,
            Self::CreateHourlyRate | Self::DeleteHourlyRate => Right::WriteRates,
            Self::ListEscalations | Self::GetEscalation | Self::GetEscalationDossier => Right::ReadEscalation,
            Self::CreateEscalation
            | Self::DropEscalation
            | Self::SubmitEscalation
            | Self::AcceptEscalation
            | Self::RefuseEscalation
            | Self::ReturnEscalation
            | Self::GiveEscalationOutcome
            | Self::CloseEscalation => Right::WriteEscalation,
            Self::ListWebhookSubscriptions
            | Self::GetWebhookSubscription
            | Self::ListWebhookDeliveries
            | Self::GetWebhookDelivery => Right::ReadWebhook,
            Self::CreateWebhookSubscription
            | Self::UpdateWebhookSubscription
            | Self::VerifyWebhookSubscription
            | Self::PauseWebhookSubscription
            | Self::ResumeWebhookSubscription
            | Self::RotateWebhookSubscriptionSecret
            | Self::ReplayWebhookSubscription
            | Self::EndWebhookSubscription
            | Self::RedeliverWebhookDelivery => Right::WriteWebhook,
            Self::ListDataSharingProtocols | Self::GetDataSharingProtocol => Right::ReadProtocol,
            Self::CreateDataSharingProtocol
            | Self::UpdateDataSharingProtocol
            | Self::ValidateDataSharingProtocol
            | Self::RevokeDataSharingProtocol => Right::WriteProtocol,
            Self::ListAuditRecords
            | Self::GetAuditRecord
            | Self::ExportAuditRecords
            | Self::GetAuditVerification => Right::ReadAudit,
        }
    }

    /// Gives what a standing may reach with this operation.
    pub const fn grant(self, standing: Standing) -> Grant {
        use Grant::{
            Addressed, Consultations, ConsultationsAndAddressed, ConsultationsAndOwn, Everything, Nothing,
            Own,
        };
        match (standing, self.right()) {
            (
                Standing::Manager | Standing::CityTeam | Standing::Police,
                Right::ReadCase
                | Right::ReadTimeline
                | Right::SignalCase
                | Right::WriteCase
                | Right::ReadNotes
                | Right::WriteNote
                | Right::ReadRequest
                | Right::WriteRequest
                | Right::WriteOrAnswerRequest
                | Right::ReadMeeting
                | Right::WriteMeeting
                | Right::ReadFeed
                | Right::WriteFeed
                | Right::ReadAction
                | Right::WriteAction
                | Right::CarryOutAction
                | Right::PreviewPolicy
                | Right::ReadRates
                | Right::ReadCosts
                | Right::WriteEscalation,
            )
            | (Standing::Manager | Standing::Police, Right::AdmitCase)
            | (Standing::Manager | Standing::CityTeam, Right::WriteTerms | Right::WriteRates)
            | (Standing::Police, Right::ReleaseNote)
            | (
                Standing::Guard,
                Right::ReadCase
                | Right::ReadTimeline
                | Right::SignalCase
                | Right::ReadNotes
                | Right::ReadRequest
                | Right::ReadMeeting,
            )
            | (
                Standing::CityHousing,
                Right::ReadCase
                | Right::ReadTimeline
                | Right::ReadNotes
                | Right::WriteNote
                | Right::ReadMeeting,
            )
            // Guards and the city's housing team correct their own: see `Principal::contact_editor`.
            | (
                Standing::Manager
                | Standing::CityTeam
                | Standing::Police
                | Standing::Guard
                | Standing::CityHousing,
                Right::ReadContact | Right::WriteContact | Right::ReadReport | Right::CommentReport,
            )
            | (
                Standing::Manager | Standing::CityTeam | Standing::Police | Standing::CityHousing,
                Right::ReadPresence
                | Right::CountPresence
                | Right::CorrectReport
                | Right::ReadLedger
                | Right::ReadEscalation,
            ) => Consultations,

            (Standing::CityHousing, Right::ReadRequest) => ConsultationsAndAddressed,
            (Standing::CityHousing, Right::AnswerRequest | Right::WriteOrAnswerRequest)
            | (
                Standing::HousingPartner,
                Right::ReadCase
                | Right::ReadNotes
                | Right::WriteNote
                | Right::ReadRequest
                | Right::AnswerRequest
                | Right::WriteOrAnswerRequest
                | Right::ReadContact
                | Right::WriteContact
                | Right::ReadReport,
            )
            | (
                Standing::Service,
                Right::ReadRequest | Right::AnswerRequest | Right::WriteOrAnswerRequest | Right::ReadLedger,
            ) => {
                Addressed
            }

            (Standing::Guard | Standing::CityHousing, Right::ReadAction) => ConsultationsAndOwn,
            (Standing::Guard | Standing::CityHousing, Right::WriteAction | Right::CarryOutAction)
            | (Standing::HousingPartner, Right::ReadAction | Right::CarryOutAction)
            | (Standing::HousingPartner | Standing::Service, Right::ReadReference)
            // What is told to whom is decided event by event, see `Principal::readership`.
            | (
                Standing::Manager
                | Standing::CityTeam
                | Standing::Police
                | Standing::CityHousing
                | Standing::HousingPartner
                | Standing::Service
                | Standing::Analyst,
                Right::ReadEvents | Right::ReadWebhook | Right::WriteWebhook,
            )
            | (
                Standing::Guard,
                Right::WriteGuardGroup | Right::ReadPresence | Right::WritePresence | Right::CountPresence,
            ) => Own,

            (
                Standing::Manager
                | Standing::CityTeam
                | Standing::Police
                | Standing::Guard
                | Standing::CityHousing
                | Standing::Analyst
                | Standing::DataProtectionOfficer
                | Standing::Administrator,
                Right::ReadReference,
            )
            | (
                Standing::Administrator,
                Right::WriteReference
                | Right::ReadEvents
                | Right::WriteTerms
                | Right::ReadRates
                | Right::ReadCosts
                | Right::WriteRates
                | Right::WriteGuardGroup
                | Right::ReadWebhook
                | Right::ReadAudit
                | Right::ReadProtocol,
            )
            | (Standing::Analyst, Right::ReadRates | Right::ReadCosts | Right::CountPresence)
            | (Standing::DataProtectionOfficer, Right::ReadAudit | Right::ReadProtocol | Right::WriteProtocol) => Everything,

            (
                Standing::Manager
                | Standing::CityTeam
                | Standing::Police
                | Standing::Guard
                | Standing::CityHousing
                | Standing::HousingPartner
                | Standing::Service
                | Standing::Analyst
                | Standing::DataProtectionOfficer
                | Standing::Administrator,
                _,
            ) => Nothing,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;
    use crate::access::{Regime, Role};

    /// The matrix as a table; a change of a permission is a visible difference here.
    #[test]
    fn the_matrix_is_this_table() {
        let columns = Role::ALL.iter().flat_map(|role| {
            let regimes: &[Regime] = match role {
                Role::HousingOfficer => &[Regime::City, Regime::Housing],
                Role::PoliceOfficer => &[Regime::Police, Regime::City],
                _ => &[Regime::City],
            };
            regimes.iter().map(move |regime| (*role, *regime))
        });
        let columns: Vec<_> = columns.collect();
        let mut table = String::new();
        for operation in Operation::ALL {
            let scopes: Vec<_> = operation.scopes().iter().map(|scope| scope.code()).collect();
            writeln!(table, "{operation} [{}]", scopes.join(" | ")).unwrap();
            for (role, regime) in &columns {
                let grant =
                    Standing::of(*role, *regime).map_or(Grant::Nothing, |standing| operation.grant(standing));
                if grant != Grant::Nothing {
                    writeln!(table, "    {role} ({regime}): {grant:?}").unwrap();
                }
            }
        }
        crate::golden::assert_is(&table, include_str!("matrix.txt"), "crates/domain/src/access/matrix.txt");
    }
}
