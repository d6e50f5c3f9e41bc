//! The problem types: one table of code, owner, status and texts.

use actix_web::http::StatusCode;

use crate::language::Texts;

/// Who defines a problem type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The Belgian REST guide.
    Belgif,
    /// This API.
    Wijkoverleg,
}

/// What the table says of a problem type.
#[derive(Debug, Clone, Copy)]
pub struct Entry {
    /// The code, which ends the type's URN.
    pub code: &'static str,
    /// Who defines it.
    pub owner: Owner,
    /// The status that answers carry.
    pub status: StatusCode,
    /// The title.
    pub title: Texts,
    /// What it means, and what a caller does about it.
    pub description: Texts,
}

macro_rules! problem_types {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $owner:ident, $status:ident,
        { $title_nl:literal, $title_fr:literal, $title_en:literal },
        { $nl:literal, $fr:literal, $en:literal };)*) => {
        /// A problem type.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code {
            $($(#[$doc])* $variant,)*
        }

        impl Code {
            /// Every problem type, in the order of the table.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Returns what the table says of the type.
            pub const fn entry(self) -> &'static Entry {
                match self {
                    $(Self::$variant => &Entry {
                        code: $code,
                        owner: Owner::$owner,
                        status: StatusCode::$status,
                        title: Texts { nl: $title_nl, fr: $title_fr, en: $title_en },
                        description: Texts { nl: $nl, fr: $fr, en: $en },
                    },)*
                }
            }

            /// Finds the type of a code.
            pub fn from_code(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// Returns the URN that names the type in a problem.
            pub const fn urn(self) -> &'static str {
                match self {
                    $(Self::$variant => urn!($owner, $code),)*
                }
            }
        }
    };
}

macro_rules! urn {
    (Belgif, $code:literal) => {
        concat!("urn:problem-type:belgif:", $code)
    };
    (Wijkoverleg, $code:literal) => {
        concat!("urn:problem-type:wijkoverleg:", $code)
    };
}

