//! Escalations: the way to the consultation above and back, who leads meanwhile, and the dossier that is frozen.

use std::collections::BTreeSet;
use std::thread;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::access::Call;
use crate::app::{TestApp, on_both};
use crate::client::{Answer, Client, a_case, a_question, id_of, path_of};
use crate::reports::{canonical, sha256};
use crate::world::{
    CITY, CITY_TEAM, CLEANING, GUARDS, HIGHER, KROONWIJK, LIGHTING, MOLENWIJK, OTHER_CITY,
    OTHER_CITY_HOUSING, OTHER_GUARD, OTHER_GUARDS, OTHER_OFFICER, POLICE,
};

const TEAM_WORD: &str = "Afspraak Alfa.";
const POLICE_WORD: &str = "Verdenking Bravo.";
const HOUSING_WORD: &str = "Huurschuld Charlie.";
const ASKED: &str = "Gevraagd Delta.";

fn text() -> Value {
    json!({"text": "Een woord uitleg."})
}

impl Client {
    fn escalates(&self, case: &Value) -> Answer {
        let body =
            json!({"caseId": case["id"], "toConsultationId": HIGHER, "reason": "Het blijft terugkomen."});
        self.creates("/escalations", &body)
    }

    fn dossier(&self, escalation: &Value, submission: u32) -> Value {
        self.reads(&format!("{}/dossier?submission={submission}", path_of(escalation))).is(200)
    }

    fn finds(&self, list: &str) -> BTreeSet<String> {
        let items = self.reads(list).is(200);
        items["items"].as_array().unwrap().iter().map(|item| id_of(item).to_owned()).collect()
    }
}

/// A case of Molenwijk, whose members are none of the consultation above.
fn elsewhere(app: &TestApp, title: &str) -> Value {
    let mut body = a_case(title);
    body["consultationId"] = json!(MOLENWIJK);
    body["admit"] = json!(true);
    body["leadOrganisationId"] = json!(OTHER_CITY);
    app.stranger.creates("/cases", &body).is(201)
}

/// An escalation of a case of Molenwijk in a state.
fn escalation_in(app: &TestApp, case: &Value, state: &str) -> Value {
    let (lower, upper) = (&app.stranger, app.client(&CITY_TEAM));
    let proposed = lower.escalates(case).is(201);
    let submit = || lower.does("submit", &proposed, &json!({"text": ASKED}));
    let accept = || upper.does("accept", &submit(), &json!({}));
    let outcome = || upper.does("giveOutcome", &accept(), &text());
    match state {
        "proposed" => proposed,
        "dropped" => lower.does("drop", &proposed, &text()),
        "submitted" => submit(),
        "accepted" => accept(),
        "refused" => upper.does("refuse", &submit(), &text()),
        "returned" => upper.does("return", &submit(), &json!({"advice": "Vraag eerst de eigenaar."})),
        "outcomeGiven" => outcome(),
        "closed" => lower.does("close", &outcome(), &json!({})),
        other => panic!("no state {other}"),
    }
}

/// Gives a call of an operation on escalations that would succeed for whoever may make it: all of Kroonwijk.
pub fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    let case = || app.manager.admits("Overdracht");
    let proposed = || app.manager.escalates(&case()).is(201);
    let submitted = || app.manager.does("submit", &proposed(), &json!({"text": ASKED}));
    let accepted = || app.police.does("accept", &submitted(), &json!({}));
    let verb = |escalation: Value, verb: &str, body: Value| Call::verb(app, &escalation, verb, body);
    Some(match operation {
        "listEscalations" => {
            Call::reading(format!("/escalations?caseId={}", submitted()["caseId"].as_str().unwrap()))
        }
        "getEscalation" => Call::reading(path_of(&submitted())),
        "getEscalationDossier" => Call::reading(format!("{}/dossier", path_of(&submitted()))),
        "createEscalation" => Call::creating(
            "/escalations",
            json!({"caseId": case()["id"], "toConsultationId": HIGHER, "reason": "Het blijft terugkomen."}),
        ),
        "dropEscalation" => verb(proposed(), "drop", text()),
        "submitEscalation" => verb(proposed(), "submit", json!({"text": ASKED})),
        "acceptEscalation" => verb(submitted(), "accept", json!({})),
        "refuseEscalation" => verb(submitted(), "refuse", text()),
        "returnEscalation" => verb(submitted(), "return", json!({"advice": "Vraag eerst de eigenaar."})),
        "giveEscalationOutcome" => verb(accepted(), "giveOutcome", text()),
        "closeEscalation" => {
            let given = app.police.does("giveOutcome", &accepted(), &text());
            verb(given, "close", json!({}))
        }
        _ => return None,
    })
}

