//! The consultation meets: from a signal to the agenda, the decision, the question and the next agenda.

use serde_json::{Value, json};

use crate::access::Call;
use crate::app::{TestApp, on_both};
use crate::client::{Client, a_case, a_shift, id_of, path_of};
use crate::world::{CITY, CLEANING, GREEN, GUARDS, KROONWIJK, MOLENWIJK, NEXT_AREA, POLICE};

impl Client {
    /// Plans a meeting of Kroonwijk some days from the beginning, from 13 to 17 hours in Brussels.
    pub fn plans(&self, day: &str) -> Value {
        let body = json!({
            "consultationId": KROONWIJK,
            "startsAt": format!("{day}T12:00:00Z"),
            "endsAt": format!("{day}T16:00:00Z"),
            "place": "Administratief centrum"
        });
        self.creates("/meetings", &body).is(201)
    }

    /// Carries out a verb without a body on the present version.
    pub fn simply(&self, verb: &str, document: &Value) -> Value {
        let path = format!("{}/{verb}", path_of(document));
        let etag = self.shared.etag(id_of(document));
        let answer = self.request("POST", &path).with("If-Match", &etag).goes();
        answer.is(200)
    }

    fn adopts(&self, meeting: &Value) -> Vec<Value> {
        let agenda = self.simply("adoptProposal", &self.sees(meeting));
        agenda["items"].as_array().unwrap().clone()
    }

    fn agenda(&self, meeting: &Value) -> Vec<Value> {
        let agenda = self.reads(&format!("{}/agendaItems", path_of(meeting))).is(200);
        agenda["items"].as_array().unwrap().clone()
    }

    fn puts_on_the_agenda(&self, meeting: &Value, title: &str) -> Value {
        let body = json!({"section": "otherBusiness", "title": title});
        self.creates(&format!("{}/agendaItems", path_of(meeting)), &body).is(201)
    }

    fn decides(&self, meeting: &Value, item: &Value, questions: Value) -> crate::client::Answer {
        let body = json!({
            "agendaItemId": item["id"],
            "kind": "askService",
            "text": "De dienst Reiniging wordt gevraagd de glasbol vrij te maken.",
            "followUpRequests": questions,
            "actions": [{
                "kind": "observe",
                "title": "Toezicht aan de glasbol",
                "ownerOrganisationId": GUARDS,
                "ownerFunction": "guard",
                "dueOn": "2026-03-20"
            }]
        });
        self.creates(&format!("{}/decisions", path_of(meeting)), &body)
    }

    fn proposal(&self) -> Vec<Value> {
        let proposal = self.reads(&format!("/consultations/{KROONWIJK}/agendaProposal")).is(200);
        proposal["items"].as_array().unwrap().clone()
    }
}

fn question(organisation: uuid::Uuid) -> Value {
    json!({
        "organisationId": organisation,
        "questionKind": "cleanOrRepair",
        "urgency": "normal",
        "subject": "Glasbol",
        "question": "Graag de glasbol vrijmaken.",
        "send": true
    })
}

fn reasons(lines: &[Value]) -> Vec<&str> {
    lines.iter().map(|line| line["reason"].as_str().unwrap()).collect()
}

