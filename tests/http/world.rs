//! The small city in which the tests take place, with fixed ids: those of the examples in the contract.

use std::collections::BTreeSet;
use std::num::NonZeroU16;
use std::sync::Arc;

use api::clock::SequentialIds;
use domain::access::{Regime, Role, Scope};
use domain::area::AreaCode;
use domain::case::ConsultationCode;
use domain::change::{Actor, Change, Version};
use domain::consultation::{Consultation, FunctionCode, Level, Member};
use domain::guard_group::GuardGroup;
use domain::id::{AreaId, ClientId, ConsultationId, GuardGroupId, OrganisationId};
use domain::labels::Labels;
use domain::organisation::{Kind, Organisation};
use jiff::Timestamp;
use persistence::areas::{Area, AreaKind};
use persistence::clients::Client;
use persistence::consultations::StoredConsultation;
use persistence::guard_groups::StoredGuardGroup;
use persistence::organisations::StoredOrganisation;
use persistence::{Circumstances, Edit, Store, StoreError, areas, clients};
use serde_json::json;
use uuid::Uuid;

/// Monday 2 March 2026, ten o'clock in Brussels: the moment at which every test begins.
pub const BEGIN: &str = "2026-03-02T09:00:00Z";

const fn id(number: u128) -> Uuid {
    Uuid::from_u128(0x019a_9d3e_0000_7000_8000_0000_0000_0000 | number)
}

pub const CITY: Uuid = id(0x01);
pub const POLICE: Uuid = id(0x02);
pub const GUARDS: Uuid = id(0x03);
pub const HOUSING_TEAM: Uuid = id(0x04);
pub const HOUSING_COMPANY: Uuid = id(0x05);
pub const CLEANING: Uuid = id(0x11);
pub const LIGHTING: Uuid = id(0x12);
pub const GREEN: Uuid = id(0x13);
pub const OTHER_CITY: Uuid = id(0x21);
pub const OTHER_POLICE: Uuid = id(0x22);
pub const OTHER_GUARDS: Uuid = id(0x23);
pub const OTHER_HOUSING_TEAM: Uuid = id(0x24);
pub const OTHER_HOUSING_COMPANY: Uuid = id(0x25);
pub const STRANGER: Uuid = id(0x31);

pub const KROONWIJK: Uuid = id(0xa1);
pub const HIGHER: Uuid = id(0xa2);
pub const MOLENWIJK: Uuid = id(0xa3);

pub const AREA: Uuid = id(0xb1);
pub const NEXT_AREA: Uuid = id(0xb2);

pub const GUARD_GROUP: Uuid = id(0xd1);
pub const SECOND_GUARD_GROUP: Uuid = id(0xd2);
pub const OTHER_GUARD_GROUP: Uuid = id(0xd3);

/// A client application as it is registered.
#[derive(Debug)]
pub struct Registered {
    pub id: Uuid,
    pub name: &'static str,
    pub roles: &'static [Role],
    pub organisations: &'static [Uuid],
    pub scopes: &'static [Scope],
}

const fn client(number: u128, name: &'static str, role: &'static [Role], of: &'static [Uuid]) -> Registered {
    Registered { id: id(0x1000 | number), name, roles: role, organisations: of, scopes: Scope::ALL }
}

pub static MANAGER: Registered = client(0x01, "manager", &[Role::NeighbourhoodManager], &[CITY]);
pub static POLICE_OFFICER: Registered = client(0x02, "police officer", &[Role::PoliceOfficer], &[POLICE]);
pub static GUARD: Registered = client(0x03, "guard", &[Role::Guard], &[GUARDS]);
pub static CITY_HOUSING: Registered = client(0x04, "housing team", &[Role::HousingOfficer], &[HOUSING_TEAM]);
pub static HOUSING_PARTNER: Registered =
    client(0x05, "housing company", &[Role::HousingOfficer], &[HOUSING_COMPANY]);