#[test]
fn every_verb_from_every_state_of_an_escalation_does_what_the_life_cycle_says() {
    let edges: Vec<(&str, &str, &str, &str)> = include_str!("../../crates/domain/src/escalation/edges.txt")
        .lines()
        .map(|line| {
            let (from, rest) = line.split_once(" --").unwrap();
            let (verb, to) = rest.split_once("--> ").unwrap();
            let (verb, side) = verb.split_once(" (").unwrap();
            (from, verb, side.trim_end_matches(')'), to)
        })
        .collect();
    let verbs: BTreeSet<(&str, &str)> = edges.iter().map(|(_, verb, side, _)| (*verb, *side)).collect();
    let states =
        ["proposed", "dropped", "submitted", "accepted", "refused", "returned", "outcomeGiven", "closed"];
    on_both(|app| {
        let upper = app.client(&CITY_TEAM);
        let lower_too = app.client(&OTHER_OFFICER);
        for state in states {
            for (verb, side) in &verbs {
                let case = elsewhere(app, "Elke stap");
                let escalation = escalation_in(app, &case, state);
                assert_eq!(escalation["state"], state);
                let body = match *verb {
                    "return" => json!({"advice": "Anders dan voordien."}),
                    _ => json!({"text": "Anders dan voordien."}),
                };
                let is_known_above = !["proposed", "dropped"].contains(&state);
                // By another than who brought it into its state: nothing is a repetition.
                let (own, other) = match *side {
                    "lower" => (&lower_too, &upper),
                    _ => (&app.police, &app.stranger),
                };
                let wrong = other.tries(verb, &escalation, &body);
                if *side == "lower" && !is_known_above {
                    wrong.is_problem(404, "resourceNotFound");
                } else {
                    wrong.is_problem(403, "missingPermission");
                }
                let answer = own.tries(verb, &escalation, &body);
                if *side == "upper" && !is_known_above {
                    answer.is_problem(404, "resourceNotFound");
                } else if let Some((_, _, _, to)) =
                    edges.iter().find(|(from, known, ..)| *from == state && known == verb)
                {
                    assert_eq!(answer.is(200)["state"], *to, "{verb} from {state}");
                } else {
                    let problem = answer.is_problem(409, "illegalTransition");
                    assert_eq!((&problem["from"], &problem["verb"]), (&json!(state), &json!(verb)));
                }
            }
        }
    });
}

