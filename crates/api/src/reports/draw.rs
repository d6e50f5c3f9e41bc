//! From what the database holds to what a reader gets: a draft is written anew, the rest as it was written down.

use domain::access::Principal;
use domain::id::OrganisationId;
use domain::meeting::{self, Meeting};
use domain::report::{Audience, Material, Reader, Rendition, Report, Status};
use jiff::Timestamp;
use persistence::{AnyConnection, ReferenceData, StoreError, reports};

use super::canonical::canonical;
use super::content::ReportContent;
use super::writer::Writer;
use crate::problem::Problem;

/// A report as one reader finds it.
#[derive(Debug, Clone)]
pub(super) struct Drawn {
    pub(super) report: Report,
    pub(super) reader: Reader,
    /// The organisation through which that reader is one.
    pub(super) through: OrganisationId,
    /// What it says.
    pub(super) content: ReportContent,
    /// The hash of that.
    pub(super) hash: String,
    /// Its corrections, in their order.
    pub(super) addenda: Vec<Rendition>,
    /// Whether its meeting was held.
    pub(super) is_held: bool,
}

/// What is read before a report is drawn.
#[derive(Debug)]
enum Read {
    /// What a draft is made of.
    Draft(Box<Material>),
    /// What was written down.
    Written(Vec<Rendition>),
}

/// As whom a report is read, and what that reader needs.
#[derive(Debug)]
pub(super) struct Found {
    reader: Reader,
    through: OrganisationId,
    read: Read,
}

/// Finds as whom a principal reads a report, and what that reader needs; absent when it does not read it at all.
pub(super) fn read(
    connection: &mut AnyConnection,
    principal: &Principal,
    report: &Report,
    meeting: Option<Meeting>,
    wanted: Option<Audience>,
) -> Result<Option<Found>, StoreError> {
    let readers = principal.report_readers(report.consultation_id).into_iter();
    let mut readers = readers.filter(|(reader, _)| wanted.is_none_or(|wanted| reader.audience() == wanted));
    if report.status == Status::Draft {
        let member = readers.find(|(reader, _)| reader.partner().is_none());
        let Some(((reader, through), meeting)) = member.zip(meeting) else { return Ok(None) };
        let material = reports::material(connection, meeting, reader.visibilities())?;
        return Ok(Some(Found { reader, through, read: Read::Draft(Box::new(material)) }));
    }
    for (reader, through) in readers {
        let renditions = reports::renditions(connection, report.id, reader)?;
        if !renditions.is_empty() {
            return Ok(Some(Found { reader, through, read: Read::Written(renditions) }));
        }
    }
    Ok(None)
}

impl Drawn {
    /// Draws what was read.
    pub(super) fn new(
        report: Report,
        found: Found,
        reference: &ReferenceData,
        now: Timestamp,
    ) -> Result<Self, Problem> {
        let Found { reader, through, read } = found;
        match read {
            Read::Written(renditions) => {
                let mut renditions = renditions.into_iter();
                let own = renditions.next().ok_or_else(|| Problem::internal("a report says nothing"))?;
                let content = serde_json::from_str(&own.content).map_err(Problem::internal)?;
                let addenda = renditions.collect();
                Ok(Self { report, reader, through, content, hash: own.hash, addenda, is_held: true })
            }
            Read::Draft(material) => {
                let writer = Writer::new(reference, report.consultation_id, reader, now);
                let content = writer.write(&material, None);
                let content = content.ok_or_else(|| Problem::internal("a draft says nothing"))?;
                let (_, hash) = canonical(&content)?;
                let is_held = material.meeting.status == meeting::Status::Held;
                Ok(Self { report, reader, through, content, hash, addenda: Vec::new(), is_held })
            }
        }
    }
}

fn rendition(reader: Reader, content: &ReportContent) -> Result<Rendition, Problem> {
    let (content, hash) = canonical(content)?;
    Ok(Rendition { reader, addendum: 0, content, hash })
}

/// Writes a report down for each of its audiences: the members, the police, the housing team, and every housing organisation
/// that something in it concerns.
pub(crate) fn write_down(
    material: &Material,
    reference: &ReferenceData,
    now: Timestamp,
) -> Result<Vec<Rendition>, Problem> {
    let is_housing = |id: &OrganisationId| {
        let organisation = reference.organisation(*id);
        organisation.is_some_and(|organisation| organisation.regime == domain::access::Regime::Housing)
    };
    let partners = material.concerned().into_iter().filter(is_housing).map(Reader::Partner);
    let readers = [Reader::Team, Reader::Police, Reader::Housing].into_iter().chain(partners);
    let consultation = material.meeting.consultation_id;
    readers
        .filter_map(|reader| {
            let content = Writer::new(reference, consultation, reader, now).write(material, Some(now))?;
            Some(rendition(reader, &content))
        })
        .collect()
}
