//! Presence records: shifts of groups of community guards in an area.
//!
//! A record holds counts and places, never names of citizens: there is no member for one. What it says is corrected with a
//! reason, and what was said before is kept; one that was entered by mistake is withdrawn and counts no more.

mod parts;
#[cfg(test)]
mod tests;
mod totals;

use std::error::Error;
use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::change::{Actor, Change as GenericChange, Outcome as GenericOutcome, Stamp, Version};
use crate::code::codes;
use crate::id::{AreaId, GuardGroupId, OrganisationId, PresenceRecordId};
use crate::text::Remark;

pub use parts::{DayPart, Part, parts};
pub use totals::{Cell, Counted, Detected, Dimension, Figures, Totals};

/// A change of a presence record.
pub type Change = GenericChange<PresenceRecord, Event>;
/// What a verb comes to.
pub type Outcome = GenericOutcome<PresenceRecord, Event>;

/// The longest that a shift may last.
pub const LONGEST: SignedDuration = SignedDuration::from_hours(14);

/// How long before its end a shift may be recorded.
pub const AHEAD: SignedDuration = SignedDuration::from_hours(24);

codes! {
    /// What community guards do: the activities of article 3 of the act of 15 May 2007 on the function of community guard
    /// (wet van 15 mei 2007 tot instelling van de functie van gemeenschapswacht), in its order.
    Task {
        /// Makes the public aware of safety and the prevention of crime.
        RaiseAwareness = "raiseAwareness",
        /// Informs citizens, and signals problems of safety, environment and roads to the competent services.
        InformAndSignal = "informAndSignal",
        /// Informs drivers about wrong parking and the use of the road, and helps children and others to cross.
        ParkingAndCrossing = "parkingAndCrossing",
        /// Finds infringements that only municipal sanctions follow; for guards who are appointed to.
        SanctionFindings = "sanctionFindings",
        /// Makes findings for municipal charges, limited to what can be seen at once.
        ChargeFindings = "chargeFindings",
        /// Supervises persons for the safety of events that authorities organise.
        EventSupervision = "eventSupervision",
        /// Is present to prevent conflicts between persons, and intervenes without violence in verbal ones.
        DissuasivePresence = "dissuasivePresence",
        /// Accompanies groups of pupils on foot or by bicycle between home and school.
        SchoolEscort = "schoolEscort",
    }
}

codes! {
    /// The state of a presence record.
    Status {
        /// It counts.
        Recorded = "recorded",
        /// It was entered by mistake and counts no more.
        Withdrawn = "withdrawn",
    }
}

codes! {
    /// What is done with a presence record.
    Verb {
        /// Record it.
        Create = "create",
        /// Correct what it says.
        Correct = "correct",
        /// Withdraw it.
        Withdraw = "withdraw",
    }
}

/// What a presence record says: a group of guards was somewhere for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Shift {
    /// The group.
    pub guard_group_id: GuardGroupId,
    /// Where.
    pub area_id: AreaId,
    /// When it began; a whole minute.
    pub started_at: Timestamp,
    /// When it ended; a whole minute.
    pub ended_at: Timestamp,
    /// What they did.
    pub task: Task,
    /// How many guards.
    pub guards: u16,
    /// How many contacts with citizens they had: a count only.
    pub contacts: u16,
    /// What else there is to say; no names of citizens.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remarks: Option<Remark>,
}

codes! {
    /// What is wrong with the times of a shift.
    TimeFault {
        /// It does not begin at a whole minute.
        StartNotWhole = "startNotWhole",
        /// It does not end at a whole minute.
        EndNotWhole = "endNotWhole",
        /// It does not end after it begins.
        NoDuration = "noDuration",
        /// It lasts longer than [`LONGEST`].
        TooLong = "tooLong",
        /// It ends more than [`AHEAD`] from now.
        TooFarAhead = "tooFarAhead",
    }
}

