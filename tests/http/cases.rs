//! Cases: life cycle, references, place, lists, notes and links.

use std::collections::BTreeSet;
use std::thread;

use serde_json::{Value, json};

use crate::app::{TestApp, on_both};
use crate::client::{Client, a_case, id_of, path_of};
use crate::world::{AREA, CITY, GREEN, HIGHER, HOUSING_COMPANY, KROONWIJK, MOLENWIJK, NEXT_AREA, POLICE};

const STATES: [&str; 6] = ["signalled", "open", "monitoring", "closed", "dismissed", "merged"];

fn case_in(app: &TestApp, state: &str) -> Value {
    let team = &app.manager;
    match state {
        "signalled" => team.signals("Toestand"),
        "dismissed" => {
            let because = json!({"closeReason": "noBasis", "text": "Geen grond."});
            team.does("dismiss", &team.signals("Toestand"), &because)
        }
        _ => {
            let open = team.admits("Toestand");
            match state {
                "monitoring" => {
                    team.does("monitor", &open, &json!({"checkOn": "2026-05-04", "text": "Afwachten."}))
                }
                "closed" => team.does("close", &open, &json!({"closeReason": "improved", "text": "Beter."})),
                "merged" => team.does("merge", &open, &json!({"intoCaseId": team.admits("Hoofd")["id"]})),
                _ => open,
            }
        }
    }
}

#[test]
fn every_verb_from_every_state_of_a_case_does_what_the_life_cycle_says() {
    let edges: Vec<(&str, &str, &str)> = include_str!("../../crates/domain/src/case/edges.txt")
        .lines()
        .map(|line| {
            let (from, rest) = line.split_once(" --").unwrap();
            let (verb, to) = rest.split_once("--> ").unwrap();
            (from, verb, to)
        })
        .collect();
    let verbs: BTreeSet<&str> = edges.iter().map(|(_, verb, _)| *verb).collect();
    on_both(|app| {
        let other = app.manager.admits("Ander");
        for state in STATES {
            let mut case = case_in(app, state);
            for verb in &verbs {
                let link = json!({"kind": "related", "caseId": other["id"]});
                let body = match *verb {
                    "edit" => json!({"title": "Nieuwe titel"}),
                    "open" => json!({"leadOrganisationId": POLICE}),
                    "monitor" => json!({"checkOn": "2026-06-01", "text": "Later."}),
                    "close" | "dismiss" => json!({"closeReason": "solved", "text": "Klaar."}),
                    "merge" => json!({"intoCaseId": other["id"]}),
                    "link" | "unlink" => link.clone(),
                    _ => json!({"text": "Opnieuw."}),
                };
                let edge = edges.iter().find(|(from, known, _)| *from == state && known == verb);
                if *verb == "unlink" && edge.is_some() {
                    app.manager.does("link", &case, &link);
                }

                let answer = match *verb {
                    "edit" => app.manager.edits(&case, &body),
                    _ => app.manager.tries(verb, &case, &body),
                };

                if let Some((_, _, to)) = edge {
                    assert_eq!(answer.is(200)["state"], *to, "{verb} from {state}");
                    case = case_in(app, state);
                } else if *verb == "unlink" && answer.status() == 200 {
                    assert_eq!(
                        answer.json()["version"],
                        case["version"],
                        "a link that is not there stays away"
                    );
                } else {
                    let problem = answer.is_problem(409, "illegalTransition");
                    let expected: BTreeSet<&str> =
                        edges.iter().filter(|(from, ..)| *from == state).map(|(_, verb, _)| *verb).collect();
                    let allowed: BTreeSet<&str> = problem["allowedVerbs"]
                        .as_array()
                        .unwrap()
                        .iter()
                        .map(|it| it.as_str().unwrap())
                        .collect();
                    assert_eq!((&problem["from"], &problem["verb"]), (&json!(state), &json!(verb)));
                    assert_eq!(allowed, expected, "{verb} from {state}");
                }
            }
        }
    });
}

