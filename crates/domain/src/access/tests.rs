//! Who sees and does what, in the words of the people.

use uuid::Uuid;

use super::*;

/// The neighbourhood consultation, and the one of another neighbourhood.
const HERE: u128 = 10;
const ELSEWHERE: u128 = 11;

const CITY: u128 = 1;
const POLICE: u128 = 2;
const HOUSING_COMPANY: u128 = 3;
const GREEN: u128 = 4;
const ROADS: u128 = 5;

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::new(Uuid::from_u128(number))
}

fn consultation(number: u128) -> ConsultationId {
    ConsultationId::new(Uuid::from_u128(number))
}

fn regime(number: u128) -> Regime {
    match number {
        POLICE => Regime::Police,
        HOUSING_COMPANY => Regime::Housing,
        _ => Regime::City,
    }
}

/// Somebody in these roles, for these organisations.
fn principal(roles: &[Role], organisations: &[u128]) -> Principal {
    Principal {
        client_id: ClientId::new(Uuid::from_u128(100)),
        user: None,
        organisations: organisations
            .iter()
            .map(|number| OwnOrganisation { id: organisation(*number), regime: regime(*number) })
            .collect(),
        roles: roles.iter().copied().collect(),
        scopes: Scope::ALL.iter().copied().collect(),
        seats: Vec::new(),
    }
}

impl Principal {
    /// The same person, whose organisation is a member of the consultation in the role.
    fn seated(mut self, consultation_number: u128, organisation_number: u128, role: Role) -> Self {
        self.seats.push(Seat {
            consultation_id: consultation(consultation_number),
            organisation_id: organisation(organisation_number),
            role,
            is_above: false,
        });
        self
    }
}

/// One person of each kind, with a seat where that kind has one.
fn manager() -> Principal {
    principal(&[Role::NeighbourhoodManager], &[CITY]).seated(HERE, CITY, Role::NeighbourhoodManager)
}

fn police_officer() -> Principal {
    principal(&[Role::PoliceOfficer], &[POLICE]).seated(HERE, POLICE, Role::PoliceOfficer)
}

fn guard() -> Principal {
    principal(&[Role::Guard], &[CITY]).seated(HERE, CITY, Role::Guard)
}

fn city_housing() -> Principal {
    principal(&[Role::HousingOfficer], &[CITY]).seated(HERE, CITY, Role::HousingOfficer)
}

fn housing_partner() -> Principal {
    principal(&[Role::HousingOfficer], &[HOUSING_COMPANY]).seated(HERE, HOUSING_COMPANY, Role::HousingOfficer)
}

fn city_team_member() -> Principal {
    principal(&[Role::CityTeamMember], &[CITY]).seated(HERE, CITY, Role::CityTeamMember)
}

fn service_agent() -> Principal {
    principal(&[Role::ServiceAgent], &[GREEN])
}

fn here() -> Sight {
    Sight { consultations: [consultation(HERE)].into(), ..Sight::default() }
}

fn addressed_to(numbers: &[u128]) -> Sight {
    Sight { addressed: numbers.iter().map(|number| organisation(*number)).collect(), ..Sight::default() }
}

fn everything() -> Sight {
    Sight::everything()
}

#[test]
fn a_guard_reads_and_creates_signals_and_cannot_admit_or_close() {
    for operation in [Operation::GetCase, Operation::CreateCase, Operation::GetFollowUpRequest] {
        assert_eq!(guard().sight(operation), here(), "{operation}");
    }
    for operation in [
        Operation::AdmitCase,
        Operation::UpdateCase,
        Operation::CloseCase,
        Operation::CreateCaseNote,
        Operation::CreateFollowUpRequest,
        Operation::AnswerFollowUpRequest,
    ] {
        assert!(guard().sight(operation).is_blind(), "{operation}");
    }
}

#[test]
fn only_neighbourhood_manager_and_police_admit_a_case_at_once() {
    assert_eq!(manager().sight(Operation::AdmitCase), here());
    assert_eq!(police_officer().sight(Operation::AdmitCase), here());
    assert!(city_team_member().sight(Operation::AdmitCase).is_blind());
    assert_eq!(city_team_member().sight(Operation::OpenCase), here());
}

