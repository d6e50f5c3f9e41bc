//! Data-sharing protocols: rows, states on a day, and what covers a transfer.

use domain::category::CategoryCode;
use domain::change::Outcome;
use domain::data_sharing_protocol::{
    DataCategory, DataSharingProtocol, LegalBasis, LegalGround, Status, Terms, Transfer,
};
use domain::text::{Reference, Remark, Title};
use jiff::civil::{Date, date};
use persistence::{Direction, PageRequest, data_sharing_protocols};
use uuid::Uuid;

use crate::world::*;

const ALL: PageRequest = PageRequest { direction: Direction::Ascending, after: None, size: 500 };

fn terms(world: &World<'_>, code: &str, valid_to: Date) -> Terms {
    Terms {
        title: Title::parse("Huisvesting").unwrap(),
        sender_organisation_ids: [world.city].into(),
        recipient_organisation_ids: [world.green].into(),
        purpose: Remark::parse("Overlast oplossen").unwrap(),
        legal_ground: LegalGround {
            basis: LegalBasis::PublicTask,
            reference: Title::parse("Decreet").unwrap(),
        },
        data_categories: [DataCategory::Address, DataCategory::Health].into(),
        case_categories: [CategoryCode::parse(code).unwrap()].into(),
        valid_from: date(2026, 1, 1),
        valid_to,
        document_reference: Reference::parse("2026/17").unwrap(),
    }
}

/// Writes a protocol; in force when `is_valid`.
fn protocol(world: &World<'_>, number: u128, terms: Terms, is_valid: bool) -> DataSharingProtocol {
    let at = minutes(i64::try_from(number).unwrap());
    let created =
        DataSharingProtocol::create(Uuid::from_u128(0xd00 + number).into(), terms, &world.stamp(at));
    world.write(at, |transaction| transaction.save(&created)).unwrap();
    if !is_valid {
        return created.state;
    }
    let Ok(Outcome::Changed(valid)) = created.state.validate(date(2026, 1, 1), &world.stamp(at)) else {
        panic!()
    };
    world.write(at, |transaction| transaction.save(&valid)).unwrap();
    valid.state
}

on_both! {
    fn a_protocol_is_read_as_it_was_written(database) {
        let world = World::new(database);
        let written = protocol(&world, 1, terms(&world, "DRU", date(2026, 12, 31)), true);
        let found = world.store().read(|c| data_sharing_protocols::find(c, written.id)).unwrap();
        assert_eq!(found.as_ref(), Some(&written));
        let reason = Remark::parse("Vervangen").unwrap();
        let Ok(Outcome::Changed(revoked)) = written.revoke(&reason, date(2026, 3, 1), &world.stamp(minutes(5))) else {
            panic!()
        };
        world.write(minutes(5), |transaction| transaction.save(&revoked)).unwrap();
        let found = world.store().read(|c| data_sharing_protocols::find(c, revoked.state.id)).unwrap();
        assert_eq!(found, Some(revoked.state));
        let unknown = world.store().read(|c| data_sharing_protocols::find(c, Uuid::nil().into())).unwrap();
        assert_eq!(unknown, None);
    }

    fn lists_know_what_has_expired_on_a_day(database) {
        let world = World::new(database);
        protocol(&world, 1, terms(&world, "DRU", date(2026, 6, 30)), true);
        protocol(&world, 2, terms(&world, "DRU", date(2026, 12, 31)), true);
        protocol(&world, 3, terms(&world, "DRU", date(2026, 12, 31)), false);
        let numbers = |states: &[Status], day| {
            let page = world.store().read(|c| data_sharing_protocols::list(c, states, day, ALL)).unwrap();
            page.items.iter().map(|it| it.id.uuid().as_u128() - 0xd00).collect::<Vec<_>>()
        };
        let (before, after) = (date(2026, 6, 30), date(2026, 7, 1));
        assert_eq!(numbers(&[], before), [1, 2, 3]);
        assert_eq!(numbers(&[Status::Valid], before), [1, 2]);
        assert_eq!(numbers(&[Status::Valid], after), [2]);
        assert_eq!(numbers(&[Status::Expired], after), [1]);
        assert_eq!(numbers(&[Status::Expired, Status::Draft], after), [1, 3]);
        assert_eq!(numbers(&[Status::Valid, Status::Expired], after), [1, 2]);
        let ending = world.store().read(|c| data_sharing_protocols::ending(c, before, date(2026, 8, 1))).unwrap();
        assert_eq!(ending.len(), 1);
        let published = world.store().read(data_sharing_protocols::published).unwrap();
        assert_eq!(published.len(), 2);
    }

    fn of_those_that_cover_a_transfer_the_longest_is_held(database) {
        let world = World::new(database);
        let short = protocol(&world, 1, terms(&world, "DRU", date(2026, 6, 30)), true);
        let long = protocol(&world, 2, terms(&world, "DRU.GEBR", date(2026, 12, 31)), true);
        protocol(&world, 3, terms(&world, "DRU", date(2027, 12, 31)), false);
        let category = CategoryCode::parse("DRU.GEBR").unwrap();
        let holds = |sender, wanted, day| {
            let transfer = Transfer { sender, recipient: world.green, category: &category };
            world
                .write(minutes(9), |transaction| {
                    data_sharing_protocols::hold_covering(transaction, &transfer, wanted, day)
                })
                .unwrap()
        };
        let day = date(2026, 3, 1);
        assert_eq!(holds(world.city, None, day), Some(long.id));
        assert_eq!(holds(world.city, Some(short.id), day), Some(short.id));
        assert_eq!(holds(world.city, Some(short.id), date(2026, 7, 1)), None);
        assert_eq!(holds(world.green, None, day), None);
    }
}
