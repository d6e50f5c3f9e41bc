//! Correcting an approved report.

use actix_web::post;
use domain::access::Operation;
use domain::id::{AgendaItemId, MeetingId, OrganisationId};
use domain::report::{Audience, Reader, Rendition, Report, Verb, edge};
use domain::text::Remark;
use jiff::Timestamp;
use persistence::cases::Hold;
use persistence::{agenda, reports};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::canonical::canonical;
use super::view::{ReportAddendum, href};
use crate::call::Call;
use crate::codes::ReportAudienceCode;
use crate::endpoint;
use crate::input::Faults;
use crate::meetings::MeetingPath;
use crate::problem::{Detail, Issue, Problem};
use crate::reply::Reply;
use crate::work::{Refusal, Unit};

/// The form in which a correction is written down.
const FORMAT: &str = "wijkoverlegAddendum1";

/// A correction.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"text": "De glasbol staat in de Gentsestraat, niet in de Gentstraat."})))]
pub struct CreateAddendumBody {
    /// What is corrected, and how.
    #[schema(min_length = 1, max_length = 2000)]
    text: String,
    /// The item of the agenda that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    agenda_item_id: Option<AgendaItemId>,
    /// The housing organisations that read it as well, of those that have a rendition of the report.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>, max_items = 20, required = false)]
    shared_with_ids: Vec<OrganisationId>,
}

/// What a correction says to one audience.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportAddendumContent {
    /// The form in which it is written.
    #[schema(example = "wijkoverlegAddendum1")]
    format: String,
    /// Whom it is for.
    #[schema(value_type = ReportAudienceCode)]
    audience: Audience,
    /// The housing organisation that it is for.
    #[schema(value_type = Option<uuid::Uuid>)]
    partner_id: Option<OrganisationId>,
    /// The meeting.
    #[schema(value_type = uuid::Uuid)]
    meeting_id: MeetingId,
    /// Its number among the corrections of the report; for members.
    number: Option<u32>,
    /// The item of the agenda that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    agenda_item_id: Option<AgendaItemId>,
    /// What is corrected, and how.
    pub(super) text: String,
    /// When it was written.
    pub(super) written_at: Timestamp,
}

/// What is corrected, read from the body.
#[derive(Debug, Clone)]
struct Correction {
    text: Remark,
    agenda_item_id: Option<AgendaItemId>,
    shared_with: Vec<OrganisationId>,
}

impl Correction {
    /// Checks what it refers to, once the report can be corrected at all.
    fn check(&self, report: &Report, readers: &[Reader], unit: &mut Unit<'_, '_>) -> Result<(), Refusal> {
        if edge(report.status, Verb::AddAddendum).is_none() {
            return Ok(());
        }
        let mut faults = Faults::default();
        if let Some(item) = self.agenda_item_id
            && agenda::find(unit.connection(), report.meeting_id, item)?.is_none()
        {
            faults.add(Issue::not_found("agendaItemId"));
        }
        for (position, partner) in self.shared_with.iter().enumerate() {
            if !readers.contains(&Reader::Partner(*partner)) {
                let detail = Detail::new(
                    "Deze organisatie heeft geen versie van het verslag.",
                    "Cette organisation n'a pas de version du procès-verbal.",
                    "This organisation has no rendition of the report.",
                );
                faults.add(Issue::invalid(format!("sharedWithIds[{position}]"), detail));
            }
        }
        Ok(faults.finish(Some(()))?)
    }

    /// Says it to a reader; the numbers that a partner does not find tell it nothing.
    fn content(
        &self,
        meeting_id: MeetingId,
        number: u32,
        reader: Reader,
        at: Timestamp,
    ) -> ReportAddendumContent {
        ReportAddendumContent {
            format: FORMAT.to_owned(),
            audience: reader.audience(),
            partner_id: reader.partner(),
            meeting_id,
            number: Some(number).filter(|_| reader.partner().is_none()),
            agenda_item_id: self.agenda_item_id,
            text: self.text.to_string(),
            written_at: at,
        }
    }
}

endpoint!(
    /// Corrects an approved report.
    pub CreateReportAddendum, path = MeetingPath, body = CreateAddendumBody
);

/// Correct an approved report.
///
/// The report stays as it was approved; its corrections are numbered and come with it. Every member reads them, a housing
/// organisation those that are shared with it.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = CreateAddendumBody,
    responses((status = 201, description = "The new correction, as a member reads it", body = ReportAddendum)),
    extensions(("x-etag" = json!(false)))
)]
#[post("/meetings/{meetingId}/report/addenda")]
pub async fn create_report_addendum(call: Call<CreateReportAddendum>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let correction = Correction {
        text: faults.finish(text)?,
        agenda_item_id: call.body.agenda_item_id,
        shared_with: call.body.shared_with_ids.clone(),
    };
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let report = reports::hold(unit, &sight, id, Hold::Alone)?.ok_or_else(not_found)?;
        let seat = principal.seat(Operation::CreateReportAddendum, report.consultation_id);
        unit.act_for(seat.ok_or_else(not_found)?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let readers = reports::readers(unit.connection(), report.id)?;
        correction.check(&report, &readers, unit)?;
        let at = unit.now();
        let number = report.addenda.saturating_add(1);
        let content = |reader| correction.content(id, number, reader, at);
        let is_told = |reader: &Reader| {
            reader.partner().is_none_or(|partner| correction.shared_with.contains(&partner))
        };
        let renditions = readers
            .into_iter()
            .filter(is_told)
            .map(|reader| {
                let (content, hash) = canonical(&content(reader))?;
                Ok(Rendition { reader, addendum: number, content, hash })
            })
            .collect::<Result<Vec<_>, Problem>>()?;
        let change = report.add_addendum(renditions, &unit.stamp())?;
        unit.save(&change)?;
        let content = content(Reader::Team);
        let (_, content_hash) = canonical(&content)?;
        let number = usize::try_from(number).map_err(Problem::internal)?;
        let view = ReportAddendum { number, content, content_hash };
        Ok::<_, Refusal>(Reply::created(&view, href(id, &base_url))?)
    })
    .await
}
