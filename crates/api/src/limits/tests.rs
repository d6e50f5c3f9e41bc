use std::cell::{Cell, OnceCell};
use std::time::{Duration, Instant};

use actix_web::http::Method;
use uuid::Uuid;

use super::*;
use crate::config::Config;
use crate::language::Language;

fn limits(per_minute: u32, concurrent: usize, waiting: usize) -> Limits {
    let settings = format!(
        "[limits]\nrequests_per_minute = {per_minute}\nconcurrent_per_client = {concurrent}\n\
         waiting_per_client = {waiting}"
    );
    Limits::new(&Config::read(settings.parse().unwrap(), []).unwrap().limits)
}

fn call() -> Context {
    Context {
        request_id: Uuid::nil(),
        started: Instant::now(),
        language: Language::En,
        method: Method::GET,
        head_only: false,
        operation: Cell::new("none"),
        client: Cell::new(None),
        principal: OnceCell::new(),
        standing: Cell::new(None),
        place: Cell::new(None),
    }
}

fn client(number: u128) -> ClientId {
    ClientId::new(Uuid::from_u128(number))
}

fn now() -> Timestamp {
    "2026-01-15T10:00:00Z".parse().unwrap()
}

fn enters(limits: &Limits, number: u128) -> Result<Context, Problem> {
    let call = call();
    limits.enter(&call, client(number), now())?;
    Ok(call)
}

#[test]
fn a_client_over_its_rate_is_refused_and_another_one_is_not() {
    let limits = limits(2, 0, 0);
    for _ in 0..2 {
        assert!(enters(&limits, 1).is_ok());
    }
    let refused = call();

    let problem = limits.enter(&refused, client(1), now()).unwrap_err();

    assert_eq!(problem.code(), Code::TooManyRequests);
    assert_eq!(refused.standing.get(), Some(Standing { remaining: 0, reset: 30 }));
    assert_eq!(enters(&limits, 2).unwrap().standing.get(), Some(Standing { remaining: 1, reset: 30 }));
}

#[test]
fn a_place_is_free_again_once_its_call_is_answered_or_given_up() {
    let limits = limits(0, 2, 0);
    let (one, two) = (enters(&limits, 1).unwrap(), enters(&limits, 1).unwrap());
    assert!(enters(&limits, 1).is_err());
    assert!(enters(&limits, 2).is_ok());

    drop(one.place.take());
    let three = enters(&limits, 1).unwrap();
    assert!(enters(&limits, 1).is_err());
    drop(two);

    assert!(enters(&limits, 1).is_ok());
    drop((one, three));
}

#[test]
fn who_waits_for_news_takes_no_working_place() {
    let limits = limits(0, 1, 2);
    let waiting = [(); 2].map(|()| {
        let call = enters(&limits, 1).unwrap();
        limits.sit_down(&call, now()).unwrap();
        call
    });
    let third = enters(&limits, 1).unwrap();

    let problem = limits.sit_down(&third, now()).unwrap_err();

    assert_eq!(problem.code(), Code::TooManyRequests);
    let working = enters(&limits, 1).unwrap();
    drop(waiting);
    assert!(limits.sit_down(&working, now()).is_ok());
}

#[actix_web::test]
async fn those_who_are_woken_at_once_work_one_after_the_other() {
    let limits = limits(0, 1, 2);
    let calls = [(); 2].map(|()| {
        let call = enters(&limits, 1).unwrap();
        limits.sit_down(&call, now()).unwrap();
        call
    });
    let [one, two] = &calls;
    limits.stand_up(one).await;

    let early = tokio::time::timeout(Duration::from_millis(20), limits.stand_up(two)).await;

    assert!(early.is_err());
    assert!(enters(&limits, 1).is_err());
    drop(one.place.take());
    assert!(enters(&limits, 1).is_ok());
}

#[test]
fn without_limits_nothing_is_counted_or_told() {
    let limits = limits(0, 0, 0);
    let calls: Vec<_> = (0..1_000).map(|_| enters(&limits, 1).unwrap()).collect();
    assert!(calls.iter().all(|call| call.standing.get().is_none()));
    assert_eq!(limits.accounts.len(), 0);
}

#[test]
fn the_clients_that_are_remembered_are_bounded() {
    let limits = limits(10, 10, 10);
    for number in 0..50_000 {
        assert!(enters(&limits, number).is_ok());
    }
    assert!(limits.accounts.len() <= CLIENTS + CLIENTS / 10);
}