problem_types! {
    /// The request does not follow the contract; its issues say where.
    BadRequest = "badRequest", Belgif, BAD_REQUEST,
        { "Ongeldig verzoek", "Requête non valide", "Bad Request" },
        { "Het verzoek is onjuist: zie de opgesomde fouten.",
          "La requête est incorrecte : voir les erreurs énumérées.",
          "The request is incorrect: see the listed issues." };
    /// The request carries no access token.
    NoAccessToken = "noAccessToken", Belgif, UNAUTHORIZED,
        { "Geen toegangstoken", "Aucun jeton d'accès", "No Access Token" },
        { "Het verzoek heeft geen Bearer-toegangstoken in de header Authorization.",
          "La requête ne comporte pas de jeton d'accès Bearer dans l'en-tête Authorization.",
          "No Bearer access token found in the Authorization header." };
    /// The access token cannot be trusted.
    InvalidAccessToken = "invalidAccessToken", Belgif, UNAUTHORIZED,
        { "Ongeldig toegangstoken", "Jeton d'accès non valide", "Invalid Access Token" },
        { "Het Bearer-toegangstoken is ongeldig.",
          "Le jeton d'accès Bearer n'est pas valide.",
          "The Bearer access token is invalid." };
    /// The access token was good once.
    ExpiredAccessToken = "expiredAccessToken", Belgif, UNAUTHORIZED,
        { "Verlopen toegangstoken", "Jeton d'accès expiré", "Expired Access Token" },
        { "Het Bearer-toegangstoken is verlopen: vraag een nieuw.",
          "Le jeton d'accès Bearer a expiré : demandez-en un nouveau.",
          "The Bearer access token has expired: ask for a new one." };
    /// The token lacks a scope that the operation needs.
    MissingScope = "missingScope", Belgif, FORBIDDEN,
        { "Ontbrekende scope", "Scope manquant", "Missing Scope" },
        { "Het toegangstoken heeft geen van de scopes die deze operatie vraagt.",
          "Le jeton d'accès ne comporte aucun des scopes que demande cette opération.",
          "The access token has none of the scopes that this operation asks for." };
    /// The role of the caller does not allow the operation.
    MissingPermission = "missingPermission", Belgif, FORBIDDEN,
        { "Ontbrekende toestemming", "Permission manquante", "Missing Permission" },
        { "De oproeper mag deze operatie niet uitvoeren.",
          "L'appelant n'est pas autorisé à effectuer cette opération.",
          "The caller is not permitted to perform this operation." };
    /// There is nothing at this address, or nothing that the caller may see.
    ResourceNotFound = "resourceNotFound", Belgif, NOT_FOUND,
        { "Niet gevonden", "Ressource introuvable", "Resource Not Found" },
        { "Op dit adres is er niets, of niets dat de oproeper mag zien.",
          "Il n'y a rien à cette adresse, ou rien que l'appelant puisse voir.",
          "There is nothing at this address, or nothing that the caller may see." };
    /// The resource does not have this method.
    MethodNotAllowed = "methodNotAllowed", Wijkoverleg, METHOD_NOT_ALLOWED,
        { "Methode niet toegelaten", "Méthode non autorisée", "Method Not Allowed" },
        { "Dit adres kent deze methode niet; de header Allow somt op welke wel.",
          "Cette adresse ne connaît pas cette méthode ; l'en-tête Allow énumère celles qu'elle connaît.",
          "This address does not have this method; the header Allow lists those it has." };
    /// A place in the change feed from which nobody can go on.
    GoneCursor = "goneCursor", Wijkoverleg, GONE,
        { "Positie niet meer bruikbaar", "Position plus utilisable", "Cursor Gone" },
        { "Vanaf deze positie kan de stroom van wijzigingen niet verder gelezen worden: ze is ouder dan wat bewaard wordt, of wat u mag zien is veranderd. Vraag een nieuwe positie met start=now, lees daarna de lijsten opnieuw, en ga verder vanaf de nieuwe positie.",
          "Le flux des modifications ne peut pas être poursuivi depuis cette position : elle est plus ancienne que ce qui est conservé, ou ce que vous pouvez voir a changé. Demandez une nouvelle position avec start=now, relisez ensuite les listes, et continuez depuis la nouvelle position.",
          "The change feed cannot be followed from this cursor: it is older than what is kept, or what you may see has changed. Ask for a new one with start=now, then read the lists anew, and go on from the new one." };
    /// No representation that the caller accepts.
    NotAcceptable = "notAcceptable", Wijkoverleg, NOT_ACCEPTABLE,
        { "Geen aanvaardbare voorstelling", "Aucune représentation acceptable", "Not Acceptable" },
        { "Deze operatie kan niet antwoorden in een mediatype dat de header Accept toelaat.",
          "Cette opération ne peut répondre dans aucun type de média que l'en-tête Accept autorise.",
          "This operation cannot answer in any media type that the header Accept allows." };
    /// The request took too long to arrive.
    RequestTimeout = "requestTimeout", Wijkoverleg, REQUEST_TIMEOUT,
        { "Verzoek te traag", "Requête trop lente", "Request Timeout" },
        { "Het verzoek kwam niet binnen de toegestane tijd volledig aan.",
          "La requête n'est pas arrivée entièrement dans le délai autorisé.",
          "The request did not arrive completely within the time allowed." };
    /// The state of the resource does not allow the verb.
    IllegalTransition = "illegalTransition", Wijkoverleg, CONFLICT,
        { "Overgang niet mogelijk", "Transition impossible", "Illegal Transition" },
        { "De toestand waarin dit zich bevindt, laat deze handeling niet toe; `allowedVerbs` somt op welke wel.",
          "L'état actuel ne permet pas cette action ; `allowedVerbs` énumère celles qu'il permet.",
          "The present state does not allow this verb; `allowedVerbs` lists those it allows." };
    /// An escalation of the case runs.
    RunningEscalation = "runningEscalation", Wijkoverleg, CONFLICT,
        { "Lopende escalatie", "Escalade en cours", "Running Escalation" },
        { "Er loopt een escalatie van dit dossier: `escalationId` en `state` zeggen welke en hoe ver ze staat.",
          "Une escalade de ce dossier est en cours : `escalationId` et `state` indiquent laquelle et où elle en est.",
          "An escalation of this case runs: `escalationId` and `state` tell which and how far it is." };
    /// The endpoint of a webhook subscription did not echo the challenge.
    EndpointNotVerified = "endpointNotVerified", Wijkoverleg, CONFLICT,
        { "Eindpunt niet geverifieerd", "Point de terminaison non vérifié", "Endpoint Not Verified" },
        { "Het eindpunt gaf de uitdaging niet terug: `reason` zegt wat er misging, `endpointStatus` wat het antwoordde.",
          "Le point de terminaison n'a pas renvoyé le défi : `reason` indique ce qui n'allait pas, `endpointStatus` ce qu'il a répondu.",
          "The endpoint did not echo the challenge: `reason` tells what was wrong, `endpointStatus` what it answered." };
    /// The same question is open already.
    DuplicateOpenRequest = "duplicateOpenRequest", Wijkoverleg, CONFLICT,
        { "Opvolgvraag staat al open", "Demande de suivi déjà ouverte", "Duplicate Open Request" },
        { "Voor dit dossier staat bij deze dienst al een opvolgvraag van deze soort open.",
          "Une demande de suivi de ce type est déjà ouverte auprès de ce service pour ce dossier.",
          "A follow-up request of this kind is already open with this service for this case." };
    /// The group of guards has another shift at that time.
    OverlappingShift = "overlappingShift", Wijkoverleg, CONFLICT,
        { "Overlappende shift", "Service qui se chevauche", "Overlapping Shift" },
        { "De groep heeft op dat ogenblik al een andere shift; verbeter of trek die eerst in.",
          "Le groupe a déjà un autre service à ce moment ; corrigez ou retirez d'abord celui-là.",
          "The group has another shift at that time already; correct or withdraw that one first." };
    /// No data-sharing protocol covers what is to be sent.
    DataSharingProtocolMissing = "dataSharingProtocolMissing", Wijkoverleg, CONFLICT,
        { "Geen protocol dat dit dekt", "Aucun protocole ne couvre ceci", "No Data-Sharing Protocol Covers This" },
        { "De vraag bevat persoonsgegevens, en geen geldig protocol dekt afzender, bestemmeling en categorie.",
          "La question contient des données à caractère personnel et aucun protocole valide ne couvre l'expéditeur, le destinataire et la catégorie.",
          "The question carries personal data, and no valid protocol covers sender, recipient and category." };
    /// Open work stands in the way.
    OpenWork = "openWork", Wijkoverleg, CONFLICT,
        { "Er staat nog werk open", "Du travail reste ouvert", "Open Work" },
        { "Er staan nog acties of opvolgvragen open.",
          "Des actions ou des demandes de suivi restent ouvertes.",
          "Actions or follow-up requests are still open." };
    /// The first request with the same idempotency key has not finished.
    IdempotencyConflict = "idempotencyConflict", Wijkoverleg, CONFLICT,
        { "Zelfde verzoek nog bezig", "Même requête encore en cours", "Idempotency Conflict" },
        { "Een eerder verzoek met dezelfde Idempotency-Key is nog bezig: probeer straks opnieuw.",
          "Une requête antérieure avec la même Idempotency-Key est encore en cours : réessayez plus tard.",
          "An earlier request with the same Idempotency-Key is still being handled: try again later." };
    /// What a request would use up is taken.
    Conflict = "conflict", Wijkoverleg, CONFLICT,
        { "Botsing met wat er al is", "Conflit avec l'existant", "Conflict" },
        { "Het verzoek botst met wat er al is.",
          "La requête entre en conflit avec ce qui existe déjà.",
          "The request is in conflict with what is already there." };
    /// What was asked for is there no longer.
    CursorGone = "cursorGone", Wijkoverleg, GONE,
        { "Positie bestaat niet meer", "Position disparue", "Cursor Gone" },
        { "Deze positie in de stroom bestaat niet meer: synchroniseer opnieuw.",
          "Cette position dans le flux n'existe plus : resynchronisez.",
          "This position in the feed exists no longer: synchronise again." };
    /// The version that the caller knows is not the present one.
    PreconditionFailed = "preconditionFailed", Wijkoverleg, PRECONDITION_FAILED,
        { "Intussen gewijzigd", "Modifié entre-temps", "Precondition Failed" },
        { "De versie in If-Match is niet de huidige: lees opnieuw en beslis opnieuw.",
          "La version dans If-Match n'est pas l'actuelle : relisez et décidez à nouveau.",
          "The version in If-Match is not the present one: read again and decide again." };
    /// The body is too large.
    PayloadTooLarge = "payloadTooLarge", Belgif, PAYLOAD_TOO_LARGE,
        { "Bericht te groot", "Message trop volumineux", "Payload Too Large" },
        { "De inhoud van het verzoek is groter dan toegelaten.",
          "Le contenu de la requête dépasse la taille autorisée.",
          "The content of the request is larger than allowed." };
    /// The address is too long.
    UriTooLong = "uriTooLong", Wijkoverleg, URI_TOO_LONG,
        { "Adres te lang", "Adresse trop longue", "URI Too Long" },
        { "Het adres met zijn parameters is langer dan toegelaten.",
          "L'adresse avec ses paramètres dépasse la longueur autorisée.",
          "The address with its parameters is longer than allowed." };
    /// The body is in a format that the operation does not read.
    UnsupportedMediaType = "unsupportedMediaType", Wijkoverleg, UNSUPPORTED_MEDIA_TYPE,
        { "Mediatype niet ondersteund", "Type de média non pris en charge", "Unsupported Media Type" },
        { "Deze operatie leest de inhoud niet in dit mediatype of deze codering.",
          "Cette opération ne lit pas le contenu dans ce type de média ou ce codage.",
          "This operation does not read content in this media type or coding." };
    /// An idempotency key was used for another request.
    IdempotencyKeyReused = "idempotencyKeyReused", Wijkoverleg, UNPROCESSABLE_ENTITY,
        { "Idempotency-Key hergebruikt", "Idempotency-Key réutilisée", "Idempotency Key Reused" },
        { "Deze Idempotency-Key werd al gebruikt voor een ander verzoek.",
          "Cette Idempotency-Key a déjà servi pour une autre requête.",
          "This Idempotency-Key was already used for another request." };
    /// A change needs `If-Match`.
    PreconditionRequired = "preconditionRequired", Wijkoverleg, PRECONDITION_REQUIRED,
        { "If-Match vereist", "If-Match requis", "Precondition Required" },
        { "Een wijziging vraagt de header If-Match met de ETag die laatst gelezen werd.",
          "Une modification demande l'en-tête If-Match avec l'ETag lu en dernier lieu.",
          "A change needs the header If-Match with the ETag that was read last." };
    /// The headers are too large.
    HeadersTooLarge = "headersTooLarge", Wijkoverleg, REQUEST_HEADER_FIELDS_TOO_LARGE,
        { "Headers te groot", "En-têtes trop volumineux", "Headers Too Large" },
        { "De headers van het verzoek zijn samen groter dan toegelaten.",
          "Les en-têtes de la requête dépassent ensemble la taille autorisée.",
          "The headers of the request are together larger than allowed." };
    /// The client sends more than its share.
    TooManyRequests = "tooManyRequests", Belgif, TOO_MANY_REQUESTS,
        { "Te veel verzoeken", "Trop de requêtes", "Too Many Requests" },
        { "Deze client stuurde te veel verzoeken: Retry-After zegt wanneer het weer kan.",
          "Ce client a envoyé trop de requêtes : Retry-After indique quand réessayer.",
          "This client sent too many requests: Retry-After tells when to try again." };
    /// Too many attempts failed.
    TooManyFailedRequests = "tooManyFailedRequests", Belgif, TOO_MANY_REQUESTS,
        { "Te veel mislukte verzoeken", "Trop de requêtes en échec", "Too Many Failed Requests" },
        { "Te veel verzoeken mislukten: Retry-After zegt wanneer het weer kan.",
          "Trop de requêtes ont échoué : Retry-After indique quand réessayer.",
          "Too many requests failed: Retry-After tells when to try again." };
    /// The server failed.
    InternalServerError = "internalServerError", Belgif, INTERNAL_SERVER_ERROR,
        { "Interne fout", "Erreur interne", "Internal Server Error" },
        { "De server faalde; het verzoek is onder `instance` in het logboek terug te vinden.",
          "Le serveur a échoué ; la requête figure sous `instance` dans le journal.",
          "The server failed; the request is in the log under `instance`." };
    /// The server cannot work for the moment.
    ServiceUnavailable = "serviceUnavailable", Belgif, SERVICE_UNAVAILABLE,
        { "Dienst niet beschikbaar", "Service indisponible", "Service Unavailable" },
        { "De dienst is tijdelijk niet beschikbaar: probeer later opnieuw.",
          "Le service est temporairement indisponible : réessayez plus tard.",
          "The service is temporarily unavailable: try again later." };
}

