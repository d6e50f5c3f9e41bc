//! Asking a service something about a case: by itself, or as part of a decision.

use domain::case::Case;
use domain::follow_up::{Change, Clockwork, Create, FollowUpRequest as Request, QuestionKind, Urgency};
use domain::id::{DataSharingProtocolId, DecisionId, OrganisationId};
use domain::text::{Paragraph, Title};
use persistence::follow_ups;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::act::{Question, addressee, duplicate};
use super::cover::Sending;
use crate::codes::{QuestionKindCode, UrgencyCode};
use crate::input::Faults;
use crate::work::{Refusal, Unit};

/// A question to a service, as part of a decision about a case.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct QuestionBody {
    /// The service that is asked.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// What is asked, coded.
    #[schema(value_type = QuestionKindCode)]
    question_kind: QuestionKind,
    /// How soon it is needed.
    #[schema(value_type = UrgencyCode)]
    urgency: Urgency,
    /// The question in a few words.
    #[schema(min_length = 1, max_length = 200)]
    subject: String,
    /// The question.
    #[schema(min_length = 1, max_length = 10000)]
    question: String,
    /// Whether the texts hold personal data.
    #[serde(default)]
    #[schema(default = false)]
    carries_personal_data: bool,
    /// The data-sharing protocol under which it is sent; any that covers it when none is named.
    #[schema(value_type = Option<uuid::Uuid>)]
    data_sharing_protocol_id: Option<DataSharingProtocolId>,
    /// Whether it is sent at once; otherwise it stays a draft.
    #[serde(default)]
    #[schema(default = false)]
    send: bool,
}

impl QuestionBody {
    /// Reads the question that stands at a place of a body.
    pub(crate) fn parsed(&self, place: &str, faults: &mut Faults) -> Option<Asked> {
        let subject = faults.text(&format!("{place}.subject"), &self.subject);
        let question = faults.text(&format!("{place}.question"), &self.question);
        Some(Asked {
            organisation_id: self.organisation_id,
            question_kind: self.question_kind,
            urgency: self.urgency,
            subject: subject?,
            question: question?,
            carries_personal_data: self.carries_personal_data,
            data_sharing_protocol_id: self.data_sharing_protocol_id,
            send: self.send,
        })
    }
}

/// A question to a service.
#[derive(Debug, Clone)]
pub(crate) struct Asked {
    pub(crate) organisation_id: OrganisationId,
    pub(crate) question_kind: QuestionKind,
    pub(crate) urgency: Urgency,
    pub(crate) subject: Title,
    pub(crate) question: Paragraph,
    pub(crate) carries_personal_data: bool,
    pub(crate) data_sharing_protocol_id: Option<DataSharingProtocolId>,
    pub(crate) send: bool,
}

impl Asked {
    /// Notes the fault of a service that takes no requests, under the name of its member.
    pub(crate) fn check_addressee(&self, name: &str, unit: &Unit<'_, '_>, faults: &mut Faults) {
        if let Err(issue) = addressee(unit.reference, self.organisation_id, unit.now(), name) {
            faults.add(issue);
        }
    }

    /// Writes the request, and sends it when that is asked; fails when one of its kind is open on the case.
    pub(crate) fn write(
        &self,
        unit: &mut Unit<'_, '_>,
        case: &Case,
        decision_id: Option<DecisionId>,
    ) -> Result<Change, Refusal> {
        let open =
            follow_ups::find_open(unit.connection(), case.id, self.organisation_id, self.question_kind)?;
        if open.is_some() {
            return Err(duplicate(open, self.question_kind).into());
        }
        let command = Create {
            id: unit.new_id().into(),
            consultation_id: case.consultation_id,
            led_by: case.led_by,
            case_id: case.id,
            organisation_id: self.organisation_id,
            question_kind: self.question_kind,
            urgency: self.urgency,
            subject: self.subject.clone(),
            question: self.question.clone(),
            carries_personal_data: self.carries_personal_data,
            data_sharing_protocol_id: self.data_sharing_protocol_id,
            decision_id,
        };
        let stamp = unit.stamp();
        let change = if self.send {
            let question = Question {
                organisation_id: self.organisation_id,
                consultation_id: case.consultation_id,
                category: case.description.category.as_str(),
                urgency: self.urgency,
            };
            let sending = Sending {
                carries_personal_data: self.carries_personal_data,
                sender: stamp.by.organisation_id,
                recipient: self.organisation_id,
                category: case.description.category.as_str(),
                wanted: self.data_sharing_protocol_id,
            };
            let protocol_id = sending.cover(unit)?;
            let clockwork = question.clockwork(unit.reference, stamp.at)?;
            Request::create_and_send(command, &Clockwork { protocol_id, ..clockwork }, &stamp)
        } else {
            Request::create(command, &stamp)
        };
        unit.save(&change)?;
        Ok(change)
    }
}
