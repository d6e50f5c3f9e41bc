//! Subscribing an endpoint.

use std::collections::BTreeSet;

use actix_web::post;
use domain::access::Principal;
use domain::id::OrganisationId;
use domain::text::Title;
use domain::webhook::{Create, Grant, Pattern, SignatureScheme, WebhookSubscription as Aggregate};
use persistence::webhooks;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::view::{WebhookSubscription, tag};
use super::{attempt_time, signing, source};
use crate::call::Call;
use crate::codes::WebhookSignatureSchemeCode;
use crate::endpoint;
use crate::events::FeedCursor;
use crate::forms::EventTypePattern;
use crate::input::Faults;
use crate::outbound::{Outbound, UrlFault};
use crate::problem::{Detail, Issue, Kind, Place, Problem};
use crate::reply::Reply;
use crate::work::Refusal;

/// A new webhook subscription.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(examples(
    json!({
        "organisationId": "019a9d3e-0000-7000-8000-000000000001",
        "url": "https://hooks.example.org/wijkoverleg",
        "label": "Meldpunt",
        "types": ["followUpRequest.notify.*", "case.notify.closed"],
        "signatureScheme": "ed25519"
    }),
    json!({"organisationId": "019a9d3e-0000-7000-8000-000000000001", "url": "https://hooks.example.org/wijkoverleg"})
))]
pub struct CreateWebhookSubscriptionBody {
    /// The organisation that it belongs to: one that the caller acts for.
    #[schema(value_type = uuid::Uuid)]
    organisation_id: OrganisationId,
    /// The address of the endpoint: `https`, on a port and at a host that the operator allows.
    #[schema(format = "uri", min_length = 8, max_length = 2000)]
    url: String,
    /// What it is for, in a few words; no name of a person.
    #[schema(min_length = 1, max_length = 200)]
    label: Option<String>,
    /// The types that it wants, each of one verb or with `*` for all of a subject; all when there are none.
    #[serde(default)]
    #[schema(value_type = Vec<EventTypePattern>, max_items = 100)]
    types: Vec<String>,
    /// How its messages are signed.
    #[serde(default = "hmac")]
    #[schema(value_type = WebhookSignatureSchemeCode, required = false, default = "hmacSha256")]
    signature_scheme: SignatureScheme,
    /// A place in the change feed, as in `after` of `GET /events`: what came after it is sent first. Without it begins what
    /// happens from now on.
    #[schema(min_length = 1, max_length = 1000)]
    after: Option<String>,
}

const fn hmac() -> SignatureScheme {
    SignatureScheme::HmacSha256
}

endpoint!(
    /// Subscribes an endpoint.
    pub CreateWebhookSubscription, body = CreateWebhookSubscriptionBody
);

/// Checks the address of an endpoint as far as its text tells.
pub(super) fn url(url: &str, outbound: &Outbound, faults: &mut Faults) -> Option<String> {
    match outbound.check(url) {
        // As the parser writes it, which is what is connected to.
        Ok(parsed) => Some(parsed.to_string()),
        Err(fault) => {
            faults.add(Issue::new(Kind::InvalidInput, Place::Body, "url").detail(told(fault)));
            None
        }
    }
}

fn told(fault: UrlFault) -> Detail {
    match fault {
        UrlFault::Malformed => Detail::new(
            "Dit is geen volledig adres.",
            "Ce n'est pas une adresse complète.",
            "This is no complete address.",
        ),
        UrlFault::Scheme => Detail::new(
            "Het adres moet met https beginnen.",
            "L'adresse doit commencer par https.",
            "The address must begin with https.",
        ),
        UrlFault::Credentials => Detail::new(
            "Het adres mag geen gebruikersnaam of wachtwoord bevatten.",
            "L'adresse ne peut contenir ni nom d'utilisateur ni mot de passe.",
            "The address must not hold a user name or password.",
        ),
        UrlFault::Fragment => Detail::new(
            "Het adres mag geen fragment bevatten.",
            "L'adresse ne peut pas contenir de fragment.",
            "The address must not hold a fragment.",
        ),
        UrlFault::Port => Detail::new(
            "Deze poort is niet toegelaten.",
            "Ce port n'est pas autorisé.",
            "This port is not allowed.",
        ),
        UrlFault::Host => Detail::new(
            "Deze host mag niet worden bereikt.",
            "Cet hôte ne peut pas être atteint.",
            "This host may not be reached.",
        ),
    }
}

