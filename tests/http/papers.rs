//! What people print: reports, agendas and requests as pages.

use std::collections::BTreeSet;

use serde_json::json;

use crate::app::on_both;
use crate::client::{Answer, Client, id_of, path_of};
use crate::reports::{DECIDED, Held, TEAM_WORD, hold};

impl Client {
    /// Reads a document as a page.
    pub fn page(&self, path: &str, language: &str) -> Answer {
        let request = self.request("GET", path).with("Accept", "text/html");
        request.with("Accept-Language", language).goes()
    }
}

#[test]
fn papers_speak_the_language_of_their_reader_and_fetch_nothing() {
    on_both(|app| {
        let Held { meeting, .. } = hold(app);
        let asked = app.manager.lists("");
        let papers = [
            (format!("{}/report", path_of(&meeting)), ["Aanwezigheid", "Présences", "Attendance"]),
            (format!("{}/agendaItems", path_of(&meeting)), ["Agenda van", "Ordre du jour", "Agenda of"]),
            (path_of(&asked[0]), ["Opvolgvraag", "Demande de suivi", "Follow-up request"]),
        ];
        for (path, expected) in papers {
            let mut tags = BTreeSet::from([app.manager.reads(&path).etag()]);
            for (language, word) in ["nl", "fr", "en"].into_iter().zip(expected) {
                let page = app.manager.page(&path, language);
                assert_eq!(page.header("Content-Type"), Some("text/html; charset=utf-8"));
                assert_eq!(page.header("Content-Language"), Some(language));
                let policy = page.header("Content-Security-Policy").unwrap().to_owned();
                assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"), "{policy}");
                assert!(tags.insert(page.etag()), "each language has a tag of its own");
                let text = page.text();
                assert!(text.starts_with(&format!("<!doctype html>\n<html lang=\"{language}\">")), "{text}");
                assert!(text.contains(word), "{language}: {text}");
                for fetched in ["src=", "href=", "url(", "<script", "@import"] {
                    assert!(!text.contains(fetched), "{fetched}");
                }
                let known = app.manager.request("GET", &path).with("Accept", "text/html");
                let known = known.with("Accept-Language", language).with("If-None-Match", &page.etag());
                known.goes().is(304);
            }
        }
        // What somebody wrote is text on paper, whatever it looks like.
        let body = json!({"section": "otherBusiness", "title": "<script>alert('x')</script> & meer"});
        let open = app.manager.opens_meeting("2026-04-14");
        app.manager.creates(&format!("{}/agendaItems", path_of(&open)), &body).is(201);
        let text = app.manager.page(&format!("{}/report", path_of(&open)), "nl").text();
        assert!(!text.contains("<script>") && text.contains("&#60;script&#62;"), "{text}");
    });
}

#[test]
fn a_request_on_paper_is_the_side_of_the_service_whoever_prints_it() {
    on_both(|app| {
        let Held { case, .. } = hold(app);
        let asked = app.manager.lists("");
        let before = app.manager.sees(&asked[0]);
        let page = app.manager.page(&path_of(&asked[0]), "nl").text();
        assert!(page.contains("Graag een gesprek.") && page.contains("In te vullen door de dienst"));
        for hidden in [id_of(&case), case["reference"].as_str().unwrap(), DECIDED, TEAM_WORD] {
            assert!(!page.contains(hidden), "{hidden}");
        }
        assert!(before.get("firstSeenAt").is_none());
        assert!(app.manager.sees(&asked[0]).get("firstSeenAt").is_none(), "the team's print is no sighting");
        app.housing_company.page(&path_of(&asked[0]), "nl").is(200);
        assert!(app.manager.sees(&asked[0]).get("firstSeenAt").is_some(), "the service's own is one");
    });
}
