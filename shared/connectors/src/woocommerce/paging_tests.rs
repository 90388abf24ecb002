use super::*;
use std::collections::BTreeSet;

// Tuesday, 2026-03-03 12:00 UTC.
const NOON: i64 = 1_772_539_200;
// Sunday, 2026-03-29 00:00 UTC.
const SUNDAY: i64 = 1_774_742_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

/// A shop's list of (second, id), asked as a shop would be; `lists_equal`: a host whose `after` is not strict.
fn list(orders: &[(i64, u32)], since: i64, lists_equal: bool) -> (BTreeSet<u32>, u32) {
    let mut seen = BTreeSet::new();
    let mut place = Some(Place::start(at(since)));
    let mut calls = 0;
    while let Some(here) = place {
        calls += 1;
        assert!(calls < 100, "it does not end: {here:?}");
        let slack = i64::from(lists_equal);
        let mut found: Vec<_> = match here.window {
            Window::After => orders.iter().filter(|(s, _)| *s > here.second - slack).collect(),
            Window::Within => orders.iter().filter(|(s, _)| (s - here.second).abs() <= slack).collect(),
        };
        match here.window {
            Window::After => found.sort_by_key(|(s, id)| (*s, std::cmp::Reverse(*id))),
            Window::Within => found.sort_by_key(|(_, id)| *id),
        }
        let total = u32::try_from(found.len()).unwrap();
        let page: Vec<_> = found.into_iter().skip((here.page as usize - 1) * 100).take(100).collect();
        seen.extend(page.iter().map(|(_, id)| *id));
        let shown = Shown { seconds: page.iter().map(|(s, _)| *s).collect(), total: Some(total), more: here.page * 100 < total };
        place = here.next(&shown);
    }
    (seen, calls)
}

#[test]
fn many_orders_in_one_second_neither_loop_nor_are_skipped() {
    for lists_equal in [false, true] {
        let mut orders: Vec<(i64, u32)> = (0..250).map(|id| (NOON, id)).collect();
        orders.extend((250..310).map(|id| (NOON - 1, id)));
        orders.extend((310..500).map(|id| (NOON + 1 + i64::from(id) / 3, id)));
        let (seen, calls) = list(&orders, NOON - 1, lists_equal);
        assert_eq!(seen.len(), 500, "strict: {}", !lists_equal);
        assert!(calls < 20, "{calls}");
    }
}

#[test]
fn an_order_that_leaves_a_second_while_it_is_paged_starts_that_second_over() {
    let within = Place { window: Window::Within, second: NOON, page: 2, total: Some(250) };
    let shown = Shown { seconds: vec![NOON; 100], total: Some(249), more: true };
    assert_eq!(within.next(&shown), Some(Place { page: 1, total: Some(249), ..within }));
    let same = Shown { total: Some(250), ..shown };
    assert_eq!(within.next(&same), Some(Place { page: 3, ..within }));
}

#[test]
fn an_empty_page_is_not_by_itself_the_end() {
    let place = Place::start(at(NOON));
    let shown = Shown { seconds: Vec::new(), total: Some(120), more: true };
    assert_eq!(place.next(&shown).unwrap().page, 2);
    assert_eq!(place.next(&Shown { more: false, ..shown }), None);
}

#[test]
fn no_window_begins_or_ends_where_clocks_go_forward() {
    assert_eq!(Place::start(at(SUNDAY + 2 * 3600 + 30)).second, SUNDAY - 1);
    let orders: Vec<(i64, u32)> = (0..350).map(|id| (SUNDAY + 3600 + i64::from(id) * 40, id)).collect();
    assert_eq!(list(&orders, SUNDAY + 3600, false).0.len(), 350);
    let mut place = Some(Place::start(at(SUNDAY + 3600)));
    for page in 1..=3 {
        let here = place.unwrap();
        assert_eq!((here.second, here.page), (SUNDAY - 1, page));
        place = here.next(&Shown { seconds: vec![SUNDAY + 3600 * i64::from(page)], total: None, more: true });
    }
}

#[test]
fn times_are_sent_in_utc_without_a_zone() {
    let query = Place::start(at(NOON)).query().unwrap();
    assert!(query.contains(&("modified_after", "2026-03-03T11:59:59".to_owned())), "{query:?}");
    assert!(query.contains(&("dates_are_gmt", "true".to_owned())));
}

#[test]
fn a_token_survives_its_journey() {
    for place in [Place::start(at(NOON)), Place { window: Window::Within, second: NOON, page: 3, total: Some(250) }] {
        assert_eq!(Place::parse(&place.token()).unwrap(), place);
    }
    for wrong in ["", "after", "after.1", "after.1.x.-", "later.1.1.-", "after.1.1.x"] {
        assert_eq!(Place::parse(wrong).unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
    }
}

mod properties {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_token_panics(token in "(after|within)\\.-?[0-9]{1,20}\\.[0-9]{1,11}\\.(-|[0-9]{1,11})", seconds in prop::collection::vec(-1_000i64..1_000, 0..4), more: bool) {
            if let Ok(place) = Place::parse(&token) {
                let _ = place.query();
                let _ = place.next(&Shown { seconds, total: Some(9), more }).map(Place::token);
            }
        }

        /// Every order is listed, however the changes lie in time, and the list ends.
        #[test]
        fn nothing_is_skipped(gaps in prop::collection::vec(prop_oneof![8 => Just(0i64), 2 => 0i64..3, 1 => 0i64..9_000], 0..600), start in SUNDAY - 9_000..SUNDAY + 15_000, lists_equal: bool) {
            let mut second = start;
            let orders: Vec<_> = (0u32..).zip(gaps).map(|(id, gap)| { second += gap; (second, id) }).collect();
            prop_assert_eq!(list(&orders, start, lists_equal).0.len(), orders.len());
        }
    }
}
