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
    ADDENDA = "Rechtzettingen", "Corrections", "Corrections";
    ADDENDUM = "Rechtzetting", "Correction", "Correction";
    ADDRESSEE = "Aan", "À", "To";
    AGENDA_OF = "Agenda van de vergadering van", "Ordre du jour de la réunion du", "Agenda of the meeting of";
    AMENDED_ON = "Aangepast op", "Adaptée le", "Amended on";
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
    DAYS_WAITING = "Dagen in afwachting", "Jours d'attente", "Days waiting";
    DAYS_WITHOUT_ACTIVITY = "Dagen zonder activiteit", "Jours sans activité", "Days without activity";
    DECISIONS = "Beslissingen", "Décisions", "Decisions";
    DRAFT = "Ontwerp", "Projet", "Draft";
    ENDED_CASES = "Afgesloten dossiers", "Dossiers clôturés", "Closed cases";
    FILL_IN = "In te vullen door de dienst", "À remplir par le service", "To be filled in by the service";
    FUNCTION = "Functie", "Fonction", "Function";
    GUARD_HOURS = "Wachturen (duur × aantal gemeenschapswachten)", "Heures de gardiens (durée × nombre)", "Guard hours (duration × guards)";
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
    PLANNED_ON = "Gepland op", "Prévue le", "Planned on";
    PRESENT = "Aanwezigheid", "Présence", "Attendance";
    PROMISED_ON = "Toegezegd tegen", "Promise pour le", "Promised for";
    QUESTION = "Vraag", "Question", "Question";
    RATIFIED = "Bekrachtigde beslissingen", "Décisions ratifiées", "Ratified decisions";
    RECEIPT_DUE = "Ontvangst te bevestigen tegen", "Réception à confirmer pour le", "Receipt to be confirmed by";
    REFUSED_BECAUSE = "Weigering, met reden", "Refus, avec motif", "Refusal, with reason";
    REPORT_OF = "Verslag van de vergadering van", "Procès-verbal de la réunion du", "Report of the meeting of";
    REQUEST = "Opvolgvraag", "Demande de suivi", "Follow-up request";
    REQUESTS = "Opvolgvragen", "Demandes de suivi", "Follow-up requests";
    REQUESTS_ANSWERED = "Beantwoorde opvolgvragen", "Demandes ayant reçu une réponse", "Requests answered";
    REQUESTS_SENT = "Verzonden opvolgvragen", "Demandes envoyées", "Requests sent";
    SENDER = "Van", "De", "From";
    SENT_ON = "Verzonden op", "Envoyée le", "Sent on";
    SERIOUSLY_LATE = "Ernstig te laat", "Retard important", "Seriously late";
    SERVICE = "Dienst", "Service", "Service";
    SHIFT_HOURS = "Diensturen van de gemeenschapswachten", "Heures de service des gardiens", "Hours of shifts of the guards";
    SINCE = "vanaf", "à partir de", "from";
    STATE = "Toestand", "État", "State";
    TIME = "Uur", "Heure", "Time";
    UNTIL = "tot", "jusqu'à", "until";
    URGENCY = "Dringendheid", "Urgence", "Urgency";
    WHO_WAS_THERE = "Wie was er", "Qui était là", "Who was there";
    WITHOUT_ANSWER = "Nog geen antwoord.", "Pas encore de réponse.", "No answer yet.";
    YOUR_REFERENCE = "Uw kenmerk", "Votre référence", "Your reference";
}
