//! Who may do what, and see what: deny by default, decided here and nowhere else.
//!
//! [`Operation::grant`] is the matrix. A [`Principal`] turns it into a [`Sight`]: the consultations and organisations
//! whose records an operation may touch, which persistence puts **into the query**.

mod code;
mod matrix;
mod operation;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

pub use code::{Regime, Role, Scope, Standing};
pub use matrix::Grant;
pub use operation::Operation;

use crate::change::Actor;
use crate::id::{ClientId, ConsultationId, OrganisationId};
use crate::note::Visibility;
use crate::report::Reader;

/// An organisation of a principal, with the regime that it stands under.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OwnOrganisation {
    /// Its name.
    pub id: OrganisationId,
    /// Its regime.
    pub regime: Regime,
}

/// A seat of a principal: its organisation is a member of the consultation in this role.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat {
    /// The consultation.
    pub consultation_id: ConsultationId,
    /// The organisation that is a member.
    pub organisation_id: OrganisationId,
    /// The role of the membership.
    pub role: Role,
    /// Whether other consultations hand cases over to this one, so that it may lead some of theirs.
    pub is_above: bool,
}

/// Who calls: what a valid token and the register of clients say.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Principal {
    /// The client application.
    pub client_id: ClientId,
    /// The user behind it, when the token names one.
    pub user: Option<String>,
    /// The organisations that it acts for; a city's middleware serves several.
    pub organisations: Vec<OwnOrganisation>,
    /// Its roles.
    pub roles: BTreeSet<Role>,
    /// What its token allows it to ask for.
    pub scopes: BTreeSet<Scope>,
    /// The memberships that its organisations and roles give it.
    pub seats: Vec<Seat>,
}

/// The records that an operation of a principal may touch: all, or those of the named consultations and of the cases
/// that they lead, and those addressed to the named organisations.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sight {
    /// Every record.
    pub everything: bool,
    /// The records of these consultations.
    pub consultations: BTreeSet<ConsultationId>,
    /// Those of these consultations that may lead the case of another one: only for them is `led_by` looked at.
    pub led: BTreeSet<ConsultationId>,
    /// The records addressed to these organisations.
    pub addressed: BTreeSet<OrganisationId>,
    /// The records owned by these organisations.
    pub own: BTreeSet<OrganisationId>,
}

impl Sight {
    /// Gives the sight of who sees every record: a job, or what was permitted by something else already.
    pub fn everything() -> Self {
        Self { everything: true, ..Self::default() }
    }

    /// Gives the sight of the members of one consultation.
    pub fn of(consultation: ConsultationId) -> Self {
        Self { consultations: [consultation].into(), ..Self::default() }
    }

    /// Tells whether the records of a consultation are seen, or those of a case that another one leads.
    pub fn covers(&self, consultation: ConsultationId, led_by: Option<ConsultationId>) -> bool {
        self.everything
            || self.consultations.contains(&consultation)
            || led_by.is_some_and(|leader| self.consultations.contains(&leader))
    }

    /// Tells whether nothing can be seen.
    pub fn is_blind(&self) -> bool {
        !self.everything && self.consultations.is_empty() && self.addressed.is_empty() && self.own.is_empty()
    }
}

/// Which notes a principal may read: by visibility, the consultations; and the housing notes of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NoteSight {
    /// Consultations whose team notes it reads.
    pub team: BTreeSet<ConsultationId>,
    /// Consultations whose police notes it reads.
    pub police: BTreeSet<ConsultationId>,
    /// Consultations whose housing notes it reads.
    pub housing: BTreeSet<ConsultationId>,
    /// Organisations whose own housing notes it reads, on cases that it is asked about.
    pub own_housing: BTreeSet<OrganisationId>,
}

impl Principal {
    /// Gives the records that an operation may touch.
    pub fn sight(&self, operation: Operation) -> Sight {
        let mut sight = Sight::default();
        for (role, organisation, standing) in self.standings() {
            match operation.grant(standing) {
                Grant::Nothing => {}
                Grant::Everything => sight.everything = true,
                Grant::Consultations => sight.consultations.extend(self.seats_of(role, organisation)),
                Grant::Addressed => {
                    sight.addressed.insert(organisation);
                }
                Grant::ConsultationsAndAddressed => {
                    sight.consultations.extend(self.seats_of(role, organisation));
                    sight.addressed.insert(organisation);
                }
                Grant::Own => {
                    sight.own.insert(organisation);
                }
                Grant::ConsultationsAndOwn => {
                    sight.consultations.extend(self.seats_of(role, organisation));
                    sight.own.insert(organisation);
                }
            }
        }
        let above = self.seats.iter().filter(|seat| seat.is_above).map(|seat| seat.consultation_id);
        sight.led = above.filter(|consultation| sight.consultations.contains(consultation)).collect();
        sight
    }