pub static CITY_TEAM: Registered = client(0x06, "city team", &[Role::CityTeamMember], &[CITY]);
pub static AGENT: Registered = client(0x07, "service agent", &[Role::ServiceAgent], &[CLEANING]);
pub static HEAD: Registered = client(0x08, "service head", &[Role::ServiceHead], &[CLEANING]);
pub static LIGHTING_AGENT: Registered = client(0x09, "lighting agent", &[Role::ServiceAgent], &[LIGHTING]);
pub static GREEN_AGENT: Registered = client(0x0a, "green agent", &[Role::ServiceAgent], &[GREEN]);
pub static ANALYST: Registered = client(0x0b, "analyst", &[Role::Analyst], &[POLICE]);
pub static DPO: Registered = client(0x0c, "data protection officer", &[Role::DataProtectionOfficer], &[CITY]);
pub static ADMINISTRATOR: Registered = client(0x0d, "administrator", &[Role::Administrator], &[CITY]);
/// One application that serves two services.
pub static MIDDLEWARE: Registered = client(0x0e, "middleware", &[Role::ServiceAgent], &[LIGHTING, GREEN]);

pub static OTHER_MANAGER: Registered =
    client(0x21, "manager elsewhere", &[Role::NeighbourhoodManager], &[OTHER_CITY]);
pub static OTHER_OFFICER: Registered =
    client(0x22, "police officer elsewhere", &[Role::PoliceOfficer], &[OTHER_POLICE]);
pub static OTHER_GUARD: Registered = client(0x23, "guard elsewhere", &[Role::Guard], &[OTHER_GUARDS]);
pub static OTHER_CITY_HOUSING: Registered =
    client(0x24, "housing team elsewhere", &[Role::HousingOfficer], &[OTHER_HOUSING_TEAM]);
pub static OTHER_HOUSING_PARTNER: Registered =
    client(0x25, "another housing company", &[Role::HousingOfficer], &[OTHER_HOUSING_COMPANY]);
pub static OTHER_CITY_TEAM: Registered =
    client(0x26, "city team elsewhere", &[Role::CityTeamMember], &[OTHER_CITY]);

pub static SEATLESS_MANAGER: Registered =
    client(0x31, "manager without seat", &[Role::NeighbourhoodManager], &[STRANGER]);
pub static ROLELESS: Registered = client(0x32, "no role", &[], &[CITY]);
pub static SCOPELESS: Registered = Registered {
    id: id(0x1033),
    name: "manager without scopes",
    roles: &[Role::NeighbourhoodManager],
    organisations: &[CITY],
    scopes: &[Scope::IndicatorsRead],
};

pub static EVERYBODY: [&Registered; 23] = [
    &MANAGER,
    &POLICE_OFFICER,
    &GUARD,
    &CITY_HOUSING,
    &HOUSING_PARTNER,
    &CITY_TEAM,
    &AGENT,
    &HEAD,
    &LIGHTING_AGENT,
    &GREEN_AGENT,
    &ANALYST,
    &DPO,
    &ADMINISTRATOR,
    &MIDDLEWARE,
    &OTHER_MANAGER,
    &OTHER_OFFICER,
    &OTHER_GUARD,
    &OTHER_CITY_HOUSING,
    &OTHER_HOUSING_PARTNER,
    &OTHER_CITY_TEAM,
    &SEATLESS_MANAGER,
    &ROLELESS,
    &SCOPELESS,
];

/// The secret of every client: nobody but the tests knows it.
pub const SECRET: &str = "a secret of the tests with more than enough characters";

