use serde_json::json;
use uuid::Uuid;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::*;
use crate::issuer::fixture::Fixture;

#[test]
fn a_client_is_registered_with_the_scopes_of_its_roles() {
    let fixture = Fixture::new();
    let register = fixture.register();
    let (client, secret) = register.create(fixture.new_client()).unwrap();
    assert_eq!(client.scopes, default_scopes_of(&client.roles));
    let secret = secret.unwrap();
    assert_eq!(secret.reveal().len(), 43);
    assert_eq!(client.secret_hash.as_deref().map(str::len), Some(64));
    assert_ne!(register.create(fixture.new_client()).unwrap().1.unwrap(), secret);
    assert_eq!(register.list().unwrap()[0], client);
    assert!(!format!("{client:?}").contains(secret.reveal()));
}

#[test]
fn a_client_without_sense_is_not_registered() {
    let fixture = Fixture::new();
    let new = || fixture.new_client();
    let unknown = OrganisationId::new(Uuid::from_u128(7));
    for (faulty, expected) in [
        (NewClient { name: " ".to_owned(), ..new() }, "a name has 1 to 200 characters"),
        (NewClient { name: "x".repeat(201), ..new() }, "a name has 1 to 200 characters"),
        (NewClient { organisations: vec![], ..new() }, "a client acts for at least one organisation"),
        (NewClient { roles: BTreeSet::new(), ..new() }, "a client has at least one role"),
        (NewClient { scopes: Some(BTreeSet::new()), ..new() }, "a client has at least one scope"),
        (
            NewClient { organisations: vec![fixture.organisation, unknown], ..new() },
            "there is no organisation 00000000-0000-0000-0000-000000000007",
        ),
    ] {
        assert_eq!(fixture.register().create(faulty).unwrap_err().to_string(), expected);
    }
    assert_eq!(fixture.register().list().unwrap(), []);
}

#[test]
fn a_key_set_holds_public_keys_for_signatures() {
    let coordinate = URL_SAFE_NO_PAD.encode([1; 32]);
    let key = json!({ "kty": "EC", "crv": "P-256", "x": coordinate, "y": coordinate });
    let with = |member: &str, value: &str| {
        let mut key = key.clone();
        key[member] = json!(value);
        key
    };
    let short = json!({ "kty": "RSA", "n": URL_SAFE_NO_PAD.encode([255; 128]), "e": "AQAB" });
    let symmetric = json!({ "kty": "oct", "k": "x" });
    let set = |keys: &[&Value]| public_keys::check(&json!({ "keys": keys }));
    assert_eq!(set(&[&key]), Ok(()));
    assert_eq!(set(&[&with("kid", "a"), &with("kid", "b")]), Ok(()));
    assert_eq!(set(&[]), Err(KeySetFault::Shape));
    assert_eq!(set(&[&key; 9]), Err(KeySetFault::Shape));
    assert_eq!(public_keys::check(&key), Err(KeySetFault::Shape));
    assert_eq!(set(&[&with("kid", "a"), &with("kid", "a")]), Err(KeySetFault::Names));
    assert_eq!(set(&[&with("d", "x")]), Err(KeySetFault::Private(1)));
    assert_eq!(set(&[&symmetric]), Err(KeySetFault::Private(1)));
    for unsupported in [&short, &with("crv", "P-384"), &with("use", "enc"), &with("alg", "ES384"), &json!(1)]
    {
        assert_eq!(set(&[&with("kid", "a"), unsupported]), Err(KeySetFault::Unsupported(2)), "{unsupported}");
    }
}

#[test]
fn a_secret_rotates_and_a_revoked_client_stays_revoked() {
    let fixture = Fixture::new();
    let register = fixture.register();
    let (client, secret) = fixture.client();
    let (rotated, other) = register.rotate(client.id, SignedDuration::from_hours(1)).unwrap();
    assert_ne!(secret, other);
    assert_eq!(rotated.version, client.version.next());
    assert_eq!(rotated.tokens_valid_from, client.tokens_valid_from);
    assert_eq!(rotated.previous_secret.as_ref().map(|(hash, _)| hash), client.secret_hash.as_ref());
    let revoked = register.revoke(client.id).unwrap();
    assert_eq!(revoked.revoked_at, Some(fixture.now()));
    assert_eq!(register.revoke(client.id).unwrap(), revoked, "once is enough");
    assert!(matches!(register.rotate(client.id, SignedDuration::ZERO), Err(ClientError::Revoked)));
    let unknown = ClientId::new(Uuid::from_u128(7));
    assert!(matches!(register.revoke(unknown), Err(ClientError::Unknown)));
}

#[test]
fn keys_are_replaced_where_there_is_no_secret_to_rotate() {
    let fixture = Fixture::new();
    let register = fixture.register();
    let coordinate = URL_SAFE_NO_PAD.encode([1; 32]);
    let keys = json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "x": coordinate }] });
    let new = NewClient { public_keys: Some(keys.clone()), ..fixture.new_client() };
    let (client, secret) = register.create(new).unwrap();
    assert!(secret.is_none());
    assert!(matches!(register.rotate(client.id, SignedDuration::ZERO), Err(ClientError::HasNoSecret)));
    let changed = register.replace_keys(client.id, &keys).unwrap();
    assert_eq!(changed.version, client.version.next());
}
