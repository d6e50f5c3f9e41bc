//! What stands on the pages, in every language.

use crate::language::Texts;

macro_rules! words {
    ($($name:ident = $nl:literal, $fr:literal, $en:literal;)*) => {$(
        pub(crate) const $name: Texts = Texts { nl: $nl, fr: $fr, en: $en };
    )*};
}

words! {
    ACTION = "Actie", "Action", "Action";
    ACTIONS = "Acties", "Actions", "Actions";
    ADDENDA = "Verbeteringen", "Corrections", "Corrections";
    ADDENDUM = "Verbetering", "Correction", "Correction";
    ADDRESSEE = "Aan", "À", "To";
    AGENDA_OF = "Agenda van de vergadering van", "Ordre du jour de la réunion du", "Agenda of the meeting of";
    ANSWER = "Antwoord", "Réponse", "Answer";
    ANSWER_DUE = "Antwoord ten laatste op", "Réponse au plus tard le", "Answer due by";
    APPROVED_ON = "Goedgekeurd op", "Approuvé le", "Approved on";
    ATTENDANCE = "Aanwezigheid", "Présences", "Attendance";
    AUDIENCE = "Voor", "Pour", "For";
    BY_WHEN = "Tegen", "Pour le", "By";
    CARRIED_OVER = "Aantal keer overgedragen", "Nombre de reports", "Times carried over";
    CATEGORY = "Categorie", "Catégorie", "Category";
    CIRCULATED_ON = "Rondgezonden op", "Diffusé le", "Circulated on";
    CONTACT = "Contact", "Contact", "Contact";
    DATE_AND_SIGNATURE = "Datum, functie en handtekening", "Date, fonction et signature", "Date, function and signature";
    DAYS_LATE = "Dagen te laat", "Jours de retard", "Days late";
    DAYS_WITHOUT_ACTIVITY = "Dagen zonder activiteit", "Jours sans activité", "Days without activity";
    DECISIONS = "Beslissingen", "Décisions", "Decisions";
    DRAFT = "Ontwerp", "Projet", "Draft";
    ENDED_CASES = "Afgesloten dossiers", "Dossiers clôturés", "Closed cases";
    FILL_IN = "In te vullen door de dienst", "À remplir par le service", "To be filled in by the service";
    FUNCTION = "Functie", "Fonction", "Function";
    GUARD_HOURS = "Uren wachten (duur × aantal wachten)", "Heures de gardiens (durée × nombre)", "Guard hours (duration × guards)";
    HASH = "Controlegetal (SHA-256 van de inhoud in canonieke vorm, RFC 8785)",
        "Somme de contrôle (SHA-256 du contenu sous forme canonique, RFC 8785)",
        "Checksum (SHA-256 of the content in canonical form, RFC 8785)";
    ITEM = "Punt", "Point", "Item";
    KIND_OF_QUESTION = "Soort vraag", "Type de question", "Kind of question";
    LATE = "Te laat", "En retard", "Late";
    LATE_SINCE = "te laat sinds", "en retard depuis le", "late since";
    NEVER_SEEN = "Nooit gezien door de dienst", "Jamais vues par le service", "Never seen by the service";
    NEW_CASES = "Nieuwe dossiers", "Nouveaux dossiers", "New cases";
    NEXT_MEETING = "Volgende vergadering", "Prochaine réunion", "Next meeting";
    NOTES = "Notities", "Notes", "Notes";
    NOT_RECORDED = "Niet genoteerd.", "Non noté.", "Not recorded.";
    NO_ITEMS = "Er staat niets op de agenda.", "L'ordre du jour est vide.", "Nothing is on the agenda.";
    ORGANISATION = "Organisatie", "Organisation", "Organisation";
    OUR_REFERENCE = "Ons kenmerk", "Notre référence", "Our reference";
    OUTCOME = "Resultaat", "Résultat", "Outcome";
    OWNER = "Wie", "Qui", "Who";
    OWN_ITEMS = "Wat uw organisatie aangaat", "Ce qui concerne votre organisation", "What concerns your organisation";
    PERSON_HOURS = "Persoonsuren", "Heures-personnes", "Person-hours";
    PLACE = "Plaats", "Lieu", "Place";
    PRESENT = "Aanwezigheid", "Présence", "Attendance";
    QUESTION = "Vraag", "Question", "Question";
    RATIFIED = "Bekrachtigde beslissingen", "Décisions ratifiées", "Ratified decisions";
    RECEIPT_DUE = "Ontvangst te bevestigen tegen", "Réception à confirmer pour le", "Receipt to be confirmed by";
    REPORT_OF = "Verslag van de vergadering van", "Procès-verbal de la réunion du", "Report of the meeting of";
    REQUEST = "Opvolgvraag", "Demande de suivi", "Follow-up request";
    REQUESTS = "Opvolgvragen", "Demandes de suivi", "Follow-up requests";
    REQUESTS_ANSWERED = "Beantwoorde opvolgvragen", "Demandes répondues", "Requests answered";
    REQUESTS_SENT = "Verzonden opvolgvragen", "Demandes envoyées", "Requests sent";
    SENDER = "Van", "De", "From";
    SENT_ON = "Verzonden op", "Envoyée le", "Sent on";
    SERIOUSLY_LATE = "Ernstig te laat", "Fort en retard", "Seriously late";
    SERVICE = "Dienst", "Service", "Service";
    SHIFT_HOURS = "Uren diensten van de wachten", "Heures de service des gardiens", "Hours of shifts of the guards";
    STATE = "Toestand", "État", "State";
    TIME = "Uur", "Heure", "Time";
    URGENCY = "Dringendheid", "Urgence", "Urgency";
    WITHOUT_ANSWER = "Nog geen antwoord.", "Pas encore de réponse.", "No answer yet.";
    YOUR_REFERENCE = "Uw kenmerk", "Votre référence", "Your reference";
}
