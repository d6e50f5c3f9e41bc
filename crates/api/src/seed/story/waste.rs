//! The requests of the demo about waste, vermin and wrecks.

use super::Step::{Accept, Answer, AnswerFor, AskBack, Promise, Receive, Remind, Reply, See, Verify};
use super::{REQUEST, RequestStory};
use crate::seed::org::Org;
use domain::follow_up::AnswerOutcome::{Done, PartlyDone};
use domain::follow_up::Channel::{Meeting, Phone};
use domain::follow_up::DelayReason::Capacity;
use domain::follow_up::QuestionKind::{Advise, CleanOrRepair, Enforce, Inform, Inspect};
use domain::follow_up::Urgency::Low;

/// The requests, in the order of their cases.
pub(super) const WASTE: &[RequestStory] = &[
    RequestStory {
        case: "glasbol",
        to: Org::Waste,
        kind: CleanOrRepair,
        subject: "Sluikstort aan de glasbol ruimen",
        question: "Graag het sluikstort naast de glasbol ruimen en de plaats schoonspuiten.",
        created: 83,
        steps: &[
            (82, Receive(Some("WO-7741"))),
            (81, Accept(Some(1))),
            (80, Answer(Done, "Geruimd en schoongespoten, twee kubieke meter afgevoerd.")),
            (63, Verify(Some("Ter plaatse gezien, proper."))),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "glasbol",
        to: Org::Enforcement,
        kind: Enforce,
        subject: "Vaststellingen sluikstort",
        question: "Kan de dienst drie weekends na elkaar controleren en vaststellingen doen?",
        created: 83,
        steps: &[
            (81, See),
            (80, Receive(None)),
            (79, Accept(None)),
            (
                70,
                Answer(
                    PartlyDone,
                    "Twee weekends gecontroleerd, één vaststelling. Het derde weekend was er geen ploeg.",
                ),
            ),
            (62, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "glasbol",
        to: Org::Waste,
        kind: Advise,
        urgency: Low,
        subject: "Ondergrondse glasbol?",
        question: "Is een ondergrondse glasbol hier mogelijk, en wat zou dat betekenen voor het sluikstort?",
        created: 62,
        steps: &[
            (61, Receive(Some("ADV-0312"))),
            (
                58,
                AskBack(
                    "Liggen er nutsleidingen onder het plein? Het plan van de heraanleg hebben wij niet.",
                ),
            ),
            (
                55,
                Reply("Het plan van de heraanleg is doorgestuurd; aan de noordzijde liggen geen leidingen."),
            ),
            (
                45,
                Answer(
                    Done,
                    "Aan de noordzijde kan het. Raming en planning zijn toegevoegd aan het investeringsvoorstel.",
                ),
            ),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "glasbol",
        to: Org::Prevention,
        kind: Inform,
        subject: "Affiches en bewonersbrief",
        question: "Is er nog materiaal van de campagne tegen sluikstort dat de wachten kunnen verdelen?",
        created: 41,
        steps: &[
            (
                36,
                AnswerFor(
                    Phone,
                    Done,
                    "Er zijn nog 200 affiches; de wachten kunnen ze afhalen aan het onthaal.",
                ),
            ),
            (21, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "glasbol",
        to: Org::Waste,
        kind: CleanOrRepair,
        subject: "Glasbol vaker ledigen",
        question: "De glasbol loopt over sinds de matrassen en het karton er weer liggen. Graag ruimen en de ronde aanpassen.",
        created: 20,
        steps: &[
            (19, Receive(Some("WO-8127"))),
            (18, Accept(None)),
            (17, Promise(25, Some(Capacity))),
            (10, Remind(Some("Het punt komt terug op de volgende vergadering; graag een stand van zaken."))),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "wrakken",
        to: Org::Mobility,
        kind: CleanOrRepair,
        subject: "Weesfietsen labelen en ophalen",
        question: "Graag de weesfietsen in de stalling labelen en na de wachttijd ophalen.",
        created: 53,
        steps: &[
            (52, Receive(Some("MOB-118"))),
            (51, Accept(Some(3))),
            (44, Answer(Done, "31 fietsen gelabeld, 26 opgehaald, 5 door de eigenaar weggenomen.")),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "wrakken",
        to: Org::Waste,
        kind: CleanOrRepair,
        subject: "Losse onderdelen in de stalling",
        question: "Graag na de ophaling de losse onderdelen en het zwerfvuil verwijderen.",
        created: 41,
        steps: &[
            (40, Receive(Some("WO-7990"))),
            (38, Answer(Done, "Stalling uitgeveegd en onderdelen afgevoerd.")),
            (22, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "ratten",
        to: Org::Environment,
        kind: CleanOrRepair,
        subject: "Rattenbestrijding in de achtergang",
        question: "Graag de achtergang opnemen in de ronde van de rattenbestrijding.",
        created: 48,
        steps: &[
            (47, Receive(Some("MIL-0456"))),
            (46, Accept(None)),
            (45, Answer(Done, "Lokdozen geplaatst, nazicht om de twee weken.")),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "ratten",
        to: Org::HousingCompany,
        kind: Inspect,
        subject: "Afvalberging nakijken",
        question: "Sluit de deur van de afvalberging, en worden de zakken binnen bewaard?",
        created: 41,
        steps: &[
            (40, Receive(None)),
            (22, AnswerFor(Meeting, Done, "De deurveer is vervangen en de bewoners zijn aangeschreven.")),
            (21, Verify(None)),
        ],
        ..REQUEST
    },
];