#[test]
fn police_notes_are_read_written_and_released_by_the_police_only() {
    assert_eq!(police_officer().note_sight().police, [consultation(HERE)].into());
    assert_eq!(police_officer().sight(Operation::ReleaseCaseNote), here());
    let written = police_officer().note_author(consultation(HERE), &[], Visibility::PoliceOnly);
    assert_eq!(written, Some(organisation(POLICE)));
    for other in [manager(), guard(), city_housing(), housing_partner(), city_team_member(), service_agent()]
    {
        assert!(other.note_sight().police.is_empty());
        assert!(other.sight(Operation::ReleaseCaseNote).is_blind());
        assert_eq!(other.note_author(consultation(HERE), &[], Visibility::PoliceOnly), None);
    }
}

#[test]
fn a_police_officer_of_a_city_organisation_is_none() {
    let claimed = principal(&[Role::PoliceOfficer], &[CITY]).seated(HERE, CITY, Role::PoliceOfficer);
    assert_eq!(claimed.note_sight(), NoteSight::default());
    for operation in Operation::ALL {
        assert!(claimed.sight(*operation).is_blind(), "{operation}");
    }
}

#[test]
fn the_team_reads_team_notes_and_housing_notes_stay_with_housing() {
    for person in [manager(), police_officer(), guard(), city_housing(), city_team_member()] {
        assert_eq!(person.note_sight().team, [consultation(HERE)].into());
    }
    assert_eq!(city_housing().note_sight().housing, [consultation(HERE)].into());
    for person in [manager(), police_officer(), guard(), city_team_member()] {
        assert!(person.note_sight().housing.is_empty());
        assert!(person.note_sight().own_housing.is_empty());
    }
}

#[test]
fn a_housing_partner_sees_what_is_addressed_to_it_and_its_own_notes() {
    let partner = housing_partner();
    for operation in [
        Operation::ListCases,
        Operation::GetCase,
        Operation::ListFollowUpRequests,
        Operation::AnswerFollowUpRequest,
    ] {
        assert_eq!(partner.sight(operation), addressed_to(&[HOUSING_COMPANY]), "{operation}");
    }
    for operation in [Operation::GetCaseTimeline, Operation::UpdateCase, Operation::CreateFollowUpRequest] {
        assert!(partner.sight(operation).is_blind(), "{operation}");
    }
    let own = NoteSight { own_housing: [organisation(HOUSING_COMPANY)].into(), ..NoteSight::default() };
    assert_eq!(partner.note_sight(), own, "a seat at the table opens no notes");
}

#[test]
fn a_housing_partner_writes_notes_only_where_it_is_asked() {
    let wrote = |asked: &[u128]| {
        let asked: Vec<_> = asked.iter().map(|number| organisation(*number)).collect();
        housing_partner().note_author(consultation(HERE), &asked, Visibility::HousingOnly)
    };
    assert_eq!(wrote(&[]), None);
    assert_eq!(wrote(&[GREEN]), None);
    assert_eq!(wrote(&[GREEN, HOUSING_COMPANY]), Some(organisation(HOUSING_COMPANY)));
    let team_note =
        housing_partner().note_author(consultation(HERE), &[organisation(HOUSING_COMPANY)], Visibility::Team);
    assert_eq!(team_note, None);
}

#[test]
fn a_note_is_written_in_the_name_of_the_organisation_that_is_asked() {
    let other = OwnOrganisation { id: organisation(6), regime: Regime::Housing };
    let mut both = housing_partner();
    both.organisations.push(other);
    let author = both.note_author(consultation(HERE), &[other.id], Visibility::HousingOnly);
    assert_eq!(author, Some(other.id));
}

#[test]
fn a_service_sees_its_requests_and_neither_cases_nor_notes() {
    for operation in Operation::ALL {
        let sight = service_agent().sight(*operation);
        match operation {
            Operation::ListFollowUpRequests
            | Operation::GetFollowUpRequest
            | Operation::GetFollowUpRequestClock
            | Operation::ListFollowUpRequestMessages
            | Operation::ReceiveFollowUpRequest
            | Operation::ReceiveFollowUpRequests
            | Operation::AcceptFollowUpRequest
            | Operation::RefuseFollowUpRequest
            | Operation::RedirectFollowUpRequest
            | Operation::AskBackFollowUpRequest
            | Operation::PromiseFollowUpRequest
            | Operation::AnswerFollowUpRequest
            | Operation::ListEscalationLedger
            | Operation::GetEscalationLedgerEntry => {
                assert_eq!(sight, addressed_to(&[GREEN]), "{operation}");
            }
            _ => {
                assert!(!sight.everything && sight.consultations.is_empty(), "{operation}");
                assert!(sight.addressed.is_empty(), "{operation}");
            }
        }
    }
    assert_eq!(service_agent().note_sight(), NoteSight::default());
}

