//! A city in which tests take place: on Monday 2 March 2026, 9 o'clock, the team of Kroonwijk asks things of two
//! services.

use std::num::NonZeroU16;

use domain::access::{Regime, Role, Sight};
use domain::calendar::{Calendar, WorkingDays};
use domain::case::{
    Case, CaseReference, Close, CloseReason, ConsultationCode, Create as CreateCase, Description, Kind,
    Location, Outcome as CaseOutcome, Source,
};
use domain::category::CategoryCode;
use domain::change::{Actor, Stamp, Version};
use domain::consultation::{Consultation, FunctionCode, Level, Member};
use domain::follow_up::{
    Change, Clockwork, Create, FollowUpError, FollowUpRequest, Outcome, QuestionKind, Urgency,
};
use domain::id::{CaseId, ClientId, ConsultationId, FollowUpRequestId, OrganisationId};
use domain::labels::Labels;
use domain::organisation::{Kind as OrganisationKind, Organisation};
use domain::place::{LocationKind, Wgs84};
use domain::term::TermDays;
use domain::text::{Paragraph, Remark, Title};
use jiff::{Timestamp, ToSpan};
use persistence::consultations::StoredConsultation;
use persistence::organisations::StoredOrganisation;
use persistence::{Circumstances, Edit, Page, Place, Store, StoreError, Transaction, cases, follow_ups};
use uuid::Uuid;

use crate::database::Database;

/// Everything that most tests need.
pub(crate) struct World<'a> {
    pub(crate) database: &'a Database,
    pub(crate) city: OrganisationId,
    pub(crate) green: OrganisationId,
    pub(crate) roads: OrganisationId,
    pub(crate) kroonwijk: ConsultationId,
    pub(crate) molenwijk: ConsultationId,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The moment at which everything happens unless a test says otherwise.
pub(crate) fn now() -> Timestamp {
    at("2026-03-02T08:00:00Z")
}

pub(crate) fn minutes(count: i64) -> Timestamp {
    now() + count.minutes()
}

pub(crate) fn client() -> ClientId {
    ClientId::new(Uuid::from_u128(1))
}

pub(crate) fn actor(organisation_id: OrganisationId) -> Actor {
    Actor { client_id: client(), user: Some("an.peeters".to_owned()), organisation_id }
}

pub(crate) fn title(text: &str) -> Title {
    Title::parse(text).unwrap()
}

pub(crate) fn remark(text: &str) -> Remark {
    Remark::parse(text).unwrap()
}

pub(crate) fn paragraph(text: &str) -> Paragraph {
    Paragraph::parse(text).unwrap()
}

pub(crate) fn category(code: &str) -> CategoryCode {
    CategoryCode::parse(code).unwrap()
}

pub(crate) fn clockwork(at: Timestamp) -> Clockwork {
    let days = |days| WorkingDays::new(days).unwrap();
    let terms = TermDays { receipt: days(2), answer: days(10) };
    Clockwork {
        terms,
        calendar: Calendar::default(),
        known_at: at,
        category: category("AFV.SLUIK"),
        protocol_id: None,
    }
}

/// The sight of members of a consultation that others hand cases to.
pub(crate) fn above(consultation: ConsultationId) -> Sight {
    Sight { led: [consultation].into(), ..team_of(consultation) }
}

pub(crate) fn team_of(consultation: ConsultationId) -> Sight {
    Sight { consultations: [consultation].into(), ..Sight::default() }
}

pub(crate) fn service(organisation: OrganisationId) -> Sight {
    Sight { addressed: [organisation].into(), ..Sight::default() }
}

pub(crate) fn everything() -> Sight {
    Sight::everything()
}

pub(crate) fn circumstances(database: &Database, at: Timestamp, by: OrganisationId) -> Circumstances {
    Circumstances {
        at,
        recorded_at: at,
        actor: actor(by),
        roles: "neighbourhoodManager,policeOfficer".to_owned(),
        purpose: None,
        operation: "testOperation",
        request_id: Uuid::from_u128(7),
        ids: database.ids(),
    }
}

