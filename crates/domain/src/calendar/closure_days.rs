use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;

/// Holds the dates on which an organisation is closed besides weekends and legal holidays, each with an
/// optional name.
///
/// It never changes once collected, and a clone shares its dates. Of a date that is given twice, the last
/// name holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClosureDays(Arc<BTreeMap<Date, Option<String>>>);

impl ClosureDays {
    /// Finds the closure on `date`: the outer `None` is an open day, the inner one a closure without a name.
    #[expect(clippy::option_option, reason = "the two absences differ, as for a map with optional values")]
    pub(super) fn find(&self, date: Date) -> Option<Option<&str>> {
        self.0.get(&date).map(Option::as_deref)
    }
}

impl FromIterator<(Date, Option<String>)> for ClosureDays {
    fn from_iter<I: IntoIterator<Item = (Date, Option<String>)>>(days: I) -> Self {
        Self(Arc::new(days.into_iter().collect()))
    }
}
