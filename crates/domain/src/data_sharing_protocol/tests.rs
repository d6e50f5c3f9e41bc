use jiff::civil::date;
use uuid::Uuid;

use super::*;
use crate::category::CategoryCode;
use crate::change::Actor;
use crate::id::{ClientId, OrganisationId};
use crate::text::{Reference, Remark, Title};

fn organisation(number: u128) -> OrganisationId {
    OrganisationId::new(Uuid::from_u128(number))
}

fn category(code: &str) -> CategoryCode {
    CategoryCode::parse(code).unwrap()
}

fn stamp() -> Stamp {
    let by = Actor { client_id: ClientId::new(Uuid::nil()), user: None, organisation_id: organisation(9) };
    Stamp { at: "2026-03-02T09:00:00Z".parse().unwrap(), by }
}

fn terms() -> Terms {
    Terms {
        title: Title::parse("Huisvesting").unwrap(),
        sender_organisation_ids: [organisation(1)].into(),
        recipient_organisation_ids: [organisation(2), organisation(3)].into(),
        purpose: Remark::parse("Overlast in sociale woningen oplossen").unwrap(),
        legal_ground: LegalGround {
            basis: LegalBasis::PublicTask,
            reference: Title::parse("Decreet lokaal bestuur, artikel 2").unwrap(),
        },
        data_categories: [DataCategory::Address].into(),
        case_categories: [category("DRU"), category("AFV.SLUIK")].into(),
        valid_from: date(2026, 1, 1),
        valid_to: date(2026, 12, 31),
        document_reference: Reference::parse("2026/17").unwrap(),
    }
}

fn changed(outcome: Result<Outcome, ProtocolError>) -> DataSharingProtocol {
    let Ok(Outcome::Changed(change)) = outcome else { panic!("{outcome:?}") };
    change.state
}

fn valid() -> DataSharingProtocol {
    let draft = DataSharingProtocol::create(DataSharingProtocolId::new(Uuid::nil()), terms(), &stamp()).state;
    changed(draft.validate(date(2026, 3, 2), &stamp()))
}

#[test]
fn it_covers_its_parties_and_categories_from_its_first_day_to_its_last() {
    let protocol = valid();
    let covers = |sender, recipient, code: &str, day| {
        let category = category(code);
        let (sender, recipient) = (organisation(sender), organisation(recipient));
        protocol.covers(&Transfer { sender, recipient, category: &category }, day)
    };
    let day = date(2026, 6, 1);
    assert!(covers(1, 2, "DRU.GEBR", day) && covers(1, 3, "AFV.SLUIK", day));
    assert!(!covers(2, 1, "DRU.GEBR", day), "the other way round");
    assert!(!covers(1, 4, "DRU.GEBR", day) && !covers(4, 2, "DRU.GEBR", day));
    assert!(!covers(1, 2, "AFV.ZWERF", day), "a category beside it");
    assert!(covers(1, 2, "DRU.GEBR", date(2026, 1, 1)) && covers(1, 2, "DRU.GEBR", date(2026, 12, 31)));
    assert!(!covers(1, 2, "DRU.GEBR", date(2025, 12, 31)) && !covers(1, 2, "DRU.GEBR", date(2027, 1, 1)));
}

#[test]
fn a_draft_and_one_that_was_revoked_cover_nothing() {
    let draft = DataSharingProtocol::create(DataSharingProtocolId::new(Uuid::nil()), terms(), &stamp()).state;
    let category = category("DRU.GEBR");
    let transfer = Transfer { sender: organisation(1), recipient: organisation(2), category: &category };
    let day = date(2026, 6, 1);
    assert!(!draft.covers(&transfer, day));
    let revoked = changed(valid().revoke(&Remark::parse("Vervangen").unwrap(), day, &stamp()));
    assert!(!revoked.covers(&transfer, day));
    assert_eq!(revoked.revoke_reason.as_ref().map(Remark::as_str), Some("Vervangen"));
    assert_eq!(revoked.status_on(date(2030, 1, 1)), Status::Revoked);
}

#[test]
fn it_expires_after_its_last_day_and_says_so_sixty_days_before() {
    let protocol = valid();
    assert_eq!(protocol.status_on(date(2026, 12, 31)), Status::Valid);
    assert_eq!(protocol.status_on(date(2027, 1, 1)), Status::Expired);
    assert!(!protocol.ends_soon(date(2026, 10, 31)) && protocol.ends_soon(date(2026, 11, 1)));
    assert!(!protocol.ends_soon(date(2027, 1, 1)), "it has ended");
    let refused =
        protocol.revoke(&Remark::parse("Te laat").unwrap(), date(2027, 1, 1), &stamp()).unwrap_err();
    assert_eq!((refused.from, refused.allowed), (Status::Expired, Vec::new()));
}

#[test]
fn what_is_valid_stays_as_it_is_and_doing_it_again_changes_nothing() {
    let protocol = valid();
    let today = date(2026, 3, 2);
    let refused = protocol.clone().edit(&terms(), today, &stamp()).unwrap_err();
    assert_eq!((refused.from, refused.allowed), (Status::Valid, vec![Verb::Revoke]));
    assert!(matches!(protocol.validate(today, &stamp()), Ok(Outcome::Unchanged(_))));
}
