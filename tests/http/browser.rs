//! A real browser: the Swagger UI (log in with the built-in issuer, send a request, read the answer), and the pages that are
//! printed.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use fantoccini::wd::{PrintConfiguration, PrintSize};
use fantoccini::{Client, ClientBuilder, Locator};
use serde_json::{Value, json};

use crate::program::{Running, setting, wait_for};

fn demonstration(data: &Path) -> (Running, Value) {
    let child = Command::new(setting("WIJKOVERLEG"))
        .args(["demo", "--port", "0", "--data"])
        .arg(data)
        .env_remove("DATABASE_URL")
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let file = data.join("demo-credentials.json");
    let credentials =
        wait_for("demo-credentials.json", || serde_json::from_slice(&fs::read(&file).ok()?).ok());
    (Running(child), credentials)
}

fn driver() -> (Running, String) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let child = Command::new(setting("CHROMEDRIVER"))
        .arg(format!("--port={port}"))
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    wait_for("ChromeDriver", || std::net::TcpStream::connect(("127.0.0.1", port)).ok());
    (Running(child), format!("http://127.0.0.1:{port}"))
}

async fn browser(driver: &str, profile: &Path) -> Client {
    let arguments = [
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--disable-dev-shm-usage",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--window-size=1280,1600",
    ];
    let mut arguments: Vec<String> = arguments.iter().map(ToString::to_string).collect();
    arguments.push(format!("--user-data-dir={}", profile.display()));
    let options = json!({ "args": arguments, "binary": setting("CHROMIUM") });
    let capabilities = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
    ClientBuilder::new(hyper_util::client::legacy::connect::HttpConnector::new())
        .capabilities(capabilities)
        .connect(driver)
        .await
        .unwrap()
}

async fn press(page: &Client, selector: &str) {
    page.wait().for_element(Locator::Css(selector)).await.unwrap().click().await.unwrap();
}

async fn fill(page: &Client, selector: &str, text: &str) {
    let field = page.wait().for_element(Locator::Css(selector)).await.unwrap();
    field.send_keys(text).await.unwrap();
}

async fn keep_picture(page: &Client, name: &str) {
    let folder = setting("ARTEFACTS");
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join(name), page.screenshot().await.unwrap()).unwrap();
}

#[test]
fn a_developer_logs_in_to_the_swagger_ui_and_polls_the_requests_of_a_service() {
    let data = tempfile::tempdir().unwrap();
    let (_demonstration, credentials) = demonstration(data.path());
    let (_driver, address) = driver();
    let profile = tempfile::tempdir().unwrap();
    let agent = &credentials["clients"]["serviceAgent"];
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();

    let answer = runtime.block_on(async {
        let page = browser(&address, profile.path()).await;
        page.goto(&format!("{}/doc/", credentials["baseUrl"].as_str().unwrap())).await.unwrap();
        press(&page, ".auth-wrapper .btn.authorize").await;
        fill(&page, "#client_id_clientCredentials", agent["clientId"].as_str().unwrap()).await;
        fill(&page, "#client_secret_clientCredentials", agent["clientSecret"].as_str().unwrap()).await;
        let authorize =
            "//input[@id='client_secret_clientCredentials']/following::button[contains(@class, 'authorize')]";
        page.wait().for_element(Locator::XPath(authorize)).await.unwrap().click().await.unwrap();
        page.wait().for_element(Locator::XPath("//button[text()='Logout']")).await.unwrap();
        keep_picture(&page, "swagger-ui-authorized.png").await;
        press(&page, ".btn-done").await;

        press(&page, "#operations-tag-Follow-Up_Requests").await;
        let operation = "#operations-Follow-Up_Requests-listFollowUpRequests";
        press(&page, &format!("{operation} .opblock-summary-control")).await;
        press(&page, &format!("{operation} .try-out__btn")).await;
        press(&page, &format!("{operation} .execute")).await;
        let live = format!("{operation} .live-responses-table .response");
        let row = page.wait().for_element(Locator::Css(&live)).await.unwrap();
        keep_picture(&page, "swagger-ui-answer.png").await;
        let answer = row.text().await.unwrap();
        page.close().await.unwrap();
        answer
    });

    assert!(answer.starts_with("200"), "{answer}");
    assert!(answer.contains("\"view\": \"service\""), "{answer}");
}