/// Gives a call of an operation on meetings that would succeed for whoever may make it.
pub fn call_of(app: &TestApp, operation: &str) -> Option<Call> {
    let planned = || app.manager.plans("2026-03-10");
    let open = || app.manager.simply("start", &planned());
    let under = |meeting: &Value, tail: &str| format!("{}/{tail}", path_of(meeting));
    let item = |meeting: &Value| app.manager.puts_on_the_agenda(meeting, "Toegang");
    let between = || {
        let body = json!({"kind": "act", "text": "De wijkinspecteur gaat langs."});
        app.manager.creates(&format!("/consultations/{KROONWIJK}/decisions"), &body).is(201)
    };
    let bare = |document: Value, verb: &str| Call::bare(app, &document, verb);
    Some(match operation {
        "listMeetings" => Call::reading(format!("/meetings?startsFrom={}", planned()["startsAt"].as_str()?)),
        "getMeeting" => Call::reading(path_of(&planned())),
        "createMeeting" => Call::creating(
            "/meetings",
            json!({
                "consultationId": KROONWIJK,
                "startsAt": "2026-03-10T12:00:00Z",
                "endsAt": "2026-03-10T16:00:00Z"
            }),
        ),
        "updateMeeting" => Call::edit(app, &planned(), json!({"place": "Politiehuis"})),
        "startMeeting" => bare(planned(), "start"),
        "finishMeeting" => bare(open(), "finish"),
        "cancelMeeting" => Call::verb(app, &planned(), "cancel", json!({"text": "Te weinig leden."})),
        "listAttendances" => Call::reading(under(&planned(), "attendances")),
        "recordAttendances" => {
            let items = json!([{"organisationId": POLICE, "function": "chiefInspector", "state": "present"}]);
            Call::verb(app, &planned(), "recordAttendances", json!({"items": items}))
        }
        "getAgendaProposal" => Call::reading(format!("/consultations/{KROONWIJK}/agendaProposal")),
        "adoptProposal" => bare(planned(), "adoptProposal"),
        "reorderAgenda" => {
            let meeting = planned();
            let (one, other) = (item(&meeting), item(&meeting));
            let body = json!({"agendaItemIds": [other["id"], one["id"]]});
            Call::verb(app, &meeting, "reorderAgenda", body)
        }
        "listAgendaItems" => Call::reading(under(&planned(), "agendaItems")),
        "getAgendaItem" => Call::reading(path_of(&item(&planned()))),
        "createAgendaItem" => Call::creating(
            under(&planned(), "agendaItems"),
            json!({"section": "otherBusiness", "title": "Varia"}),
        ),
        "updateAgendaItem" => Call::edit(app, &item(&planned()), json!({"title": "Anders"})),
        "treatAgendaItem" => Call::verb(app, &item(&open()), "treat", json!({"text": "Besproken."})),
        "moveAgendaItem" => {
            app.manager.plans("2026-04-14");
            bare(item(&planned()), "move")
        }
        "reopenAgendaItem" => {
            let treated = app.manager.does("treat", &item(&open()), &json!({}));
            bare(treated, "reopen")
        }
        "listDecisions" => {
            between();
            Call::reading(format!("/decisions?consultationId={KROONWIJK}&pageSize=1"))
        }
        "getDecision" => Call::reading(path_of(&between())),
        "createMeetingDecision" => {
            let meeting = open();
            let item = item(&meeting);
            let body = json!({"agendaItemId": item["id"], "kind": "noAction", "text": "Geen actie nodig."});
            Call::creating(under(&meeting, "decisions"), body)
        }
        "createDecision" => Call::creating(
            format!("/consultations/{KROONWIJK}/decisions"),
            json!({"kind": "act", "text": "De wijkinspecteur gaat langs."}),
        ),
        "ratifyDecision" => {
            let meeting = open();
            Call::verb(app, &between(), "ratify", json!({"meetingId": meeting["id"]}))
        }
        _ => return None,
    })
}

