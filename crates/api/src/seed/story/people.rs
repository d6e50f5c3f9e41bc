//! The requests of the demo about behaviour, buildings, businesses and traffic.

use super::Step::{
    Accept, Amend, Answer, AnswerFor, AskBack, Promise, Receive, Refuse, Remind, Reopen, See, Verify,
    Withdraw,
};
use super::{REQUEST, RequestStory};
use crate::seed::org::Org;
use domain::follow_up::AnswerOutcome::{Done, NoActionNeeded, PartlyDone};
use domain::follow_up::Channel::Mail;
use domain::follow_up::DelayReason::{MoreInformationNeeded, Permit};
use domain::follow_up::QuestionKind::{Advise, CleanOrRepair, Enforce, Inform, Inspect, Mediate};
use domain::follow_up::RefusalReason::NoCapacity;
use domain::follow_up::Urgency::Low;

/// The requests, in the order of their cases.
pub(super) const PEOPLE: &[RequestStory] = &[
    RequestStory {
        case: "rondhangen",
        to: Org::Prevention,
        kind: Mediate,
        subject: "Straathoekwerk op het plein",
        question: "Kan het straathoekwerk vier weken lang op vrijdag langsgaan en met de groep praten over de zithoek?",
        created: 79,
        steps: &[
            (78, Receive(None)),
            (77, Accept(None)),
            (
                72,
                Answer(
                    PartlyDone,
                    "Twee keer langsgegaan, contact gelegd. Er is vraag naar een overdekte plek elders.",
                ),
            ),
            (62, Verify(Some("Goed eerste contact; de vraag naar een plek komt op de agenda."))),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "rondhangen",
        to: Org::Green,
        kind: CleanOrRepair,
        urgency: Low,
        subject: "Hoge struiken achter de zithoek",
        question: "Graag de struiken achter de zithoek tot heuphoogte terugsnoeien.",
        created: 62,
        steps: &[
            (60, Receive(Some("GR-288"))),
            (58, Accept(Some(10))),
            (46, Answer(Done, "Gesnoeid en afgevoerd.")),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "rondhangen",
        to: Org::Lighting,
        kind: CleanOrRepair,
        subject: "Lamp boven de zithoek brandt niet",
        question: "De lamp boven de zithoek brandt al weken niet. Graag herstellen.",
        created: 42,
        steps: &[
            (30, Remind(Some("Nog geen ontvangst gezien."))),
            (15, Remind(Some("Tweede herinnering; de vraag blijft ongelezen."))),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "leegstand",
        to: Org::HousingInspection,
        kind: Inspect,
        subject: "Vaststelling van de toestand van het pand",
        question: "Graag een plaatsbezoek en een verslag over de toestand en de afsluiting van het pand.",
        created: 74,
        steps: &[
            (73, Receive(Some("TW-061"))),
            (72, Accept(Some(4))),
            (66, Answer(Done, "Pand bezocht: niet bewoond, achterdeur open, dak lek. Verslag opgemaakt.")),
            (62, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "leegstand",
        to: Org::Environment,
        kind: Inspect,
        subject: "Verwilderde tuin",
        question: "Is er door het afval in de tuin gevaar voor ongedierte?",
        created: 41,
        steps: &[(37, Refuse(NoCapacity, "De toezichthouder is tot het einde van het kwartaal afwezig."))],
        ..REQUEST
    },
    RequestStory {
        case: "leegstand",
        to: Org::HousingInspection,
        kind: Enforce,
        subject: "Herstelvordering",
        question: "Kan de procedure voor een herstelvordering gestart worden?",
        created: 21,
        steps: &[
            (20, Receive(Some("TW-077"))),
            (19, Accept(None)),
            (
                17,
                AskBack(
                    "Is de eigenaar al aangeschreven over de leegstand? Zonder die brief kan de procedure niet starten.",
                ),
            ),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "leegstand",
        to: Org::Works,
        kind: CleanOrRepair,
        subject: "Achterdeur afsluiten",
        question: "Graag de achterdeur afsluiten met een plaat.",
        created: 21,
        steps: &[
            (
                20,
                Amend(
                    "Achterdeur en kelderraam afsluiten",
                    "Graag de achterdeur en het kelderraam afsluiten met een plaat.",
                    "Ook het kelderraam blijkt open te staan.",
                ),
            ),
            (19, Receive(Some("OW-2340"))),
            (18, Accept(None)),
            (13, Answer(Done, "Deur en raam afgesloten, sleutel van het hangslot ligt bij de dienst.")),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "nachtwinkel",
        to: Org::Enforcement,
        kind: Enforce,
        subject: "Naleving van het sluitingsuur",
        question: "Graag gevolg geven aan de vaststellingen over het sluitingsuur.",
        created: 62,
        steps: &[
            (61, Receive(Some("GAS-1190"))),
            (60, Accept(None)),
            (55, Promise(15, Some(MoreInformationNeeded))),
            (
                46,
                Answer(
                    Done,
                    "Dossier afgehandeld: een geldboete en een waarschuwing voor schorsing van de vergunning.",
                ),
            ),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "nachtwinkel",
        to: Org::Environment,
        kind: Inspect,
        subject: "Geluidsmeting van de koelmotor",
        question: "Graag een nachtelijke geluidsmeting van de koelmotor aan de achterzijde.",
        created: 42,
        steps: &[
            (41, Receive(Some("MIL-0471"))),
            (39, Accept(None)),
            (34, Answer(NoActionNeeded, "Gemeten op een dinsdag, onder de norm.")),
            (21, Reopen("De klachten gaan over het weekend; graag een meting op zaterdagnacht.")),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "nachtwinkel",
        to: Org::Mobility,
        kind: Enforce,
        subject: "Dubbel parkeren voor de nachtwinkel",
        question: "Kan de parkeercontrole 's avonds langsgaan?",
        created: 21,
        steps: &[(20, See), (18, Withdraw("De politie neemt dit mee in haar avondronde."))],
        ..REQUEST
    },
    RequestStory {
        case: "gemeneDelen",
        to: Org::HousingCompany,
        kind: CleanOrRepair,
        subject: "Voordeur en traphal",
        question: "Graag de voordeur herstellen en de traphal laten reinigen.",
        created: 59,
        steps: &[
            (58, Receive(Some("HERST-4410"))),
            (56, Accept(None)),
            (52, Answer(Done, "Deurpomp vervangen, extra poetsbeurt gehouden.")),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "gemeneDelen",
        to: Org::HousingCompany,
        kind: Mediate,
        urgency: Low,
        subject: "Bewonersoverleg over de fietskelder",
        question: "Kan er een bewonersoverleg komen over het lawaai in de fietskelder?",
        created: 12,
        steps: &[(11, Receive(Some("SOC-092"))), (10, Accept(Some(18)))],
        ..REQUEST
    },
    RequestStory {
        case: "gemeneDelen",
        to: Org::Waste,
        kind: Inform,
        subject: "Ophaalkalender voor de traphal",
        question: "Kunnen wij tien ophaalkalenders krijgen om in de traphallen te hangen?",
        created: 14,
        steps: &[(9, AnswerFor(Mail, Done, "De kalenders zijn met de post bezorgd."))],
        ..REQUEST
    },
    RequestStory {
        case: "schoolpoort",
        to: Org::Mobility,
        kind: Inspect,
        subject: "Schoolstraat mogelijk?",
        question: "Is een schoolstraat hier mogelijk tijdens het begin en het einde van de schooldag?",
        created: 56,
        steps: &[
            (55, Receive(Some("MOB-121"))),
            (54, Accept(None)),
            (49, Answer(Done, "Ja: een proefopstelling kan starten na de vakantie.")),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "schoolpoort",
        to: Org::Enforcement,
        kind: Enforce,
        subject: "Controle aan de schoolpoort",
        question: "Graag twee weken lang elke ochtend controle aan de schoolpoort.",
        created: 21,
        steps: &[(16, Receive(None)), (5, Remind(Some("De proefopstelling start binnenkort.")))],
        ..REQUEST
    },
    RequestStory {
        case: "schoolpoort",
        to: Org::Works,
        kind: CleanOrRepair,
        subject: "Paaltjes aan het zebrapad",
        question: "Graag drie paaltjes naast het zebrapad plaatsen zodat er niet op geparkeerd wordt.",
        created: 8,
        steps: &[(7, Receive(Some("OW-2361"))), (6, Accept(None)), (5, Promise(14, Some(Permit)))],
        ..REQUEST
    },
    RequestStory {
        case: "snelheid",
        to: Org::Mobility,
        kind: Inspect,
        subject: "Snelheidsmeting",
        question: "Graag een snelheidsmeting van een week, met de aantallen voertuigen per uur.",
        created: 22,
        steps: &[
            (21, Receive(Some("MOB-133"))),
            (20, Accept(Some(5))),
            (
                14,
                Answer(
                    Done,
                    "Meting gehouden: de helft rijdt sneller dan 38 km per uur, 15 procent sneller dan 47.",
                ),
            ),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "snelheid",
        to: Org::Works,
        kind: Inspect,
        subject: "Plaats voor een asverschuiving",
        question: "Waar kan een asverschuiving komen, rekening houdend met de opritten?",
        created: 1,
        ..REQUEST
    },
    RequestStory {
        case: "uitgaan",
        to: Org::Enforcement,
        kind: Enforce,
        subject: "Sluitingsuur van de terrassen",
        question: "Graag vier weekends controle op het sluitingsuur van de terrassen.",
        created: 16,
        steps: &[(15, Receive(Some("GAS-1233"))), (14, Accept(None))],
        ..REQUEST
    },
    RequestStory {
        case: "spuiten",
        to: Org::Prevention,
        kind: Advise,
        subject: "Naaldcontainer in het park?",
        question: "Is een naaldcontainer hier zinvol, en wie ledigt ze?",
        created: 3,
        ..REQUEST
    },
];