#[test]
fn a_case_goes_up_and_comes_back_and_whoever_leads_acts() {
    on_both(|app| {
        let (lower, upper) = (&app.stranger, app.client(&CITY_TEAM));
        let case = elsewhere(app, "Heen en terug");
        let request = lower.sends(&case, CLEANING);
        let mut action = json!({"consultationId": MOLENWIJK, "caseId": case["id"], "kind": "presence",
            "title": "Avondronde", "ownerOrganisationId": OTHER_GUARDS, "ownerFunction": "guard",
            "dueOn": "2026-03-09"});
        let agreed = lower.creates("/actions", &action).is(201);
        let guard = app.client(&OTHER_GUARD);

        // What only counts here.
        let sees = |who: &Client| {
            [path_of(&case), path_of(&request), path_of(&agreed), format!("{}/timeline", path_of(&case))]
                .map(|path| who.reads(&path).status())
        };
        let lists = |who: &Client| {
            [
                (format!("/cases?consultationId={MOLENWIJK}"), &case),
                ("/cases?q=heen".to_owned(), &case),
                (format!("/followUpRequests?caseId={}", id_of(&case)), &request),
                ("/followUpRequests?sort=answerDueAt".to_owned(), &request),
                (format!("/actions?caseId={}", id_of(&case)), &agreed),
                ("/actions?sort=dueOn".to_owned(), &agreed),
            ]
            .map(|(list, wanted)| who.finds(&list).contains(id_of(wanted)))
        };
        let case_tag = lower.reads(&path_of(&case)).etag();
        let list_tags = |who: &Client| {
            ["/cases", "/followUpRequests", "/actions", "/escalations"].map(|list| who.reads(list).etag())
        };
        let nobody_above = |state: &str| {
            assert_eq!(sees(&upper), [404; 4], "{state}");
            assert_eq!(lists(&upper), [false; 6], "{state}");
            lower.edits(&lower.sees(&case), &json!({"description": format!("Toestand {state}.")})).is(200);
        };

        nobody_above("before");
        let proposed = lower.escalates(&case).is(201);
        assert_eq!(proposed["allowedVerbs"], json!(["drop", "submit"]));
        upper.reads(&path_of(&proposed)).is_problem(404, "resourceNotFound");
        let before = list_tags(&upper);
        let submitted = lower.does("submit", &proposed, &json!({"text": ASKED}));
        assert_ne!(list_tags(&upper)[3], before[3]);
        // Ten working days.
        assert_eq!(submitted["acceptanceDueAt"], "2026-03-16T22:59:59Z");
        assert_eq!(upper.sees(&submitted)["allowedVerbs"], json!(["accept", "refuse", "return"]));
        assert_eq!(upper.dossier(&submitted, 1)["audience"], "team");
        nobody_above("submitted");

        let (lower_tags, upper_tags) = (list_tags(lower), list_tags(&upper));
        let accepted = upper.does("accept", &submitted, &json!({"text": "Op de agenda."}));
        assert!(accepted["outcomeDueAt"].as_str() > accepted["acceptanceDueAt"].as_str());
        assert_eq!(accepted["submissions"][0]["workingDaysToAcceptance"], 0);
        for (now, then) in [(list_tags(lower), lower_tags), (list_tags(&upper), upper_tags)] {
            assert!(now.iter().zip(&then).all(|(now, then)| now != then), "{now:?} {then:?}");
        }
        let led = lower.sees(&case);
        assert_eq!((&led["ledById"], &led["consultationId"]), (&json!(HIGHER), &json!(MOLENWIJK)));
        assert_ne!(lower.reads(&path_of(&case)).etag(), case_tag);
        for who in [lower, &upper] {
            assert_eq!((sees(who), lists(who)), ([200; 4], [true; 6]));
        }
        // The upper one does what the team does, the lower one reads.
        let note = json!({"visibility": "team", "text": TEAM_WORD});
        let notes = format!("{}/notes", path_of(&case));
        let contacts = format!("{}/contacts", path_of(&case));
        let contact = json!({"contactedOn": "2026-02-27", "partnerOrganisationId": POLICE, "channel": "phone",
            "purpose": "Nagaan of er extra toezicht kan komen."});
        action["ownerOrganisationId"] = json!(CITY);
        action["ownerFunction"] = json!("cityTeamMember");
        let question = a_question(&case, LIGHTING);
        let tries = |who: &Client, answer: &dyn Fn(&Client) -> Answer| answer(who);
        let attempts: [&dyn Fn(&Client) -> Answer; 7] = [
            &|who| who.edits(&who.sees(&case), &json!({"title": "Van wie leidt"})),
            &|who| {
                who.tries("monitor", &who.sees(&case), &json!({"checkOn": "2026-04-01", "text": "Nakijken."}))
            },
            &|who| who.creates(&notes, &note),
            &|who| who.creates(&contacts, &contact),
            &|who| who.creates("/followUpRequests", &question),
            &|who| who.creates("/actions", &action),
            &|who| who.tries("remind", &who.sees(&request), &json!({})),
        ];
        for (number, attempt) in attempts.iter().enumerate() {
            let refused = tries(lower, *attempt);
            let problem = refused.is_problem(403, "missingPermission");
            assert!(problem["detail"].as_str().unwrap().contains("leidt"), "{number}: {problem}");
        }
        for attempt in &attempts {
            let answer = tries(&upper, *attempt);
            assert!((200..300).contains(&answer.status()), "{}", answer.text());
        }
        // What is asked and agreed meanwhile belongs to the lower consultation, and both find it.
        for list in ["/followUpRequests", "/actions"] {
            let path = format!("{list}?caseId={}", id_of(&case));
            let (own, above) = (lower.finds(&path), upper.finds(&path));
            assert_eq!((own.len(), &own), (2, &above), "{list}");
        }
        assert_eq!(lower.reads(&notes).is(200)["items"][0]["text"], TEAM_WORD);
        assert_eq!(lower.reads(&contacts).is(200)["items"].as_array().unwrap().len(), 1);
        assert_eq!(upper.reads(&contacts).is(200)["items"].as_array().unwrap().len(), 1);
        // Whoever took a task goes on with it.
        guard.does("start", &agreed, &json!({}));
        assert_eq!(lower.sees(&request)["allowedVerbs"], json!([]));
        assert!(!upper.sees(&request)["allowedVerbs"].as_array().unwrap().is_empty());
        // The service answers as before.
        app.service.receives(&request);

        let given = upper.does("giveOutcome", &accepted, &json!({"text": "Het pand wordt verzegeld."}));
        assert_eq!(lower.sees(&given)["outcome"], "Het pand wordt verzegeld.");
        lower.tries("open", &case, &json!({})).is(400);
        let back = lower.sees(&case);
        assert_eq!(back["ledById"], Value::Null);
        nobody_above("outcome given");
        for request in lower.reads(&format!("/followUpRequests?caseId={}", id_of(&case))).is(200)["items"]
            .as_array()
            .unwrap()
        {
            assert_eq!((&request["consultationId"], &request["ledById"]), (&json!(MOLENWIJK), &Value::Null));
        }
        let timeline = lower.reads(&format!("{}/timeline?pageSize=200", path_of(&case))).is(200);
        let steps: Vec<&str> = timeline["items"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|event| event["subjectKind"] == "escalation")
            .map(|event| event["verb"].as_str().unwrap())
            .collect();
        assert_eq!(steps, ["create", "submit", "accept", "giveOutcome"]);

        let closed = lower.does("close", &given, &json!({"text": "Kennis genomen."}));
        assert_eq!((&closed["state"], &closed["late"]), (&json!("closed"), &json!(false)));
        assert_eq!(upper.sees(&closed)["state"], "closed");
        nobody_above("closed");
        // It may go up once more.
        lower.escalates(&case).is(201);
    });
}