#[test]
fn a_thousand_cases_written_at_once_get_a_thousand_references() {
    on_both(|app| {
        let key = |writer: usize, number: usize| format!("\"{writer}-{number}\"");
        app.manager.token();
        let first = app.manager.signals("Eerste");
        assert_eq!(first["reference"], "KRO-2026-0001");

        let references: BTreeSet<String> = thread::scope(|scope| {
            let writers: Vec<_> = (0..32)
                .map(|writer| {
                    let client = app.manager.clone();
                    scope.spawn(move || {
                        let share = 1_000 / 32 + usize::from(writer < 1_000 % 32);
                        let write = |number| {
                            let call = client.request("POST", "/cases");
                            let call = call.with("Idempotency-Key", &key(writer, number));
                            let case = call.json(&a_case("Samen")).goes().is(201);
                            case["reference"].as_str().unwrap().to_owned()
                        };
                        (0..share).map(write).collect::<Vec<_>>()
                    })
                })
                .collect();
            writers.into_iter().flat_map(|writer| writer.join().unwrap()).collect()
        });

        assert_eq!(references.len(), 1_000);
        assert!(references.iter().all(|it| it.starts_with("KRO-2026-")));
        assert_eq!(app.database.number("SELECT count(*) AS value FROM cases"), 1_001);
        let written = "SELECT count(*) AS value FROM audit_records WHERE operation = 'createCase'";
        assert_eq!(app.database.number(written), 1_001);
    });
}

#[test]
fn a_year_begins_with_its_first_number_in_brussels() {
    on_both(|app| {
        app.it_is("2026-12-31T22:30:00Z");
        let old = app.manager.signals("Oudjaar");
        app.it_is("2026-12-31T23:30:00Z");
        let new = app.manager.signals("Nieuwjaar");

        assert_eq!(old["reference"], "KRO-2026-0001");
        assert_eq!(new["reference"], "KRO-2027-0001");
    });
}

#[test]
fn a_point_in_any_of_three_systems_finds_its_neighbourhood() {
    on_both(|app| {
        for (point, area) in [
            (json!({"x": 4.0466, "y": 50.9419}), Some(AREA)),
            (json!({"x": 4.0466, "y": 50.9419, "crs": "EPSG:4326"}), Some(AREA)),
            (json!({"x": 127_395.0, "y": 181_470.0, "crs": "EPSG:31370"}), Some(AREA)),
            (json!({"x": 627_390.0, "y": 681_470.0, "crs": "EPSG:3812"}), Some(AREA)),
            (json!({"x": 4.08, "y": 50.9419}), Some(NEXT_AREA)),
            (json!({"x": 4.5, "y": 50.9419}), None),
        ] {
            let mut body = a_case("Plaats");
            body["location"]["point"] = point.clone();

            let case = app.manager.creates("/cases", &body).is(201);

            assert_eq!(
                case["location"]["areaId"].as_str(),
                area.map(|it| it.to_string()).as_deref(),
                "{point}"
            );
            let seen = &case["location"]["point"];
            let near = |member: &str, wanted: f64| (seen[member].as_f64().unwrap() - wanted).abs() < 0.01;
            assert!(area != Some(AREA) || (near("longitude", 4.0466) && near("latitude", 50.9419)), "{case}");
        }
        let mut body = a_case("Nergens");
        body["location"]["point"] = json!({"x": 400.0, "y": 50.0});
        app.manager.creates("/cases", &body).is_problem(400, "badRequest");
    });
}

#[test]
fn earlier_cases_at_the_place_are_counted() {
    on_both(|app| {
        let count = |title: &str| app.manager.signals(title)["earlierCaseCount"].clone();
        assert_eq!(count("Plek"), 0);
        assert_eq!(count("Plek"), 1);
        assert_eq!(count("Elders"), 0);
        app.it_is("2026-09-15T09:00:00Z");
        assert_eq!(count("Plek"), 0, "more than half a year ago");
    });
}

