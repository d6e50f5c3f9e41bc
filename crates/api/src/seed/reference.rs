//! The reference data of the demo: organisations, consultations, areas, closure days and terms.

use std::collections::BTreeMap;
use std::num::NonZeroU16;

use domain::access::Role;
use domain::area::AreaCode;
use domain::calendar::{Calendar, Day, Holiday, WorkingDays, holiday_on};
use domain::case::ConsultationCode;
use domain::category::CategoryCode;
use domain::change::{Change, Version};
use domain::consultation::{Consultation, FunctionCode, Level, Member};
use domain::enterprise_number::EnterpriseNumber;
use domain::follow_up::Urgency;
use domain::guard_group::GuardGroup;
use domain::id::{ConsultationId, GuardGroupId, OrganisationId};
use domain::labels::Labels;
use domain::organisation::Organisation;
use domain::term::{TermDays, TermRule};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use persistence::areas::{self, Area, AreaKind};
use persistence::closure_days::{self, ClosureDay};
use persistence::consultations::StoredConsultation;
use persistence::guard_groups::StoredGuardGroup;
use persistence::organisations::StoredOrganisation;
use persistence::terms::{self, StoredTerm};
use persistence::{Edit, Transaction};
use serde_json::json;

use super::SeedError;
use super::org::Org;
use super::story::Body;

/// The consultations with their codes.
pub(super) type Bodies = BTreeMap<Body, (ConsultationId, ConsultationCode)>;

/// The version of the scheme of the areas.
const SCHEME: &str = "2025";

/// The sectors of the neighbourhood consultation's area, and the neighbourhood that they lie in.
const SECTORS: [(&str, &str); 5] = [
    ("41002A20-", "Hoveniers"),
    ("41002A24-", "Bergemeersen"),
    ("41002A25-", "Hospitaal"),
    ("41002A373", "Goederenstation"),
    ("41002A50-", "Heilig Hart"),
];

const CORE: &str = "41002W06";

/// The neighbourhoods as rectangles, roughly where they lie: west, south, east, north.
const NEIGHBOURHOODS: [(&str, &str, [f64; 4]); 4] = [
    (CORE, "Aalst Rechteroever Centrum", [4.038, 50.933, 4.054, 50.9515]),
    ("41002W07", "Aalst Rechteroever Periferie Noord", [4.038, 50.9515, 4.07, 50.966]),
    ("41002W08", "Aalst Rechteroever Periferie Zuid", [4.038, 50.92, 4.07, 50.933]),
    ("41002W01", "Aalst Linkeroever Centrum - Binnenstad", [4.022, 50.931, 4.038, 50.946]),
];

/// A place at the table: a function of an organisation, and how many persons.
struct SeatOf {
    org: Org,
    role: Role,
    function: &'static str,
    /// The name of the function in Dutch, French and English.
    name: [&'static str; 3],
    number: NonZeroU16,
}

impl SeatOf {
    const fn one(org: Org, role: Role, function: &'static str, name: [&'static str; 3]) -> Self {
        Self { org, role, function, name, number: NonZeroU16::MIN }
    }

    fn member(&self, organisation_id: OrganisationId) -> Result<Member, SeedError> {
        let [nl, fr, en] = self.name;
        Ok(Member {
            organisation_id,
            role: self.role,
            function: FunctionCode::parse(self.function)
                .ok_or_else(|| SeedError::Story(format!("no code of a function: {}", self.function)))?,
            function_name: labels(nl, fr, en),
            number: self.number,
        })
    }
}

/// The eight persons of the neighbourhood consultation.
const NEIGHBOURHOOD_TEAM: [SeatOf; 5] = [
    SeatOf::one(
        Org::Police,
        Role::PoliceOfficer,
        "chiefInspector",
        ["Hoofdinspecteur", "Inspecteur principal", "Chief inspector"],
    ),
    SeatOf {
        number: NonZeroU16::MIN.saturating_add(3),
        ..SeatOf::one(
            Org::Police,
            Role::PoliceOfficer,
            "neighbourhoodInspector",
            ["Wijkinspecteur", "Inspecteur de quartier", "Neighbourhood inspector"],
        )
    },
    SeatOf::one(
        Org::Guards,
        Role::Guard,
        "communityGuard",
        ["Gemeenschapswacht", "Gardien de la paix", "Community guard"],
    ),
    SeatOf::one(
        Org::HousingTeam,
        Role::HousingOfficer,
        "housingRepresentative",
        [
            "Vertegenwoordiger team Wonen",
            "Représentant de l'équipe logement",
            "Representative of the housing team",
        ],
    ),
    SeatOf::one(
        Org::City,
        Role::NeighbourhoodManager,
        "neighbourhoodManager",
        ["Wijkmanager", "Gestionnaire de quartier", "Neighbourhood manager"],
    ),
];