#[test]
fn what_the_rules_notice_meanwhile_goes_to_whoever_leads() {
    on_both(|app| {
        let (lower, upper) = (&app.stranger, app.client(&CITY_TEAM));
        let case = elsewhere(app, "Intussen stil");
        let request = lower.sends(&case, CLEANING);
        let submitted = lower.does("submit", &lower.escalates(&case).is(201), &json!({"text": ASKED}));
        let accepted = upper.does("accept", &submitted, &json!({}));
        let query = format!("followUpRequestId={}&step=answerStillLate", id_of(&request));
        let agenda_of = |who: &Client, consultation: Uuid| {
            let proposal = who.reads(&format!("/consultations/{consultation}/agendaProposal")).is(200);
            proposal["items"].to_string().contains(id_of(&case))
        };
        let polled = upper.reads("/escalationLedger").etag();
        app.it_is("2026-03-20T06:00:00Z");
        app.sweeps();

        assert_ne!(upper.reads("/escalationLedger").etag(), polled);
        let [entry]: [Value; 1] = upper.ledger(&query).try_into().unwrap();
        assert_eq!((&entry["consultationId"], &entry["ledById"]), (&json!(MOLENWIJK), &json!(HIGHER)));
        assert_eq!(entry["effects"][1]["consultationId"], json!(HIGHER));
        assert_eq!(upper.sees(&entry), entry);
        assert_eq!(lower.ledger(&query), std::slice::from_ref(&entry), "the lower one watches");
        assert!(app.manager.ledger(&query).is_empty());
        assert_eq!((agenda_of(&upper, HIGHER), agenda_of(lower, MOLENWIJK)), (true, false));

        // What comes later goes to whoever leads then.
        upper.does("giveOutcome", &accepted, &text());
        assert_eq!((agenda_of(&upper, HIGHER), agenda_of(lower, MOLENWIJK)), (false, true));
        app.it_is("2026-04-10T06:00:00Z");
        app.sweeps();
        let later = format!("followUpRequestId={}&step=answerSeriouslyLate", id_of(&request));
        assert!(upper.ledger(&later).is_empty());
        assert_eq!(lower.ledger(&later)[0]["effects"][1]["consultationId"], json!(MOLENWIJK));
    });
}

