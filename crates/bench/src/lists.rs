//! How long the documented lists take in a history of a given size: first page and deep pages.

use std::time::Instant;

use domain::access::Sight;
use domain::follow_up::Status;
use domain::id::{ConsultationId, OrganisationId};
use persistence::follow_ups::{self, Filter, Order};
use persistence::{Direction, PageRequest, Place, Store, StoreError};
use serde::Serialize;

use crate::Failure;
use crate::floor::now;

/// Options of the timing.
#[derive(clap::Args)]
pub(crate) struct Options {
    /// The service whose list is read.
    #[arg(long)]
    service: uuid::Uuid,
    /// The consultation whose list is read.
    #[arg(long)]
    consultation: uuid::Uuid,
    /// How often each page is read.
    #[arg(long, default_value_t = 200)]
    rounds: u32,
}

/// The time of one page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Timed {
    list: &'static str,
    depth: &'static str,
    median_microseconds: u128,
}

/// Times every pair and prints the figures.
pub(crate) fn run(store: &Store, options: &Options) -> Result<(), Failure> {
    let service: OrganisationId = options.service.into();
    let consultation: ConsultationId = options.consultation.into();
    let of_service = Sight { addressed: [service].into(), ..Sight::default() };
    let of_team = Sight { consultations: [consultation].into(), ..Sight::default() };
    let sent = Filter { states: vec![Status::Sent], ..Filter::default() };
    let pairs: [(&'static str, &Sight, Filter, Order); 6] = [
        ("service by createdAt", &of_service, Filter::default(), Order::CreatedAt),
        ("service, state=sent", &of_service, sent.clone(), Order::CreatedAt),
        ("service by answerDueAt", &of_service, Filter::default(), Order::AnswerDueAt),
        ("team by createdAt", &of_team, Filter::default(), Order::CreatedAt),
        ("team, state=sent", &of_team, sent, Order::CreatedAt),
        ("team by answerDueAt", &of_team, Filter::default(), Order::AnswerDueAt),
    ];
    let mut figures = Vec::new();
    for (list, sight, filter, order) in pairs {
        let mut after = None;
        for depth in ["first", "middle"] {
            let page = PageRequest { direction: Direction::Descending, after, size: 50 };
            let mut times = Vec::new();
            for _ in 0..options.rounds {
                let started = Instant::now();
                store.read(|connection| {
                    follow_ups::list(connection, sight, &filter, now(), order, page).map(|_| ())
                })?;
                times.push(started.elapsed().as_micros());
            }
            times.sort_unstable();
            let median_microseconds = times.get(times.len() / 2).copied().unwrap_or_default();
            figures.push(Timed { list, depth, median_microseconds });
            after = Some(middle(store, sight, &filter, order)?);
        }
    }
    serde_json::to_writer(std::io::stdout(), &figures)?;
    Ok(())
}

/// Gives a place in the middle of the history.
fn middle(store: &Store, sight: &Sight, filter: &Filter, order: Order) -> Result<Place, Failure> {
    let ends = [Direction::Ascending, Direction::Descending].map(|direction| {
        let page = PageRequest { direction, after: None, size: 1 };
        let found =
            store.read(|connection| follow_ups::list(connection, sight, filter, now(), order, page))?;
        let (request, _) = found.items.into_iter().next().ok_or(StoreError::NotFound)?;
        Ok::<_, StoreError>(match order {
            Order::CreatedAt => request.created_at,
            Order::AnswerDueAt => request.answer_due_at().unwrap_or(request.created_at),
        })
    });
    let [first, last] = ends;
    let (first, last) = (first?, last?);
    let half = first.duration_until(last) / 2;
    Ok(Place { at: first.checked_add(half)?, id: uuid::Uuid::max() })
}