    /// Tells whether the token carries a scope that the operation needs.
    pub fn has_scope(&self, operation: Operation) -> bool {
        let needed = operation.scopes();
        needed.is_empty() || needed.iter().any(|scope| self.scopes.contains(scope))
    }

    /// Gives the notes that it may read.
    pub fn note_sight(&self) -> NoteSight {
        let mut sight = NoteSight::default();
        for (role, organisation, standing) in self.standings() {
            let seats = self.seats_of(role, organisation);
            match standing {
                Standing::Manager | Standing::CityTeam | Standing::Guard => sight.team.extend(seats),
                Standing::Police => {
                    let seats: Vec<_> = seats.collect();
                    sight.team.extend(&seats);
                    sight.police.extend(seats);
                }
                Standing::CityHousing => {
                    let seats: Vec<_> = seats.collect();
                    sight.team.extend(&seats);
                    sight.housing.extend(seats);
                }
                Standing::HousingPartner => {
                    sight.own_housing.insert(organisation);
                }
                Standing::Service
                | Standing::Analyst
                | Standing::DataProtectionOfficer
                | Standing::Administrator => {}
            }
        }
        sight
    }

    /// Finds the organisation in whose name it may write a note of this visibility on a case of a consultation;
    /// `asked` are the organisations that the case is addressed to by a request: a housing partner writes on those only.
    pub fn note_author(
        &self,
        consultation: ConsultationId,
        asked: &[OrganisationId],
        visibility: Visibility,
    ) -> Option<OrganisationId> {
        self.standings()
            .filter(|(_, _, standing)| may_write_note(*standing, visibility))
            .find(|(role, organisation, standing)| match standing {
                Standing::HousingPartner => asked.contains(organisation),
                _ => self.seats_of(*role, *organisation).any(|seat| seat == consultation),
            })
            .map(|(_, organisation, _)| organisation)
    }

    /// Finds the organisation in whose name it may record a contact on a case of a consultation; `asked` are the
    /// organisations that the case is addressed to by a request: a housing partner records on those only.
    pub fn contact_author(
        &self,
        consultation: ConsultationId,
        asked: &[OrganisationId],
    ) -> Option<OrganisationId> {
        self.contact_writers()
            .find(|(role, organisation, standing)| match standing {
                Standing::HousingPartner => asked.contains(organisation),
                _ => self.seats_of(*role, *organisation).any(|seat| seat == consultation),
            })
            .map(|(_, organisation, _)| organisation)
    }

    /// Finds the organisation in whose name it may correct a contact that `author` recorded on a case of a consultation:
    /// guards and housing officers correct what their own organisation recorded.
    pub fn contact_editor(
        &self,
        consultation: ConsultationId,
        author: OrganisationId,
    ) -> Option<OrganisationId> {
        self.contact_writers()
            .find(|(role, organisation, standing)| {
                let is_own = *organisation == author;
                let mut seats = self.seats_of(*role, *organisation);
                match standing {
                    Standing::HousingPartner => is_own,
                    Standing::Guard | Standing::CityHousing => {
                        is_own && seats.any(|seat| seat == consultation)
                    }
                    _ => seats.any(|seat| seat == consultation),
                }
            })
            .map(|(_, organisation, _)| organisation)
    }