#[test]
fn what_is_returned_is_submitted_again_with_another_dossier_and_the_first_stays() {
    on_both(|app| {
        let (lower, upper) = (&app.stranger, app.client(&CITY_TEAM));
        let officer = app.client(&OTHER_OFFICER);
        let housing = app.client(&OTHER_CITY_HOUSING);
        let case = elsewhere(app, "Twee keer");
        lower.sends(&case, CLEANING);
        let write = |who: &Client, visibility: &str, text: &str| {
            let body = json!({"visibility": visibility, "text": text});
            who.creates(&format!("{}/notes", path_of(&case)), &body).is(201);
        };
        write(lower, "team", TEAM_WORD);
        write(&officer, "policeOnly", POLICE_WORD);
        write(&housing, "housingOnly", HOUSING_WORD);
        let proposed = lower.escalates(&case).is(201);
        let submitted = lower.does("submit", &proposed, &json!({"text": ASKED}));

        let readers = [
            (lower, "team", vec![TEAM_WORD]),
            (&upper, "team", vec![TEAM_WORD]),
            (&officer, "police", vec![TEAM_WORD, POLICE_WORD]),
            (&app.police, "police", vec![TEAM_WORD, POLICE_WORD]),
            (&housing, "housing", vec![TEAM_WORD, HOUSING_WORD]),
        ];
        let read = || {
            readers.each_ref().map(|(reader, audience, words)| {
                let dossier = reader.dossier(&submitted, 1);
                assert_eq!(dossier["audience"], *audience);
                assert_eq!(dossier["contentHash"], sha256(&canonical(&dossier["content"])), "{audience}");
                let told = dossier["content"].to_string();
                let found: Vec<&str> = [TEAM_WORD, POLICE_WORD, HOUSING_WORD]
                    .into_iter()
                    .filter(|word| told.contains(word))
                    .collect();
                assert_eq!(found, *words, "{audience}");
                // Nor can what is not read be counted.
                let of_notes = dossier["content"]["timeline"].as_array().unwrap().iter();
                let of_notes = of_notes.filter(|event| event["subjectKind"] == "caseNote").count();
                assert_eq!(of_notes, words.len(), "{audience}");
                dossier
            })
        };
        let first = read();
        let content = &first[0]["content"];
        assert_eq!(content["text"], ASKED);
        assert_eq!(content["followUpRequests"].as_array().unwrap().len(), 1);
        assert_eq!(content["criteria"]["services"], 1);

        lower.edits(&lower.sees(&case), &json!({"title": "Later anders"})).is(200);
        write(lower, "team", "Na de overdracht.");
        assert_eq!(read(), first, "what was frozen does not follow the case");

        let returned = upper.does("return", &submitted, &json!({"advice": "Vraag eerst de eigenaar."}));
        assert_eq!(returned["remarks"][0]["text"], "Vraag eerst de eigenaar.");
        app.it_is("2026-03-05T09:00:00Z");
        let again = lower.does("submit", &returned, &json!({"text": ASKED}));
        assert_eq!(again["submissions"].as_array().unwrap().len(), 2);
        assert_eq!(again["acceptanceDueAt"], "2026-03-19T22:59:59Z");
        assert_eq!(read(), first);
        let second = upper.dossier(&again, 2);
        assert_ne!(second["contentHash"], first[1]["contentHash"]);
        assert_eq!(second["content"]["case"]["title"], "Later anders");
        assert_eq!(upper.reads(&format!("{}/dossier", path_of(&again))).is(200), second);
        upper.reads(&format!("{}/dossier?submission=3", path_of(&again))).is_problem(404, "resourceNotFound");

        // Too late, and late for good.
        app.it_is("2026-03-20T09:00:00Z");
        let late = format!("/escalations?late=true&fromConsultationId={MOLENWIJK}");
        assert!(lower.finds(&late).contains(id_of(&again)));
        upper.does("refuse", &again, &text());
        assert!(lower.finds(&late).contains(id_of(&again)));
        assert!(
            upper
                .finds(&format!("/escalations?state=refused&toConsultationId={HIGHER}"))
                .contains(id_of(&again))
        );
        assert!(lower.sees(&again)["submissions"][1]["acceptanceBreachedAt"].is_string());
    });
}

