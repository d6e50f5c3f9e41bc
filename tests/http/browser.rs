//! The Swagger UI in a real browser: log in with the built-in issuer, send a request, read the answer.

use std::fs;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

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