#[test]
fn the_team_writes_requests_and_the_service_answers_them() {
    for team in [manager(), police_officer(), city_team_member()] {
        assert_eq!(team.sight(Operation::SendFollowUpRequest), here());
        assert_eq!(team.sight(Operation::AnswerFollowUpRequest), here(), "on behalf");
        assert!(team.sight(Operation::AcceptFollowUpRequest).is_blind());
    }
    let sight = city_housing().sight(Operation::GetFollowUpRequest);
    assert_eq!(sight, Sight { consultations: here().consultations, ..addressed_to(&[CITY]) });
    assert_eq!(city_housing().sight(Operation::AnswerFollowUpRequest), addressed_to(&[CITY]));
    assert!(city_housing().sight(Operation::SendFollowUpRequest).is_blind());
}

#[test]
fn a_role_of_the_team_without_a_seat_sees_nothing_of_the_team() {
    for (role, number) in [
        (Role::NeighbourhoodManager, CITY),
        (Role::CityTeamMember, CITY),
        (Role::PoliceOfficer, POLICE),
        (Role::Guard, CITY),
    ] {
        let person = principal(&[role], &[number]);
        for operation in [
            Operation::ListCases,
            Operation::CreateCase,
            Operation::ListCaseNotes,
            Operation::ListFollowUpRequests,
            Operation::CreateFollowUpRequest,
        ] {
            assert!(person.sight(operation).is_blind(), "{role} {operation}");
        }
        assert_eq!(person.note_sight(), NoteSight::default(), "{role}");
        assert_eq!(person.seat(Operation::CreateCase, consultation(HERE)), None, "{role}");
    }
}

#[test]
fn a_seat_in_another_role_or_of_another_organisation_opens_nothing() {
    let other_role = principal(&[Role::NeighbourhoodManager], &[CITY]).seated(HERE, CITY, Role::Guard);
    let other_organisation =
        principal(&[Role::NeighbourhoodManager], &[CITY]).seated(HERE, POLICE, Role::NeighbourhoodManager);
    for person in [other_role, other_organisation] {
        assert!(person.sight(Operation::GetCase).is_blind());
    }
}

#[test]
fn analyst_data_protection_officer_and_administrator_see_no_records() {
    for role in [Role::Analyst, Role::DataProtectionOfficer, Role::Administrator] {
        let person = principal(&[role], &[CITY]).seated(HERE, CITY, role);
        for operation in [
            Operation::ListCases,
            Operation::GetCase,
            Operation::ListCaseNotes,
            Operation::GetFollowUpRequest,
            Operation::CreateCase,
        ] {
            assert!(person.sight(operation).is_blind(), "{role} {operation}");
        }
    }
    let sees_audit = |role| principal(&[role], &[CITY]).sight(Operation::ListAuditRecords);
    assert_eq!(sees_audit(Role::DataProtectionOfficer), everything());
    assert_eq!(sees_audit(Role::Administrator), everything());
    assert!(sees_audit(Role::Analyst).is_blind());
}

#[test]
fn a_principal_with_two_organisations_serves_both_and_mixes_neither_up() {
    let middleware = principal(&[Role::ServiceAgent], &[GREEN, ROADS]);
    assert_eq!(middleware.sight(Operation::AcceptFollowUpRequest), addressed_to(&[GREEN, ROADS]));

    let both = principal(&[Role::NeighbourhoodManager], &[CITY, GREEN])
        .seated(HERE, CITY, Role::NeighbourhoodManager)
        .seated(ELSEWHERE, GREEN, Role::NeighbourhoodManager);
    assert_eq!(
        both.sight(Operation::GetCase).consultations,
        [consultation(HERE), consultation(ELSEWHERE)].into()
    );
    assert_eq!(both.seat(Operation::CloseCase, consultation(HERE)), Some(organisation(CITY)));
    assert_eq!(both.seat(Operation::CloseCase, consultation(ELSEWHERE)), Some(organisation(GREEN)));

    let police_and_city =
        principal(&[Role::PoliceOfficer], &[POLICE, CITY]).seated(HERE, CITY, Role::PoliceOfficer);
    assert_eq!(police_and_city.note_sight(), NoteSight::default(), "the police itself has no seat");
}