#[test]
fn nobody_else_learns_of_an_escalation() {
    on_both(|app| {
        let case = elsewhere(app, "Verborgen");
        let submitted = escalation_in(app, &case, "submitted");
        for hidden in [&app.manager, &app.housing_team] {
            hidden.reads(&path_of(&submitted)).is_problem(404, "resourceNotFound");
            hidden.reads(&format!("{}/dossier", path_of(&submitted))).is_problem(404, "resourceNotFound");
            assert!(hidden.finds("/escalations").is_empty());
        }
        let own = app.manager.admits("Eigen");
        let to = |consultation: uuid::Uuid, case: &Value| json!({"caseId": case["id"], "toConsultationId": consultation, "reason": "Waarom."});
        let issues = app.manager.creates("/escalations", &to(HIGHER, &case)).issues();
        assert_eq!(issues, ["body caseId referencedResourceNotFound"]);
        let issues = app.manager.creates("/escalations", &to(MOLENWIJK, &own)).issues();
        assert_eq!(issues, ["body toConsultationId invalidInput"]);
        app.guard.escalates(&own).is_problem(403, "missingPermission");
        app.manager.escalates(&own).is(201);
        let twice = app.manager.escalates(&own).is_problem(409, "runningEscalation");
        assert_eq!(twice["state"], "proposed");
    });
}

#[test]
fn a_consultation_may_ask_for_a_legal_gate() {
    on_both(|app| {
        let path = format!("/consultations/{HIGHER}");
        let higher = app.administrator.reads(&path).is(200);
        assert_eq!(higher["requiresLegalGate"], false);
        let edited = app.administrator.edits(&higher, &json!({"requiresLegalGate": true})).is(200);
        assert_eq!(edited["requiresLegalGate"], true);
        let case = elsewhere(app, "Wettelijke grond");
        let proposed = app.stranger.escalates(&case).is(201);
        let refused = app.stranger.tries("submit", &proposed, &json!({"text": ASKED}));
        assert_eq!(refused.issues(), ["body legalGate requiredInput"]);
        let gate = json!({"kind": "prosecutorPermission", "documentReference": "Brief 2026/17"});
        let body = json!({"text": ASKED, "legalGate": gate});
        let submitted = app.stranger.does("submit", &proposed, &body);
        assert_eq!(submitted["submissions"][0]["legalGate"], gate);
        let dossier = app.client(&CITY_TEAM).dossier(&submitted, 1);
        assert_eq!(dossier["content"]["legalGate"], gate);
    });
}