#[test]
fn from_a_signal_over_two_meetings_to_an_approved_report() {
    on_both(|app| {
        let signal = app.guard.signals("Glasbol");
        let first = app.manager.plans("2026-03-03");
        let second = app.manager.plans("2026-04-14");

        // The proposal names the signal, and the agenda takes it over.
        assert_eq!(reasons(&app.manager.proposal()), ["newSignal", "figures"]);
        let agenda = app.manager.adopts(&first);
        assert_eq!(reasons(&agenda), ["newSignal", "figures"]);
        assert_eq!(agenda[0]["caseId"], signal["id"]);
        assert_eq!(agenda[1]["figures"]["newCases"], 1);
        app.manager.puts_on_the_agenda(&first, "Werking in de zomer");

        // The meeting takes it up and asks two services at once.
        app.minutes_pass(60 * 26);
        app.manager.simply("start", &app.manager.sees(&first));
        let case = app.manager.opens(&signal);
        let questions = json!([question(CLEANING), question(GREEN)]);
        let decision = app.manager.decides(&first, &agenda[0], questions).is(201);
        let asked = decision["followUpRequestIds"].as_array().unwrap();
        assert_eq!(asked.len(), 2);
        assert_eq!((&decision["caseId"], &decision["betweenMeetings"]), (&case["id"], &json!(false)));
        let actions = app.guard.reads(&format!("/actions?meetingId={}", id_of(&first))).is(200);
        let action = &actions["items"][0];
        assert_eq!(decision["actionIds"], json!([action["id"]]));
        assert_eq!((&action["decisionId"], &action["caseId"]), (&decision["id"], &case["id"]));
        app.manager.does("treat", &agenda[0], &json!({"text": "Twee diensten bevraagd."}));
        app.minutes_pass(120);
        let held = app.manager.simply("finish", &app.manager.sees(&first));
        assert_eq!(held["state"], "held");
        let circulated = app.manager.circulates(&first);
        assert_eq!(circulated["content"]["items"][0]["text"], "Twee diensten bevraagd.");

        // One service answers, the other does not.
        app.minutes_pass(60);
        let inbox = app.service.lists("state=sent");
        assert_eq!(inbox.len(), 1);
        app.service.answers(&inbox[0]);
        app.minutes_pass(60 * 24 * 30);
        let lines = app.manager.proposal();
        assert_eq!(
            reasons(&lines),
            [
                "reportToApprove",
                "lateRequest",
                "answeredRequest",
                "openAction",
                "inactiveCase",
                "figures",
                "leftOver"
            ]
        );
        assert_eq!(lines[0]["about"][0]["id"], first["id"]);
        assert_eq!(lines[1]["about"][1]["id"], asked[1]);
        assert_eq!((&lines[1]["figures"]["late"], &lines[1]["figures"]["neverSeen"]), (&json!(1), &json!(1)));
        assert_eq!(lines[2]["about"][1]["id"], inbox[0]["id"]);
        assert_eq!(
            (&lines[3]["about"][0]["id"], &lines[3]["figures"]["carryOver"]),
            (&action["id"], &json!(0))
        );
        assert_eq!(lines[4]["figures"]["daysWithoutActivity"], 30);
        assert_eq!(lines[5]["figures"]["requestsAnswered"], 1);

        // What was left over moves to the next agenda and counts one carry-over more.
        let agenda = app.manager.adopts(&second);
        let left = agenda.last().unwrap();
        assert_eq!(left["carryOverCount"], 1);
        let moved = left["movedFromId"].clone();
        assert!(
            app.manager.agenda(&first).iter().any(|item| item["id"] == moved && item["state"] == "moved")
        );
        assert_eq!(app.manager.adopts(&second).len(), agenda.len(), "nothing is adopted twice");

        // The action was on the agenda of a meeting that was held, and is not done.
        app.manager.simply("start", &app.manager.sees(&second));
        let approved = app.manager.approves(&first, &second);
        assert_eq!(approved["contentHash"], circulated["contentHash"]);
        app.manager.simply("finish", &app.manager.sees(&second));
        assert_eq!(
            app.manager.proposal()[0]["about"][0]["id"],
            second["id"],
            "the report of the second meeting comes next"
        );
        let carried = app.manager.sees(action);
        assert_eq!((&carried["carryOverCount"], &carried["state"]), (&json!(1), &json!("open")));

        // The request tells the decision that it comes from, to the team only.
        let seen = app.manager.sees(&app.manager.lists("state=answered")[0]);
        assert_eq!(seen["decisionId"], decision["id"]);
        assert!(app.service.sees(&inbox[0]).get("decisionId").is_none());
        let timeline = app.manager.reads(&format!("{}/timeline", path_of(&case))).is(200);
        let told: Vec<String> = timeline["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| format!("{} {}", it["subjectKind"].as_str().unwrap(), it["verb"].as_str().unwrap()))
            .collect();
        for expected in ["agendaItem create", "decision create", "agendaItem treat", "followUpRequest answer"]
        {
            assert!(told.iter().any(|it| it == expected), "{expected}: {told:?}");
        }
    });
}

#[test]
fn a_decision_makes_all_of_its_requests_or_nothing() {
    on_both(|app| {
        let case = app.manager.admits("Hek");
        let meeting = app.manager.simply("start", &app.manager.plans("2026-03-03"));
        let path = format!("{}/agendaItems", path_of(&meeting));
        let item = json!({"section": "runningCases", "title": "Hek", "caseId": case["id"]});
        let item = app.manager.creates(&path, &item).is(201);
        app.manager.sends(&case, GREEN);

        // The second one is open already: neither the decision nor the first request stays.
        let mut second = question(GREEN);
        second["questionKind"] = app.manager.lists("state=sent")[0]["questionKind"].clone();
        let refused = app.manager.decides(&meeting, &item, json!([question(CLEANING), second]));
        refused.is_problem(409, "duplicateOpenRequest");
        assert_eq!((app.database.count("decisions"), app.database.count("actions")), (0, 0));
        assert_eq!(app.manager.lists("").len(), 1);

        // Every fault is told at once, by its place.
        let unknown = question(CITY);
        let faulty =
            app.manager.decides(&meeting, &item, json!([question(CLEANING), unknown, question(CLEANING)]));
        assert_eq!(
            faulty.issues(),
            [
                "body followUpRequests[1].organisationId invalidInput",
                "body followUpRequests[2].questionKind invalidInput"
            ]
        );
        assert_eq!(app.database.count("decisions"), 0);

        // Repeated under one key it happens once.
        let body = json!({
            "agendaItemId": item["id"], "kind": "askService", "text": "Vragen.",
            "followUpRequests": [question(CLEANING)]
        });
        let send = || {
            let path = format!("{}/decisions", path_of(&meeting));
            app.manager.request("POST", &path).with("Idempotency-Key", "\"once\"").json(&body).goes()
        };
        let (one, again) = (send().is(201), send().is(201));
        assert_eq!(one, again);
        assert_eq!(app.database.count("decisions"), 1);
        assert_eq!(app.manager.lists("").len(), 2);
    });
}

#[test]
fn a_decision_between_meetings_comes_up_for_ratification() {
    on_both(|app| {
        let path = format!("/consultations/{KROONWIJK}/decisions");
        let body = json!({"kind": "act", "text": "De wijkinspecteur spreekt de uitbater aan."});
        let decision = app.manager.creates(&path, &body).is(201);
        assert_eq!((&decision["betweenMeetings"], &decision["toRatify"]), (&json!(true), &json!(true)));
        assert_eq!(reasons(&app.manager.proposal()), ["decisionToRatify", "figures"]);

        let planned = app.manager.plans("2026-03-03");
        let early = app.manager.tries("ratify", &decision, &json!({"meetingId": planned["id"]}));
        assert_eq!(early.issues(), ["body meetingId invalidInput"]);
        let meeting = app.manager.simply("start", &planned);
        let ratified = app.manager.does("ratify", &decision, &json!({"meetingId": meeting["id"]}));
        assert_eq!((&ratified["toRatify"], &ratified["ratifiedInId"]), (&json!(false), &meeting["id"]));
        assert_eq!(reasons(&app.manager.proposal()), ["figures"]);
        let other = app.police.tries("ratify", &ratified, &json!({"meetingId": meeting["id"]}));
        other.is_problem(409, "illegalTransition");
        let listed = app.manager.reads("/decisions?toRatify=true").is(200);
        assert_eq!(listed["items"], json!([]));
    });
}

#[test]
fn person_minutes_follow_from_who_was_there() {
    on_both(|app| {
        let meeting = app.manager.plans("2026-03-03");
        let items = json!([
            {"organisationId": POLICE, "function": "chiefInspector", "state": "present"},
            {"organisationId": POLICE, "function": "neighbourhoodInspector", "state": "present",
             "until": "2026-03-03T14:00:00Z"},
            {"organisationId": POLICE, "function": "neighbourhoodInspector", "state": "excused"},
            {"organisationId": CITY, "function": "neighbourhoodManager", "state": "present",
             "from": "2026-03-03T13:00:00Z"}
        ]);
        let recorded = app.manager.does("recordAttendances", &meeting, &json!({"items": items}));
        assert_eq!((&recorded["personMinutes"], &recorded["presentCount"]), (&json!(540), &json!(3)));
        assert_eq!(app.manager.sees(&meeting)["personMinutes"], 540);

        let items = json!([
            {"organisationId": CITY, "function": "Manager", "state": "present"},
            {"organisationId": "019a9d3e-0000-7000-8000-00000000ffff", "function": "guard", "state": "absent",
             "from": "2026-03-03T13:00:00Z"}
        ]);
        let faulty = app.manager.tries("recordAttendances", &meeting, &json!({"items": items}));
        assert_eq!(faulty.issues(), ["body items[0].function schemaViolation"]);
        let mut items = items;
        items[0]["function"] = json!("neighbourhoodManager");
        let faulty = app.manager.tries("recordAttendances", &meeting, &json!({"items": items}));
        assert_eq!(
            faulty.issues(),
            ["body items[1].organisationId referencedResourceNotFound", "body items[1].until invalidPeriod"]
        );
    });
}

#[test]
fn an_agenda_is_ordered_moved_and_taken_up_again() {
    on_both(|app| {
        let meeting = app.manager.plans("2026-03-03");
        let [one, two, three] =
            ["Een", "Twee", "Drie"].map(|it| app.manager.puts_on_the_agenda(&meeting, it));
        let order = |ids: &[&Value]| {
            let ids: Vec<_> = ids.iter().map(|item| item["id"].clone()).collect();
            app.manager.tries("reorderAgenda", &app.manager.sees(&meeting), &json!({"agendaItemIds": ids}))
        };
        let ordered = order(&[&three, &one, &two]).is(200);
        let titles = |items: &[Value]| {
            items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(titles(ordered["items"].as_array().unwrap()), ["Drie", "Een", "Twee"]);
        assert_eq!(titles(&app.manager.agenda(&meeting)), ["Drie", "Een", "Twee"]);
        assert_eq!(
            order(&[&three, &three]).issues(),
            ["body agendaItemIds[1] referencedResourceNotFound", "body agendaItemIds invalidInput"]
        );

        // Without a later meeting there is nowhere to move to.
        let etag = app.shared.etag(id_of(&one));
        let path = format!("{}/move", path_of(&one));
        let stuck = app.manager.request("POST", &path).with("If-Match", &etag).goes();
        stuck.is_problem(409, "illegalTransition");
        let next = app.manager.plans("2026-04-14");
        let moved = app.manager.simply("move", &one);
        assert_eq!(moved["state"], "moved");
        let there = app.manager.agenda(&next);
        assert_eq!((&there[0]["title"], &there[0]["carryOverCount"]), (&json!("Een"), &json!(1)));

        let treated = app.manager.does("treat", &two, &json!({"text": "Besproken."}));
        assert_eq!(treated["allowedVerbs"], json!(["reopen"]));
        assert_eq!(app.manager.simply("reopen", &treated)["state"], "open");
    });
}

#[test]
fn two_who_adopt_at_once_give_one_agenda() {
    on_both(|app| {
        for title in ["Een", "Twee", "Drie"] {
            app.guard.signals(title);
        }
        let meeting = app.manager.plans("2026-03-03");
        let etag = app.shared.etag(id_of(&meeting));
        let path = format!("{}/adoptProposal", path_of(&meeting));
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let adopt = || app.manager.request("POST", &path).with("If-Match", &etag).goes().status();
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(adopt)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 412].contains(status)), "{statuses:?}");
        assert_eq!(app.manager.agenda(&meeting).len(), 4);
    });
}

