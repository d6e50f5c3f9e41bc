//! The chain of the audit trail: each record once, after its commit, by one process at a time.

use std::time::Duration;

use domain::audit::Head;
use persistence::audit::{self, Counts, Sealed};
use uuid::Uuid;

use crate::world::*;

const TERM: Duration = Duration::from_secs(5);

/// Stands for a hash here.
fn digest(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    format!("{sum:x}")
}

fn seal(world: &World<'_>, holder: u128, size: i64) -> Sealed {
    world
        .write(now(), |transaction| audit::seal(transaction, Uuid::from_u128(holder), TERM, size, digest))
        .unwrap()
}

on_both! {
    fn records_are_sealed_once_each_in_batches(database) {
        let world = World::new(database);
        for title in ["Een", "Twee", "Drie"] {
            world.case(title);
        }
        let waiting = world.store().read(audit::counts).unwrap();
        assert!(waiting.records >= 3 && waiting.pending == waiting.records, "{waiting:?}");
        assert_eq!(seal(&world, 1, 2), Sealed { held: true, records: 2 });
        assert_eq!(seal(&world, 2, 2), Sealed::default(), "one process at a time");
        while seal(&world, 1, 2).records > 0 {}
        let counts = world.store().read(audit::counts).unwrap();
        assert_eq!(counts, Counts { records: waiting.records, sealed: waiting.records, pending: 0, gone: 0 });
        assert!(!world.store().read(audit::is_behind).unwrap());

        let links = world.store().read(|c| audit::links(c, 0, 100)).unwrap();
        let mut head = Head::default();
        for link in &links {
            head.follow(&link.link(), digest).unwrap();
        }
        assert_eq!(head, world.store().read(audit::head).unwrap());
        assert_eq!(i64::try_from(links.len()).unwrap(), waiting.records);
        let second = world.store().read(|c| audit::links(c, 1, 1)).unwrap();
        assert_eq!(second, links[1..2]);
    }

    fn what_is_rolled_back_is_sealed_by_nobody(database) {
        let world = World::new(database);
        let case = world.case("Plein");
        while seal(&world, 1, 100).records > 0 {}
        let closed = world.close(case, now());
        let refused: Result<(), persistence::StoreError> = world.write(now(), |transaction| {
            transaction.save(&closed)?;
            Err(persistence::StoreError::NotFound)
        });
        assert!(refused.is_err());
        assert_eq!(seal(&world, 1, 100).records, 0);
        assert_eq!(world.store().read(audit::counts).unwrap().unknown(), 0);
    }
}
