//! The cases of the demo with a long history. Places and behaviour only: no person, no house number, no company that
//! exists.

use super::CaseStep::{Close, Contact, Escalation, Link, Monitor, Note, Open, Release};
use super::EscalationStep::{self, Outcome, Propose, Submit};
use super::{CASE, CaseStory, POI, Who, With, spot};
use crate::seed::org::Org;
use domain::case::{CloseReason, LinkKind, Pattern, Source, TimeSlot};
use domain::follow_up::Channel;
use domain::note::Visibility;
use domain::place::LocationKind;

/// The cases, those first that others refer to.
pub(super) const CASES: &[CaseStory] = &[
    CaseStory {
        key: "glasbol",
        created: 84,
        category: "AFV.SLUIK",
        secondary: &["AFV.ZWERF"],
        title: "Sluikstort rond de glasbol",
        text: "Elke week liggen er zakken, karton en grofvuil naast de glasbol. Na elke ruiming komt het terug, vooral na het weekend.",
        pattern: Some(Pattern::Hotspot),
        slots: &[TimeSlot::WeekendNight, TimeSlot::WeekdayEvening],
        place: spot(POI, "Glasbol aan het Hoveniersplein", 4.0441, 50.9462),
        severity: [1, 2, 2, 2, 3],
        steps: &[
            (83, Open(Org::City)),
            (
                61,
                Note(
                    Who::Manager,
                    Visibility::Team,
                    "De bewoners van de twee hoekstraten willen meehelpen aan een opruimactie.",
                ),
            ),
        ],
        ..CASE
    },
    CaseStory {
        key: "rondhangen",
        created: 80,
        by: Who::Police,
        lead: Some(Org::Police),
        category: "PER.RONDH",
        secondary: &["AFV.ZWERF", "GEL.NACHT"],
        title: "Rondhangende groep op het plein",
        text: "Wisselende groep van acht tot vijftien mensen, meestal vanaf 20 uur. Roepen, afval, soms muziek. Omwonenden mijden de zitbanken.",
        source: Source::NeighbourhoodPolice,
        pattern: Some(Pattern::Recurring),
        slots: &[TimeSlot::WeekdayEvening, TimeSlot::WeekendEvening],
        place: spot(POI, "Zithoek op het Hoveniersplein", 4.0446, 50.9459),
        severity: [2, 2, 2, 3, 3],
        steps: &[
            (
                76,
                Note(
                    Who::Police,
                    Visibility::PoliceOnly,
                    "Gerichte patrouilles ingepland op vrijdag en zaterdag, telkens twee uur.",
                ),
            ),
            (
                60,
                Note(
                    Who::Police,
                    Visibility::PoliceOnly,
                    "Na drie weken patrouilles duidelijk minder meldingen op vrijdag.",
                ),
            ),
            (43, Release),
            (3, Escalation(Propose("Ondanks patrouilles en twee diensten blijft de groep terugkomen."))),
        ],
        ..CASE
    },
    CaseStory {
        key: "tunnel",
        created: 78,
        by: Who::Manager,
        lead: Some(Org::City),
        category: "OPD.ONVEIL",
        secondary: &["VAN.GRAF", "OPD.LICHT"],
        title: "Donkere fietstunnel",
        text: "Drie van de acht lampen zijn stuk, de wanden staan vol tags en er ligt glas. Fietsers en voetgangers voelen zich er niet veilig.",
        source: Source::CitizenVia,
        pattern: Some(Pattern::Structural),
        slots: &[TimeSlot::WeekdayEvening, TimeSlot::WeekdayNight],
        place: spot(POI, "Fietstunnel aan het Goederenstation", 4.0408, 50.9391),
        severity: [2, 3, 1, 2, 2],
        steps: &[
            (
                66,
                Contact(
                    Who::Manager,
                    With::Org(Org::Lighting),
                    Channel::Phone,
                    "Nagaan wanneer de lampen in de tunnel vervangen kunnen worden.",
                    Some("De ronde van die buurt is binnen drie weken; een dringende vraag gaat voor."),
                ),
            ),
            (62, Link(LinkKind::Related, "rondhangen")),
            (
                30,
                Contact(
                    Who::Police,
                    With::Org(Org::Prevention),
                    Channel::Meeting,
                    "Bespreken hoe de tunnel veiliger aanvoelt.",
                    Some("Voorstel voor een muurschildering met de jeugdwerking."),
                ),
            ),
        ],
        ..CASE
    },
    CaseStory {
        key: "leegstand",
        created: 75,
        by: Who::Manager,
        lead: Some(Org::HousingTeam),
        category: "PAN.LEEG",
        secondary: &["PAN.VERL"],
        title: "Leegstaand hoekpand met open achterdeur",
        text: "Het pand staat al lang leeg, de achterdeur staat open en de tuin verwildert. Er zijn sporen van gebruik.",
        source: Source::Housing,
        pattern: Some(Pattern::Structural),
        place: spot(LocationKind::Street, "Hoekpand in de buurt Bergemeersen", 4.0489, 50.9427),
        severity: [1, 2, 2, 1, 2],
        steps: &[
            (
                70,
                Note(
                    Who::HousingTeam,
                    Visibility::HousingOnly,
                    "Het pand staat op de inventaris van leegstand; de eigenaar is een vennootschap.",
                ),
            ),
            (
                64,
                Contact(
                    Who::HousingTeam,
                    With::Org(Org::HousingInspection),
                    Channel::Mail,
                    "Vragen of het pand op de planning van de controles kan.",
                    Some("Staat op de lijst van volgende maand."),
                ),
            ),
            (
                41,
                Note(
                    Who::Manager,
                    Visibility::Team,
                    "De achterdeur is intussen dichtgemaakt, de tuin nog niet.",
                ),
            ),
            (
                9,
                Escalation(Propose(
                    "De eigenaar reageert op geen enkele dienst; een maatregel van de stad is nodig.",
                )),
            ),
            (7, Escalation(Submit("Kan de stad een maatregel tegen de eigenaar voorbereiden?"))),
        ],
        ..CASE
    },
    CaseStory {
        key: "nachtwinkel",
        created: 70,
        by: Who::Police,
        lead: Some(Org::Police),
        category: "HAN.NACHT",
        secondary: &["GEL.HORECA", "VER.PARK"],
        title: "Overlast rond een nachtwinkel",
        text: "Verkoop na het sluitingsuur, dubbel parkeren en luide gesprekken op de stoep tot na middernacht.",
        source: Source::NeighbourhoodPolice,
        pattern: Some(Pattern::Recurring),
        slots: &[TimeSlot::WeekdayNight, TimeSlot::WeekendNight],
        place: spot(LocationKind::Segment, "Winkelstraat naar het Goederenstation", 4.0421, 50.9404),
        severity: [3, 1, 2, 2, 3],
        steps: &[(
            66,
            Note(
                Who::Police,
                Visibility::PoliceOnly,
                "Twee vaststellingen van verkoop na het sluitingsuur, overgemaakt aan de sanctionerend ambtenaar.",
            ),
        )],
        ..CASE
    },
    CaseStory {
        key: "gemeneDelen",
        created: 60,
        by: Who::Manager,
        lead: Some(Org::HousingCompany),
        category: "PAN.GEMEEN",
        secondary: &["AFV.FOUT"],
        title: "Vervuilde gemene delen in een appartementsblok",
        text: "Afval in de traphal, een kapotte voordeur en lawaai in de fietskelder.",
        source: Source::Housing,
        pattern: Some(Pattern::Recurring),
        slots: &[TimeSlot::WeekdayEvening],
        place: spot(POI, "Appartementsblok in de buurt Hospitaal", 4.0512, 50.9379),
        severity: [1, 2, 2, 2, 2],
        steps: &[],
        ..CASE
    },
    CaseStory {
        key: "schoolpoort",
        created: 58,
        category: "VER.PARK",
        title: "Foutparkeren aan de schoolpoort",
        text: "Bij het begin en het einde van de schooldag staan auto's op het zebrapad en het fietspad.",
        pattern: Some(Pattern::Recurring),
        slots: &[TimeSlot::WeekdayMorning, TimeSlot::WeekdayAfternoon],
        place: spot(POI, "Schoolpoort in de buurt Heilig Hart", 4.0467, 50.9352),
        severity: [1, 3, 1, 2, 3],
        steps: &[
            (57, Open(Org::City)),
            (52, Escalation(Propose("De schoolstraat vraagt een beslissing voor alle scholen van de stad."))),
            (
                50,
                Escalation(Submit(
                    "Kan het overleg op stadsniveau de mobiliteitsdienst en de scholen samenbrengen?",
                )),
            ),
            (45, Escalation(EscalationStep::Accept("Op de agenda van het overleg op stadsniveau."))),
            (
                30,
                Escalation(Outcome(
                    "De stad werkt een reglement voor schoolstraten uit; het wijkoverleg volgt de poort op.",
                )),
            ),
            (28, Escalation(EscalationStep::Close("Kennis genomen van de uitkomst."))),
            (
                49,
                Contact(
                    Who::Guard,
                    With::Named("Ouderraad van de buurtschool"),
                    Channel::OnSite,
                    "Afspreken waar ouders nog kunnen stoppen.",
                    Some("De ouderraad verspreidt een plannetje."),
                ),
            ),
            (
                12,
                Contact(
                    Who::Manager,
                    With::Org(Org::Mobility),
                    Channel::Phone,
                    "Navragen of een schoolstraat op proef mogelijk is.",
                    None,
                ),
            ),
        ],
        ..CASE
    },
    CaseStory {
        key: "wrakken",
        created: 55,
        category: "VER.WRAK",
        title: "Fietswrakken in de fietsenstalling",
        text: "Een dertigtal weesfietsen en wrakken neemt de plaatsen in, er liggen losse onderdelen.",
        pattern: Some(Pattern::Structural),
        place: spot(POI, "Fietsenstalling aan de oostzijde van het station", 4.0398, 50.9411),
        severity: [0, 1, 1, 1, 2],
        steps: &[
            (54, Open(Org::City)),
            (
                15,
                Close(
                    CloseReason::Solved,
                    "De stalling is leeggemaakt en wordt om de drie maanden nagekeken.",
                ),
            ),
        ],
        ..CASE
    },
    CaseStory {
        key: "ratten",
        created: 50,
        category: "AFV.ONGED",
        title: "Ratten langs de achtergang",
        text: "Overdag ratten gezien bij de huisvuilzakken in de achtergang.",
        source: Source::CitizenVia,
        pattern: Some(Pattern::Recurring),
        place: spot(LocationKind::Segment, "Achtergang in de buurt Hospitaal", 4.0504, 50.9386),
        severity: [0, 2, 2, 2, 1],
        steps: &[
            (49, Open(Org::City)),
            (20, Monitor(21, "Nakijken of er na de bestrijding nog sporen zijn.")),
        ],
        ..CASE
    },
    CaseStory {
        key: "speelplein",
        created: 46,
        category: "OPD.SPEEL",
        secondary: &["VAN.STRAAT"],
        title: "Kapotte speeltoestellen",
        text: "De glijbaan is gescheurd en bij de schommel ontbreekt een bout.",
        pattern: Some(Pattern::Incident),
        place: spot(POI, "Speelplein in de buurt Bergemeersen", 4.0497, 50.9441),
        severity: [0, 3, 2, 1, 0],
        steps: &[
            (45, Open(Org::City)),
            (12, Close(CloseReason::Solved, "De toestellen zijn vervangen en gekeurd.")),
        ],
        ..CASE
    },
];