/// Parses the types that a subscription wants.
pub(super) fn patterns(types: &[String], faults: &mut Faults) -> Option<BTreeSet<Pattern>> {
    let mut patterns = BTreeSet::new();
    for (position, text) in types.iter().enumerate() {
        let name = format!("types[{position}]");
        let pattern = faults.take(&name, Kind::SchemaViolation, text.parse::<Pattern>())?;
        if !source::is_known(&pattern) {
            faults.add(Issue::invalid(
                name,
                Detail::new(
                    "Over dit onderwerp wordt niets gemeld.",
                    "Rien n'est annoncé à ce sujet.",
                    "Nothing is told about this subject.",
                ),
            ));
        }
        patterns.insert(pattern);
    }
    Some(patterns)
}

fn grant(principal: &Principal) -> Grant {
    Grant {
        client_id: principal.client_id,
        organisations: principal.organisations.iter().map(|organisation| organisation.id).collect(),
        roles: principal.roles.clone(),
        scopes: principal.scopes.clone(),
    }
}

/// Subscribe an endpoint.
///
/// From now on, or from a place in the change feed on, what the calling client may see is told to the endpoint, as CloudEvents
/// in structured mode, once it is verified: it is sent a signed `POST` with `{"type": "….webhookSubscription.verify", "challenge": "…"}`, within seconds or by
/// the verb `verify`, and answers 200 with `{"challenge": "…"}`. The answer holds the secret that every message is signed with
/// (Standard Webhooks), or the public key that they are verified with. A secret is shown this once: the answer is not given
/// again to a repeated request, which makes another subscription.
#[utoipa::path(
    tag = "Webhooks",
    request_body = CreateWebhookSubscriptionBody,
    responses((status = 201, description = "The new subscription with its secret", body = WebhookSubscription)),
    extensions(("x-idempotency-key" = json!(false)), ("x-cursor" = json!(true)))
)]
#[post("/webhookSubscriptions")]
pub async fn create_webhook_subscription(call: Call<CreateWebhookSubscription>) -> Result<Reply, Problem> {
    let organisation_id = call.body.organisation_id;
    let mut faults = Faults::default();
    if !call.permit.sight().own.contains(&organisation_id) {
        faults.add(Issue::not_found("organisationId"));
    }
    let url = url(&call.body.url, &call.state.outbound, &mut faults);
    let label: Option<Option<Title>> = faults.optional_text("label", call.body.label.as_ref());
    let patterns = patterns(&call.body.types, &mut faults);
    let after = call.body.after.as_deref().map(|after| FeedCursor::of_input(after, Place::Body));
    let after = after.transpose().map_err(|issue| faults.add(issue)).ok();
    let (((url, label), patterns), after) = faults.finish(url.zip(label).zip(patterns).zip(after))?;
    let secret = signing::new_secret(call.body.signature_scheme)
        .ok_or_else(|| Problem::internal("no random bytes"))?;
    let grant = grant(call.permit.principal());
    let base_url = call.state.base_url.clone();
    let due = attempt_time(&call.state);
    let principal = call.permit.shared_principal();
    call.write(move |unit| {
        unit.act_for(organisation_id);
        let place = source::place(unit.connection(), &principal, after.as_ref())?;
        let command = Create {
            id: unit.new_id().into(),
            organisation_id,
            url: url.clone(),
            label: label.clone(),
            patterns: patterns.clone(),
            grant: grant.clone(),
            secret: secret.clone(),
        };
        let change = Aggregate::create(command, &unit.stamp());
        unit.save(&change)?;
        webhooks::begin(unit, change.state.id, place, due)?;
        let progress = webhooks::progress(unit.connection(), change.state.id)?;
        let view = WebhookSubscription::of(&change.state, &progress, &base_url);
        let location = view.href.clone();
        let reply = Reply::created(&view.with_secret(&secret), location)?;
        Ok::<_, Refusal>(reply.tag(&tag(&change.state, &progress)).in_full())
    })
    .await
}
