//! Paths as the log may hold them: without the secrets in them.

use std::borrow::Cow;

use crate::contract::percent_decoded;
use crate::secret;

/// What comes before the secret of a calendar, in lower case.
const CALENDARS: &str = "calendars/";

/// What stands for a secret.
const HIDDEN: &str = "[secret]";

/// Gives a path without the secret of a calendar, also where it is not meant to be: on another operation, misspelt, or
/// written with escapes.
pub(super) fn without_secrets(path: &str) -> Cow<'_, str> {
    // What cannot be decoded is looked at as it is.
    let decoded = percent_decoded(path, false).unwrap_or(Cow::Borrowed(path));
    let after = decoded.to_ascii_lowercase().find(CALENDARS).map(|at| at.saturating_add(CALENDARS.len()));
    if let Some(known) = after.and_then(|after| decoded.get(..after)) {
        return Cow::Owned(format!("{known}{HIDDEN}"));
    }
    if decoded.split(|letter: char| !is_of_a_secret(letter)).any(|word| word.len() >= secret::LENGTH) {
        return Cow::Borrowed(HIDDEN);
    }
    Cow::Borrowed(path)
}

/// Tells whether a secret may hold a letter.
fn is_of_a_secret(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "mhL1tUj6bVx0Yb2mVtqW3sX4m1nq6lGq0c3Xz9r8T0k";

    #[test]
    fn a_secret_is_kept_out_wherever_it_stands() {
        for path in [
            "/wijkoverleg/v1/calendars/{secret}.ics",
            "/wijkoverleg/v1/calendars/{secret}",
            "/wijkoverleg/v1/calendars/{secret}.ics/",
            "/wijkoverleg/v1/calendars//{secret}.ics",
            "/wijkoverleg/v1/Calendars/{secret}.ics",
            "/wijkoverleg/v1/%63alendars/{secret}.ics",
            "/wijkoverleg/v1/calendars%2F{secret}.ics",
            "/wijkoverleg/v1/calendars/%6d{secret}.ics",
            "/wijkoverleg/v1/calendars/{secret}%ff",
            "/calendars/{secret}.ics",
            "/wijkoverleg/v1/calendar/{secret}.ics",
            "/{secret}",
            "/%ff/{secret}",
        ] {
            let logged = without_secrets(&path.replace("{secret}", SECRET)).into_owned();
            assert!(!logged.contains(&SECRET[4..20]), "{path}: {logged}");
            assert!(logged.ends_with(HIDDEN), "{path}: {logged}");
        }
        // A part of one is as good as unknown to a program, and tells most of it.
        let part = without_secrets("/wijkoverleg/v1/calendars/mhL1tUj6bVx0Yb2mVtqW").into_owned();
        assert_eq!(part, "/wijkoverleg/v1/calendars/[secret]");
    }

    #[test]
    fn other_paths_stay_as_they_are() {
        for path in [
            "/wijkoverleg/v1/meetings/019a9d3e-0000-7000-8000-0000000000a1/attendances",
            "/wijkoverleg/v1/consultations/019a9d3e-0000-7000-8000-0000000000a1/calendarFeeds",
            "/wijkoverleg/v1/calendarFeeds/019a9d3e-0000-7000-8000-0000000000a1",
            "/wijkoverleg/v1/refData/codeLists/followUpRequestState",
            "/oauth2/token",
            "/caf%C3%A9",
            "",
        ] {
            assert_eq!(without_secrets(path), path);
        }
    }
}