#[test]
fn a_list_is_narrowed_by_every_filter() {
    on_both(|app| {
        let sluik = app.manager.admits("Sluikstort Hoveniersplein");
        app.it_is("2026-03-03T09:00:00Z");
        let mut body = a_case("Lawaai café");
        body["category"] = json!("GEL.MUZIEK");
        body["kind"] = json!("need");
        body["location"]["point"] = json!({"x": 4.08, "y": 50.94});
        body["admit"] = json!(true);
        body["leadOrganisationId"] = json!(POLICE);
        let noise = app.manager.creates("/cases", &body).is(201);
        let reference = noise["reference"].as_str().unwrap();
        let found = |query: &str| {
            let items = app.manager.reads(&format!("/cases?{query}")).is(200)["items"].clone();
            let ids: Vec<Value> = items.as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
            (ids.contains(&sluik["id"]), ids.contains(&noise["id"]))
        };

        for (query, expected) in [
            ("", (true, true)),
            ("state=open", (true, true)),
            ("state=signalled&state=closed", (false, false)),
            ("kind=need", (false, true)),
            ("category=AFV", (true, false)),
            ("category=GEL.MUZIEK", (false, true)),
            ("category=AFV.SLUIK&category=GEL", (true, true)),
            (&format!("areaId={NEXT_AREA}"), (false, true)),
            (&format!("consultationId={MOLENWIJK}"), (false, false)),
            (&format!("leadOrganisationId={CITY}"), (true, false)),
            (&format!("reference={reference}"), (false, true)),
            ("createdFrom=2026-03-03T09:00:00Z", (false, true)),
            ("createdBefore=2026-03-03T09:00:00Z", (true, false)),
            ("q=hovenier", (true, false)),
            ("q=CAFE%20lawaai", (false, true)),
            ("q=niets", (false, false)),
            ("bbox=4.07,50.93,4.09,50.95", (false, true)),
            ("bbox=4.0,50.0,4.05,50.95", (false, false)),
        ] {
            assert_eq!(found(query), expected, "{query}");
        }
        for query in
            ["state=lost", "bbox=1,2,3", "category=x", "createdFrom=gisteren", "sort=title", "pageSize=501"]
        {
            app.manager.reads(&format!("/cases?{query}")).is_problem(400, "badRequest");
        }
    });
}

/// Reads a list from page to page.
fn walks(client: &Client, first: &str, mut between: impl FnMut()) -> Vec<String> {
    let (mut path, mut ids) = (first.to_owned(), Vec::new());
    loop {
        let page = client.reads(&path).is(200);
        ids.extend(page["items"].as_array().unwrap().iter().map(|it| id_of(it).to_owned()));
        let Some(next) = page["next"].as_str() else { return ids };
        next.split_once(crate::contract::BASE).unwrap().1.clone_into(&mut path);
        between();
    }
}

#[test]
fn pages_have_no_gaps_and_nothing_twice_while_rows_are_added() {
    on_both(|app| {
        let before: Vec<String> = (0..23).map(|_| id_of(&app.manager.signals("Pagina")).to_owned()).collect();

        for sort in ["createdAt", "-createdAt"] {
            let seen = walks(&app.manager, &format!("/cases?pageSize=5&sort={sort}"), || {
                app.minutes_pass(1);
                app.manager.signals("Erbij");
            });

            let unique: BTreeSet<&String> = seen.iter().collect();
            assert_eq!(unique.len(), seen.len(), "nothing twice");
            assert!(before.iter().all(|id| unique.contains(id)), "no gap");
        }
        let fiddled = app.manager.reads("/cases?after=bm8");
        fiddled.is_problem(400, "badRequest");
    });
}