impl Shift {
    /// Names everything that is wrong with its times.
    pub fn time_faults(&self, now: Timestamp) -> Vec<TimeFault> {
        let is_whole = |at: Timestamp| at.as_nanosecond() % 60_000_000_000 == 0;
        let lasts = self.ended_at.duration_since(self.started_at);
        [
            (TimeFault::StartNotWhole, !is_whole(self.started_at)),
            (TimeFault::EndNotWhole, !is_whole(self.ended_at)),
            (TimeFault::NoDuration, self.ended_at <= self.started_at),
            (TimeFault::TooLong, lasts > LONGEST),
            (TimeFault::TooFarAhead, self.ended_at.duration_since(now) > AHEAD),
        ]
        .into_iter()
        .filter_map(|(fault, is_there)| is_there.then_some(fault))
        .collect()
    }

    /// Tells whether two shifts share a moment; one may begin when the other ends.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.started_at < other.ended_at && other.started_at < self.ended_at
    }
}

/// A correction: why, and what was said before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Correction {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: Remark,
    /// What the record said until then.
    pub before: Shift,
}

/// A withdrawal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Withdrawal {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
    /// Why.
    pub reason: Remark,
}

/// Something that happened to a presence record: it counts from the end of the shift, and is known from its recording on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub verb: Verb,
    /// When it takes effect.
    pub at: Timestamp,
}

/// A shift of a group of community guards, as it is recorded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PresenceRecord {
    /// Its name.
    pub id: PresenceRecordId,
    /// The number of its changes.
    pub version: Version,
    /// The service of the group.
    pub organisation_id: OrganisationId,
    /// What it says.
    pub shift: Shift,
    /// The corrections, oldest first.
    pub corrections: Vec<Correction>,
    /// The withdrawal.
    pub withdrawal: Option<Withdrawal>,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Who recorded it.
    pub created_by: Actor,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// A verb that the state does not allow: the record is withdrawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IsWithdrawn;

impl fmt::Display for IsWithdrawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the presence record is withdrawn")
    }
}

impl Error for IsWithdrawn {}

impl PresenceRecord {
    /// Records a shift of a group of a service.
    pub fn record(
        id: PresenceRecordId,
        organisation_id: OrganisationId,
        shift: Shift,
        stamp: &Stamp,
    ) -> Change {
        let state = Self {
            id,
            version: Version::FIRST,
            organisation_id,
            shift,
            corrections: Vec::new(),
            withdrawal: None,
            created_at: stamp.at,
            created_by: stamp.by.clone(),
            updated_at: stamp.at,
        };
        let event = state.event(Verb::Create);
        Change { before: None, state, events: vec![event] }
    }

    /// Gives its state.
    pub const fn status(&self) -> Status {
        if self.withdrawal.is_some() { Status::Withdrawn } else { Status::Recorded }
    }

    /// Corrects what it says; what it says already changes nothing.
    pub fn correct(self, shift: Shift, reason: Remark, stamp: &Stamp) -> Result<Outcome, IsWithdrawn> {
        if self.withdrawal.is_some() {
            return Err(IsWithdrawn);
        }
        if shift == self.shift {
            return Ok(Outcome::Unchanged(self));
        }
        let mut state = self.clone();
        let before = std::mem::replace(&mut state.shift, shift);
        state.corrections.push(Correction { at: stamp.at, by: stamp.by.clone(), reason, before });
        Ok(state.changed(self, Verb::Correct, stamp))
    }

    /// Withdraws it; the same again by the same actor changes nothing.
    pub fn withdraw(self, reason: Remark, stamp: &Stamp) -> Result<Outcome, IsWithdrawn> {
        match &self.withdrawal {
            Some(done) if done.by == stamp.by && done.reason == reason => Ok(Outcome::Unchanged(self)),
            Some(_) => Err(IsWithdrawn),
            None => {
                let mut state = self.clone();
                state.withdrawal = Some(Withdrawal { at: stamp.at, by: stamp.by.clone(), reason });
                Ok(state.changed(self, Verb::Withdraw, stamp))
            }
        }
    }

    fn changed(mut self, before: Self, verb: Verb, stamp: &Stamp) -> Outcome {
        self.version = self.version.next();
        self.updated_at = stamp.at;
        let event = self.event(verb);
        Outcome::Changed(Change { before: Some(before), state: self, events: vec![event] })
    }

    const fn event(&self, verb: Verb) -> Event {
        Event { verb, at: self.shift.ended_at }
    }
}
