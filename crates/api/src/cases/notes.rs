//! Notes on a case, and the release of a police note by the police.

use std::collections::BTreeSet;

use actix_web::{get, post};
use domain::access::Operation;
use domain::case::Case as Aggregate;
use domain::id::{CaseId, ConsultationId, NoteId, OrganisationId};
use domain::note::{Note, Visibility};
use jiff::Timestamp;
use persistence::{Direction, cases, follow_ups, notes};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::CasePath;
use super::act::not_team;
use super::sensitive::is_sensitive;
use crate::audit::Reading;
use crate::auth::Permit;
use crate::call::Call;
use crate::codes::NoteVisibilityCode;
use crate::endpoint;
use crate::endpoint::Operates;
use crate::etag::EntityTag;
use crate::follow_ups::ActorView;
use crate::input::Faults;
use crate::listing::At;
use crate::page::{Collection, PageQuery};
use crate::problem::{Code, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// A note on a case.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CaseNote {
    /// Its address.
    #[schema(format = "uri")]
    href: String,
    /// Its id.
    #[schema(value_type = uuid::Uuid)]
    id: NoteId,
    /// The number of its changes.
    version: i64,
    /// What `If-Match` takes.
    etag: String,
    /// The case.
    #[schema(value_type = uuid::Uuid)]
    case_id: CaseId,
    /// Who may read it.
    #[schema(value_type = NoteVisibilityCode)]
    visibility: Visibility,
    /// The text.
    text: String,
    /// The organisation that wrote it.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// When it was written.
    created_at: Timestamp,
    /// Who wrote it.
    created_by: ActorView,
    /// When the police released it to the team.
    released_at: Option<Timestamp>,
    /// Who released it.
    released_by: Option<ActorView>,
}

/// A new note.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({"visibility": "team", "text": "Buurtbewoners vragen een extra vuilnisbak."})))]
pub struct CreateNoteBody {
    /// Who may read it.
    #[schema(value_type = NoteVisibilityCode)]
    visibility: Visibility,
    /// The text; about places and behaviour, no names of persons.
    #[schema(min_length = 1, max_length = 10000)]
    text: String,
}

/// Nothing to say.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(json!({})))]
pub struct ReleaseBody {}

/// Which note.
#[derive(Debug, Clone, Copy, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Path)]
pub struct NotePath {
    /// The case.
    #[param(value_type = uuid::Uuid)]
    case_id: CaseId,
    /// The note.
    #[param(value_type = uuid::Uuid)]
    note_id: NoteId,
}

endpoint!(
    /// Lists the notes of a case.
    pub ListCaseNotes, path = CasePath, query = PageQuery
);

/// Read the notes of a case.
///
/// Those that the caller may read, oldest first. Reading police or housing notes is audited, and so is any of a case whose
/// category may reveal something of a person.
#[utoipa::path(
    tag = "Cases",
    params(CasePath, PageQuery),
    responses((status = 200, description = "A page of notes", body = Collection<CaseNote>))
)]
#[get("/cases/{caseId}/notes")]
pub async fn list_case_notes(call: Call<ListCaseNotes>) -> Result<Reply, Problem> {
    let id = call.path.case_id;
    let page = call.page_request(&call.query, Direction::Ascending)?;
    let sight = call.permit.sight().clone();
    let note_sight = call.permit.principal().note_sight();
    let fingerprint = call.view_fingerprint(&sight).await?;
    let tag = call.list_tag_with_notes(&sight, &note_sight, fingerprint);
    let (found, case) = call
        .snapshot(move |connection| {
            let case = cases::find(connection, &sight, id)?.ok_or_else(|| Problem::not_found("caseId"))?;
            Ok((notes::list(connection, &note_sight, id, page)?, case))
        })
        .await?;
    if !call.has(&tag) {
        audit_reading(&call, &case, &found.items).await?;
    }
    let next = found.items.last().filter(|_| found.has_more).map(|note| At::new(note.created_at, note.id));
    let items = found.items.iter().map(|note| view(note, &call.state.base_url)).collect();
    Ok(Reply::ok(&call.collection(&call.query, items, next.as_ref(), None))?.tag(&tag))
}

/// Writes down that police or housing notes, or notes on a case that may reveal something of a person, were read, once for each
/// organisation through which they were.
async fn audit_reading<E: Operates<Permit = Permit<E>>>(
    call: &Call<E>,
    case: &Aggregate,
    read: &[Note],
) -> Result<(), Problem> {
    let principal = call.permit.principal();
    let consultations = consultations_of(case);
    let is_sensitive = is_sensitive(&call.state, case);
    let guarded = read.iter().filter(|note| is_sensitive || note.visibility != Visibility::Team);
    let readers: BTreeSet<OrganisationId> = guarded
        .filter_map(|note| {
            let author = note.created_by.organisation_id;
            let reader = |of: &ConsultationId| principal.note_reader(*of, note.visibility, author);
            consultations.iter().find_map(reader)
        })
        .collect();
    call.note_readings(readers.into_iter().map(|reader| Reading::of_case(case.id, Some(reader)))).await
}

endpoint!(
    /// Reads a note.
    pub GetCaseNote, path = NotePath
);