#[test]
fn notes_are_read_by_those_that_they_are_for() {
    on_both(|app| {
        let case = app.manager.admits("Notities");
        app.manager.sends(&case, HOUSING_COMPANY);
        let path = format!("{}/notes", path_of(&case));
        let writes = |client: &Client, visibility: &str| {
            client.creates(&path, &json!({"visibility": visibility, "text": visibility}))
        };
        writes(&app.manager, "team").is(201);
        let police = writes(&app.police, "policeOnly").is(201);
        writes(&app.housing_team, "housingOnly").is(201);
        writes(&app.housing_company, "housingOnly").is(201);
        for (client, visibility) in [
            (&app.manager, "policeOnly"),
            (&app.police, "housingOnly"),
            (&app.guard, "team"),
            (&app.housing_company, "team"),
        ] {
            writes(client, visibility).is_problem(403, "missingPermission");
        }
        let reads = |client: &Client| {
            let items = client.reads(&path).is(200)["items"].clone();
            let mut texts: Vec<String> =
                items.as_array().unwrap().iter().map(|it| it["text"].as_str().unwrap().to_owned()).collect();
            texts.sort();
            texts
        };

        assert_eq!(reads(&app.manager), ["team"]);
        assert_eq!(reads(&app.guard), ["team"]);
        assert_eq!(reads(&app.police), ["policeOnly", "team"]);
        assert_eq!(reads(&app.housing_team), ["housingOnly", "housingOnly", "team"]);
        assert_eq!(reads(&app.housing_company), ["housingOnly"]);
        app.stranger.reads(&path).is_problem(404, "resourceNotFound");

        let release = |client: &Client| {
            let call = client.request("POST", &format!("{path}/{}/release", id_of(&police)));
            call.with("If-Match", &app.shared.etag(id_of(&police))).json(&json!({})).goes()
        };
        release(&app.manager).is_problem(403, "missingPermission");
        assert_eq!(release(&app.police).is(200)["releasedBy"]["organisationId"], json!(POLICE));
        assert_eq!(reads(&app.manager), ["policeOnly", "team"]);
        let audited = "SELECT count(*) AS value FROM audit_records WHERE operation = 'releaseCaseNote' AND outcome = 'succeeded'";
        assert_eq!(app.database.number(audited), 1);
    });
}

#[test]
fn a_case_is_linked_and_unlinked() {
    on_both(|app| {
        let (one, two) = (app.manager.admits("Een"), app.manager.admits("Twee"));
        let link = json!({"kind": "earlierElsewhere", "caseId": two["id"]});

        let linked = app.manager.does("link", &one, &link);
        let again = app.manager.does("link", &one, &link);
        let unlinked = app.manager.does("unlink", &one, &link);

        assert_eq!(linked["links"], json!([link]));
        assert_eq!(again["version"], linked["version"]);
        assert_eq!(unlinked["links"], json!([]));
        let duplicate = json!({"kind": "duplicate", "caseId": two["id"]});
        app.manager.tries("link", &one, &duplicate).is_problem(400, "badRequest");
        let elsewhere = json!({"kind": "related", "caseId": uuid::Uuid::nil()});
        app.manager.tries("link", &one, &elsewhere).is_problem(400, "badRequest");
    });
}

#[test]
fn a_merge_patch_changes_what_it_names_and_null_takes_away() {
    on_both(|app| {
        let mut body = a_case("Vlek");
        body["description"] = json!("Lang verhaal.");
        body["pattern"] = json!("recurring");
        let case = app.manager.creates("/cases", &body).is(201);

        let edited = app.manager.edits(&case, &json!({"title": "Nieuw", "description": null})).is(200);
        let same = app.manager.edits(&case, &json!({})).is(200);
        let plain = app
            .manager
            .request("PATCH", &path_of(&case))
            .with("If-Match", &app.shared.etag(id_of(&case)))
            .json(&json!({"pattern": null}))
            .goes()
            .is(200);

        assert_eq!((&edited["title"], edited.get("description")), (&json!("Nieuw"), None));
        assert_eq!((&edited["pattern"], &edited["location"]), (&case["pattern"], &case["location"]));
        assert_eq!(same["version"], edited["version"]);
        assert_eq!(plain.get("pattern"), None);
        app.manager.edits(&case, &json!({"title": null})).is_problem(400, "badRequest");
        app.guard.edits(&case, &json!({"title": "Wacht"})).is_problem(403, "missingPermission");
    });
}

