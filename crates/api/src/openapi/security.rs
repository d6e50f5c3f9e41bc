//! Ways to come in: a token of the built-in issuer with its scopes, or one of any trusted issuer.

use domain::access::{Operation, Scope};
use serde_json::{Map, Value, json};

/// The security scheme with scopes.
const CLIENT_CREDENTIALS: &str = "ClientCredentials";
/// The security scheme for a token that one has already.
const BEARER_TOKEN: &str = "BearerToken";

/// Names the ways in; none of them is needed where everybody may come in.
pub(super) fn ways_in(operation: Option<Operation>) -> Value {
    let Some(operation) = operation else { return json!([]) };
    let scopes = operation.scopes();
    let mut ways: Vec<Value> =
        scopes.iter().map(|scope| json!({ CLIENT_CREDENTIALS: [scope.code()] })).collect();
    if ways.is_empty() {
        ways.push(json!({ CLIENT_CREDENTIALS: [] }));
    }
    ways.push(json!({ BEARER_TOKEN: [] }));
    Value::Array(ways)
}

/// Returns each scheme with its name.
pub(super) fn schemes() -> [(&'static str, Value); 2] {
    let scopes: Map<String, Value> =
        Scope::ALL.iter().map(|scope| (scope.code().to_owned(), about(*scope).into())).collect();
    [
        (
            CLIENT_CREDENTIALS,
            json!({
                "type": "oauth2",
                "description": "A token of the built-in issuer, for a client with its own credentials",
                "flows": { "clientCredentials": { "tokenUrl": "/oauth2/token", "scopes": scopes } }
            }),
        ),
        (
            BEARER_TOKEN,
            json!({ "type": "http", "scheme": "bearer", "bearerFormat": "JWT",
                "description": "A token of any issuer that is trusted here (RFC 9068)" }),
        ),
    ]
}

const fn about(scope: Scope) -> &'static str {
    match scope {
        Scope::CasesRead => "Read cases",
        Scope::CasesWrite => "Write cases and notes",
        Scope::FollowUpRequestsRead => "Read follow-up requests",
        Scope::FollowUpRequestsWrite => "Write follow-up requests",
        Scope::FollowUpRequestsAnswer => "Receive, accept, refuse and answer follow-up requests",
        Scope::MeetingsRead => "Read meetings",
        Scope::MeetingsWrite => "Write meetings",
        Scope::PresenceWrite => "Write presence records",
        Scope::EscalationsWrite => "Write escalations",
        Scope::IndicatorsRead => "Read indicators",
        Scope::ExtractsRead => "Read extracts",
        Scope::EventsRead => "Read the change feed",
        Scope::WebhooksManage => "Manage webhook subscriptions",
        Scope::RefDataWrite => "Write reference data",
        Scope::AuditRead => "Read the audit trail",
        Scope::RetentionManage => "Manage retention",
        Scope::Admin => "Administer",
    }
}
