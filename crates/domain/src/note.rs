//! Notes on a case, and who may read them.

use jiff::Timestamp;

use crate::change::{Actor, Stamp, Version};
use crate::code::codes;
use crate::id::{CaseId, NoteId};
use crate::text::Paragraph;

codes! {
    /// Who may read a note.
    Visibility {
        /// The whole team.
        Team = "team",
        /// The police, until a police user releases it.
        PoliceOnly = "policeOnly",
        /// The housing team, and the housing organisation that wrote it.
        HousingOnly = "housingOnly",
    }
}

/// The release of a police note to the team.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Release {
    /// When.
    pub at: Timestamp,
    /// By whom.
    pub by: Actor,
}

/// A text on a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Its name.
    pub id: NoteId,
    /// The number of its changes.
    pub version: Version,
    /// The case that it is about.
    pub case_id: CaseId,
    /// Who may read it now.
    pub visibility: Visibility,
    /// The text.
    pub text: Paragraph,
    /// When it was written.
    pub created_at: Timestamp,
    /// Who wrote it.
    pub created_by: Actor,
    /// Its release to the team; only ever of a police note.
    pub release: Option<Release>,
}

impl Note {
    /// Writes a note.
    pub fn write(
        id: NoteId,
        case_id: CaseId,
        visibility: Visibility,
        text: Paragraph,
        stamp: &Stamp,
    ) -> Self {
        Self {
            id,
            version: Version::FIRST,
            case_id,
            visibility,
            text,
            created_at: stamp.at,
            created_by: stamp.by.clone(),
            release: None,
        }
    }

    /// Releases a police note to the team; absent when it is not a police note (any more).
    pub fn release(mut self, stamp: &Stamp) -> Option<Self> {
        if self.visibility != Visibility::PoliceOnly {
            return None;
        }
        self.visibility = Visibility::Team;
        self.version = self.version.next();
        self.release = Some(Release { at: stamp.at, by: stamp.by.clone() });
        Some(self)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::{ClientId, OrganisationId};

    fn stamp(at: &str) -> Stamp {
        let client_id = ClientId::new(Uuid::from_u128(1));
        let organisation_id = OrganisationId::new(Uuid::from_u128(2));
        Stamp {
            at: at.parse().unwrap(),
            by: Actor { client_id, user: Some("an".to_owned()), organisation_id },
        }
    }

    fn note(visibility: Visibility) -> Note {
        let text = Paragraph::parse("gezien").unwrap();
        let (id, case_id) = (NoteId::new(Uuid::from_u128(3)), CaseId::new(Uuid::from_u128(4)));
        Note::write(id, case_id, visibility, text, &stamp("2026-03-02T09:00:00Z"))
    }

    #[test]
    fn a_released_police_note_is_for_the_team_and_tells_who_released_it() {
        let released = note(Visibility::PoliceOnly).release(&stamp("2026-03-03T09:00:00Z")).unwrap();
        assert_eq!((released.visibility, released.version), (Visibility::Team, Version(2)));
        let Stamp { at, by } = stamp("2026-03-03T09:00:00Z");
        assert_eq!(released.release, Some(Release { at, by }));
        assert_eq!(released.release(&stamp("2026-03-04T09:00:00Z")), None, "it is released once");
    }

    #[test]
    fn other_notes_are_not_released() {
        for visibility in [Visibility::Team, Visibility::HousingOnly] {
            assert_eq!(note(visibility).release(&stamp("2026-03-03T09:00:00Z")), None, "{visibility}");
        }
    }
}