/// The Overlastoverlegteam above it.
const CITY_TEAM: [SeatOf; 2] = [
    SeatOf::one(
        Org::City,
        Role::CityTeamMember,
        "cityCoordinator",
        ["Coördinator overlast", "Coordinateur nuisances", "Nuisance coordinator"],
    ),
    SeatOf::one(
        Org::Prevention,
        Role::CityTeamMember,
        "preventionOfficer",
        ["Preventieambtenaar", "Fonctionnaire de prévention", "Prevention officer"],
    ),
];

/// Writes everything.
pub(super) fn write(
    transaction: &mut Transaction<'_>,
    organisations: &BTreeMap<Org, OrganisationId>,
    today: Date,
) -> Result<(Bodies, GuardGroupId), SeedError> {
    for (org, id) in organisations {
        organisation(transaction, *org, *id)?;
    }
    let bodies = consultations(transaction, organisations)?;
    write_areas(transaction)?;
    closures(transaction, organisations, today)?;
    write_terms(transaction, organisations, &bodies)?;
    let group = guard_group(transaction, organisations)?;
    Ok((bodies, group))
}

fn guard_group(
    transaction: &mut Transaction<'_>,
    organisations: &BTreeMap<Org, OrganisationId>,
) -> Result<GuardGroupId, SeedError> {
    let organisation = organisations.get(&Org::Guards).copied();
    let group = GuardGroup {
        id: transaction.new_id().into(),
        version: Version::FIRST,
        organisation_id: organisation.ok_or_else(|| SeedError::Story("no guards".to_owned()))?,
        name: labels("Ploeg Rechteroever", "Équipe rive droite", "Right bank team"),
        valid_from: date(2012, 1, 1),
        valid_to: None,
    };
    let (id, at) = (group.id, transaction.now());
    let state = StoredGuardGroup { group, created_at: at };
    transaction.save(&Change { before: None, state, events: vec![Edit { verb: "create", at }] })?;
    Ok(id)
}

fn organisation(transaction: &mut Transaction<'_>, org: Org, id: OrganisationId) -> Result<(), SeedError> {
    let facts = org.facts();
    let number = facts.enterprise_number.map(EnterpriseNumber::parse).transpose();
    let organisation = Organisation {
        id,
        version: Version::FIRST,
        kind: facts.kind,
        regime: facts.regime,
        name: labels(facts.nl, facts.fr, facts.en),
        enterprise_number: number.map_err(told)?,
        ovo_code: None,
        takes_requests: facts.takes_requests,
        contact_function: Some(facts.contact_function.to_owned()),
        valid_from: date(2012, 1, 1),
        valid_to: None,
        successor_id: None,
    };
    let at = transaction.now();
    let state = StoredOrganisation { organisation, created_at: at };
    transaction.save(&Change { before: None, state, events: vec![Edit { verb: "create", at }] })?;
    Ok(())
}

fn consultations(
    transaction: &mut Transaction<'_>,
    organisations: &BTreeMap<Org, OrganisationId>,
) -> Result<Bodies, SeedError> {
    let members = |seats: &[SeatOf]| -> Result<Vec<Member>, SeedError> {
        let known = seats.iter().filter_map(|seat| Some((*organisations.get(&seat.org)?, seat)));
        known.map(|(organisation_id, seat)| seat.member(organisation_id)).collect()
    };
    let upper = Consultation {
        id: transaction.new_id().into(),
        version: Version::FIRST,
        code: consultation_code("OOT")?,
        name: labels(
            "Overlastoverlegteam",
            "Équipe de concertation sur les nuisances",
            "City consultation on nuisance",
        ),
        level: Level::City,
        area: Vec::new(),
        area_version: None,
        nuisance_risk: false,
        members: members(&CITY_TEAM)?,
        escalates_to: None,
        requires_legal_gate: false,
    };
    let lower = Consultation {
        id: transaction.new_id().into(),
        version: Version::FIRST,
        code: consultation_code("KRO")?,
        name: labels(
            "Wijkteamoverleg Kern Rechteroever",
            "Concertation de quartier Kern Rechteroever",
            "Neighbourhood consultation Kern Rechteroever",
        ),
        level: Level::Neighbourhood,
        area: SECTORS.iter().map(|(code, _)| area_code(code)).collect::<Result<_, _>>()?,
        area_version: Some(SCHEME.to_owned()),
        nuisance_risk: true,
        members: members(&NEIGHBOURHOOD_TEAM)?,
        escalates_to: Some(upper.id),
        requires_legal_gate: false,
    };
    let bodies = BTreeMap::from([
        (Body::Oot, (upper.id, upper.code.clone())),
        (Body::Kro, (lower.id, lower.code.clone())),
    ]);
    let at = transaction.now();
    for consultation in [upper, lower] {
        let state = StoredConsultation { consultation, created_at: at };
        transaction.save(&Change { before: None, state, events: vec![Edit { verb: "create", at }] })?;
    }
    Ok(bodies)
}