#[test]
fn a_case_does_not_end_under_an_escalation() {
    on_both(|app| {
        let (lower, upper) = (&app.stranger, app.client(&CITY_TEAM));
        let close =
            |withdraw: bool| json!({"closeReason": "solved", "text": "Opgelost.", "withdrawOpen": withdraw});
        let case = elsewhere(app, "Afsluiten");
        let proposed = escalation_in(app, &case, "proposed");
        let problem = lower.tries("close", &case, &close(false)).is_problem(409, "runningEscalation");
        assert_eq!((&problem["escalationId"], &problem["state"]), (&proposed["id"], &json!("proposed")));
        let into = elsewhere(app, "Ander");
        let merge = json!({"intoCaseId": into["id"]});
        lower.tries("merge", &case, &merge).is_problem(409, "runningEscalation");
        lower.does("close", &case, &close(true));
        assert_eq!(lower.sees(&proposed)["state"], "dropped");

        for state in ["submitted", "outcomeGiven"] {
            let case = elsewhere(app, state);
            escalation_in(app, &case, state);
            lower.tries("close", &lower.sees(&case), &close(true)).is_problem(409, "runningEscalation");
        }
        // Nor by who leads it.
        let case = elsewhere(app, "Geleid");
        escalation_in(app, &case, "accepted");
        upper.tries("close", &upper.sees(&case), &close(true)).is_problem(409, "runningEscalation");
        lower.tries("close", &lower.sees(&case), &close(true)).is_problem(403, "missingPermission");
        // One that was returned has no other way out.
        let case = elsewhere(app, "Teruggegeven");
        let returned = escalation_in(app, &case, "returned");
        lower.does("close", &lower.sees(&case), &close(true));
        lower.tries("submit", &returned, &json!({"text": "Toch."})).is_problem(409, "illegalTransition");
    });
}

#[test]
fn each_consultation_finds_on_its_agenda_what_waits_for_it() {
    on_both(|app| {
        let reasons = |who: &Client, consultation: uuid::Uuid, case: &Value| {
            let path = format!("/consultations/{consultation}/agendaProposal");
            let proposal = who.reads(&path).is(200);
            let reference = case["reference"].as_str().unwrap();
            let mut found = Vec::new();
            for line in proposal["items"].as_array().unwrap() {
                let is_here = line["title"].as_str().is_some_and(|title| title.starts_with(reference));
                if is_here && line["section"] == "escalations" {
                    assert_eq!(line["about"][0]["kind"], "escalation");
                    found.push(line["reason"].as_str().unwrap().to_owned());
                }
            }
            found
        };
        let upper = app.client(&CITY_TEAM);
        for (state, lower_reason, upper_reason) in [
            ("proposed", Some("escalationProposed"), None),
            ("dropped", None, None),
            ("submitted", None, Some("escalationSubmitted")),
            ("accepted", None, Some("escalationAccepted")),
            ("refused", Some("escalationRefused"), None),
            ("returned", Some("escalationReturned"), None),
            ("outcomeGiven", Some("escalationOutcome"), None),
            ("closed", None, None),
        ] {
            let case = elsewhere(app, state);
            escalation_in(app, &case, state);
            let expected = |reason: Option<&str>| reason.map(str::to_owned).into_iter().collect::<Vec<_>>();
            assert_eq!(reasons(&app.stranger, MOLENWIJK, &case), expected(lower_reason), "{state}");
            assert_eq!(reasons(&upper, HIGHER, &case), expected(upper_reason), "{state}");
        }
    });
}