/// Fetches a page with a token and keeps it as a file: a browser that opens an address has no token.
async fn fetched(url: &str, token: &str, language: &str, file: &Path) -> String {
    let request = reqwest::Client::new().get(url).bearer_auth(token);
    let request = request.header("Accept", "text/html").header("Accept-Language", language);
    let html = request.send().await.unwrap().error_for_status().unwrap().text().await.unwrap();
    fs::write(file, &html).unwrap();
    html
}

#[test]
fn the_report_of_a_meeting_is_looked_at_and_printed() {
    let data = tempfile::tempdir().unwrap();
    let (_demonstration, credentials) = demonstration(data.path());
    let (_driver, address) = driver();
    let profile = tempfile::tempdir().unwrap();
    let folder = setting("ARTEFACTS");
    fs::create_dir_all(&folder).unwrap();
    let base = credentials["baseUrl"].as_str().unwrap().to_owned();
    let token = |role: &str| credentials["clients"][role]["accessToken"].as_str().unwrap().to_owned();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();

    runtime.block_on(async {
        let reading = reqwest::Client::new();
        let meetings = format!("{base}/meetings?state=held&sort=-startsAt&pageSize=3");
        let found = reading.get(&meetings).bearer_auth(token("neighbourhoodManager")).send().await.unwrap();
        let found: Value = found.json().await.unwrap();
        // The last one may still be a draft; the one before is approved.
        let meeting = found["items"][1]["href"].as_str().unwrap().to_owned();
        let open = format!("{base}/followUpRequests?state=sent&pageSize=1");
        let found = reading.get(&open).bearer_auth(token("neighbourhoodManager")).send().await.unwrap();
        let found: Value = found.json().await.unwrap();
        let request = found["items"][0]["href"].as_str().unwrap().to_owned();
        let page = browser(&address, profile.path()).await;
        for (name, url, role, language) in [
            ("report-nl", format!("{meeting}/report"), "neighbourhoodManager", "nl"),
            ("report-police-fr", format!("{meeting}/report"), "policeOfficer", "fr"),
            ("agenda-en", format!("{meeting}/agendaItems"), "guard", "en"),
            ("request-nl", request, "neighbourhoodManager", "nl"),
        ] {
            let file = folder.join(format!("{name}.html"));
            let html = fetched(&url, &token(role), language, &file).await;
            page.goto(&format!("file://{}", fs::canonicalize(&file).unwrap().display())).await.unwrap();
            keep_picture(&page, &format!("{name}.png")).await;

            // The browser understood every element, in the language of the reader, with its headings in order.
            let seen = page
                .execute(
                    r"const levels = [...document.querySelectorAll('h1,h2,h3,h4')].map(it => Number(it.tagName[1]));
                    const cells = [...document.querySelectorAll('thead th')];
                    return {
                        language: document.documentElement.lang,
                        mode: document.compatMode,
                        title: document.title,
                        levels,
                        scoped: cells.every(it => it.scope === 'col'),
                        wide: document.documentElement.scrollWidth > window.innerWidth,
                        style: getComputedStyle(document.querySelector('main')).maxWidth,
                    };",
                    Vec::new(),
                )
                .await
                .unwrap();
            assert_eq!(seen["language"], language);
            assert_eq!(seen["mode"], "CSS1Compat", "no quirks");
            assert!(!seen["title"].as_str().unwrap().is_empty());
            let levels: Vec<i64> = seen["levels"].as_array().unwrap().iter().map(|it| it.as_i64().unwrap()).collect();
            assert_eq!(levels[0], 1);
            assert_eq!(levels.iter().filter(|level| **level == 1).count(), 1);
            assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level is left out: {levels:?}");
            assert_eq!((&seen["scoped"], &seen["wide"]), (&json!(true), &json!(false)));
            assert_ne!(seen["style"], "none", "the style was applied");
            assert!(html.len() > 2_000, "{name} says something");

            let on_a4 = PrintConfiguration::builder().size(PrintSize::A4).build().unwrap();
            let pdf = page.print(on_a4).await.unwrap();
            assert!(pdf.starts_with(b"%PDF-"), "{name} prints");
            fs::write(folder.join(format!("{name}.pdf")), pdf).unwrap();
        }
        page.close().await.unwrap();
    });
}
