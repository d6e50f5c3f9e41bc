//! From the text of a recurrence to a rule, with the fault that it has.

use domain::planning::{Recurrence, RecurrenceFault};

use crate::input::Faults;
use crate::problem::{Detail, Issue};

/// Parses a rule and notes its fault.
pub(super) fn parsed(text: &str, faults: &mut Faults) -> Option<Recurrence> {
    Recurrence::parse(text).map_err(|fault| faults.add(Issue::invalid("recurrence", told(fault)))).ok()
}

fn told(fault: RecurrenceFault) -> Detail {
    match fault {
        RecurrenceFault::Malformed | RecurrenceFault::TooLong => Detail::new(
            "Verwacht wordt: hoogstens 200 tekens, als NAAM=waarde met puntkomma's ertussen.",
            "On attend : au plus 200 caractères, sous la forme NOM=valeur séparés par des points-virgules.",
            "Expected: at most 200 characters, as NAME=value with semicolons between them.",
        ),
        RecurrenceFault::UnknownPart => Detail::new(
            "Enkel FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH en WKST worden aanvaard.",
            "Seuls FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH et WKST sont acceptés.",
            "Only FREQ, INTERVAL, COUNT, UNTIL, BYDAY, BYMONTHDAY, BYMONTH and WKST are taken.",
        ),
        RecurrenceFault::Repeated(part) => {
            Detail::new("{part} staat er tweemaal.", "{part} figure deux fois.", "{part} stands twice.")
                .with("part", part)
        }
        RecurrenceFault::Missing(part) => {
            Detail::new("{part} ontbreekt.", "{part} manque.", "{part} is missing.").with("part", part)
        }
        RecurrenceFault::Invalid(part) => Detail::new(
            "De waarde van {part} wordt niet aanvaard.",
            "La valeur de {part} n'est pas acceptée.",
            "The value of {part} is not taken.",
        )
        .with("part", part),
        RecurrenceFault::NotWithFrequency(part) => Detail::new(
            "{part} gaat in deze vorm niet samen met deze FREQ.",
            "{part} sous cette forme n'est pas compatible avec cette FREQ.",
            "{part} in this form does not go with this FREQ.",
        )
        .with("part", part),
        RecurrenceFault::CountAndUntil => Detail::new(
            "COUNT en UNTIL sluiten elkaar uit.",
            "COUNT et UNTIL s'excluent mutuellement.",
            "COUNT and UNTIL exclude each other.",
        ),
    }
}