/// An organisation with nothing optional.
pub(crate) fn organisation(
    id: Uuid,
    kind: OrganisationKind,
    name: &str,
    takes_requests: bool,
) -> StoredOrganisation {
    StoredOrganisation {
        organisation: Organisation {
            id: OrganisationId::new(id),
            version: Version::FIRST,
            kind,
            regime: Regime::City,
            name: Labels { nl: name.to_owned(), fr: None, en: None },
            enterprise_number: None,
            ovo_code: None,
            takes_requests,
            contact_function: None,
            valid_from: "2020-01-01".parse().unwrap(),
            valid_to: None,
            successor_id: None,
        },
        created_at: now(),
    }
}

/// Makes a member whose function has the name of its role.
pub(crate) fn member(organisation_id: OrganisationId, role: Role) -> Member {
    Member {
        organisation_id,
        role,
        function: FunctionCode::parse(role.code()).unwrap(),
        function_name: Labels { nl: role.code().to_owned(), fr: None, en: None },
        number: NonZeroU16::MIN,
    }
}

pub(crate) fn consultation(id: Uuid, code: &str, members: Vec<Member>) -> StoredConsultation {
    StoredConsultation {
        consultation: Consultation {
            id: ConsultationId::new(id),
            version: Version::FIRST,
            code: ConsultationCode::parse(code).unwrap(),
            name: Labels { nl: code.to_owned(), fr: None, en: None },
            level: Level::Neighbourhood,
            area: Vec::new(),
            area_version: None,
            nuisance_risk: false,
            members,
            escalates_to: None,
            requires_legal_gate: false,
        },
        created_at: now(),
    }
}

/// A change that writes a piece of reference data.
pub(crate) fn created<T>(state: T) -> domain::change::Change<T, Edit> {
    domain::change::Change { before: None, state, events: vec![Edit { verb: "create", at: now() }] }
}

impl<'a> World<'a> {
    pub(crate) fn new(database: &'a Database) -> Self {
        let [city, green, roads, kroonwijk, molenwijk] = std::array::from_fn(|_| database.new_id());
        let circumstances = circumstances(database, now(), OrganisationId::new(city));
        database
            .store
            .write::<_, StoreError>(&circumstances, |transaction| {
                for (id, name, takes_requests) in
                    [(city, "Stad", false), (green, "Groendienst", true), (roads, "Wegendienst", true)]
                {
                    let kind = OrganisationKind::CityService;
                    transaction.save(&created(organisation(id, kind, name, takes_requests)))?;
                }
                for (id, code) in [(kroonwijk, "KRO"), (molenwijk, "MOL")] {
                    let role = Role::NeighbourhoodManager;
                    let member = member(OrganisationId::new(city), role);
                    transaction.save(&created(consultation(id, code, vec![member])))?;
                }
                Ok(())
            })
            .unwrap();
        Self {
            database,
            city: OrganisationId::new(city),
            green: OrganisationId::new(green),
            roads: OrganisationId::new(roads),
            kroonwijk: ConsultationId::new(kroonwijk),
            molenwijk: ConsultationId::new(molenwijk),
        }
    }

    pub(crate) fn store(&self) -> &Store {
        &self.database.store
    }

    pub(crate) fn circumstances(&self, at: Timestamp) -> Circumstances {
        circumstances(self.database, at, self.city)
    }

    pub(crate) fn stamp(&self, at: Timestamp) -> Stamp {
        Stamp { at, by: actor(self.city) }
    }

