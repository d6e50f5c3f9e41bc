//! What an hour of each function costs in the demo: amounts that nobody pays, dearer since New Year.

use domain::consultation::FunctionCode;
use domain::hourly_rate::{Cents, HourlyRate};
use domain::id::ConsultationId;
use jiff::ToSpan as _;
use jiff::civil::Date;
use persistence::Transaction;
use persistence::hourly_rates::{self, StoredRate};

use super::SeedError;

/// The functions with what an hour of them costs, in cents.
const RATES: [(&str, u32); 5] = [
    ("chiefInspector", 5_400),
    ("neighbourhoodInspector", 4_700),
    ("communityGuard", 3_200),
    ("housingRepresentative", 4_300),
    ("neighbourhoodManager", 4_900),
];

/// Writes the rates of two years.
pub(super) fn write(
    transaction: &mut Transaction<'_>,
    consultation_id: ConsultationId,
    today: Date,
) -> Result<(), SeedError> {
    let new_year = today.first_of_year();
    for (valid_from, dearer) in [(new_year.saturating_sub(2.years()), 0), (new_year, 150)] {
        for (function, cents) in RATES {
            let rate = FunctionCode::parse(function).zip(Cents::new(cents + dearer));
            let (function, cents_per_hour) =
                rate.ok_or_else(|| SeedError::Story(format!("no rate of {function}")))?;
            let stored = StoredRate {
                id: transaction.new_id().into(),
                consultation_id,
                rate: HourlyRate { function, cents_per_hour, valid_from },
                recorded_at: transaction.now(),
            };
            hourly_rates::add(transaction, &stored)?;
        }
    }
    Ok(())
}