/// Read a note of a case.
///
/// One that the caller may read. Reading a police or housing note is audited, and so is any of a case whose category may reveal
/// something of a person.
#[utoipa::path(
    tag = "Cases",
    params(NotePath),
    responses((status = 200, description = "The note", body = CaseNote))
)]
#[get("/cases/{caseId}/notes/{noteId}")]
pub async fn get_case_note(call: Call<GetCaseNote>) -> Result<Reply, Problem> {
    let NotePath { case_id, note_id } = call.path;
    let sight = call.permit.sight().clone();
    let note_sight = call.permit.principal().note_sight();
    let found = call.snapshot(move |connection| {
        let not_found = |name: &'static str| move || Problem::not_found(name);
        let case: Aggregate = cases::find(connection, &sight, case_id)?.ok_or_else(not_found("caseId"))?;
        let note = notes::find(connection, &note_sight, case_id, note_id)?;
        Ok((note.ok_or_else(not_found("noteId"))?, case))
    });
    let (note, case) = found.await?;
    let tag = tag(&note);
    if !call.has(&tag) {
        audit_reading(&call, &case, std::slice::from_ref(&note)).await?;
    }
    Ok(Reply::ok(&view(&note, &call.state.base_url))?.tag(&tag))
}

endpoint!(
    /// Writes a note.
    pub CreateCaseNote, path = CasePath, body = CreateNoteBody
);

/// Write a note.
///
/// Police notes are written by the police, housing notes by the housing team or the housing company that is asked about
/// the case.
#[utoipa::path(
    tag = "Cases",
    params(CasePath),
    request_body = CreateNoteBody,
    responses((status = 201, description = "The new note", body = CaseNote))
)]
#[post("/cases/{caseId}/notes")]
pub async fn create_case_note(call: Call<CreateCaseNote>) -> Result<Reply, Problem> {
    let id = call.path.case_id;
    let mut faults = Faults::default();
    let text = faults.text("text", &call.body.text);
    let text = faults.finish(text)?;
    let visibility = call.body.visibility;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let case = cases::find(unit.connection(), &sight, id)?.ok_or_else(|| Problem::not_found("caseId"))?;
        let asked = follow_ups::addressees(unit.connection(), id)?;
        // What the team writes, whoever leads does; the police and the housing team go on writing their own.
        let author = |consultation| principal.note_author(consultation, &asked, visibility);
        let author = match visibility {
            Visibility::Team => author(case.team()),
            Visibility::PoliceOnly | Visibility::HousingOnly => {
                consultations_of(&case).into_iter().find_map(author)
            }
        };
        unit.act_for(author.ok_or_else(|| not_team(&case, || Problem::new(Code::MissingPermission)))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        let note = Note::write(unit.new_id().into(), id, visibility, text.clone(), &unit.stamp());
        notes::add(unit, &note, &case)?;
        let view = view(&note, &base_url);
        let location = view.href.clone();
        Ok::<_, Refusal>(Reply::created(&view, location)?.tag(&tag(&note)))
    })
    .await
}

endpoint!(
    /// Releases a police note.
    pub ReleaseCaseNote, path = NotePath, body = ReleaseBody
);

/// Release a police note to the team.
///
/// By the police only; who released it and when is kept.
#[utoipa::path(
    tag = "Cases",
    params(NotePath),
    request_body = ReleaseBody,
    responses((status = 200, description = "The note after it", body = CaseNote))
)]
#[post("/cases/{caseId}/notes/{noteId}/release")]
pub async fn release_case_note(call: Call<ReleaseCaseNote>) -> Result<Reply, Problem> {
    let NotePath { case_id, note_id } = call.path;
    let sight = call.permit.sight().clone();
    let principal = call.permit.shared_principal();
    let base_url = call.state.base_url.clone();
    call.write(move |unit| {
        let not_found = |name: &'static str| move || Problem::not_found(name);
        let case: Aggregate =
            cases::find(unit.connection(), &sight, case_id)?.ok_or_else(not_found("caseId"))?;
        let note = notes::find(unit.connection(), &principal.note_sight(), case_id, note_id)?
            .ok_or_else(not_found("noteId"))?;
        let seat = |consultation| principal.seat(Operation::ReleaseCaseNote, consultation);
        let seat = consultations_of(&case).into_iter().find_map(seat);
        unit.act_for(seat.ok_or_else(not_found("noteId"))?);
        if let Some(reply) = unit.earlier_reply()? {
            return Ok(reply);
        }
        unit.check_version(note.version)?;
        let visibility = note.visibility;
        let Some(note) = note.release(&unit.stamp()) else {
            let reason = format!("the note is for {visibility}");
            return Err(Problem::illegal_transition(visibility.code(), "release", &reason, [""; 0]).into());
        };
        notes::release(unit, &note, &case)?;
        Ok(Reply::ok(&view(&note, &base_url))?.tag(&tag(&note)))
    })
    .await
}

/// Gives the consultations whose members may read the notes of a case: its own, and the one that leads it meanwhile.
fn consultations_of(case: &Aggregate) -> Vec<ConsultationId> {
    std::iter::once(case.consultation_id).chain(case.led_by).collect()
}

fn tag(note: &Note) -> EntityTag {
    EntityTag::document(note.version, "n")
}

fn view(note: &Note, base_url: &str) -> CaseNote {
    CaseNote {
        href: format!("{base_url}/cases/{}/notes/{}", note.case_id, note.id),
        id: note.id,
        version: note.version.0,
        etag: tag(note).as_str().to_owned(),
        case_id: note.case_id,
        visibility: note.visibility,
        text: note.text.to_string(),
        organisation_id: note.created_by.organisation_id,
        created_at: note.created_at,
        created_by: (&note.created_by).into(),
        released_at: note.release.as_ref().map(|release| release.at),
        released_by: note.release.as_ref().map(|release| (&release.by).into()),
    }
}