#[test]
fn what_speaks_for_an_escalation_is_counted() {
    on_both(|app| {
        let case = app.manager.admits("Geteld");
        app.lighting.refuses(&app.manager.sends(&case, LIGHTING));
        app.manager.sends(&case, CLEANING);
        app.manager.drafts(&case, crate::world::GREEN);
        let done = app.manager.agrees(Some(&case), GUARDS);
        app.manager.does("complete", &done, &json!({"result": "Gedaan."}));
        let mut twin = a_case("Geteld");
        twin["admit"] = json!(false);
        app.guard.creates("/cases", &twin).is(201);
        let escalation = app.manager.escalates(&case).is(201);
        let criteria = &escalation["criteria"];
        for (name, expected) in [
            ("services", 2),
            ("categoryGroups", 1),
            ("refusedRequests", 1),
            ("actionsDone", 1),
            ("earlierCases", 1),
        ] {
            assert_eq!(criteria[name], expected, "{name}");
        }
        assert_eq!(criteria["met"], json!(["severalServices", "overdueRequests"]));
        // They are as they were, and counted anew when it is submitted.
        let submitted = app.manager.does("submit", &escalation, &json!({"text": ASKED}));
        assert_eq!(submitted["submissions"][0]["criteria"], *criteria);
        assert_eq!(submitted["fromConsultationId"], json!(KROONWIJK));
    });
}

#[test]
fn of_two_who_decide_at_the_same_time_one_wins() {
    on_both(|app| {
        let upper = app.client(&CITY_TEAM);
        for _ in 0..5 {
            let case = elsewhere(app, "Gelijktijdig");
            let submitted = escalation_in(app, &case, "submitted");
            // Both have seen the same version, whoever comes first.
            let etag = app.shared.etag(id_of(&submitted));
            let tries = |client: &Client, verb: &str, body: &Value| {
                let path = format!("{}/{verb}", path_of(&submitted));
                client.request("POST", &path).with("If-Match", &etag).json(body).goes().status()
            };
            let (one, other) = thread::scope(|scope| {
                let accepts = scope.spawn(|| tries(&upper, "accept", &json!({})));
                let refuses = scope.spawn(|| tries(&app.police, "refuse", &text()));
                (accepts.join().unwrap(), refuses.join().unwrap())
            });
            assert!([(200, 412), (412, 200)].contains(&(one, other)), "{one} {other}");
            let (state, led) = (app.stranger.sees(&submitted)["state"].clone(), app.stranger.sees(&case));
            assert_eq!(state == "accepted", led["ledById"] == json!(HIGHER));
        }
    });
}

#[test]
fn what_is_asked_while_a_case_is_taken_over_is_led_by_who_leads_it() {
    on_both(|app| {
        let upper = app.client(&CITY_TEAM);
        for _ in 0..5 {
            let case = elsewhere(app, "Ondertussen");
            let submitted = escalation_in(app, &case, "submitted");
            thread::scope(|scope| {
                let accepts = scope.spawn(|| upper.tries("accept", &submitted, &json!({})).is(200));
                for service in [CLEANING, LIGHTING] {
                    let case = &case;
                    scope.spawn(move || {
                        let answer = app.stranger.creates("/followUpRequests", &a_question(case, service));
                        assert!([201, 403].contains(&answer.status()), "{}", answer.text());
                    });
                }
                accepts.join().unwrap();
            });
            let path = format!("/followUpRequests?caseId={}", id_of(&case));
            assert_eq!(upper.finds(&path), app.stranger.finds(&path));
            for request in app.stranger.reads(&path).is(200)["items"].as_array().unwrap() {
                assert_eq!(request["ledById"], json!(HIGHER));
            }
        }
    });
}
