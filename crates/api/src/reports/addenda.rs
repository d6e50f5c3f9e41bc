//! Correcting an approved report.

use std::collections::HashMap;

use actix_web::post;
use domain::access::{Operation, Principal};
use domain::id::{AgendaItemId, ConsultationId, MeetingId, OrganisationId};
use domain::note::Visibility;
use domain::report::{Audience, Reader, Rendition, Report, Verb, edge};
use domain::text::Remark;
use jiff::Timestamp;
use persistence::cases::Hold;
use persistence::{agenda, reports};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::canonical::canonical;
use super::content::ReportContent;
use super::view::{ReportAddendum, href};
use crate::call::Call;
use crate::codes::{NoteVisibilityCode, ReportAudienceCode};
use crate::endpoint;
use crate::input::Faults;
use crate::meetings::MeetingPath;
use crate::problem::{Code, Detail, Issue, Problem};
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
    /// Who reads it: every member, or the police or the housing team alone, each of which corrects its own notes so.
    #[serde(default = "for_the_team")]
    #[schema(value_type = NoteVisibilityCode, default = "team", required = false)]
    visibility: Visibility,
    /// The item of the agenda that it is about.
    #[schema(value_type = Option<uuid::Uuid>)]
    agenda_item_id: Option<AgendaItemId>,
    /// The housing organisations that read it as well, of those that have a rendition of the report; none when the police
    /// alone read it.
    #[serde(default)]
    #[schema(value_type = Vec<uuid::Uuid>, max_items = 20, required = false)]
    shared_with_ids: Vec<OrganisationId>,
}

const fn for_the_team() -> Visibility {
    Visibility::Team
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
    /// Its number, from 1, among the corrections that this audience finds.
    pub(super) number: i64,
    /// The item of the agenda that it is about, when the report names that to this audience.
    #[schema(value_type = Option<uuid::Uuid>)]
    pub(super) agenda_item_id: Option<AgendaItemId>,
    /// What is corrected, and how.
    pub(super) text: String,
    /// When it was written.
    pub(super) written_at: Timestamp,
}

/// What is corrected, read from the body.
#[derive(Debug, Clone)]
struct Correction {
    text: Remark,
    visibility: Visibility,
    agenda_item_id: Option<AgendaItemId>,
    shared_with: Vec<OrganisationId>,
}

impl Correction {
    /// Finds the organisation in whose name a principal may write it: who writes for an audience is of it, and who writes for
    /// all may act on the report.
    fn author(&self, principal: &Principal, consultation: ConsultationId) -> Option<OrganisationId> {
        let wanted = match self.visibility {
            Visibility::Team => return principal.seat(Operation::CirculateReport, consultation),
            Visibility::PoliceOnly => Reader::Police,
            Visibility::HousingOnly => Reader::Housing,
        };
        let readers = principal.report_readers(consultation).into_iter();
        readers.filter(|(reader, _)| *reader == wanted).map(|(_, through)| through).next()
    }

    /// Tells whether a reader finds it.
    fn is_told(&self, reader: Reader) -> bool {
        match (reader, self.visibility) {
            (Reader::Partner(partner), _) => self.shared_with.contains(&partner),
            (_, Visibility::Team)
            | (Reader::Police, Visibility::PoliceOnly)
            | (Reader::Housing, Visibility::HousingOnly) => true,
            _ => false,
        }
    }

    /// Checks what it refers to, once the report can be corrected at all.
    fn check(
        &self,
        report: &Report,
        renditions: &[Rendition],
        unit: &mut Unit<'_, '_>,
    ) -> Result<(), Refusal> {
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
            let has = renditions.iter().any(|rendition| rendition.reader == Reader::Partner(*partner));
            if !has || self.visibility == Visibility::PoliceOnly {
                let detail = Detail::new(
                    "Deze organisatie heeft geen versie van het verslag, of de rechtzetting is enkel voor de politie.",
                    "Cette organisation n'a pas de version du procès-verbal, ou la correction est réservée à la police.",
                    "This organisation has no rendition of the report, or the correction is for the police alone.",
                );
                faults.add(Issue::invalid(format!("sharedWithIds[{position}]"), detail));
            }
        }
        Ok(faults.finish(Some(()))?)
    }

    /// Says it to a reader as the next of the corrections that this one finds.
    fn content(
        &self,
        meeting_id: MeetingId,
        own: &Rendition,
        found: &HashMap<String, i64>,
        written_at: Timestamp,
    ) -> Result<ReportAddendumContent, Problem> {
        let reader = own.reader;
        let report: ReportContent = serde_json::from_str(&own.content).map_err(Problem::internal)?;
        let is_named = |item: &AgendaItemId| report.number_of(*item).is_some();
        Ok(ReportAddendumContent {
            format: FORMAT.to_owned(),
            audience: reader.audience(),
            partner_id: reader.partner(),
            meeting_id,
            number: found.get(&reader.to_string()).copied().unwrap_or_default() + 1,
            agenda_item_id: self.agenda_item_id.filter(is_named),
            text: self.text.to_string(),
            written_at,
        })
    }
}

endpoint!(
    /// Corrects an approved report.
    pub CreateReportAddendum, path = MeetingPath, body = CreateAddendumBody
);

/// Correct an approved report.
///
/// The report stays as it was approved; its corrections come with it, numbered for each audience. Every member reads them, a
/// housing organisation those that are shared with it; the police and the housing team correct their own notes among
/// themselves.
#[utoipa::path(
    tag = "Meetings",
    params(MeetingPath),
    request_body = CreateAddendumBody,
    responses((status = 201, description = "The new correction, as its audience reads it", body = ReportAddendum)),
    extensions(("x-etag" = json!(false)))
)]
#[post("/meetings/{meetingId}/report/addenda")]
pub async fn create_report_addendum(call: Call<CreateReportAddendum>) -> Result<Reply, Problem> {
    let id = call.path.meeting_id;
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let correction = Correction {
        text: faults.finish(text)?,
        visibility: call.body.visibility,
        agenda_item_id: call.body.agenda_item_id,
        shared_with: call.body.shared_with_ids.clone(),
    };
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = || Problem::not_found("meetingId");
        let report = reports::hold(unit, &sight, id, Hold::Alone)?.ok_or_else(not_found)?;
        let author = correction.author(&principal, report.consultation_id);
        unit.act_for(author.ok_or_else(|| Problem::new(Code::MissingPermission))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let own = reports::all_renditions(unit.connection(), report.id)?;
        correction.check(&report, &own, unit)?;
        let found = reports::count_addenda(unit.connection(), report.id)?;
        let addendum = report.addenda.saturating_add(1);
        let mut views = Vec::new();
        let mut renditions = Vec::new();
        for rendition in own.iter().filter(|rendition| correction.is_told(rendition.reader)) {
            let content = correction.content(id, rendition, &found, unit.now())?;
            let (text, hash) = canonical(&content)?;
            views.push(ReportAddendum { number: content.number, content, content_hash: hash.clone() });
            renditions.push(Rendition { reader: rendition.reader, addendum, content: text, hash });
        }
        let change = report.add_addendum(renditions, &unit.stamp())?;
        unit.save(&change)?;
        let wanted = match correction.visibility {
            Visibility::Team => Audience::Team,
            Visibility::PoliceOnly => Audience::Police,
            Visibility::HousingOnly => Audience::Housing,
        };
        let view = views.iter().find(|view| view.content.audience == wanted);
        let view = view.ok_or_else(|| Problem::internal("a report that is approved says nothing"))?;
        Ok::<_, Refusal>(Reply::created(view, href(id, &base_url))?)
    })
    .await
}