#[test]
fn two_roles_add_up() {
    let person = principal(&[Role::NeighbourhoodManager, Role::ServiceHead], &[CITY]).seated(
        HERE,
        CITY,
        Role::NeighbourhoodManager,
    );
    let sight = person.sight(Operation::AnswerFollowUpRequest);
    assert_eq!(sight, Sight { consultations: here().consultations, ..addressed_to(&[CITY]) });
}

#[test]
fn who_may_do_it_everywhere_needs_no_seat() {
    let administrator = principal(&[Role::Administrator], &[CITY]);
    assert_eq!(administrator.seat(Operation::CreateTerm, consultation(HERE)), Some(organisation(CITY)));
    assert_eq!(administrator.seat(Operation::CloseCase, consultation(HERE)), None);
    assert_eq!(manager().seat(Operation::CreateTerm, consultation(HERE)), Some(organisation(CITY)));
    assert_eq!(manager().seat(Operation::CreateTerm, consultation(ELSEWHERE)), None);
}

#[test]
fn reference_data_is_read_by_all_and_in_part_by_services_and_partners() {
    for person in [manager(), police_officer(), guard(), city_housing()] {
        assert_eq!(person.sight(Operation::ListOrganisations), everything());
        assert!(person.sight(Operation::UpdateOrganisation).is_blind());
    }
    let own = |number| Sight { own: [organisation(number)].into(), ..Sight::default() };
    assert_eq!(service_agent().sight(Operation::ListOrganisations), own(GREEN));
    assert_eq!(housing_partner().sight(Operation::ListOrganisations), own(HOUSING_COMPANY));
}

#[test]
fn a_token_needs_one_scope_of_the_operation() {
    let mut person = manager();
    person.scopes = [Scope::FollowUpRequestsWrite].into();
    assert!(person.has_scope(Operation::SendFollowUpRequest));
    assert!(person.has_scope(Operation::AnswerFollowUpRequest));
    assert!(!person.has_scope(Operation::AcceptFollowUpRequest));
    assert!(!person.has_scope(Operation::GetCase));
    assert!(person.has_scope(Operation::ListAreas), "whoever may call at all");
}

#[test]
fn nobody_sees_anything_without_a_role() {
    let nobody = principal(&[], &[CITY, POLICE]).seated(HERE, CITY, Role::NeighbourhoodManager);
    for operation in Operation::ALL {
        assert!(nobody.sight(*operation).is_blind(), "{operation}");
    }
}

#[test]
fn an_actor_is_named_for_the_organisation_that_gives_the_right() {
    let police = principal(&[Role::PoliceOfficer], &[CITY, POLICE]).seated(HERE, POLICE, Role::PoliceOfficer);
    assert_eq!(police.actor_of(Operation::ListCaseNotes).organisation_id, organisation(POLICE));

    let several = principal(&[Role::ServiceAgent, Role::Administrator], &[HOUSING_COMPANY, CITY]);
    let by_anyone = several.actor_of(Operation::ListOrganisations).organisation_id;
    assert!([HOUSING_COMPANY, CITY].map(organisation).contains(&by_anyone));
    let nobody = principal(&[], &[GREEN]);
    assert_eq!(nobody.actor_of(Operation::ListCases).organisation_id, organisation(GREEN));
}

#[test]
fn a_note_is_read_through_the_organisation_that_may() {
    let several = principal(&[Role::PoliceOfficer, Role::HousingOfficer], &[CITY, POLICE, HOUSING_COMPANY])
        .seated(HERE, POLICE, Role::PoliceOfficer);
    let reader = |place, visibility, author| {
        several.note_reader(consultation(place), visibility, organisation(author))
    };
    assert_eq!(reader(HERE, Visibility::PoliceOnly, POLICE), Some(organisation(POLICE)));
    assert_eq!(reader(ELSEWHERE, Visibility::PoliceOnly, POLICE), None);
    let own = reader(HERE, Visibility::HousingOnly, HOUSING_COMPANY);
    assert_eq!(own, Some(organisation(HOUSING_COMPANY)));
    assert_eq!(reader(HERE, Visibility::HousingOnly, GREEN), None);
}