#[test]
fn a_housing_company_sees_a_summary_of_what_it_is_asked_about() {
    on_both(|app| {
        let case = app.manager.admits("Samenvatting");
        app.housing_company.reads(&path_of(&case)).is_problem(404, "resourceNotFound");
        app.manager.drafts(&case, HOUSING_COMPANY);
        app.housing_company.reads(&path_of(&case)).is_problem(404, "resourceNotFound");
        let draft = app.manager.lists(&format!("caseId={}", id_of(&case))).remove(0);

        app.manager.does("send", &draft, &json!({}));

        let seen = app.housing_company.sees(&case);
        assert_eq!((&seen["view"], &seen["state"]), (&json!("summary"), &case["state"]));
        assert_eq!((seen.get("links"), seen.get("createdBy")), (None, None));
        assert_eq!(app.manager.sees(&case)["view"], "team");
    });
}

#[test]
fn who_may_not_take_a_case_up_at_once_may_still_signal_it() {
    on_both(|app| {
        let mut body = a_case("Wacht");
        body["admit"] = json!(true);
        body["leadOrganisationId"] = json!(GREEN);
        app.guard.creates("/cases", &body).is_problem(403, "missingPermission");
        let signalled = app.guard.creates("/cases", &a_case("Wacht")).is(201);
        assert_eq!(signalled["state"], "signalled");
        let mut elsewhere = a_case("Elders");
        elsewhere["consultationId"] = json!(MOLENWIJK);
        let answer = app.guard.creates("/cases", &elsewhere);
        assert_eq!(answer.issues(), ["body consultationId referencedResourceNotFound"]);
    });
}

#[test]
fn a_housing_company_sees_its_own_note_at_once() {
    on_both(|app| {
        let case = app.manager.admits("Eigen notitie");
        app.manager.sends(&case, HOUSING_COMPANY);
        let path = format!("{}/notes", path_of(&case));
        let before = app.housing_company.reads(&path).etag();
        let polls = |client: &Client, etag: &str| {
            client.request("GET", &path).with("If-None-Match", etag).goes().status()
        };
        assert_eq!(polls(&app.housing_company, &before), 304);
        let of_manager = app.manager.reads(&path).etag();

        let note = json!({"visibility": "housingOnly", "text": "Eigen notitie."});
        app.housing_company.creates(&path, &note).is(201);

        assert_eq!(polls(&app.housing_company, &before), 200);
        assert_eq!(polls(&app.police, &of_manager), 200, "a tag covers which notes the reader may read");
    });
}

#[test]
fn a_housing_company_learns_nothing_by_filtering() {
    on_both(|app| {
        let case = app.manager.admits("Verborgen");
        app.manager.sends(&case, HOUSING_COMPANY);
        let count = |query: &str| {
            let items = app.housing_company.reads(&format!("/cases?{query}")).is(200)["items"].clone();
            items.as_array().unwrap().len()
        };

        for (query, expected) in [
            (String::new(), 1),
            ("state=open&category=AFV".to_owned(), 1),
            (format!("consultationId={KROONWIJK}"), 1),
            (format!("consultationId={MOLENWIJK}"), 0),
            (format!("reference={}", case["reference"].as_str().unwrap()), 0),
            (format!("leadOrganisationId={CITY}"), 0),
            ("kind=situation".to_owned(), 0),
            ("createdFrom=2026-01-01T00:00:00Z".to_owned(), 0),
            ("createdBefore=2027-01-01T00:00:00Z".to_owned(), 0),
            ("q=verborgen".to_owned(), 0),
        ] {
            assert_eq!(count(&query), expected, "{query}");
        }
        let item = app.housing_company.reads("/cases").is(200)["items"][0].clone();
        assert_eq!(item["etag"], app.housing_company.reads(&path_of(&item)).etag().as_str());
    });
}

