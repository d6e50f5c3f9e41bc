use std::collections::BTreeSet;

use uuid::Uuid;

use super::{Audience, Channel, past_participle};
use crate::access::{OwnOrganisation, Principal, Regime, Role, Scope, Seat};
use crate::id::{ConsultationId, OrganisationId};
use crate::note::Visibility;
use crate::subject::Subject;

const TEAM: u128 = 0x0193_0000_0000_7000_8000_0000_0000_0001;
const OTHER_TEAM: u128 = 0x0193_0000_0000_7000_8000_0000_0000_0002;
const OWN: u128 = 0x0193_0000_0000_7000_8000_0000_0000_0003;
const STRANGER: u128 = 0x0193_0000_0000_7000_8000_0000_0000_0004;

fn consultation(id: u128) -> ConsultationId {
    Uuid::from_u128(id).into()
}

fn organisation(id: u128) -> OrganisationId {
    Uuid::from_u128(id).into()
}

fn principal(role: Role, regime: Regime) -> Principal {
    let own = organisation(OWN);
    Principal {
        client_id: Uuid::from_u128(9).into(),
        user: None,
        organisations: vec![OwnOrganisation { id: own, regime }],
        roles: [role].into(),
        scopes: Scope::ALL.iter().copied().collect(),
        seats: vec![Seat { consultation_id: consultation(TEAM), organisation_id: own, role, is_above: true }],
    }
}

fn everybody() -> Vec<Principal> {
    let regimes = [Regime::City, Regime::Police, Regime::Housing, Regime::External];
    Role::ALL.iter().flat_map(|role| regimes.map(|regime| principal(*role, regime))).collect()
}

/// The audiences of one of each kind, of a consultation and of an organisation.
fn audiences(kind: Subject, team: ConsultationId, of: OrganisationId) -> Vec<Audience> {
    match kind {
        Subject::FollowUpRequest => vec![Audience::request(team, None, Some(of))],
        Subject::Action => vec![Audience::action(team, None, of)],
        Subject::CaseContact => vec![Audience::contact(team, None, of)],
        Subject::PresenceRecord => vec![Audience::presence(of, [team])],
        Subject::Escalation | Subject::LedgerEntry => vec![Audience::office(team, None)],
        Subject::CalendarFeed => vec![Audience::desk(team)],
        Subject::HourlyRate => vec![Audience::rate(team)],
        Subject::WebhookSubscription => vec![Audience::webhook(of)],
        Subject::Organisation => vec![Audience::organisation(of, true), Audience::organisation(of, false)],
        Subject::GuardGroup
        | Subject::Consultation
        | Subject::Area
        | Subject::ClosureDay
        | Subject::EscalationPolicy => vec![Audience::reference(Some(of)), Audience::reference(None)],
        Subject::Term => vec![Audience::term(Some(of)), Audience::term(None)],
        Subject::Report => vec![Audience::report(team, []), Audience::report(team, [of])],
        // Notes have a test of their own; nobody reads clients.
        Subject::CaseNote | Subject::Client | Subject::DataSharingProtocol => Vec::new(),
        Subject::Case
        | Subject::MeetingSeries
        | Subject::Meeting
        | Subject::ReportComment
        | Subject::AgendaItem
        | Subject::Decision => vec![Audience::team(team, None)],
    }
}

#[test]
fn whoever_is_told_of_something_may_read_it_and_members_are_told_of_all_that_they_read() {
    for who in everybody() {
        let channels = who.readership().channels;
        for kind in Subject::ALL.iter().copied() {
            let Some(operation) = kind.reading() else { continue };
            let sight = who.sight(operation);
            for (team, of) in [(TEAM, STRANGER), (OTHER_TEAM, OWN), (OTHER_TEAM, STRANGER)] {
                let (team, of) = (consultation(team), organisation(of));
                let is_own = sight.addressed.contains(&of) || sight.own.contains(&of);
                for audience in audiences(kind, team, of) {
                    let is_told = !audience.0.is_disjoint(&channels);
                    let is_service = audience.0.contains(&Channel::Services.only()) && !sight.own.is_empty();
                    let reads =
                        sight.everything || sight.consultations.contains(&team) || is_own || is_service;
                    assert!(!is_told || reads, "{kind} of {team}, {of} is told to {:?}", who.roles);
                    if sight.everything || sight.consultations.contains(&team) {
                        assert!(is_told, "{kind} of {team} is not told to {:?}", who.roles);
                    }
                }
            }
        }
    }
}

#[test]
fn a_note_is_told_to_whom_it_is_for() {
    for who in everybody() {
        let (channels, sight) = (who.readership().channels, who.note_sight());
        for visibility in Visibility::ALL.iter().copied() {
            for (team, author) in [(TEAM, STRANGER), (OTHER_TEAM, OWN), (OTHER_TEAM, STRANGER)] {
                let (team, author) = (consultation(team), organisation(author));
                let is_told = !Audience::note(visibility, team, None, author).0.is_disjoint(&channels);
                let reads = match visibility {
                    Visibility::Team => sight.team.contains(&team),
                    Visibility::PoliceOnly => sight.police.contains(&team),
                    Visibility::HousingOnly => {
                        sight.housing.contains(&team) || sight.own_housing.contains(&author)
                    }
                };
                assert_eq!(is_told, reads, "{visibility} of {team} to {:?}", who.roles);
            }
        }
    }
}

#[test]
fn whoever_leads_a_case_is_told_as_its_own_members_are() {
    for who in everybody() {
        let channels = who.readership().channels;
        let (own, led) = (
            Audience::team(consultation(TEAM), None),
            Audience::team(consultation(OTHER_TEAM), Some(consultation(TEAM))),
        );
        assert_eq!(own.0.is_disjoint(&channels), led.0.is_disjoint(&channels), "{:?}", who.roles);
    }
}

#[test]
fn what_a_token_does_not_let_its_bearer_read_is_hidden() {
    let mut who = principal(Role::NeighbourhoodManager, Regime::City);
    assert_eq!(who.readership().hidden, BTreeSet::new());
    who.scopes.remove(&Scope::MeetingsRead);
    let hidden = who.readership().hidden;
    for kind in [Subject::Meeting, Subject::Action, Subject::Decision] {
        assert!(hidden.contains(&kind), "{kind}");
    }
    assert!(!hidden.contains(&Subject::Case));
}

#[test]
fn no_two_channels_have_one_name() {
    let ids = [Uuid::nil(), Uuid::from_u128(1), Uuid::from_u128(TEAM), Uuid::from_u128(OWN)];
    let names: BTreeSet<Uuid> =
        Channel::ALL.iter().flat_map(|channel| ids.map(|id| channel.of(id))).chain(ids).collect();
    assert_eq!(names.len(), (Channel::ALL.len() + 1) * ids.len());
}

#[test]
fn verbs_have_their_participles() {
    for (verb, past) in [
        ("create", "created"),
        ("edit", "edited"),
        ("send", "sent"),
        ("receive", "received"),
        ("accept", "accepted"),
        ("askBack", "askedBack"),
        ("answer", "answered"),
        ("withdraw", "withdrawn"),
        ("giveOutcome", "outcomeGiven"),
        ("recall", "recalled"),
    ] {
        assert_eq!(past_participle(verb), past);
    }
}
