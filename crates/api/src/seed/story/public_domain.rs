//! The requests of the demo about the public domain.

use super::Step::{Accept, Answer, Promise, Receive, Redirect, Refuse, Remind, Reopen, See, Verify};
use super::{REQUEST, RequestStory};
use crate::seed::org::Org;
use domain::follow_up::AnswerOutcome::{Done, NoActionNeeded, PartlyDone};
use domain::follow_up::DelayReason::{Season, ThirdParty};
use domain::follow_up::QuestionKind::{Advise, CleanOrRepair, Inform, Inspect};
use domain::follow_up::RefusalReason::NotCompetent;
use domain::follow_up::Urgency::{Low, Urgent};

/// The requests, in the order of their cases.
pub(super) const PUBLIC_DOMAIN: &[RequestStory] = &[
    RequestStory {
        case: "tunnel",
        to: Org::Lighting,
        kind: CleanOrRepair,
        urgency: Urgent,
        subject: "Drie lampen stuk in de fietstunnel",
        question: "Graag de drie defecte lampen in de fietstunnel herstellen, voor de avonden weer donker worden.",
        created: 77,
        steps: &[
            (76, Receive(Some("STORING-55120"))),
            (75, Answer(Done, "De drie armaturen zijn vervangen door ledverlichting.")),
            (63, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "tunnel",
        to: Org::Works,
        kind: CleanOrRepair,
        subject: "Losse tegels en glas in de fietstunnel",
        question: "Graag de losse tegels aan de noordelijke toegang vastleggen en de goten vrijmaken.",
        created: 77,
        steps: &[
            (76, Receive(Some("OW-2201"))),
            (75, Accept(None)),
            (74, Promise(8, Some(ThirdParty))),
            (66, Answer(Done, "Tegels herlegd door de aannemer, goten vrijgemaakt.")),
            (62, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "tunnel",
        to: Org::Waste,
        kind: CleanOrRepair,
        subject: "Tags in de fietstunnel verwijderen",
        question: "Graag de tags op beide wanden van de fietstunnel verwijderen.",
        created: 77,
        steps: &[
            (75, Refuse(NotCompetent, "De tunnelwanden zijn eigendom van de spoorwegen.")),
            (
                62,
                Reopen(
                    "Volgens de overeenkomst van beheer reinigt de stad de wanden; de tekst is nagekeken.",
                ),
            ),
            (61, Receive(Some("WO-7902"))),
            (60, Accept(Some(2))),
            (58, Answer(Done, "Beide wanden gereinigd en van een beschermlaag voorzien.")),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "tunnel",
        to: Org::Mobility,
        kind: Advise,
        urgency: Low,
        subject: "Spiegel aan de uitgang van de tunnel",
        question: "Fietsers zien elkaar niet aankomen aan de zuidelijke uitgang. Kan daar een spiegel of een markering komen?",
        created: 41,
        steps: &[
            (40, Receive(None)),
            (
                38,
                Redirect(
                    Org::Works,
                    "Spiegels en markeringen plaatst Openbare Werken.",
                    &[
                        (37, Receive(Some("OW-2287"))),
                        (
                            33,
                            Redirect(
                                Org::Lighting,
                                "De spiegel moet aan een verlichtingspaal; dat doet de netbeheerder.",
                                &[
                                    (32, Receive(Some("STORING-55871"))),
                                    (30, Accept(None)),
                                    (
                                        20,
                                        Answer(
                                            PartlyDone,
                                            "De spiegel hangt aan de paal; de markering is niet voor ons.",
                                        ),
                                    ),
                                ],
                            ),
                        ),
                    ],
                ),
            ),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "speelplein",
        to: Org::Green,
        kind: CleanOrRepair,
        urgency: Urgent,
        subject: "Glijbaan en schommel afsluiten en herstellen",
        question: "Graag de glijbaan en de schommel meteen afsluiten en daarna herstellen of vervangen.",
        created: 45,
        steps: &[
            (44, Receive(Some("GR-301"))),
            (43, Answer(Done, "Toestellen afgesloten, wisselstukken geplaatst en gekeurd.")),
            (42, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "speelplein",
        to: Org::Works,
        kind: Inspect,
        subject: "Ondergrond van het speelplein",
        question: "Is de rubberen ondergrond nog veilig? Aan de rand komen de tegels los.",
        created: 41,
        steps: &[
            (40, Receive(Some("OW-2290"))),
            (39, Accept(None)),
            (37, Answer(NoActionNeeded, "Ondergrond gemeten, voldoet aan de norm. De rand is vastgelegd.")),
            (22, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "kruispunt",
        to: Org::Green,
        kind: CleanOrRepair,
        subject: "Snoeien aan het kruispunt",
        question: "Graag de overhangende takken snoeien zodat het verkeersbord weer zichtbaar is.",
        created: 28,
        steps: &[
            (27, Receive(Some("GR-355"))),
            (26, Accept(Some(20))),
            (25, Promise(35, Some(Season))),
            (9, Remind(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "kruispunt",
        to: Org::Mobility,
        kind: Advise,
        urgency: Low,
        subject: "Verkeersbord verplaatsen?",
        question: "Kan het bord beter aan de overzijde staan, waar het groen niet in de weg zit?",
        created: 8,
        steps: &[(6, See)],
        ..REQUEST
    },
    RequestStory {
        case: "behoefte",
        to: Org::Lighting,
        kind: Advise,
        urgency: Low,
        subject: "Verlichting langs de wandelweg",
        question: "Wat kost lage verlichting langs de wandelweg, en kan ze gedimd worden na 22 uur?",
        created: 8,
        steps: &[(7, Receive(Some("STUDIE-908")))],
        ..REQUEST
    },
    RequestStory {
        case: "behoefte",
        to: Org::Green,
        kind: Advise,
        urgency: Low,
        subject: "Zitbanken langs de wandelweg",
        question: "Waar kunnen twee banken staan zonder de beplanting te schaden?",
        created: 3,
        draft: true,
        ..REQUEST
    },
    RequestStory {
        case: "behoefte",
        to: Org::Works,
        kind: Inform,
        subject: "Plannen voor de wandelweg",
        question: "Staat de wandelweg op het programma van heraanleg?",
        created: 2,
        draft: true,
        ..REQUEST
    },
    RequestStory {
        case: "spuiten",
        to: Org::Waste,
        kind: CleanOrRepair,
        urgency: Urgent,
        subject: "Spuiten verwijderen in het park",
        question: "Graag de spuiten veilig verwijderen en de struiken nakijken.",
        created: 9,
        steps: &[
            (8, Receive(Some("WO-8201"))),
            (7, Answer(Done, "Zeven spuiten verwijderd met de tang, struiken nagekeken.")),
            (3, Verify(None)),
        ],
        ..REQUEST
    },
    RequestStory {
        case: "spuiten",
        to: Org::Green,
        kind: Inspect,
        subject: "Struiken lager snoeien",
        question: "Kunnen de struiken langs het pad lager, zodat het pad vanaf de straat zichtbaar is?",
        created: 1,
        ..REQUEST
    },
];