#[test]
fn a_patch_leaves_alone_what_ended_meanwhile() {
    on_both(|app| {
        let mut body = a_case("Einde");
        body["admit"] = json!(true);
        body["leadOrganisationId"] = json!(GREEN);
        let case = app.manager.creates("/cases", &body).is(201);
        let other = app.manager.admits("Ander");
        let green = app.administrator.reads(&format!("/organisations/{GREEN}")).is(200);
        app.administrator.edits(&green, &json!({"validTo": "2026-03-01"})).is(200);

        let edited = app.manager.edits(&case, &json!({"title": "Nieuwe titel"})).is(200);

        assert_eq!(
            (&edited["title"], &edited["leadOrganisationId"]),
            (&json!("Nieuwe titel"), &json!(GREEN))
        );
        app.manager.edits(&case, &json!({"leadOrganisationId": GREEN, "title": "Weer"})).is(200);
        let refused = app.manager.edits(&other, &json!({"leadOrganisationId": GREEN}));
        assert_eq!(refused.issues(), ["body leadOrganisationId referencedResourceNotFound"]);
    });
}

#[test]
fn a_case_that_the_reader_may_not_see_is_not_named() {
    on_both(|app| {
        let mut body = a_case("Hoger");
        body["consultationId"] = json!(HIGHER);
        let above = app.police.creates("/cases", &body).is(201);
        let case = app.police.admits("Hier");

        let linked = app.police.does("link", &case, &json!({"kind": "related", "caseId": above["id"]}));

        let others = |client: &Client| {
            let seen = client.sees(&case);
            let path = format!("{}/timeline", path_of(&case));
            let events = client.reads(&path).is(200)["items"].clone();
            let told =
                events.as_array().unwrap().iter().filter(|it| it["detail"].get("otherCaseId").is_some());
            let listed = client.reads("/cases").is(200)["items"].clone();
            let item = listed.as_array().unwrap().iter().find(|it| it["id"] == case["id"]).unwrap().clone();
            assert_eq!((&item["links"], &item["etag"]), (&seen["links"], &seen["etag"]));
            (seen["links"].as_array().unwrap().len(), told.count())
        };
        assert_eq!(linked["links"].as_array().unwrap().len(), 1);
        assert_eq!(others(&app.police), (1, 1));
        assert_eq!(others(&app.guard), (0, 0));
    });
}

#[test]
fn a_sector_without_a_point_tells_its_neighbourhood() {
    on_both(|app| {
        let sector = json!({"type": "FeatureCollection", "features": [{
            "type": "Feature",
            "properties": {"code": "41002A20-", "nameNl": "Hoveniers", "parentCode": "41002W06"},
            "geometry": {"type": "Polygon", "coordinates": [[[4.03, 50.93], [4.04, 50.93], [4.04, 50.94], [4.03, 50.93]]]}
        }]});
        let path = "/areas/import?kind=sector&schemeVersion=2025&validFrom=2025-01-01";
        app.administrator.creates(path, &sector).is(200);
        let writes = |location: Value| {
            let mut body = a_case("Sector");
            body["location"] = location;
            app.manager.creates("/cases", &body)
        };

        let case = writes(json!({"kind": "sector", "sector": "41002A20-"})).is(201);

        assert_eq!(case["location"]["areaId"], json!(AREA));
        let unknown = writes(json!({"kind": "sector", "sector": "41002A999"})).is(201);
        assert_eq!(unknown["location"].get("areaId"), None);
        for (location, issue) in [
            (json!({"kind": "sector"}), "body location.sector requiredInput"),
            (json!({"kind": "address"}), "body location.address requiredInput"),
        ] {
            assert_eq!(writes(location).issues(), [issue]);
        }
        let uri = "https://data.vlaanderen.be/id/adres/1";
        writes(json!({"kind": "address", "addressUri": uri})).is(201);
    });
}

#[test]
fn a_case_does_not_become_part_of_itself() {
    on_both(|app| {
        let case = app.manager.admits("Zelf");
        let itself = app.manager.tries("merge", &case, &json!({"intoCaseId": case["id"]}));
        assert_eq!(itself.issues(), ["body intoCaseId invalidInput"]);
        let itself = app.manager.tries("link", &case, &json!({"kind": "related", "caseId": case["id"]}));
        assert_eq!(itself.issues(), ["body caseId invalidInput"]);
    });
}
