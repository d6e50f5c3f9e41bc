//! All reference data at once, as a process keeps it in memory: small, read by nearly every request, seldom changed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use diesel::prelude::*;
use domain::area::{AreaCode, AreaIndex, SectorCode, covered};
use domain::calendar::{Calendar, ClosureDays};
use domain::consultation::Consultation;
use domain::id::{AreaId, ConsultationId, OrganisationId};
use domain::organisation::Organisation;
use domain::term::{TermDays, TermRule, TermSubject, terms_for};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::areas::AreaCodes;
use crate::connection::AnyConnection;
use crate::error::StoreError;
use crate::schema::closure_days;
use crate::types::{Day, Instant, Key};
use crate::{areas, consultations, organisations, terms};

/// A closure day with the period in which it was known.
#[derive(Debug, Clone)]
struct KnownClosure {
    closed_on: Date,
    name: Option<String>,
    recorded_at: Timestamp,
    removed_at: Option<Timestamp>,
}

/// The reference data as it stood when it was loaded.
pub struct ReferenceData {
    organisations: HashMap<OrganisationId, Organisation>,
    consultations: HashMap<ConsultationId, Consultation>,
    closures: HashMap<OrganisationId, Vec<KnownClosure>>,
    terms: Vec<TermRule>,
    /// The neighbourhoods that hold on the day of loading, by their polygons.
    pub areas: AreaIndex<AreaId>,
    codes: AreaCodes,
    known_areas: HashSet<AreaId>,
    coverage: HashMap<ConsultationId, BTreeSet<AreaId>>,
    names: u64,
}

impl ReferenceData {
    /// Loads everything; six statements, each over a small table, for a snapshot.
    pub fn load(connection: &mut AnyConnection, today: Date) -> Result<Self, StoreError> {
        type Closure = (Key, Day, Option<String>, Instant, Option<Instant>);
        let rows: Vec<Closure> = closure_days::table
            .select((
                closure_days::organisation_id,
                closure_days::closed_on,
                closure_days::name,
                closure_days::recorded_at,
                closure_days::removed_at,
            ))
            .load(connection)?;
        let mut closures: HashMap<OrganisationId, Vec<KnownClosure>> = HashMap::new();
        for (organisation, day, name, recorded_at, removed_at) in rows {
            closures.entry(organisation.0.into()).or_default().push(KnownClosure {
                closed_on: day.0,
                name,
                recorded_at: recorded_at.0,
                removed_at: removed_at.map(|at| at.0),
            });
        }
        let consultations: HashMap<_, _> =
            consultations::all(connection)?.into_iter().map(|found| (found.id, found)).collect();
        let codes = areas::codes(connection, today)?;
        let coverage = consultations
            .values()
            .filter_map(|it| Some((it.id, covered(&it.area, it.area_version.as_deref()?, &codes.listed))))
            .collect();
        let organisations: HashMap<_, _> =
            organisations::all(connection)?.into_iter().map(|found| (found.id, found)).collect();
        Ok(Self {
            names: fingerprint(&organisations, &consultations),
            organisations,
            consultations,
            closures,
            terms: terms::all(connection)?,
            areas: areas::index(connection, today)?,
            known_areas: codes.listed.iter().map(|area| area.id).collect(),
            coverage,
            codes,
        })
    }

    /// Gives a fingerprint of the organisations and consultations, which moves when one of them changes; the same in every
    /// process of one build of the program.
    pub const fn fingerprint(&self) -> u64 {
        self.names
    }

    /// Finds an organisation.
    pub fn organisation(&self, id: OrganisationId) -> Option<&Organisation> {
        self.organisations.get(&id)
    }

    /// Finds a consultation.
    pub fn consultation(&self, id: ConsultationId) -> Option<&Consultation> {
        self.consultations.get(&id)
    }

    /// Finds the neighbourhood that a sector belongs to, in the version of the scheme that holds.
    pub fn area_of_sector(&self, sector: &SectorCode) -> Option<AreaId> {
        self.codes.neighbourhoods.get(sector.as_str()).copied()
    }

    /// Tells whether a code is one of a version of the scheme; absent when nothing of that version is loaded.
    pub fn knows_area(&self, code: &AreaCode, scheme_version: &str) -> Option<bool> {
        self.codes.known.get(scheme_version).map(|codes| codes.contains(code.as_str()))
    }

    /// Tells whether there is an area, whenever it holds.
    pub fn has_area(&self, id: AreaId) -> bool {
        self.known_areas.contains(&id)
    }

    /// Gives the areas that lie within those of some consultations.
    pub fn areas_of<'a>(
        &self,
        consultations: impl IntoIterator<Item = &'a ConsultationId>,
    ) -> BTreeSet<AreaId> {
        consultations.into_iter().filter_map(|id| self.coverage.get(id)).flatten().copied().collect()
    }

    /// Gives the consultations that cover an area.
    pub fn covering(&self, area: AreaId) -> impl Iterator<Item = ConsultationId> + '_ {
        self.coverage.iter().filter(move |(_, areas)| areas.contains(&area)).map(|(id, _)| *id)
    }

    /// Gives the calendar of an organisation with the closure days that were known at a moment.
    pub fn calendar(&self, organisation: OrganisationId, known_at: Timestamp) -> Calendar {
        let known = self.closures.get(&organisation).map(Vec::as_slice).unwrap_or_default();
        let known = known.iter().filter(|day| {
            day.recorded_at <= known_at && day.removed_at.is_none_or(|removed_at| removed_at > known_at)
        });
        Calendar::new(known.map(|day| (day.closed_on, day.name.clone())).collect::<ClosureDays>())
    }

    /// Chooses the terms of a request.
    pub fn terms(&self, subject: &TermSubject) -> TermDays {
        terms_for(subject, &self.terms)
    }
}

fn fingerprint(
    organisations: &HashMap<OrganisationId, Organisation>,
    consultations: &HashMap<ConsultationId, Consultation>,
) -> u64 {
    let organisations: BTreeMap<_, _> = organisations.iter().map(|(id, it)| (*id, it.version)).collect();
    let consultations: BTreeMap<_, _> = consultations.iter().map(|(id, it)| (*id, it.version)).collect();
    let mut hasher = DefaultHasher::new();
    (organisations, consultations).hash(&mut hasher);
    hasher.finish()
}
