//! The chain, with a digest that anybody can follow.

use super::*;

fn record(number: u128) -> Entry<'static> {
    Entry {
        case_id: Some(Uuid::from_u128(4)),
        client_id: Uuid::from_u128(1),
        id: Uuid::from_u128(number),
        operation: "updateCase",
        organisation_id: Uuid::from_u128(2),
        outcome: Outcome::Succeeded.code(),
        problem: None,
        purpose_hash: None,
        recorded_at: "2026-03-02T09:00:00.25Z".parse().unwrap(),
        request_id: Uuid::from_u128(3),
        roles: vec!["guard"],
        subject_id: Some(Uuid::from_u128(4)),
        subject_kind: Some("case"),
        user: None,
        version: Some(7),
    }
}

/// Stands for a hash here: length and sum tell most texts apart.
fn digest(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(7_u64, |sum, byte| sum.wrapping_mul(31).wrapping_add((*byte).into()));
    format!("{sum:x}")
}

fn chain(numbers: &[u128]) -> Vec<(i64, String, Entry<'static>)> {
    let mut head = Head::default();
    let seal = |number: &u128| {
        let record = record(*number);
        head.seal(&record, digest);
        (head.position, head.hash.clone(), record)
    };
    numbers.iter().map(seal).collect()
}

fn followed(chain: &[(i64, String, Entry<'static>)]) -> Result<Head, Break> {
    let mut head = Head::default();
    for (position, hash, record) in chain {
        head.follow(&Link { position: *position, hash, record: Some(record.clone()) }, digest)?;
    }
    Ok(head)
}

#[test]
fn what_is_hashed_is_canonical() {
    let full = Entry {
        user: Some("an.peeters"),
        outcome: Outcome::Refused.code(),
        problem: Some("missingPermission"),
        purpose_hash: Some("12ab"),
        roles: vec!["guard", "policeOfficer"],
        ..record(9)
    };
    let text = full.link(5, "abc");
    assert_eq!(
        text,
        "abc\n5\n{\"caseId\":\"00000000-0000-0000-0000-000000000004\",\"clientId\":\"00000000-0000-0000-0000-000000000001\",\
         \"id\":\"00000000-0000-0000-0000-000000000009\",\"operation\":\"updateCase\",\
         \"organisationId\":\"00000000-0000-0000-0000-000000000002\",\"outcome\":\"refused\",\
         \"problem\":\"missingPermission\",\"purposeHash\":\"12ab\",\"recordedAt\":\"2026-03-02T09:00:00.25Z\",\
         \"requestId\":\"00000000-0000-0000-0000-000000000003\",\"roles\":[\"guard\",\"policeOfficer\"],\
         \"subjectId\":\"00000000-0000-0000-0000-000000000004\",\"subjectKind\":\"case\",\"user\":\"an.peeters\",\"version\":7}"
    );
    let names: Vec<&str> = text.split("\":").filter_map(|before| before.rsplit('"').next()).collect();
    assert!(names[..names.len() - 1].is_sorted(), "{names:?}");
    let none = Entry { case_id: None, subject_id: None, subject_kind: None, version: None, ..record(9) };
    assert!(!none.link(1, BEGINNING).contains("null"));
}

#[test]
fn a_purpose_is_known_by_its_salted_hash() {
    let purpose = Purpose::new("Inzageverzoek".to_owned(), "zout".to_owned(), |bytes| {
        String::from_utf8(bytes.to_vec()).unwrap()
    });
    assert_eq!(purpose.hash, "zout\nInzageverzoek");
}

#[test]
fn a_chain_that_nobody_touched_holds() {
    let whole = chain(&[1, 2, 3, 4]);
    let head = followed(&whole).unwrap();
    assert_eq!((head.position, &head.hash), (4, &whole[3].1));
    assert_eq!(followed(&[]), Ok(Head::default()));
}

#[test]
fn whatever_is_changed_removed_or_swapped_breaks_it_there() {
    let broken = |position, reason| Err(Break { position, reason });
    let whole = chain(&[1, 2, 3, 4]);

    let mut changed = whole.clone();
    changed[2].2.version = Some(8);
    assert_eq!(followed(&changed), broken(3, BreakReason::RecordChanged));

    let mut swapped = whole.clone();
    let (one, other) = (swapped[1].2.clone(), swapped[2].2.clone());
    (swapped[1].2, swapped[2].2) = (other, one);
    assert_eq!(followed(&swapped), broken(2, BreakReason::RecordChanged));

    let mut resealed = whole.clone();
    resealed[1].1 = "0".to_owned();
    assert_eq!(followed(&resealed), broken(2, BreakReason::RecordChanged));

    let mut cut = whole.clone();
    cut.remove(1);
    assert_eq!(followed(&cut), broken(2, BreakReason::SealMissing));

    let mut head = Head::default();
    let missing = Link { position: 1, hash: &whole[0].1, record: None };
    assert_eq!(head.follow(&missing, digest), Err(Break { position: 1, reason: BreakReason::RecordMissing }));
    assert_eq!(head, Head::default(), "it stays where it was");
}
