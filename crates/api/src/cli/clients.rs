//! `wijkoverleg client`: registers the applications that may call the API.

use std::collections::BTreeSet;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand};
use domain::access::{Role, Scope};
use domain::id::{ClientId, OrganisationId};
use jiff::SignedDuration;
use persistence::clients::Client;
use serde_json::{Value, json};

use super::{Failure, database};
use crate::clients::{NewClient, Register};
use crate::clock::{SystemClock, TimeOrderedIds};
use crate::config::{Config, Secret};
use crate::issuer::TOKEN_PATH;

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Registers a client; prints its id and, this once, its secret.
    Create(Create),
    /// Gives a client another secret, printed this once.
    Rotate {
        /// The client.
        #[arg(value_name = "ID")]
        id: ClientId,
        /// How long the secret before still counts; 0s when it was lost to somebody: then its tokens are void, too.
        #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = duration)]
        overlap: SignedDuration,
        #[command(flatten)]
        manner: Manner,
    },
    /// Revokes a client for good, with all of its tokens.
    Revoke {
        /// The client.
        #[arg(value_name = "ID")]
        id: ClientId,
        #[command(flatten)]
        manner: Manner,
    },
    /// Lists the clients, oldest first.
    List {
        #[command(flatten)]
        manner: Manner,
    },
}

#[derive(Debug, Args)]
pub(super) struct Create {
    /// What the application is called.
    #[arg(long)]
    name: String,
    /// An organisation that it acts for; may be given several times.
    #[arg(long = "organisation", value_name = "UUID", required = true)]
    organisations: Vec<OrganisationId>,
    /// A role that it has; may be given several times.
    #[arg(long = "role", value_name = "ROLE", required = true, value_parser = roles())]
    roles: Vec<Role>,
    /// What it may ask for; may be given several times. Without it: what its roles can use.
    #[arg(long = "scope", value_name = "SCOPE", value_parser = scopes())]
    scopes: Vec<Scope>,
    /// The public keys (a JWK set) of a client that signs assertions; then it has no secret.
    #[arg(long, value_name = "FILE")]
    jwks: Option<PathBuf>,
    #[command(flatten)]
    manner: Manner,
}

#[derive(Debug, Args)]
pub(super) struct Manner {
    /// Prints JSON.
    #[arg(long)]
    json: bool,
    /// Who does this, for the audit trail.
    #[arg(long, value_name = "NAME", env = "USER", hide_env = true)]
    operator: Option<String>,
}

fn roles() -> impl TypedValueParser<Value = Role> {
    PossibleValuesParser::new(Role::ALL.iter().map(|role| role.code()))
        .try_map(|code| Role::from_code(&code).ok_or("no such role"))
}

fn scopes() -> impl TypedValueParser<Value = Scope> {
    PossibleValuesParser::new(Scope::ALL.iter().map(|scope| scope.code()))
        .try_map(|code| Scope::from_code(&code).ok_or("no such scope"))
}

fn duration(text: &str) -> Result<SignedDuration, String> {
    let duration = text.parse::<SignedDuration>().ok().filter(|duration| !duration.is_negative());
    duration.ok_or_else(|| "expected a duration in hours, minutes or seconds, such as 24h or 90m".to_owned())
}

/// Carries a command out.
pub(super) fn run(config: &Config, command: Command) -> Result<(), Failure> {
    let store = database::open_current(config)?;
    let register = |operator: Option<String>| Register {
        store: &store,
        clock: &SystemClock,
        ids: Arc::new(TimeOrderedIds),
        operator,
    };
    match command {
        Command::Create(Create { name, organisations, roles, scopes, jwks, manner }) => {
            let new = NewClient {
                name,
                organisations,
                roles: roles.into_iter().collect(),
                scopes: (!scopes.is_empty()).then(|| scopes.into_iter().collect::<BTreeSet<_>>()),
                public_keys: jwks.as_deref().map(key_set).transpose()?,
            };
            let (client, secret) = register(manner.operator).create(new)?;
            tell(config, &client, secret.as_ref(), manner.json)?;
        }
        Command::Rotate { id, overlap, manner } => {
            let (client, secret) = register(manner.operator).rotate(id, overlap)?;
            tell(config, &client, Some(&secret), manner.json)?;
        }
        Command::Revoke { id, manner } => {
            let client = register(manner.operator).revoke(id)?;
            tell(config, &client, None, manner.json)?;
        }
        Command::List { manner } => list(&register(manner.operator).list()?, manner.json)?,
    }
    Ok(())
}

fn key_set(path: &Path) -> Result<Value, Failure> {
    let text =
        std::fs::read_to_string(path).map_err(|error| format!("cannot read {}: {error}", path.display()))?;
    Ok(serde_json::from_str(&text).map_err(|error| format!("{} is no JSON: {error}", path.display()))?)
}

fn document(client: &Client, secret: Option<&Secret>) -> Value {
    let mut document = json!({
        "clientId": client.id,
        "name": client.name,
        "organisations": client.organisations,
        "roles": client.roles,
        "scopes": client.scopes,
        "createdAt": client.created_at,
        "signsAssertions": client.public_keys.is_some(),
    });
    let members = [
        ("clientSecret", secret.map(|secret| json!(secret.reveal()))),
        ("previousSecretUntil", client.previous_secret.as_ref().map(|(_, until)| json!(until))),
        ("revokedAt", client.revoked_at.map(|at| json!(at))),
    ];
    if let Some(object) = document.as_object_mut() {
        let present = members.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?)));
        object.extend(present);
    }
    document
}

fn tell(config: &Config, client: &Client, secret: Option<&Secret>, as_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if as_json {
        return writeln!(out, "{:#}", document(client, secret));
    }
    writeln!(out, "client  {} ({})", client.id, client.name)?;
    if let Some(at) = client.revoked_at {
        return writeln!(out, "revoked {at}");
    }
    let scopes: Vec<_> = client.scopes.iter().map(|scope| scope.code()).collect();
    writeln!(out, "scopes  {}", scopes.join(" "))?;
    if let Some((_, until)) = &client.previous_secret {
        writeln!(out, "the secret before counts until {until}")?;
    }
    if let Some(secret) = secret {
        let url = format!("{}{TOKEN_PATH}", config.public_url);
        writeln!(out, "secret  {} (shown this once; keep it where secrets are kept)", secret.reveal())?;
        writeln!(out, "\nA token for it:")?;
        writeln!(out, "  curl -sS -u '{}:THE_SECRET' -d grant_type=client_credentials {url}", client.id)?;
    }
    Ok(())
}

fn list(clients: &[Client], as_json: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if as_json {
        let documents: Vec<_> = clients.iter().map(|client| document(client, None)).collect();
        return writeln!(out, "{:#}", Value::Array(documents));
    }
    for client in clients {
        let roles: Vec<_> = client.roles.iter().map(|role| role.code()).collect();
        let state = match (client.revoked_at, &client.public_keys) {
            (Some(at), _) => format!("revoked {at}"),
            (None, Some(_)) => "signs assertions".to_owned(),
            (None, None) => "has a secret".to_owned(),
        };
        writeln!(out, "{}  {:<40}  {:<24}  {state}", client.id, client.name, roles.join(" "))?;
    }
    Ok(())
}