/// Writes the world into an empty database.
pub fn settle(store: &Store) {
    let now: Timestamp = "2026-01-05T08:00:00Z".parse().unwrap();
    let circumstances = Circumstances {
        at: now,
        recorded_at: now,
        actor: Actor {
            client_id: ClientId::new(Uuid::nil()),
            user: None,
            organisation_id: OrganisationId::new(CITY),
        },
        roles: String::new(),
        purpose: None,
        operation: "settle",
        request_id: Uuid::nil(),
        ids: Arc::new(SequentialIds::default()),
    };
    store
        .write::<_, StoreError>(&circumstances, |transaction| {
            for organisation in organisations() {
                let state = StoredOrganisation { organisation, created_at: now };
                transaction.save(&created(state, now))?;
            }
            for consultation in consultations() {
                let state = StoredConsultation { consultation, created_at: now };
                transaction.save(&created(state, now))?;
            }
            for area in neighbourhoods(now) {
                areas::put(transaction, &area)?;
            }
            for group in guard_groups() {
                let state = StoredGuardGroup { group, created_at: now };
                transaction.save(&created(state, now))?;
            }
            for registered in EVERYBODY {
                clients::register(transaction, &stored(registered, now))?;
            }
            Ok(())
        })
        .unwrap();
}

fn created<T>(state: T, at: Timestamp) -> Change<T, Edit> {
    Change { before: None, state, events: vec![Edit { verb: "create", at }] }
}

fn labels(nl: &str) -> Labels {
    Labels { nl: nl.to_owned(), fr: None, en: None }
}

fn organisations() -> Vec<Organisation> {
    let row = |id, kind, regime, name, takes_requests| Organisation {
        id: OrganisationId::new(id),
        version: Version::FIRST,
        kind,
        regime,
        name: labels(name),
        enterprise_number: None,
        ovo_code: None,
        takes_requests,
        contact_function: (id == CITY).then(|| "Wijkregisseur Kroonwijk".to_owned()),
        valid_from: "2020-01-01".parse().unwrap(),
        valid_to: None,
        successor_id: None,
    };
    let (city, service, police, housing) =
        (Kind::City, Kind::CityService, Kind::PoliceZone, Kind::HousingCompany);
    vec![
        row(CITY, city, Regime::City, "Stad", false),
        row(POLICE, police, Regime::Police, "Politiezone", false),
        row(GUARDS, service, Regime::City, "Gemeenschapswachten", false),
        row(HOUSING_TEAM, service, Regime::City, "Woonteam", true),
        row(HOUSING_COMPANY, housing, Regime::Housing, "Woonmaatschappij", true),
        row(CLEANING, service, Regime::City, "Reiniging", true),
        row(LIGHTING, service, Regime::City, "Openbare verlichting", true),
        row(GREEN, service, Regime::City, "Groendienst", true),
        row(OTHER_CITY, city, Regime::City, "Deelgemeente", false),
        row(OTHER_POLICE, police, Regime::Police, "Andere politiezone", false),
        row(OTHER_GUARDS, service, Regime::City, "Andere gemeenschapswachten", false),
        row(OTHER_HOUSING_TEAM, service, Regime::City, "Ander woonteam", true),
        row(OTHER_HOUSING_COMPANY, housing, Regime::Housing, "Andere woonmaatschappij", true),
        row(STRANGER, Kind::Partner, Regime::External, "Buitenstaander", false),
    ]
}

