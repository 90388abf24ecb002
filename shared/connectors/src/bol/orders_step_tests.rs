use super::*;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// Every call of a listing, if only the pages for which `full` says so hold orders.
fn walk(since: &str, now: &str, full: impl Fn(Step) -> bool) -> Vec<String> {
    let (since, now) = (at(since), at(now));
    let mut steps = Vec::new();
    let mut page = None;
    loop {
        let step = Step::of(&OrdersFrom { since, page: page.clone() }, now).unwrap();
        steps.push(format!("{:?} page {}", step.range(since, now), step.page()));
        match step.after(!full(step), now) {
            Some(next) => page = Some(next.to_string()),
            None => return steps,
        }
        assert!(steps.len() < 1000, "a listing that never ends");
    }
}

#[test]
fn a_short_gap_lists_the_minutes_since() {
    let steps = walk("2026-11-20T10:00:00Z", "2026-11-20T10:05:30Z", |s| s.page() < 3);
    assert_eq!(steps, ["LastMinutes(7) page 1", "LastMinutes(7) page 2", "LastMinutes(7) page 3"]);
}

#[test]
fn the_clock_running_backwards_still_lists() {
    assert_eq!(walk("2026-11-20T10:05:00Z", "2026-11-20T10:00:00Z", |_| false), ["LastMinutes(2) page 1"]);
}

#[test]
fn a_long_gap_lists_days_forth_and_back_and_then_the_last_hour() {
    let steps = walk("2026-11-19T22:59:00Z", "2026-11-20T10:00:00Z", |s| matches!(s, Step::Forth { page: 1..=2, .. }));
    assert_eq!(
        steps,
        [
            "Day(2026-11-19) page 1",
            "Day(2026-11-19) page 2",
            "Day(2026-11-19) page 3",
            "Day(2026-11-19) page 2",
            "Day(2026-11-19) page 1",
            "Day(2026-11-20) page 1",
            "Day(2026-11-20) page 2",
            "Day(2026-11-20) page 3",
            "Day(2026-11-20) page 2",
            "Day(2026-11-20) page 1",
            "LastMinutes(60) page 1",
        ]
    );
}

#[test]
fn the_bound_of_sixty_minutes_is_never_passed() {
    assert_eq!(walk("2026-11-20T09:01:01Z", "2026-11-20T10:00:00Z", |_| false), ["LastMinutes(60) page 1"]);
    assert_eq!(walk("2026-11-20T08:59:59Z", "2026-11-20T10:00:00Z", |_| false)[0], "Day(2026-11-20) page 1");
}

#[test]
fn a_gap_of_a_year_starts_where_bol_still_knows_changes() {
    let steps = walk("2025-11-20T10:00:00Z", "2026-11-20T10:00:00Z", |_| false);
    assert_eq!(steps[0], "Day(2026-08-23) page 1");
    assert_eq!(steps.len(), 91);
}

#[test]
fn a_listing_of_minutes_that_waited_too_long_starts_again_by_day() {
    let from = OrdersFrom { since: at("2026-11-20T08:00:00Z"), page: Some("recent 4".into()) };
    let step = Step::of(&from, at("2026-11-20T10:00:00Z")).unwrap();
    assert_eq!(step.to_string(), "forth 1 2026-11-20");
}

#[test]
fn nonsense_names_no_page() {
    for wrong in ["", "recent", "recent 0", "recent 1 2026-11-20", "forth 1", "forth 1 2026-13-01", "back 1 2026-11-20 x"] {
        let from = OrdersFrom { since: at("2026-11-20T09:59:00Z"), page: Some(wrong.into()) };
        assert_eq!(Step::of(&from, at("2026-11-20T10:00:00Z")).unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
}