#[test]
fn guards_and_housing_correct_the_contacts_of_their_own_organisation_only() {
    for author in [CITY, POLICE, GREEN] {
        for team in [manager(), police_officer(), city_team_member()] {
            let editor = team.contact_editor(consultation(HERE), organisation(author));
            assert_eq!(editor, Some(team.organisations[0].id));
            assert_eq!(team.contact_editor(consultation(ELSEWHERE), organisation(author)), None);
        }
        for own in [guard(), city_housing()] {
            let editor = own.contact_editor(consultation(HERE), organisation(author));
            assert_eq!(editor.is_some(), author == CITY, "{author}");
        }
        assert_eq!(housing_partner().contact_editor(consultation(HERE), organisation(author)), None);
        assert_eq!(service_agent().contact_editor(consultation(HERE), organisation(author)), None);
    }
    let own = organisation(HOUSING_COMPANY);
    assert_eq!(housing_partner().contact_editor(consultation(ELSEWHERE), own), Some(own));
}

#[test]
fn a_housing_partner_records_a_contact_on_a_case_that_it_is_asked_about() {
    let own = organisation(HOUSING_COMPANY);
    assert_eq!(housing_partner().contact_author(consultation(HERE), &[organisation(GREEN)]), None);
    assert_eq!(housing_partner().contact_author(consultation(HERE), &[own]), Some(own));
    assert_eq!(guard().contact_author(consultation(HERE), &[]), Some(organisation(CITY)));
    assert_eq!(guard().contact_author(consultation(ELSEWHERE), &[]), None);
    assert_eq!(service_agent().contact_author(consultation(HERE), &[organisation(GREEN)]), None);
}

#[test]
fn presence_is_read_by_the_team_written_by_the_guards_and_counted_by_the_analyst() {
    for reader in [manager(), police_officer(), city_team_member(), city_housing()] {
        assert_eq!(reader.sight(Operation::ListPresenceRecords), here());
        assert_eq!(reader.sight(Operation::GetPresenceTotals), here());
        assert!(reader.sight(Operation::CreatePresenceRecord).is_blind());
    }
    let own = Sight { own: [organisation(CITY)].into(), ..Sight::default() };
    for operation in [
        Operation::ListPresenceRecords,
        Operation::CreatePresenceRecord,
        Operation::CorrectPresenceRecord,
        Operation::GetPresenceTotals,
        Operation::CreateGuardGroup,
    ] {
        assert_eq!(guard().sight(operation), own, "{operation}");
    }
    let analyst = principal(&[Role::Analyst], &[POLICE]);
    assert_eq!(analyst.sight(Operation::GetPresenceTotals), everything());
    assert!(analyst.sight(Operation::ListPresenceRecords).is_blind());
    for other in [housing_partner(), service_agent(), principal(&[Role::Administrator], &[CITY])] {
        assert!(other.sight(Operation::GetPresenceTotals).is_blind());
    }
}

#[test]
fn whoever_sits_above_sees_what_its_consultation_leads() {
    let below = consultation(HERE + 100);
    let mut upper = manager();
    assert!(!upper.sight(Operation::GetCase).covers(below, None));
    assert_eq!(upper.sight(Operation::GetCase).led, BTreeSet::new());
    for seat in &mut upper.seats {
        seat.is_above = true;
    }
    let sight = upper.sight(Operation::GetCase);
    assert_eq!(sight.led, [consultation(HERE)].into());
    assert!(sight.covers(below, Some(consultation(HERE))) && !sight.covers(below, None));
    // Only with an operation that reaches its consultation.
    assert_eq!(upper.sight(Operation::ListAuditRecords).led, BTreeSet::new());
}

#[test]
fn a_dossier_is_read_by_the_fullest_audience_that_a_member_belongs_to() {
    let readers = |principal: &Principal, number| {
        let readers = principal.dossier_readers(&[consultation(number)]);
        readers.into_iter().map(|(reader, _)| reader).collect::<Vec<_>>()
    };
    assert_eq!(readers(&manager(), HERE), [Reader::Team]);
    assert_eq!(readers(&police_officer(), HERE), [Reader::Police, Reader::Team]);
    assert_eq!(readers(&police_officer(), HERE + 100), []);
}