#[test]
fn another_consultation_sees_nothing_of_a_meeting() {
    on_both(|app| {
        let meeting = app.manager.plans("2026-03-03");
        let item = app.manager.puts_on_the_agenda(&meeting, "Geheim");
        let mut elsewhere = a_case("Elders");
        elsewhere["consultationId"] = json!(MOLENWIJK);
        let foreign = app.stranger.creates("/cases", &elsewhere).is(201);
        for path in [path_of(&meeting), path_of(&item), format!("{}/agendaItems", path_of(&meeting))] {
            app.stranger.reads(&path).is_problem(404, "resourceNotFound");
        }
        assert_eq!(app.stranger.reads("/meetings").is(200)["items"], json!([]));
        // A case of another consultation does not come on the agenda, and is not told to exist.
        let body = json!({"section": "runningCases", "title": "Elders", "caseId": foreign["id"]});
        let refused = app.manager.creates(&format!("{}/agendaItems", path_of(&meeting)), &body);
        assert_eq!(refused.issues(), ["body caseId referencedResourceNotFound"]);
        app.lighting.reads(&path_of(&meeting)).is_problem(403, "missingPermission");
    });
}

#[test]
fn the_figures_count_the_guards_in_the_area_since_the_last_meeting() {
    on_both(|app| {
        let figures = || {
            let lines = app.manager.proposal();
            let line = lines.iter().find(|line| line["reason"] == "figures").unwrap();
            (line["figures"]["shiftMinutes"].clone(), line["figures"]["guardMinutes"].clone())
        };
        let shifts = |body: &Value| app.guard.creates("/presenceRecords", body).is(201);
        shifts(&a_shift("2026-03-01T18:00:00Z", "2026-03-01T20:00:00Z"));
        let mut elsewhere = a_shift("2026-02-28T18:00:00Z", "2026-02-28T19:00:00Z");
        elsewhere["areaId"] = json!(NEXT_AREA);
        shifts(&elsewhere);
        assert_eq!(figures(), (json!(120), json!(240)), "two guards, in the own area only");

        let meeting = app.manager.simply("start", &app.manager.plans("2026-03-02"));
        app.manager.simply("finish", &meeting);
        app.minutes_pass(60 * 24);
        assert_eq!(figures(), (json!(0), json!(0)), "since the meeting there was none");
        let withdrawn = shifts(&a_shift("2026-03-02T18:00:00Z", "2026-03-02T18:30:00Z"));
        assert_eq!(figures(), (json!(30), json!(60)));
        app.guard.does("withdraw", &withdrawn, &json!({"reason": "Dubbel genoteerd."}));
        assert_eq!(figures(), (json!(0), json!(0)), "what was withdrawn does not count");
    });
}
