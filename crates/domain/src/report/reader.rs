//! Whom a rendition of a report is for, and which notes that reader finds in it.

use std::fmt;

use super::code::Audience;
use crate::id::OrganisationId;
use crate::note::{Note, Visibility};

/// Whom a rendition is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reader {
    /// Every member of the consultation.
    Team,
    /// The police.
    Police,
    /// The housing team of the city.
    Housing,
    /// A housing organisation.
    Partner(OrganisationId),
}

impl Reader {
    /// Gives the audience that it belongs to.
    pub const fn audience(self) -> Audience {
        match self {
            Self::Team => Audience::Team,
            Self::Police => Audience::Police,
            Self::Housing => Audience::Housing,
            Self::Partner(_) => Audience::Partner,
        }
    }

    /// Gives the organisation of a partner.
    pub const fn partner(self) -> Option<OrganisationId> {
        match self {
            Self::Partner(organisation) => Some(organisation),
            Self::Team | Self::Police | Self::Housing => None,
        }
    }

    /// Lists the notes that it reads, by their visibility; a partner those of its own organisation.
    pub const fn visibilities(self) -> &'static [Visibility] {
        match self {
            Self::Team => &[Visibility::Team],
            Self::Police => &[Visibility::Team, Visibility::PoliceOnly],
            Self::Housing => &[Visibility::Team, Visibility::HousingOnly],
            Self::Partner(_) => &[Visibility::HousingOnly],
        }
    }

    /// Tells whether it reads a note: the rules of [`Principal::note_reader`](crate::access::Principal::note_reader), for
    /// a whole audience.
    pub fn reads(self, note: &Note) -> bool {
        let is_own = |partner| note.created_by.organisation_id == partner;
        self.visibilities().contains(&note.visibility) && self.partner().is_none_or(is_own)
    }
}

/// The name under which its rendition is kept.
impl fmt::Display for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Partner(organisation) => write!(f, "{}:{organisation}", Audience::Partner),
            other => other.audience().fmt(f),
        }
    }
}
