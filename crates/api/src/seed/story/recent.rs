//! The cases of the demo that came up in the last two months.

use super::CaseStep::{Dismiss, Link, Merge, Open};
use super::{Body, CASE, CaseStory, POI, Who, spot};
use crate::seed::org::Org;
use domain::case::{CloseReason, Kind, LinkKind, Pattern, Source, TimeSlot};
use domain::place::LocationKind;

/// The cases, in the order of their time.
pub(super) const RECENT: &[CaseStory] = &[
    CaseStory {
        key: "behoefte",
        created: 40,
        by: Who::Manager,
        lead: Some(Org::City),
        kind: Kind::Need,
        category: "OVE.NOOD",
        title: "Vraag naar licht en zitplaatsen langs de wandelweg",
        text: "Oudere bewoners gebruiken de wandelweg minder omdat er nergens een bank staat en het er vroeg donker is.",
        source: Source::NeighbourhoodManager,
        place: spot(LocationKind::Segment, "Wandelweg in de buurt Hospitaal", 4.0521, 50.9366),
        severity: [1, 1, 0, 2, 0],
        steps: &[],
        ..CASE
    },
    CaseStory {
        key: "stapel",
        created: 36,
        category: "AFV.SLUIK",
        title: "Matrassen naast de glasbol",
        text: "Twee matrassen en een kast naast de glasbol.",
        pattern: Some(Pattern::Incident),
        place: spot(POI, "Glasbol aan het Hoveniersplein", 4.0442, 50.9462),
        severity: [0, 1, 1, 1, 1],
        steps: &[(35, Merge("glasbol"))],
        ..CASE
    },
    CaseStory {
        key: "kruispunt",
        created: 30,
        category: "OPD.GROEN",
        secondary: &["VER.SNEL"],
        title: "Overhangend groen neemt het zicht weg",
        text: "Takken hangen over het fietspad en verbergen het verkeersbord aan het kruispunt.",
        pattern: Some(Pattern::Structural),
        place: spot(POI, "Kruispunt aan de zuidelijke invalsweg", 4.0561, 50.9284),
        severity: [0, 2, 1, 1, 1],
        steps: &[(29, Open(Org::City))],
        ..CASE
    },
    CaseStory {
        key: "snelheid",
        created: 25,
        by: Who::Police,
        lead: Some(Org::Police),
        category: "VER.SNEL",
        title: "Te snel verkeer in een woonstraat",
        text: "De straat wordt als sluipweg gebruikt, vooral tijdens de ochtendspits.",
        source: Source::CouncilMember,
        pattern: Some(Pattern::Structural),
        slots: &[TimeSlot::WeekdayMorning],
        place: spot(LocationKind::Street, "Woonstraat ten noorden van het centrum", 4.0522, 50.9556),
        severity: [1, 2, 1, 2, 2],
        steps: &[(21, Link(LinkKind::EarlierElsewhere, "schoolpoort"))],
        ..CASE
    },
    CaseStory {
        key: "uitgaan",
        body: Body::Oot,
        created: 24,
        by: Who::CityTeam,
        lead: Some(Org::City),
        category: "GEL.HORECA",
        secondary: &["PER.WILDPL"],
        title: "Nachtlawaai in de uitgaansbuurt",
        text: "Klachten uit meerdere straten over geluid van terrassen en vertrekkende bezoekers.",
        source: Source::NeighbourhoodManager,
        pattern: Some(Pattern::Hotspot),
        slots: &[TimeSlot::WeekendNight],
        place: spot(POI, "Plein in de binnenstad", 4.0331, 50.9388),
        severity: [3, 2, 3, 3, 3],
        steps: &[],
        ..CASE
    },
    CaseStory {
        key: "vuurwerk",
        created: 18,
        category: "PER.VUURW",
        title: "Vuurwerk op de parking",
        text: "Melding van vuurwerk op zaterdagavond.",
        source: Source::CitizenVia,
        pattern: Some(Pattern::Incident),
        slots: &[TimeSlot::WeekendEvening],
        place: spot(POI, "Parking aan de spoorweg", 4.0402, 50.9399),
        severity: [2, 0, 1, 1, 0],
        steps: &[(
            17,
            Dismiss(CloseReason::NotFounded, "Ter plaatse niets vastgesteld en geen tweede melding."),
        )],
        ..CASE
    },
    CaseStory {
        key: "spuiten",
        created: 10,
        category: "DRU.SPUIT",
        title: "Achtergelaten spuiten in het park",
        text: "Spuiten gevonden onder de struiken naast het pad.",
        pattern: Some(Pattern::Recurring),
        place: spot(POI, "Parkje in de buurt Hoveniers", 4.0455, 50.9476),
        severity: [0, 3, 2, 1, 2],
        steps: &[(9, Open(Org::Police))],
        ..CASE
    },
    CaseStory {
        key: "muziek",
        created: 2,
        category: "GEL.MUZIEK",
        title: "Luide muziek op het terras van een verenigingslokaal",
        text: "Drie zondagen na elkaar muziek tot na 23 uur.",
        pattern: Some(Pattern::Recurring),
        slots: &[TimeSlot::WeekendEvening],
        place: spot(POI, "Verenigingslokaal in de buurt Heilig Hart", 4.0459, 50.9361),
        severity: [2, 1, 1, 1, 1],
        steps: &[],
        ..CASE
    },
];