    fn contact_writers(&self) -> impl Iterator<Item = (Role, OrganisationId, Standing)> + '_ {
        self.standings()
            .filter(|(_, _, standing)| Operation::CreateCaseContact.grant(*standing) != Grant::Nothing)
    }

    /// Finds the organisation in whose name it may use an operation on a record of a consultation; no seat is needed
    /// for what it may use on every record.
    pub fn seat(&self, operation: Operation, consultation: ConsultationId) -> Option<OrganisationId> {
        self.standings()
            .find(|(role, organisation, standing)| match operation.grant(*standing) {
                Grant::Everything => true,
                Grant::Consultations | Grant::ConsultationsAndAddressed | Grant::ConsultationsAndOwn => {
                    self.seats_of(*role, *organisation).any(|seat| seat == consultation)
                }
                Grant::Nothing | Grant::Addressed | Grant::Own => false,
            })
            .map(|(_, organisation, _)| organisation)
    }

    /// Names the principal as the actor for one of its organisations.
    pub fn actor(&self, organisation_id: OrganisationId) -> Actor {
        Actor { client_id: self.client_id, user: self.user.clone(), organisation_id }
    }

    /// Gives the codes of its roles in alphabetical order, with commas between them.
    pub fn role_codes(&self) -> String {
        let mut codes: Vec<&str> = self.roles.iter().map(|role| role.code()).collect();
        codes.sort_unstable();
        codes.join(",")
    }

    /// Names the principal as the actor of an operation that is about no particular record: for the organisation that
    /// gives it the right, the one with the widest when several do.
    pub fn actor_of(&self, operation: Operation) -> Actor {
        let granted = || {
            self.standings()
                .map(|(_, organisation, standing)| (organisation, operation.grant(standing)))
                .filter(|(_, grant)| *grant != Grant::Nothing)
        };
        let widest = granted().find(|(_, grant)| *grant == Grant::Everything).or_else(|| granted().next());
        let organisation = widest.map(|(organisation, _)| organisation);
        let first = || self.organisations.first().map(|organisation| organisation.id);
        self.actor(organisation.or_else(first).unwrap_or(OrganisationId::new(uuid::Uuid::nil())))
    }

    /// Finds the organisation through which it reads a note of this visibility by `author` on a case of a consultation.
    pub fn note_reader(
        &self,
        consultation: ConsultationId,
        visibility: Visibility,
        author: OrganisationId,
    ) -> Option<OrganisationId> {
        self.standings()
            .find(|(role, organisation, standing)| {
                let mut seats = self.seats_of(*role, *organisation);
                match (standing, visibility) {
                    (Standing::HousingPartner, Visibility::HousingOnly) => *organisation == author,
                    (Standing::Police, Visibility::Team | Visibility::PoliceOnly)
                    | (Standing::CityHousing, Visibility::Team | Visibility::HousingOnly)
                    | (Standing::Manager | Standing::CityTeam | Standing::Guard, Visibility::Team) => {
                        seats.any(|seat| seat == consultation)
                    }
                    _ => false,
                }
            })
            .map(|(_, organisation, _)| organisation)
    }

    /// Lists as whom, and through which of its organisations, it reads the reports of a consultation; the fullest first.
    pub fn report_readers(&self, consultation: ConsultationId) -> Vec<(Reader, OrganisationId)> {
        let is_seated = |role, organisation| self.seats_of(role, organisation).any(|it| it == consultation);
        let mut readers = Vec::new();
        for (role, organisation, standing) in self.standings() {
            let as_whom: &[Reader] = match standing {
                Standing::HousingPartner => &[Reader::Partner(organisation)],
                Standing::Police if is_seated(role, organisation) => &[Reader::Police, Reader::Team],
                Standing::CityHousing if is_seated(role, organisation) => &[Reader::Housing, Reader::Team],
                Standing::Manager | Standing::CityTeam | Standing::Guard if is_seated(role, organisation) => {
                    &[Reader::Team]
                }
                _ => &[],
            };
            readers.extend(as_whom.iter().map(|reader| (*reader, organisation)));
        }
        in_order(readers)
    }

    /// Lists as whom, and through which of its organisations, it reads what was submitted from one of these consultations
    /// to the other; the fullest first.
    pub fn dossier_readers(&self, consultations: &[ConsultationId]) -> Vec<(Reader, OrganisationId)> {
        let reads = Operation::GetEscalationDossier;
        let mut readers = Vec::new();
        for (role, organisation, standing) in self.standings() {
            let is_seated = self.seats_of(role, organisation).any(|seat| consultations.contains(&seat));
            let as_whom: &[Reader] = match standing {
                _ if !is_seated || reads.grant(standing) == Grant::Nothing => &[],
                Standing::Police => &[Reader::Police, Reader::Team],
                Standing::CityHousing => &[Reader::Housing, Reader::Team],
                _ => &[Reader::Team],
            };
            readers.extend(as_whom.iter().map(|reader| (*reader, organisation)));
        }
        in_order(readers)
    }

    fn standings(&self) -> impl Iterator<Item = (Role, OrganisationId, Standing)> + '_ {
        self.roles.iter().flat_map(move |role| {
            self.organisations.iter().filter_map(move |organisation| {
                Some((*role, organisation.id, Standing::of(*role, organisation.regime)?))
            })
        })
    }

    fn seats_of(
        &self,
        role: Role,
        organisation: OrganisationId,
    ) -> impl Iterator<Item = ConsultationId> + '_ {
        self.seats
            .iter()
            .filter(move |seat| seat.role == role && seat.organisation_id == organisation)
            .map(|seat| seat.consultation_id)
    }
}

/// Puts the fullest reader first, each once.
fn in_order(mut readers: Vec<(Reader, OrganisationId)>) -> Vec<(Reader, OrganisationId)> {
    let rank = |reader: Reader| match reader {
        Reader::Police => 0,
        Reader::Housing => 1,
        Reader::Team => 2,
        Reader::Partner(_) => 3,
    };
    readers.sort_by_key(|(reader, organisation)| (rank(*reader), *organisation));
    readers.dedup_by_key(|(reader, _)| *reader);
    readers
}

const fn may_write_note(standing: Standing, visibility: Visibility) -> bool {
    match visibility {
        Visibility::Team => matches!(standing, Standing::Manager | Standing::CityTeam | Standing::Police),
        Visibility::PoliceOnly => matches!(standing, Standing::Police),
        Visibility::HousingOnly => matches!(standing, Standing::CityHousing | Standing::HousingPartner),
    }
}
