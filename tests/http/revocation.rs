//! What an operator or administrator takes away is gone within a second, also where another application serves.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use domain::access::Role;
use domain::id::{ClientId, OrganisationId};
use jiff::SignedDuration;
use persistence::Backend;
use serde_json::{Value, json};

use crate::app::on_both;
use crate::client::{Answer, path_of};
use crate::database::Database;
use crate::program::{Program, command};
use crate::world::{AGENT, CLEANING, GREEN, KROONWIJK, MANAGER, SECRET};

/// Asks until the answer has a status; nobody may be answered otherwise who asks more than a second from now.
#[track_caller]
fn within_a_second(status: u16, ask: impl Fn() -> Answer) -> Answer {
    let changed = Instant::now();
    loop {
        let waited = changed.elapsed();
        let answer = ask();
        if answer.status() == status {
            println!("{status} after {} ms", waited.as_millis());
            return answer;
        }
        assert!(waited < Duration::from_secs(1), "after {waited:?} still {answer}");
    }
}

#[test]
fn a_revoked_client_is_refused_everywhere() {
    on_both(|app| {
        let elsewhere = app.another();
        let agent = elsewhere.client(&AGENT);
        agent.reads("/followUpRequests").is(200);

        app.register().revoke(ClientId::new(AGENT.id)).unwrap();

        let refused = within_a_second(401, || agent.reads("/followUpRequests"));
        refused.is_problem(401, "invalidAccessToken");
        assert_eq!(agent.asks_token(AGENT.id, SECRET).is(401)["error"], "invalid_client");
    });
}

#[test]
fn a_secret_that_was_lost_is_worth_nothing_everywhere() {
    on_both(|app| {
        let elsewhere = app.another();
        let agent = elsewhere.client(&AGENT);
        agent.reads("/followUpRequests").is(200);

        let (_, secret) = app.register().rotate(ClientId::new(AGENT.id), SignedDuration::ZERO).unwrap();

        within_a_second(401, || agent.reads("/followUpRequests")).is_problem(401, "invalidAccessToken");
        agent.asks_token(AGENT.id, SECRET).is(401);
        let token = agent.asks_token(AGENT.id, secret.reveal()).is(200);
        let authorization = format!("Bearer {}", token["access_token"].as_str().unwrap());
        let call = agent.request("GET", "/followUpRequests").without("Authorization");
        call.with("Authorization", &authorization).goes().is(200);
    });
}

#[test]
fn a_secret_that_is_replaced_in_time_counts_until_its_end() {
    on_both(|app| {
        let elsewhere = app.another();
        let agent = elsewhere.client(&AGENT);

        let (_, secret) =
            app.register().rotate(ClientId::new(AGENT.id), SignedDuration::from_hours(1)).unwrap();

        for known in [SECRET, secret.reveal()] {
            agent.asks_token(AGENT.id, known).is(200);
        }
        app.minutes_pass(61);
        agent.asks_token(AGENT.id, SECRET).is(401);
        agent.asks_token(AGENT.id, secret.reveal()).is(200);
    });
}

#[test]
fn a_client_with_another_role_or_organisation_is_another_caller_everywhere() {
    on_both(|app| {
        let request = app.manager.sends(&app.manager.admits("Elders"), CLEANING);
        let elsewhere = app.another();
        let agent = elsewhere.client(&AGENT);
        let sees = || agent.reads(&path_of(&request));
        sees().is(200);

        app.registers(&AGENT, |client| client.organisations = vec![OrganisationId::new(GREEN)]);
        within_a_second(403, sees).is_problem(403, "missingPermission");
        agent.logs_in_again();
        sees().is_problem(404, "resourceNotFound");
        app.registers(&AGENT, |client| client.organisations = vec![OrganisationId::new(CLEANING)]);
        agent.logs_in_again();
        within_a_second(200, sees);

        app.registers(&AGENT, |client| client.roles = BTreeSet::from([Role::Administrator]));
        within_a_second(403, sees).is_problem(403, "missingPermission");
    });
}

#[test]
fn a_seat_that_is_taken_away_is_gone_everywhere() {
    on_both(|app| {
        let case = app.manager.admits("Zetel");
        let elsewhere = app.another();
        let manager = elsewhere.client(&MANAGER);
        manager.sees(&case);
        let consultation = app.administrator.reads(&format!("/consultations/{KROONWIJK}")).is(200);
        let members = consultation["members"].as_array().unwrap().iter();
        let others: Vec<&Value> = members.filter(|it| it["role"] != "neighbourhoodManager").collect();

        app.administrator.edits(&consultation, &json!({"members": others})).is(200);

        within_a_second(403, || manager.reads(&path_of(&case))).is_problem(403, "missingPermission");
        manager.reads("/cases").is_problem(403, "missingPermission");
    });
}

#[test]
fn an_operator_revokes_a_client_of_a_running_program() {
    for backend in [Backend::Sqlite, Backend::Postgresql] {
        let database = Database::new(backend);
        let program = Program::serve(&database.url());
        let agent = program.client(&AGENT);
        agent.reads("/followUpRequests").is(200);

        let revoked = command(&database.url(), &["client", "revoke", &AGENT.id.to_string(), "--json"])
            .output()
            .unwrap();

        assert!(revoked.status.success(), "{revoked:?}");
        let told: Value = serde_json::from_slice(&revoked.stdout).unwrap();
        assert!(told["revokedAt"].is_string(), "{told}");
        within_a_second(401, || agent.reads("/followUpRequests")).is_problem(401, "invalidAccessToken");
    }
}
