//! Totals of shifts: hours are split exactly over months and parts of the day, counts stand where a shift begins.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::civil::Date;

use super::parts::{DayPart, parts};
use crate::calendar::{Period, local_date};
use crate::code::codes;
use crate::id::AreaId;

codes! {
    /// What totals are told apart by.
    Dimension {
        /// By area.
        Area = "area",
        /// By calendar month in Europe/Brussels.
        Month = "month",
        /// By part of the day.
        DayPart = "dayPart",
    }
}

/// What is counted of a shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Where.
    pub area_id: AreaId,
    /// When it began.
    pub started_at: Timestamp,
    /// When it ended.
    pub ended_at: Timestamp,
    /// How many guards.
    pub guards: u16,
    /// How many contacts.
    pub contacts: u16,
}

/// What is counted of a case that the guards detected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Detected {
    /// Where.
    pub area_id: AreaId,
    /// When it was written.
    pub created_at: Timestamp,
}

/// What figures are of; what they are not told apart by is absent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The area.
    pub area_id: Option<AreaId>,
    /// The first day of the month.
    pub month: Option<Date>,
    /// The part of the day.
    pub day_part: Option<DayPart>,
}

impl Cell {
    fn of(dimensions: &BTreeSet<Dimension>, area_id: AreaId, on: Date, day_part: DayPart) -> Self {
        let by = |dimension| dimensions.contains(&dimension);
        Self {
            area_id: by(Dimension::Area).then_some(area_id),
            month: by(Dimension::Month).then_some(on.first_of_month()),
            day_part: by(Dimension::DayPart).then_some(day_part),
        }
    }
}

/// The figures of a cell.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Figures {
    /// The shifts that began in it.
    pub shifts: i64,
    /// The minutes of shifts in it.
    pub shift_minutes: i64,
    /// The same times the number of guards.
    pub guard_minutes: i64,
    /// The contacts of the shifts that began in it.
    pub contacts: i64,
    /// The cases that guards detected in it.
    pub cases_detected: i64,
}

/// The totals of a period: of everything, and of each cell that is not empty.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Totals {
    /// Of everything.
    pub all: Figures,
    /// Of each cell.
    pub cells: BTreeMap<Cell, Figures>,
}

impl Totals {
    /// Counts shifts and cases in a period. A shift counts where it begins, and its minutes where they pass; what lies
    /// outside of the period does not count.
    pub fn of(
        period: Period,
        dimensions: &BTreeSet<Dimension>,
        shifts: impl IntoIterator<Item = Counted>,
        cases: impl IntoIterator<Item = Detected>,
    ) -> Self {
        let mut totals = Self::default();
        for shift in shifts {
            if period.holds(shift.started_at) {
                totals.add(
                    Cell::of(
                        dimensions,
                        shift.area_id,
                        local_date(shift.started_at),
                        DayPart::at(shift.started_at),
                    ),
                    Figures { shifts: 1, contacts: shift.contacts.into(), ..Figures::default() },
                );
            }
            let (from, until) =
                (shift.started_at.max(period.begins_at()), shift.ended_at.min(period.ends_at()));
            for part in parts(from, until) {
                let guard_minutes = part.minutes.saturating_mul(shift.guards.into());
                totals.add(
                    Cell::of(dimensions, shift.area_id, part.on, part.day_part),
                    Figures { shift_minutes: part.minutes, guard_minutes, ..Figures::default() },
                );
            }
        }
        for case in cases.into_iter().filter(|case| period.holds(case.created_at)) {
            let (on, day_part) = (local_date(case.created_at), DayPart::at(case.created_at));
            let cell = Cell::of(dimensions, case.area_id, on, day_part);
            totals.add(cell, Figures { cases_detected: 1, ..Figures::default() });
        }
        totals
    }

    fn add(&mut self, cell: Cell, figures: Figures) {
        self.all.add(figures);
        self.cells.entry(cell).or_default().add(figures);
    }
}

impl Figures {
    const fn add(&mut self, more: Self) {
        self.shifts = self.shifts.saturating_add(more.shifts);
        self.shift_minutes = self.shift_minutes.saturating_add(more.shift_minutes);
        self.guard_minutes = self.guard_minutes.saturating_add(more.guard_minutes);
        self.contacts = self.contacts.saturating_add(more.contacts);
        self.cases_detected = self.cases_detected.saturating_add(more.cases_detected);
    }
}