fn write_areas(transaction: &mut Transaction<'_>) -> Result<(), SeedError> {
    let created_at = transaction.now();
    for (code, name, [west, south, east, north]) in NEIGHBOURHOODS {
        let ring = json!([[west, south], [east, south], [east, north], [west, north], [west, south]]);
        let area = Area {
            id: transaction.new_id().into(),
            code: area_code(code)?,
            scheme_version: SCHEME.to_owned(),
            kind: AreaKind::Neighbourhood,
            name: dutch(name),
            parent_code: None,
            geometry: Some(json!({ "type": "Polygon", "coordinates": [ring] })),
            valid_from: date(2025, 1, 1),
            valid_to: None,
            created_at,
            version: Version::FIRST,
        };
        areas::put(transaction, &area)?;
    }
    for (code, name) in SECTORS {
        let area = Area {
            id: transaction.new_id().into(),
            code: area_code(code)?,
            scheme_version: SCHEME.to_owned(),
            kind: AreaKind::Sector,
            name: dutch(name),
            parent_code: Some(area_code(CORE)?),
            geometry: None,
            valid_from: date(2025, 1, 1),
            valid_to: None,
            created_at,
            version: Version::FIRST,
        };
        areas::put(transaction, &area)?;
    }
    Ok(())
}

/// Writes the days on which the city's services are closed beside the legal holidays.
fn closures(
    transaction: &mut Transaction<'_>,
    organisations: &BTreeMap<Org, OrganisationId>,
    today: Date,
) -> Result<(), SeedError> {
    let begin = transaction.now();
    let first = today.year().saturating_sub(1);
    let days: Vec<(Date, &str)> = (first..=today.year().saturating_add(1)).flat_map(closed_in).collect();
    let services = organisations.iter().filter(|(org, _)| {
        let facts = org.facts();
        facts.takes_requests && facts.regime == domain::access::Regime::City
    });
    for (_, organisation_id) in services {
        for (closed_on, name) in &days {
            let day = ClosureDay {
                id: transaction.new_id().into(),
                organisation_id: *organisation_id,
                closed_on: *closed_on,
                name: Some((*name).to_owned()),
                recorded_at: begin,
            };
            closure_days::add(transaction, &day)?;
        }
    }
    Ok(())
}

/// Gives the closure days of a year that fall on a working day: carnival Monday, All Souls and Boxing Day.
fn closed_in(year: i16) -> Vec<(Date, &'static str)> {
    let easter_monday = (3..=4)
        .flat_map(|month| (1..=31).filter_map(move |day| Date::new(year, month, day).ok()))
        .find(|day| holiday_on(*day) == Some(Holiday::EasterMonday));
    let carnival = easter_monday.and_then(|day| day.checked_sub(49.days()).ok());
    let calendar = Calendar::default();
    [
        (carnival, "Carnavalsmaandag"),
        (Date::new(year, 11, 2).ok(), "Allerzielen"),
        (Date::new(year, 12, 26).ok(), "Tweede kerstdag"),
    ]
    .into_iter()
    .filter_map(|(day, name)| Some((day?, name)))
    .filter(|(day, _)| calendar.day(*day) == Day::Working)
    .collect()
}

/// Writes what differs from the terms that hold otherwise.
fn write_terms(
    transaction: &mut Transaction<'_>,
    organisations: &BTreeMap<Org, OrganisationId>,
    bodies: &Bodies,
) -> Result<(), SeedError> {
    let days = |receipt, answer| TermDays {
        receipt: WorkingDays::clamped(receipt),
        answer: WorkingDays::clamped(answer),
    };
    let upkeep = CategoryCode::parse("OPD").map_err(told)?;
    let rules = [
        // The grid operator plans its rounds by three weeks.
        TermRule {
            organisation_id: organisations.get(&Org::Lighting).copied(),
            consultation_id: None,
            category_group: Some(upkeep),
            urgency: Some(Urgency::Normal),
            days: days(3, 15),
        },
        TermRule {
            organisation_id: None,
            consultation_id: bodies.get(&Body::Oot).map(|(id, _)| *id),
            category_group: None,
            urgency: Some(Urgency::Normal),
            days: days(2, 8),
        },
    ];
    for rule in rules {
        let term = StoredTerm { id: transaction.new_id().into(), rule, recorded_at: transaction.now() };
        terms::add(transaction, &term)?;
    }
    Ok(())
}

fn labels(nl: &str, fr: &str, en: &str) -> Labels {
    Labels { nl: nl.to_owned(), fr: Some(fr.to_owned()), en: Some(en.to_owned()) }
}

fn dutch(name: &str) -> Labels {
    Labels { nl: name.to_owned(), fr: None, en: None }
}

fn consultation_code(text: &str) -> Result<ConsultationCode, SeedError> {
    ConsultationCode::parse(text)
        .ok_or_else(|| SeedError::Story(format!("no code of a consultation: {text}")))
}

fn area_code(text: &str) -> Result<AreaCode, SeedError> {
    AreaCode::parse(text).map_err(told)
}

fn told(error: impl std::fmt::Display) -> SeedError {
    SeedError::Story(error.to_string())
}
