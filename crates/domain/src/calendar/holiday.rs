use jiff::civil::Date;

/// Names a Belgian legal holiday.
///
/// The ten of the law of 4 January 1974 on public holidays and the royal decree of 18 April 1974 that lists
/// them. Easter Sunday and Whit Sunday are not among them. The same ten are taken for every year, also before
/// that law.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holiday {
    /// Falls on 1 January.
    NewYear,
    /// Falls on the day after Easter Sunday.
    EasterMonday,
    /// Falls on 1 May.
    LabourDay,
    /// Falls on a Thursday, 39 days after Easter Sunday.
    Ascension,
    /// Falls on the day after Whit Sunday, 50 days after Easter Sunday.
    WhitMonday,
    /// Falls on 21 July.
    NationalDay,
    /// Falls on 15 August.
    Assumption,
    /// Falls on 1 November.
    AllSaints,
    /// Falls on 11 November.
    Armistice,
    /// Falls on 25 December.
    Christmas,
}

/// Holds the name of a holiday in the three languages of the reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HolidayName {
    /// Is the Dutch name.
    pub nl: &'static str,
    /// Is the French name.
    pub fr: &'static str,
    /// Is the English name.
    pub en: &'static str,
}

impl Holiday {
    /// Gives the stable code of the holiday, as it stands in JSON.
    pub fn code(self) -> &'static str {
        match self {
            Self::NewYear => "newYear",
            Self::EasterMonday => "easterMonday",
            Self::LabourDay => "labourDay",
            Self::Ascension => "ascension",
            Self::WhitMonday => "whitMonday",
            Self::NationalDay => "nationalDay",
            Self::Assumption => "assumption",
            Self::AllSaints => "allSaints",
            Self::Armistice => "armistice",
            Self::Christmas => "christmas",
        }
    }

    /// Gives the name of the holiday in Dutch, French and English.
    pub fn name(self) -> HolidayName {
        let (nl, fr, en) = match self {
            Self::NewYear => ("Nieuwjaar", "Jour de l'An", "New Year's Day"),
            Self::EasterMonday => ("Paasmaandag", "Lundi de Pâques", "Easter Monday"),
            Self::LabourDay => ("Dag van de Arbeid", "Fête du Travail", "Labour Day"),
            Self::Ascension => ("Onze-Lieve-Heer-Hemelvaart", "Ascension", "Ascension Day"),
            Self::WhitMonday => ("Pinkstermaandag", "Lundi de Pentecôte", "Whit Monday"),
            Self::NationalDay => ("Nationale feestdag", "Fête nationale", "Belgian National Day"),
            Self::Assumption => ("Onze-Lieve-Vrouw-Hemelvaart", "Assomption", "Assumption Day"),
            Self::AllSaints => ("Allerheiligen", "Toussaint", "All Saints' Day"),
            Self::Armistice => ("Wapenstilstand", "Armistice", "Armistice Day"),
            Self::Christmas => ("Kerstmis", "Noël", "Christmas Day"),
        };
        HolidayName { nl, fr, en }
    }
}

/// Finds the legal holiday on `date`.
///
/// When Ascension falls on 1 May (as in 2008), the day is Labour Day; no other two can meet.
pub fn holiday_on(date: Date) -> Option<Holiday> {
    match (date.month(), date.day()) {
        (1, 1) => Some(Holiday::NewYear),
        (5, 1) => Some(Holiday::LabourDay),
        (7, 21) => Some(Holiday::NationalDay),
        (8, 15) => Some(Holiday::Assumption),
        (11, 1) => Some(Holiday::AllSaints),
        (11, 11) => Some(Holiday::Armistice),
        (12, 25) => Some(Holiday::Christmas),
        (3..=6, _) => movable_holiday_on(date),
        _ => None,
    }
}

fn movable_holiday_on(date: Date) -> Option<Holiday> {
    let days_before_march = if date.in_leap_year() { 60 } else { 59 };
    match date.day_of_year() - days_before_march - easter_day_of_march(date.year()) {
        1 => Some(Holiday::EasterMonday),
        39 => Some(Holiday::Ascension),
        50 => Some(Holiday::WhitMonday),
        _ => None,
    }
}

/// Computes Easter Sunday as a day of March: 22 to 56, where 32 is 1 April.
///
/// The Gregorian computus of Meeus, Jones and Butcher; Euclidean division makes it hold for years before 1
/// too.
fn easter_day_of_march(year: i16) -> i16 {
    let golden = year.rem_euclid(19);
    let century = year.div_euclid(100);
    let year_of_century = year.rem_euclid(100);
    let moon_correction = (century - (century + 8).div_euclid(25) + 1).div_euclid(3);
    let epact = (19 * golden + century - century.div_euclid(4) - moon_correction + 15).rem_euclid(30);
    let to_sunday =
        (32 + 2 * century.rem_euclid(4) + 2 * (year_of_century / 4) - epact - year_of_century % 4)
            .rem_euclid(7);
    let late_easters = (golden + 11 * epact + 22 * to_sunday) / 451;
    22 + epact + to_sunday - 7 * late_easters
}
