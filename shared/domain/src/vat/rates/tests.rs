//! The published table as it comes with the program, and what a merchant sets over it.

use super::table::read;
use super::*;
use jiff::civil::date;

fn percent(text: &str) -> Decimal {
    text.parse().unwrap()
}

fn own(country: VatCountry, kind: RateKind, from: Date, rate: &str) -> RateRow {
    RateRow { country, region: None, kind, from, until: None, rates: vec![percent(rate)] }
}

#[test]
fn the_published_table_is_read_whole_and_carries_its_credit() {
    let (rows, as_of) = read(PUBLISHED).unwrap();
    assert!(rows.len() > 80, "{}", rows.len());
    assert_eq!(as_of, Some(date(2026, 10, 4)));
    assert!(PUBLISHED.contains(RATES_CREDIT));
    let rates = Rates::published();
    for country in VatCountry::all() {
        assert!(rates.standard(country, None, date(2026, 11, 30)).is_some_and(|rate| rate >= percent("17")), "{country}");
    }
    for region in [
        (VatCountry::Pt, Region::Madeira),
        (VatCountry::Pt, Region::Azores),
        (VatCountry::At, Region::Kleinwalsertal),
        (VatCountry::Fr, Region::Corsica),
    ] {
        assert!(rates.standard(region.0, Some(region.1), date(2026, 11, 30)).is_some(), "{region:?}");
    }
}

#[test]
fn no_two_standard_rates_hold_on_one_day_and_no_day_is_left_out() {
    let (rows, _) = read(PUBLISHED).unwrap();
    for country in VatCountry::all().filter(|country| *country != VatCountry::Xi) {
        let mut rows: Vec<_> =
            rows.iter().filter(|row| row.country == country && row.region.is_none() && row.kind == RateKind::Standard).collect();
        rows.sort_by_key(|row| row.from);
        assert_eq!(rows.first().unwrap().from, date(2016, 1, 1), "{country}");
        for pair in rows.windows(2) {
            assert_eq!(pair[0].until.and_then(|until| until.tomorrow().ok()), Some(pair[1].from), "{country}");
        }
        assert_eq!(rows.last().unwrap().until, None, "{country}");
    }
}

#[test]
fn standard_rates_change_on_their_day() {
    let rates = Rates::published();
    let on = |country, day| rates.standard(country, None, day).unwrap().to_string();
    for (country, last, before, after) in [
        (VatCountry::Ee, date(2025, 6, 30), "22", "24"),
        (VatCountry::Ro, date(2025, 7, 31), "19", "21"),
        (VatCountry::Sk, date(2024, 12, 31), "20", "23"),
        (VatCountry::Fi, date(2024, 8, 31), "24", "25.5"),
        (VatCountry::Lu, date(2023, 12, 31), "16", "17"),
        (VatCountry::De, date(2020, 12, 31), "16", "19"),
    ] {
        assert_eq!((on(country, last).as_str(), on(country, last.tomorrow().unwrap()).as_str()), (before, after), "{country}");
    }
    assert_eq!(on(VatCountry::Ie, date(2021, 2, 28)), "21");
    assert_eq!(rates.standard(VatCountry::Nl, None, date(2015, 12, 31)), None, "before the table nothing is known");
}

#[test]
fn a_merchants_own_row_goes_before_the_published_one() {
    let rates = Rates::published()
        .with_own(vec![
            own(VatCountry::De, RateKind::Standard, date(2027, 1, 1), "20"),
            own(VatCountry::Nl, RateKind::Reduced, date(2027, 1, 1), "12"),
        ])
        .unwrap();
    let german = |day| rates.standard(VatCountry::De, None, day).unwrap().to_string();
    assert_eq!((german(date(2026, 12, 31)).as_str(), german(date(2027, 1, 1)).as_str()), ("19", "20"));
    assert!(
        rates.has(VatCountry::Nl, None, percent("12"), date(2027, 1, 1))
            && rates.has(VatCountry::Nl, None, percent("9"), date(2027, 1, 1))
    );
    assert!(!rates.has(VatCountry::Nl, None, percent("12"), date(2026, 12, 31)));
}

#[test]
fn of_several_rows_for_a_class_the_latest_begun_holds() {
    let class = ProductClass::new("book").unwrap();
    let row = |from, rate: &str| ClassRate {
        class: class.clone(),
        country: VatCountry::Lt,
        region: None,
        from,
        rate: Some(percent(rate)),
    };
    let rates = Rates::published().with_classes(vec![row(date(2026, 1, 1), "5"), row(date(2022, 1, 1), "9")]).unwrap();
    let on = |day| rates.rate(&class, VatCountry::Lt, None, day).map(|rate| rate.to_string());
    assert_eq!((on(date(2025, 12, 31)), on(date(2026, 1, 1))), (Ok("9".into()), Ok("5".into())));
    assert!(matches!(on(date(2021, 12, 31)), Err(Stop::ClassUnknown { .. })));
}

#[test]
fn what_is_set_for_a_state_is_not_set_for_its_islands() {
    let class = ProductClass::new("book").unwrap();
    let row = |region, rate: &str| ClassRate {
        class: class.clone(),
        country: VatCountry::Pt,
        region,
        from: date(2025, 1, 1),
        rate: Some(percent(rate)),
    };
    let on = |rows| {
        let rates = Rates::published().with_classes(rows).unwrap();
        rates.rate(&class, VatCountry::Pt, Some(Region::Madeira), date(2026, 11, 30)).map(|rate| rate.to_string())
    };
    assert!(matches!(on(vec![row(None, "6")]), Err(Stop::ClassUnknown { region: Some(Region::Madeira), .. })));
    assert_eq!(on(vec![row(None, "6"), row(Some(Region::Madeira), "4")]), Ok("4".into()));
    assert!(
        matches!(on(vec![row(Some(Region::Madeira), "5")]), Err(Stop::RateNotInForce { .. })),
        "it became 4 % in October 2024"
    );
}

#[test]
fn rows_that_cannot_be_meant_are_refused_by_name() {
    let refused = |row: RateRow| Rates::published().with_own(vec![row]).unwrap_err().field;
    let sound = own(VatCountry::Nl, RateKind::Standard, date(2027, 1, 1), "22");
    assert_eq!(refused(RateRow { rates: vec![percent("101")], ..sound.clone() }), "VAT rate");
    assert_eq!(refused(RateRow { rates: vec![percent("-1")], ..sound.clone() }), "VAT rate");
    assert_eq!(refused(RateRow { rates: vec![], ..sound.clone() }), "VAT rates");
    assert_eq!(refused(RateRow { rates: vec![percent("0")], ..sound.clone() }), "VAT rates");
    assert_eq!(refused(RateRow { until: Some(date(2026, 1, 1)), ..sound }), "VAT rate until");
    let standard =
        ClassRate { class: ProductClass::standard(), country: VatCountry::Nl, region: None, from: date(2026, 1, 1), rate: None };
    assert_eq!(Rates::published().with_classes(vec![standard]).unwrap_err().field, "product class");
    for line in [
        "NL,,standard,2026-01-01,,21,x",
        "XX,,standard,2026-01-01,,21",
        "NL,mars,standard,2026-01-01,,21",
        "NL,,odd,2026-01-01,,21",
        "NL,,standard,soon,,21",
        "NL,,standard,2026-01-01,,2e1",
    ] {
        assert_eq!(read(&format!("titles\n{line}")).unwrap_err().field, "row of VAT rates", "{line}");
    }
}
