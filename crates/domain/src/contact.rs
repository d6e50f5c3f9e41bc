//! Contacts: consultations with an internal or external partner on a case, counted by kind.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::access::Regime;
use crate::calendar::start_of_day;
use crate::change::{Actor, Change as GenericChange, Outcome as GenericOutcome, Stamp, Version};
use crate::code::codes;
use crate::follow_up::Channel;
use crate::id::{CaseId, ConsultationId, ContactId, OrganisationId};
use crate::text::{Paragraph, Remark, Title};

/// A change of a contact.
pub type Change = GenericChange<Contact, Event>;
/// What a correction comes to.
pub type Outcome = GenericOutcome<Contact, Event>;

codes! {
    /// Whether a partner belongs to the city and the police, or stands outside.
    Kind {
        /// A service of the city, or the police.
        Internal = "internal",
        /// A housing company, another partner outside, or one that the register of organisations does not know.
        External = "external",
    }
}

impl Kind {
    /// Gives the kind of a partner of the register.
    pub const fn of(regime: Regime) -> Self {
        match regime {
            Regime::City | Regime::Police => Self::Internal,
            Regime::Housing | Regime::External => Self::External,
        }
    }
}

codes! {
    /// What is done with a contact.
    Verb {
        /// Record it.
        Create = "create",
        /// Correct it.
        Update = "update",
    }
}

/// Who was consulted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Partner {
    /// An organisation of the register.
    Organisation(OrganisationId),
    /// An external organisation by its name; never a person.
    Named(Title),
}

/// What a contact says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Particulars {
    /// The day on which it took place.
    pub contacted_on: Date,
    /// Who was consulted.
    pub partner: Partner,
    /// What the partner was when it was recorded; a later change of its regime does not touch it.
    pub kind: Kind,
    /// How.
    pub channel: Channel,
    /// What for.
    pub purpose: Remark,
    /// What came of it.
    pub result: Option<Paragraph>,
}

/// Something that happened to a contact: it counts on the day on which the contact took place, and is known from its
/// recording on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// What was done.
    pub verb: Verb,
    /// When it takes effect.
    pub at: Timestamp,
}

/// A consultation with a partner on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Contact {
    /// Its name.
    pub id: ContactId,
    /// The number of its changes.
    pub version: Version,
    /// The case that it is about.
    pub case_id: CaseId,
    /// The consultation of the case.
    pub consultation_id: ConsultationId,
    /// What it says.
    pub particulars: Particulars,
    /// When it was recorded.
    pub created_at: Timestamp,
    /// Who recorded it; its organisation owns it.
    pub created_by: Actor,
    /// When it was last corrected.
    pub updated_at: Timestamp,
}

impl Contact {
    /// Records a contact.
    pub fn record(
        id: ContactId,
        case_id: CaseId,
        consultation_id: ConsultationId,
        particulars: Particulars,
        stamp: &Stamp,
    ) -> Change {
        let contact = Self {
            id,
            version: Version::FIRST,
            case_id,
            consultation_id,
            particulars,
            created_at: stamp.at,
            created_by: stamp.by.clone(),
            updated_at: stamp.at,
        };
        let event = contact.event(Verb::Create);
        Change { before: None, state: contact, events: vec![event] }
    }

    /// Corrects a contact; what it says already changes nothing.
    pub fn correct(self, particulars: Particulars, stamp: &Stamp) -> Outcome {
        if particulars == self.particulars {
            return Outcome::Unchanged(self);
        }
        let state = Self { version: self.version.next(), particulars, updated_at: stamp.at, ..self.clone() };
        let event = state.event(Verb::Update);
        Outcome::Changed(Change { before: Some(self), state, events: vec![event] })
    }

    fn event(&self, verb: Verb) -> Event {
        Event { verb, at: start_of_day(self.particulars.contacted_on) }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::ClientId;

    fn stamp(at: &str) -> Stamp {
        let client_id = ClientId::new(Uuid::from_u128(1));
        let organisation_id = OrganisationId::new(Uuid::from_u128(2));
        Stamp { at: at.parse().unwrap(), by: Actor { client_id, user: None, organisation_id } }
    }

    fn particulars(purpose: &str) -> Particulars {
        Particulars {
            contacted_on: "2026-02-27".parse().unwrap(),
            partner: Partner::Named(Title::parse("Buurtwerk").unwrap()),
            kind: Kind::External,
            channel: Channel::Phone,
            purpose: Remark::parse(purpose).unwrap(),
            result: None,
        }
    }

    fn recorded() -> Change {
        let id = |number| Uuid::from_u128(number);
        let stamp = stamp("2026-03-02T09:00:00Z");
        Contact::record(id(3).into(), id(4).into(), id(5).into(), particulars("Afstemmen"), &stamp)
    }

    #[test]
    fn the_regime_of_a_partner_tells_whether_it_is_internal() {
        let internal: Vec<_> =
            Regime::ALL.iter().filter(|regime| Kind::of(**regime) == Kind::Internal).collect();
        assert_eq!(internal, [&Regime::City, &Regime::Police]);
    }

    #[test]
    fn a_contact_counts_on_the_day_on_which_it_took_place() {
        let change = recorded();
        assert_eq!(change.state.version, Version::FIRST);
        let midnight = "2026-02-26T23:00:00Z".parse().unwrap();
        assert_eq!(change.events, [Event { verb: Verb::Create, at: midnight }]);
    }

    #[test]
    fn a_correction_is_a_new_version_and_the_same_again_is_none() {
        let later = stamp("2026-03-03T09:00:00Z");
        let contact = recorded().state;
        let Outcome::Changed(change) = contact.clone().correct(particulars("Opvolgen"), &later) else {
            panic!("nothing changed")
        };
        assert_eq!((change.state.version, change.state.updated_at), (Version(2), later.at));
        assert_eq!((change.state.created_at, change.before.as_ref()), (contact.created_at, Some(&contact)));
        assert_eq!(change.events.iter().map(|event| event.verb).collect::<Vec<_>>(), [Verb::Update]);
        let again = change.state.clone().correct(particulars("Opvolgen"), &later);
        assert_eq!(again, Outcome::Unchanged(change.state));
    }
}