fn consultations() -> Vec<Consultation> {
    let row = |id, code: &str, level, members: &[(Uuid, Role)]| Consultation {
        id: ConsultationId::new(id),
        version: Version::FIRST,
        code: ConsultationCode::parse(code).unwrap(),
        name: labels(code),
        level,
        // Each neighbourhood has an area of its own.
        area: match code {
            "KRO" => vec![AreaCode::parse("41002W06").unwrap()],
            "MOL" => vec![AreaCode::parse("41002W07").unwrap()],
            _ => Vec::new(),
        },
        area_version: (code != "OOT").then(|| "2025".to_owned()),
        nuisance_risk: true,
        members: members
            .iter()
            .flat_map(|(organisation, role)| {
                // The police has two functions at the table, with one seat.
                let functions = match role {
                    Role::PoliceOfficer => vec![("chiefInspector", 1), ("neighbourhoodInspector", 4)],
                    other => vec![(other.code(), 1)],
                };
                functions.into_iter().map(|(function, number)| Member {
                    organisation_id: OrganisationId::new(*organisation),
                    role: *role,
                    function: FunctionCode::parse(function).unwrap(),
                    function_name: labels(function),
                    number: NonZeroU16::new(number).unwrap(),
                })
            })
            .collect(),
        requires_legal_gate: false,
        escalates_to: (id != HIGHER).then(|| ConsultationId::new(HIGHER)),
    };
    let own = [
        (CITY, Role::NeighbourhoodManager),
        (CITY, Role::CityTeamMember),
        (POLICE, Role::PoliceOfficer),
        (GUARDS, Role::Guard),
        (HOUSING_TEAM, Role::HousingOfficer),
        (HOUSING_COMPANY, Role::HousingOfficer),
    ];
    let other = [
        (OTHER_CITY, Role::NeighbourhoodManager),
        (OTHER_CITY, Role::CityTeamMember),
        (OTHER_POLICE, Role::PoliceOfficer),
        (OTHER_GUARDS, Role::Guard),
        (OTHER_HOUSING_TEAM, Role::HousingOfficer),
        (OTHER_HOUSING_COMPANY, Role::HousingOfficer),
    ];
    let higher = [(CITY, Role::CityTeamMember), (POLICE, Role::PoliceOfficer)];
    vec![
        row(HIGHER, "OOT", Level::City, &higher),
        row(KROONWIJK, "KRO", Level::Neighbourhood, &own),
        row(MOLENWIJK, "MOL", Level::Neighbourhood, &other),
    ]
}

fn guard_groups() -> Vec<GuardGroup> {
    let row = |id, organisation, name| GuardGroup {
        id: GuardGroupId::new(id),
        version: Version::FIRST,
        organisation_id: OrganisationId::new(organisation),
        name: labels(name),
        valid_from: "2020-01-01".parse().unwrap(),
        valid_to: None,
    };
    vec![
        row(GUARD_GROUP, GUARDS, "Ploeg Kroonwijk"),
        row(SECOND_GUARD_GROUP, GUARDS, "Ploeg Station"),
        row(OTHER_GUARD_GROUP, OTHER_GUARDS, "Ploeg Molenwijk"),
    ]
}

/// Two neighbourhoods side by side, with the meridian 4.06 between them.
fn neighbourhoods(now: Timestamp) -> Vec<Area> {
    let row = |id, code: &str, west: f64, east: f64| Area {
        id: AreaId::new(id),
        code: AreaCode::parse(code).unwrap(),
        scheme_version: "2025".to_owned(),
        kind: AreaKind::Neighbourhood,
        name: labels(code),
        parent_code: None,
        geometry: Some(json!({
            "type": "Polygon",
            "coordinates": [[[west, 50.92], [east, 50.92], [east, 50.96], [west, 50.96], [west, 50.92]]]
        })),
        valid_from: "2025-01-01".parse().unwrap(),
        valid_to: None,
        created_at: now,
        version: Version::FIRST,
    };
    vec![row(AREA, "41002W06", 4.02, 4.06), row(NEXT_AREA, "41002W07", 4.06, 4.10)]
}

fn stored(registered: &Registered, now: Timestamp) -> Client {
    Client {
        id: ClientId::new(registered.id),
        version: Version::FIRST,
        name: registered.name.to_owned(),
        secret_hash: Some(secret_hash()),
        previous_secret: None,
        public_keys: None,
        organisations: registered.organisations.iter().copied().map(OrganisationId::new).collect(),
        roles: registered.roles.iter().copied().collect::<BTreeSet<_>>(),
        scopes: registered.scopes.iter().copied().collect::<BTreeSet<_>>(),
        created_at: now,
        tokens_valid_from: now,
        revoked_at: None,
    }
}

/// SHA-256 of [`SECRET`] in hexadecimal: how secrets are kept.
fn secret_hash() -> String {
    "021706246f6e5d4a82d9a2be3c89da0b9c0de0b2c1428875504f8ab05e2d8dc2".to_owned()
}
