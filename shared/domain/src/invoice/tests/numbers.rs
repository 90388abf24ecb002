//! Numbers: no gap, no double, and the year of Amsterdam.

use super::*;
use jiff::Timestamp;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn format(text: &str) -> NumberFormat {
    NumberFormat::new(text).unwrap()
}

/// Series of a merchant by kind and year, and what they gave out.
struct Desk {
    states: std::collections::BTreeMap<Series, SeriesState>,
    given: Vec<(Series, IssuedNumber)>,
}

impl Desk {
    fn issue(&mut self, kind: DocumentKind, instant: &str) -> String {
        let on = date_in_amsterdam(at(instant));
        let series = series(kind, on.year());
        let state = self.states.get(&series).copied().unwrap_or_default();
        let next = state.take(&series, &self.format(kind), on).unwrap();
        self.states.insert(series.clone(), next.then);
        self.given.push((series, IssuedNumber { number: next.number.clone(), sequence: next.sequence, issued_on: on }));
        next.number
    }

    fn format(&self, kind: DocumentKind) -> NumberFormat {
        let _ = self;
        format(if kind == DocumentKind::Invoice { "F{year}-{n:05}" } else { "C{year}-{n:05}" })
    }
}

#[test]
fn the_year_of_a_number_is_that_of_amsterdam_when_it_is_issued() {
    let before = SeriesState { next: 418, last_issued_on: Some(date(2026, 12, 31)) };
    let states = [(series(DocumentKind::Invoice, 2026), before)].into();
    let mut desk = Desk { states, given: Vec::new() };
    assert_eq!(desk.issue(DocumentKind::Invoice, "2026-12-31T22:59:30Z"), "F2026-00418", "half a minute before midnight");
    // What is sent on the last of the year and decided after midnight belongs to the new year.
    assert_eq!(desk.issue(DocumentKind::Invoice, "2026-12-31T23:00:05Z"), "F2027-00001");
    assert_eq!(desk.issue(DocumentKind::Invoice, "2026-12-31T23:10:00Z"), "F2027-00002");
    assert_eq!(desk.issue(DocumentKind::Invoice, "2027-01-01T08:00:00Z"), "F2027-00003");
    assert_eq!(desk.issue(DocumentKind::CreditNote, "2027-01-02T09:00:00Z"), "C2027-00001");
    for (series, state) in &desk.states {
        let first = if series.year == 2026 { 418 } else { 1 };
        let issued: Vec<IssuedNumber> = desk.given.iter().filter(|(of, _)| of == series).map(|(_, one)| one.clone()).collect();
        assert_eq!(check_series(series, &desk.format(series.kind), first, *state, &issued), [], "{series:?}");
    }
    assert_eq!(desk.states[&series(DocumentKind::Invoice, 2026)].next, 419);
}

#[test]
fn amsterdam_is_an_hour_before_utc_in_winter_and_two_in_summer() {
    for (instant, day) in [
        ("2026-03-28T22:59:59Z", date(2026, 3, 28)),
        ("2026-03-28T23:00:00Z", date(2026, 3, 29)),
        ("2026-03-29T22:00:00Z", date(2026, 3, 30)),
        ("2026-07-15T21:59:59Z", date(2026, 7, 15)),
        ("2026-07-15T22:00:00Z", date(2026, 7, 16)),
        ("2026-10-24T22:00:00Z", date(2026, 10, 25)),
        ("2026-10-25T22:30:00Z", date(2026, 10, 25)),
        ("2026-10-25T23:00:00Z", date(2026, 10, 26)),
    ] {
        assert_eq!(date_in_amsterdam(at(instant)), day, "{instant}");
    }
}

#[test]
fn a_number_is_refused_where_dates_would_go_back_or_the_year_is_another() {
    let format = format("F{year}-{n:05}");
    let series = series(DocumentKind::Invoice, 2026);
    let state = SeriesState { next: 7, last_issued_on: Some(date(2026, 6, 2)) };
    let taken = state.take(&series, &format, date(2026, 6, 2)).unwrap();
    assert_eq!((taken.number.as_str(), taken.sequence, taken.then.next), ("F2026-00007", 7, 8));
    let back = NumberRefused::Backwards { on: date(2026, 6, 1), last: date(2026, 6, 2) };
    assert_eq!(state.take(&series, &format, date(2026, 6, 1)), Err(back));
    let other = NumberRefused::OtherYear { year: 2026, on: date(2027, 1, 1) };
    assert_eq!(state.take(&series, &format, date(2027, 1, 1)), Err(other));
    let full = SeriesState { next: u64::MAX, ..state };
    assert_eq!(full.take(&series, &format, date(2026, 6, 2)), Err(NumberRefused::OutOfBounds));
}

#[test]
fn a_series_starts_where_the_merchant_says_until_it_is_used() {
    let started = SeriesState::default().starting_at(1_200).unwrap();
    assert_eq!(started.next, 1_200);
    assert_eq!(started.starting_at(1), Ok(SeriesState::default()), "nothing was given out yet");
    assert_eq!(SeriesState::default().starting_at(0), Err(NumberRefused::OutOfBounds));
    let used = SeriesState { last_issued_on: Some(date(2026, 1, 2)), ..started };
    assert_eq!(used.starting_at(1), Err(NumberRefused::Used));
}