impl Code {
    /// Returns the status of the type.
    pub const fn status(self) -> StatusCode {
        self.entry().status
    }

    /// Returns where the type is described: the guide, or this API under its public address.
    pub fn href(self, base_url: &str) -> String {
        let Entry { code, owner, .. } = self.entry();
        match owner {
            Owner::Belgif => {
                format!("https://www.belgif.be/specification/rest/api-guide/problems/{code}.html")
            }
            Owner::Wijkoverleg => format!("{base_url}/refData/problemTypes/{code}"),
        }
    }

    /// Finds the type for a status that something other than this API gave.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::InvalidAccessToken,
            StatusCode::FORBIDDEN => Self::MissingPermission,
            StatusCode::CONFLICT => Self::Conflict,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            other => {
                let exact = Self::ALL.iter().copied().find(|code| code.status() == other);
                let class =
                    if other.is_server_error() { Self::InternalServerError } else { Self::BadRequest };
                exact.unwrap_or(class)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_finds_its_type_again() {
        for code in Code::ALL {
            assert_eq!(Code::from_code(code.entry().code), Some(*code));
            assert!(code.urn().ends_with(&format!(":{}", code.entry().code)));
            assert!(code.status().is_client_error() || code.status().is_server_error());
        }
    }

    #[test]
    fn a_foreign_status_becomes_the_nearest_type() {
        assert_eq!(Code::of_status(StatusCode::NOT_FOUND), Code::ResourceNotFound);
        assert_eq!(Code::of_status(StatusCode::BAD_GATEWAY), Code::InternalServerError);
        assert_eq!(Code::of_status(StatusCode::IM_A_TEAPOT), Code::BadRequest);
        assert_eq!(Code::of_status(StatusCode::CONFLICT), Code::Conflict);
    }
}