    pub(crate) fn write<T>(
        &self,
        at: Timestamp,
        work: impl FnMut(&mut Transaction<'_>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.store().write(&self.circumstances(at), work)
    }

    /// What describes a case, with nothing optional.
    pub(crate) fn description(&self, words: &str) -> Description {
        Description {
            category: category("AFV.SLUIK"),
            secondary_categories: Vec::new(),
            title: title(words),
            description: None,
            source: Source::Guard,
            pattern: None,
            time_slots: Vec::new(),
            location: Location {
                kind: LocationKind::Unknown,
                address: None,
                address_uri: None,
                point: None,
                sector: None,
                area_id: None,
            },
            lead_organisation_id: Some(self.city),
            severity: None,
        }
    }

    /// A command that writes an open case of Kroonwijk with the number of its id.
    pub(crate) fn create_case(&self, words: &str) -> CreateCase {
        let id = self.database.new_id();
        let number = i64::try_from(id.as_u128() & 0xffff_ffff).unwrap();
        CreateCase {
            id: CaseId::new(id),
            reference: CaseReference::new(&ConsultationCode::parse("KRO").unwrap(), 2026, number),
            consultation_id: self.kroonwijk,
            kind: Kind::Situation,
            description: self.description(words),
            admit: true,
            earlier_cases: None,
        }
    }

    /// Writes a case.
    pub(crate) fn save_case(&self, at: Timestamp, command: CreateCase) -> Case {
        let change = Case::create(command, &self.stamp(at)).unwrap();
        self.write(at, |transaction| transaction.save(&change)).unwrap();
        change.state
    }

    /// Writes an open case of Kroonwijk.
    pub(crate) fn case(&self, words: &str) -> Case {
        self.save_case(now(), self.create_case(words))
    }

    /// Writes an open case of Molenwijk.
    pub(crate) fn case_elsewhere(&self, words: &str) -> Case {
        self.save_case(now(), CreateCase { consultation_id: self.molenwijk, ..self.create_case(words) })
    }

    pub(crate) fn load_case(&self, id: CaseId) -> Case {
        self.store().read(|connection| cases::find(connection, &everything(), id)).unwrap().unwrap()
    }

    pub(crate) fn close(&self, case: Case, at: Timestamp) -> domain::case::Change {
        let close =
            Close { close_reason: CloseReason::Solved, text: remark("opgelost"), withdraw_open: false };
        match case.close(&close, 0, &self.stamp(at)).unwrap() {
            CaseOutcome::Changed(change) => change,
            CaseOutcome::Unchanged(_) => panic!("nothing changed"),
        }
    }

    /// A command that asks the green service about a case.
    pub(crate) fn ask(&self, case: &Case) -> Create {
        Create {
            id: FollowUpRequestId::new(self.database.new_id()),
            consultation_id: case.consultation_id,
            led_by: case.led_by,
            case_id: case.id,
            organisation_id: self.green,
            question_kind: QuestionKind::CleanOrRepair,
            urgency: Urgency::Normal,
            subject: title("Snoeien"),
            question: paragraph("Kan de haag gesnoeid worden?"),
            carries_personal_data: false,
            data_sharing_protocol_id: None,
            decision_id: None,
        }
    }

    /// Writes a change of a request at its moment.
    pub(crate) fn save(&self, change: Change) -> FollowUpRequest {
        self.write(change.state.updated_at, |transaction| transaction.save(&change)).unwrap();
        change.state
    }

    pub(crate) fn draft(&self, at: Timestamp, command: Create) -> FollowUpRequest {
        self.save(FollowUpRequest::create(command, &self.stamp(at)))
    }

    pub(crate) fn send(&self, at: Timestamp, command: Create) -> FollowUpRequest {
        self.save(FollowUpRequest::create_and_send(command, &clockwork(at), &self.stamp(at)))
    }

    /// Writes a case and sends a request about it.
    pub(crate) fn sent(&self, at: Timestamp) -> FollowUpRequest {
        let case = self.case("Sluikstort");
        self.send(at, self.ask(&case))
    }

    /// Does a verb with a request and writes what changes.
    pub(crate) fn act(
        &self,
        at: Timestamp,
        request: FollowUpRequest,
        verb: impl FnOnce(FollowUpRequest, &Stamp) -> Result<Outcome, FollowUpError>,
    ) -> FollowUpRequest {
        self.save(changed(verb(request, &self.stamp(at))))
    }

    pub(crate) fn load(&self, id: FollowUpRequestId) -> FollowUpRequest {
        let found = self.store().read(|connection| follow_ups::find(connection, &everything(), id));
        found.unwrap().unwrap().0
    }
}

pub(crate) fn changed(outcome: Result<Outcome, FollowUpError>) -> Change {
    match outcome.unwrap() {
        Outcome::Changed(change) => change,
        Outcome::Unchanged(_) => panic!("nothing changed"),
    }
}

pub(crate) fn point(lon: f64, lat: f64) -> Wgs84 {
    Wgs84::new(lon, lat).unwrap()
}

/// Reads a list page by page until its end.
pub(crate) fn all_pages<T>(
    mut read: impl FnMut(Option<Place>) -> Page<T>,
    place: impl Fn(&T) -> Place,
) -> Vec<T> {
    let mut all: Vec<T> = Vec::new();
    loop {
        let after = all.last().map(&place);
        let page = read(after);
        all.extend(page.items);
        if !page.has_more {
            return all;
        }
    }
}