#[test]
fn formats_are_read_and_those_that_could_give_one_number_twice_clash() {
    assert_eq!(format("{yy}/{n:04}-NL").write(2026, 31), "26/0031-NL");
    assert_eq!(format("{year}{n}").write(2026, 12), "202612");
    assert_eq!(format("F{year}-{n:02}").write(2026, 1234), "F2026-1234", "more digits than it fills up");
    for wrong in [
        "",
        "F{n:05}",
        "F{year}",
        "{n}-{year}",
        "F2-{year}-{n}",
        "F{year}-{n:5}",
        "F{year}-{n:013}",
        "F{year}-{n} x",
        "F{jaar}-{n}",
        "F{year}-{n}{n}",
        "{year}-{n}é",
    ] {
        assert_eq!(NumberFormat::new(wrong).unwrap_err().field, "number format", "{wrong}");
    }
    assert!(format("F{year}-{n:05}").clashes(&format("F{yy}-{n}")));
    assert!(!format("F{year}-{n:05}").clashes(&format("C{year}-{n:05}")));
    let kept: NumberFormat = serde_json::from_str("\"F{year}-{n:05}\"").unwrap();
    assert_eq!(serde_json::to_string(&kept).unwrap(), "\"F{year}-{n:05}\"");
}

#[test]
fn a_number_names_its_place_and_nothing_else_does() {
    for text in ["F{year}-{n:05}", "{yy}/{n}", "{year}{n}", "K-{yy}.{n:03}/x"] {
        let format = format(text);
        for sequence in [1, 9, 10, 999, 1_000, 99_999, 100_000, 999_999_999_999] {
            let number = format.write(2026, sequence);
            assert_eq!(format.read(2026, &number), Some(sequence), "{number}");
            assert_eq!(format.read(2027, &number), None, "{number} is of another year");
        }
    }
    let format = format("F{year}-{n:05}");
    for wrong in
        ["", "F", "F2026-", "F2026-1", "F2026-+0001", "F2026-000001", "f2026-00001", "F2026-00001 ", "C2026-00001", "é2026-00001"]
    {
        assert_eq!(format.read(2026, wrong), None, "{wrong}");
    }
}

#[test]
fn every_flaw_of_a_series_is_found_by_name() {
    let format = format("F{year}-{n:05}");
    let series = series(DocumentKind::Invoice, 2026);
    let one = |sequence, day| IssuedNumber { number: format.write(2026, sequence), sequence, issued_on: date(2026, 3, day) };
    let state = |next| SeriesState { next, last_issued_on: Some(date(2026, 3, 9)) };
    let check = |next, issued: &[IssuedNumber]| check_series(&series, &format, 1, state(next), issued);
    assert_eq!(check(4, &[one(3, 2), one(1, 1), one(2, 1)]), [], "in any order");
    assert_eq!(
        check(6, &[one(1, 1), one(4, 2)]),
        [SeriesFlaw::Missing { from: 2, to: 3 }, SeriesFlaw::Missing { from: 5, to: 5 }]
    );
    assert_eq!(check(3, &[]), [SeriesFlaw::Missing { from: 1, to: 2 }]);
    assert_eq!(check(3, &[one(1, 1), one(2, 1), one(2, 2)]), [SeriesFlaw::Double { sequence: 2, documents: 2 }]);
    let backwards = SeriesFlaw::Backwards { sequence: 3, on: date(2026, 3, 4), after: date(2026, 3, 5) };
    assert_eq!(check(4, &[one(1, 1), one(2, 5), one(3, 4)]), std::slice::from_ref(&backwards));
    let twice = SeriesFlaw::Backwards { sequence: 4, on: date(2026, 3, 4), after: date(2026, 3, 5) };
    assert_eq!(
        check(5, &[one(1, 1), one(2, 5), one(3, 4), one(4, 4)]),
        [backwards, twice],
        "before the latest, not only the last"
    );
    assert_eq!(check(2, &[one(1, 1), one(2, 1)]), [SeriesFlaw::Unknown { sequence: 2 }]);
    let of_other_year = IssuedNumber { issued_on: date(2027, 1, 1), ..one(1, 1) };
    assert_eq!(check(2, &[of_other_year]), [SeriesFlaw::OtherYear { sequence: 1, on: date(2027, 1, 1) }]);
    let misprinted = IssuedNumber { number: "F2026-1".to_owned(), ..one(1, 1) };
    assert_eq!(check(2, &[misprinted]), [SeriesFlaw::Misprinted { sequence: 1, number: "F2026-1".to_owned() }]);
}

proptest::proptest! {
    #[test]
    fn numbers_that_were_taken_in_turn_are_a_series_without_a_flaw(first in 1..5_000_u64, days in proptest::collection::vec(0..4_i64, 0..60)) {
        let format = format("F{year}-{n:05}");
        let series = series(DocumentKind::Invoice, 2026);
        let mut state = SeriesState::default().starting_at(first).unwrap();
        let mut on = date(2026, 1, 1);
        let mut issued = Vec::new();
        for days in days {
            on = on.checked_add(jiff::ToSpan::days(days)).unwrap();
            let next = state.take(&series, &format, on).unwrap();
            issued.push(IssuedNumber { number: next.number, sequence: next.sequence, issued_on: on });
            state = next.then;
        }
        proptest::prop_assert_eq!(check_series(&series, &format, first, state, &issued), []);
        if issued.len() > 2 {
            let lost = issued.remove(1).sequence;
            let flaws = check_series(&series, &format, first, state, &issued);
            proptest::prop_assert_eq!(flaws, [SeriesFlaw::Missing { from: lost, to: lost }]);
        }
    }
}
