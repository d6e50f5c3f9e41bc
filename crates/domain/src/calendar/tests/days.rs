use super::*;

#[test]
fn the_ten_holidays_of_a_year() {
    let holidays: Vec<_> = dates_after(on("2025-12-31"))
        .take(365)
        .filter_map(|date| holiday_on(date).map(|holiday| (date.to_string(), holiday.code())))
        .collect();
    let expected = [
        ("2026-01-01", "newYear"),
        ("2026-04-06", "easterMonday"),
        ("2026-05-01", "labourDay"),
        ("2026-05-14", "ascension"),
        ("2026-05-25", "whitMonday"),
        ("2026-07-21", "nationalDay"),
        ("2026-08-15", "assumption"),
        ("2026-11-01", "allSaints"),
        ("2026-11-11", "armistice"),
        ("2026-12-25", "christmas"),
    ];
    assert_eq!(holidays, expected.map(|(date, code)| (date.to_owned(), code)));
}

#[test]
fn easter_monday_over_the_centuries() {
    // The earliest (1818) and the latest (1943, 2038) possible Easter, the exceptions of the computus (1954, 1981), and
    // years of the proleptic calendar.
    for monday in [
        "1818-03-23",
        "1943-04-26",
        "1954-04-19",
        "1981-04-20",
        "2000-04-24",
        "2024-04-01",
        "2025-04-21",
        "2038-04-26",
    ] {
        assert_eq!(holiday_on(on(monday)), Some(Holiday::EasterMonday), "{monday}");
    }
    for year in [-9999_i16, -4, -1, 0, 1, 9999] {
        let first = Date::new(year, 3, 1).unwrap();
        let found: Vec<_> = dates_after(first)
            .take(120)
            .filter(|date| holiday_on(*date) == Some(Holiday::EasterMonday))
            .collect();
        assert_eq!(found.len(), 1, "{year}");
        assert_eq!(found[0].weekday(), Weekday::Monday, "{year}");
    }
}

#[test]
fn a_day_free_for_several_reasons_has_one() {
    let calendar = Calendar::new(
        [
            ("2026-08-14", Some("Brugdag")),
            ("2026-08-15", Some("Zaterdag")),
            ("2026-08-16", None),
            ("2026-08-17", None),
        ]
        .map(|(date, name)| (on(date), name.map(str::to_owned)))
        .into_iter()
        .collect(),
    );
    assert_eq!(calendar.day(on("2026-08-13")), Day::Working);
    assert_eq!(calendar.day(on("2026-08-14")), Day::Closure(Some("Brugdag")));
    assert_eq!(calendar.day(on("2026-08-15")), Day::Holiday(Holiday::Assumption));
    assert_eq!(calendar.day(on("2026-08-16")), Day::Weekend);
    assert_eq!(calendar.day(on("2026-08-17")), Day::Closure(None));
    assert_eq!(calendar.next_working_day(on("2026-08-13")), Some(on("2026-08-18")));
    assert_eq!(calendar.add_working_days(on("2026-08-15"), 0), Some(on("2026-08-15")));
    assert_eq!(calendar.add_working_days(on("2026-08-13"), 3), Some(on("2026-08-20")));
}

#[test]
fn days_begin_and_end_in_brussels() {
    assert_eq!(start_of_day(on("2025-03-30")), at("2025-03-29T23:00:00Z"));
    assert_eq!(end_of_day(on("2025-03-30")), at("2025-03-30T21:59:59Z"));
    assert_eq!(start_of_day(on("2025-10-26")), at("2025-10-25T22:00:00Z"));
    assert_eq!(end_of_day(on("2025-10-26")), at("2025-10-26T22:59:59Z"));
    assert_eq!(local_date(at("2025-12-31T23:00:00Z")), on("2026-01-01"));
    // On 1 March 1919 the clock went from 23:00 to midnight: the date ends within itself all the same.
    assert_eq!(local_date(end_of_day(on("1919-03-01"))), on("1919-03-01"));
}
