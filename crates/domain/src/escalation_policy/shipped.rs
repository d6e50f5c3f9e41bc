//! The policy that an installation begins with.

use super::step::WrittenStep;

/// The steps of the default policy, which holds for everything until somebody activates another one.
///
/// Each request is reminded of at the end of its terms; the head of the service hears of it when that did not help; a
/// case that needs more than the team can give is proposed to the consultation above, which nobody has to dare to
/// suggest then.
pub fn default_steps() -> Result<Vec<WrittenStep>, serde_json::Error> {
    serde_json::from_str(include_str!("default.json"))
}
