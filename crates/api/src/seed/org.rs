//! The organisations of the demo; the companies among them do not exist.

use domain::access::Regime;
use domain::organisation::Kind;

/// An organisation of the demo.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Org {
    /// The city.
    City,
    /// The police zone.
    Police,
    /// The community guards.
    Guards,
    /// The housing team of the city.
    HousingTeam,
    /// A housing company.
    HousingCompany,
    /// Public works.
    Works,
    /// Waste and cleaning.
    Waste,
    /// Green.
    Green,
    /// Mobility and parking.
    Mobility,
    /// Municipal sanctions and enforcement.
    Enforcement,
    /// Street lighting, by the grid operator.
    Lighting,
    /// Prevention.
    Prevention,
    /// Supervision of housing quality.
    HousingInspection,
    /// Environment.
    Environment,
}

/// What is written of an organisation.
#[derive(Debug, Clone, Copy)]
pub(super) struct Facts {
    /// The end of its clients' names: `serviceAgent.groen`.
    pub(super) slug: &'static str,
    pub(super) kind: Kind,
    pub(super) regime: Regime,
    pub(super) nl: &'static str,
    pub(super) fr: &'static str,
    pub(super) en: &'static str,
    /// An enterprise number with a right check number that nobody has.
    pub(super) enterprise_number: Option<&'static str>,
    pub(super) takes_requests: bool,
    pub(super) contact_function: &'static str,
}

impl Org {
    /// Every organisation.
    pub(super) const ALL: [Self; 14] = [
        Self::City,
        Self::Police,
        Self::Guards,
        Self::HousingTeam,
        Self::HousingCompany,
        Self::Works,
        Self::Waste,
        Self::Green,
        Self::Mobility,
        Self::Enforcement,
        Self::Lighting,
        Self::Prevention,
        Self::HousingInspection,
        Self::Environment,
    ];

    /// Gives what is written of it.
    pub(super) const fn facts(self) -> Facts {
        let service = Facts {
            slug: "",
            kind: Kind::CityService,
            regime: Regime::City,
            nl: "",
            fr: "",
            en: "",
            enterprise_number: None,
            takes_requests: true,
            contact_function: "Dienstverantwoordelijke",
        };
        match self {
            Self::City => Facts {
                slug: "stadAalst",
                kind: Kind::City,
                nl: "Stad Aalst",
                fr: "Ville d'Alost",
                en: "City of Aalst",
                enterprise_number: Some("0000.000.097"),
                takes_requests: false,
                contact_function: "Wijkmanager",
                ..service
            },
            Self::Police => Facts {
                slug: "politiezone",
                kind: Kind::PoliceZone,
                regime: Regime::Police,
                nl: "Politiezone Aalst",
                fr: "Zone de police d'Alost",
                en: "Police zone of Aalst",
                enterprise_number: Some("0000.000.196"),
                takes_requests: false,
                contact_function: "Hoofdinspecteur wijkwerking",
            },
            Self::Guards => Facts {
                slug: "gemeenschapswachten",
                nl: "Gemeenschapswachten",
                fr: "Gardiens de la paix",
                en: "Community guards",
                takes_requests: false,
                contact_function: "Coördinator gemeenschapswachten",
                ..service
            },
            Self::HousingTeam => Facts {
                slug: "teamWonen",
                nl: "Team Wonen",
                fr: "Équipe logement",
                en: "Housing team",
                contact_function: "Teamverantwoordelijke wonen",
                ..service
            },
            Self::HousingCompany => Facts {
                slug: "woonmaatschappij",
                kind: Kind::HousingCompany,
                regime: Regime::Housing,
                nl: "Woonmaatschappij De Voorbeeldwoning",
                fr: "Société de logement De Voorbeeldwoning",
                en: "Housing company De Voorbeeldwoning",
                enterprise_number: Some("0000.000.295"),
                contact_function: "Woonconsulent",
                ..service
            },
            Self::Works => Facts {
                slug: "openbareWerken",
                nl: "Openbare Werken",
                fr: "Travaux publics",
                en: "Public works",
                contact_function: "Planner openbaar domein",
                ..service
            },
            Self::Waste => Facts {
                slug: "afvalEnReiniging",
                nl: "Afval en Reiniging",
                fr: "Déchets et propreté",
                en: "Waste and cleaning",
                contact_function: "Ploegbaas reiniging",
                ..service
            },
            Self::Green => Facts {
                slug: "groen",
                nl: "Groen",
                fr: "Espaces verts",
                en: "Green",
                contact_function: "Groenbeheerder",
                ..service
            },
            Self::Mobility => Facts {
                slug: "mobiliteitEnParkeren",
                nl: "Mobiliteit en Parkeren",
                fr: "Mobilité et stationnement",
                en: "Mobility and parking",
                contact_function: "Mobiliteitsdeskundige",
                ..service
            },
            Self::Enforcement => Facts {
                slug: "handhaving",
                nl: "GAS en Handhaving",
                fr: "Sanctions administratives",
                en: "Municipal sanctions and enforcement",
                contact_function: "Sanctionerend ambtenaar",
                ..service
            },
            Self::Lighting => Facts {
                slug: "openbareVerlichting",
                kind: Kind::Partner,
                regime: Regime::External,
                nl: "Openbare Verlichting (netbeheerder)",
                fr: "Éclairage public (gestionnaire du réseau)",
                en: "Street lighting (grid operator)",
                contact_function: "Meldpunt straatverlichting",
                ..service
            },
            Self::Prevention => Facts {
                slug: "preventie",
                nl: "Preventie",
                fr: "Prévention",
                en: "Prevention",
                contact_function: "Preventieambtenaar",
                ..service
            },
            Self::HousingInspection => Facts {
                slug: "toezichtWonen",
                nl: "Toezicht Wonen",
                fr: "Inspection du logement",
                en: "Housing inspection",
                contact_function: "Wooncontroleur",
                ..service
            },
            Self::Environment => Facts {
                slug: "milieu",
                nl: "Milieu",
                fr: "Environnement",
                en: "Environment",
                contact_function: "Omgevingsambtenaar",
                ..service
            },
        }
    }
}
