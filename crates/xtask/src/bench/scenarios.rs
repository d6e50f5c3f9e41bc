//! What is measured, and against which floor. To add a scenario, add an entry: nothing else needs to change.

/// Who calls.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    /// The application of one service: the narrowest token.
    Service,
    /// The neighbourhood manager, who sees the requests of all services.
    Manager,
}

/// One kind of request, sent again and again, beside the floor's one statement.
pub(crate) struct Scenario {
    /// Name in the table.
    pub(crate) name: &'static str,
    /// Who calls.
    pub(crate) caller: Caller,
    /// Method and path of the program; `{service}`, `{consultation}`, `{request}` and `{open}` are filled in, the last one
    /// with a request that no call answered before.
    pub(crate) program: (&'static str, &'static str),
    /// The body of each request; `{number}` is a house number, another one each time.
    pub(crate) body: &'static str,
    /// Header lines beside the token; `{etag}` is the entity tag that the program gave for this path, `{key}` a new key.
    pub(crate) headers: &'static [(&'static str, &'static str)],
    /// Method and path of the floor.
    pub(crate) floor: (&'static str, &'static str),
    /// Connections that are open at once.
    pub(crate) connections: u32,
    /// The part of the floor's rate that must be reached.
    pub(crate) at_least: f64,
}

/// All scenarios, in the order in which they run: what reads comes before what writes.
pub(crate) const SCENARIOS: [Scenario; 8] = [
    Scenario {
        name: "poll unchanged (304)",
        caller: Caller::Service,
        program: ("GET", "/followUpRequests?state=sent"),
        body: "",
        headers: &[("If-None-Match", "{etag}")],
        floor: ("GET", "/empty"),
        connections: 32,
        at_least: 0.7,
    },
    Scenario {
        name: "feed page of 50, service",
        caller: Caller::Service,
        program: ("GET", "/events?pageSize=50"),
        body: "",
        headers: &[],
        floor: ("GET", "/feed/{service}"),
        connections: 32,
        at_least: 0.6,
    },
    Scenario {
        name: "poll first page of 50, service",
        caller: Caller::Service,
        program: ("GET", "/followUpRequests"),
        body: "",
        headers: &[],
        floor: ("GET", "/page/{service}"),
        connections: 32,
        at_least: 0.6,
    },
    Scenario {
        name: "poll first page of 50, manager",
        caller: Caller::Manager,
        program: ("GET", "/followUpRequests?organisationId={service}"),
        body: "",
        headers: &[],
        floor: ("GET", "/page/{service}"),
        connections: 32,
        at_least: 0.0,
    },
    Scenario {
        name: "get one, service",
        caller: Caller::Service,
        program: ("GET", "/followUpRequests/{request}"),
        body: "",
        headers: &[],
        floor: ("GET", "/get/{request}"),
        connections: 32,
        at_least: 0.5,
    },
    Scenario {
        name: "get one, manager",
        caller: Caller::Manager,
        program: ("GET", "/followUpRequests/{request}"),
        body: "",
        headers: &[],
        floor: ("GET", "/get/{request}"),
        connections: 32,
        at_least: 0.0,
    },
    Scenario {
        name: "answer one",
        caller: Caller::Service,
        program: ("POST", "/followUpRequests/{open}/answer"),
        body: r#"{"outcome":"done","text":"Opgeruimd, met een extra ronde op donderdag."}"#,
        headers: &[
            ("Content-Type", "application/json"),
            ("If-Match", "\"1-bench\""),
            ("Idempotency-Key", "\"{key}\""),
        ],
        floor: ("POST", "/answer/{open}"),
        connections: 16,
        at_least: 0.4,
    },
    Scenario {
        name: "create case",
        caller: Caller::Manager,
        program: ("POST", "/cases"),
        body: r#"{"consultationId":"{consultation}","kind":"situation","category":"GEL.BUREN","title":"Lawaai van buren","source":"guard","location":{"kind":"address","address":"Dendermondsesteenweg {number}"}}"#,
        headers: &[("Content-Type", "application/json"), ("Idempotency-Key", "\"{key}\"")],
        floor: ("POST", "/case/{consultation}"),
        connections: 16,
        at_least: 0.4,
    },
];

/// What is measured on a history of its own: 5,000 open cases with 20,000 requests of one consultation.
///
/// The floor executes the same statements and makes no proposal of what they give.
pub(crate) const PROPOSAL: [Scenario; 1] = [Scenario {
    name: "agenda proposal",
    caller: Caller::Manager,
    program: ("GET", "/consultations/{consultation}/agendaProposal"),
    body: "",
    headers: &[],
    floor: ("GET", "/proposal/{consultation}"),
    connections: 2,
    at_least: 0.5,
}];
