use super::super::harness_tests::{account, now};
use super::*;
use domain::Due;

const WAITING: &str = include_str!("fixtures/waiting.json");
const SHIPPING: &str = include_str!("fixtures/shipping.json");

fn read_as(json: &str, account: &Account) -> OrderSnapshot {
    let told: wire::Orders = crate::objects::from_str(json).unwrap();
    let order = lenient::one::<wire::Order>(&told.orders.0[0]).unwrap();
    snapshot(&order, Reading::of(account, now()).unwrap()).unwrap()
}

fn read(json: &str) -> OrderSnapshot {
    read_as(json, &account())
}

fn open(order: &OrderSnapshot) -> Vec<(&str, i64)> {
    let open = |line: &SnapshotLine| line.ordered.less(line.cancelled).less(line.shipped).units();
    order.lines.iter().map(|line| (line.sku.as_ref().unwrap().as_str(), open(line))).collect()
}

#[test]
fn all_that_waits_is_set_aside_and_nothing_is_known_of_where_it_goes() {
    let order = read(WAITING);
    assert_eq!(open(&order), [("LAMP-OAK", 2), ("RUG-RED", 1), ("CHAIR", 3)]);
    assert_eq!((order.awaits_acceptance, order.draft), (Some(AwaitsAcceptance { until: None }), false));
    assert_eq!((order.ship_to, order.terms.paid, order.unreadable_lines.len()), (None, None, 0));
    let mut account = account();
    account.settings.insert(settings::ACCEPT_WITHIN_HOURS.into(), "48".into());
    let until = read_as(WAITING, &account).awaits_acceptance.unwrap().until.unwrap();
    assert_eq!(until.to_string(), "2026-12-05T08:00:00Z");
}

#[test]
fn what_was_refused_or_cancelled_is_not_sent_whatever_its_quantity_and_not_in_what_is_paid() {
    let order = read(SHIPPING);
    assert_eq!(open(&order), [("LAMP-OAK", 2), ("RUG-RED", 0), ("CHAIR", 0)]);
    assert!(order.awaits_acceptance.is_none() && order.lines.iter().all(|line| line.not_restocked.is_zero()));
    assert_eq!(order.ship_to.unwrap().as_str(), "NL");
    // 54.40, and not the 149.40 that the marketplace tells: its total holds the refused line.
    let lamp = order.lines[0].amount().unwrap();
    let shipping = order.terms.shipping_price.unwrap();
    assert_eq!((lamp.amount.to_string(), shipping.amount.to_string()), ("49.90".to_owned(), "4.50".to_owned()));
    assert_eq!((order.terms.total, order.terms.prices_include_tax, order.terms.paid), (None, Some(true), Some(true)));
    let [ship_by, deliver_by] = ["2026-12-05T16:00:00Z", "2026-12-07T20:00:00Z"].map(|text| Some(Due::At(text.parse().unwrap())));
    assert_eq!((&order.lines[0].terms.ship_by, &order.lines[0].terms.deliver_by), (&ship_by, &deliver_by));
    assert!(order.lines.iter().all(|line| line.terms.discount.is_none()), "{:?}", order.lines);
}

#[test]
fn cancelled_units_wait_for_a_person_only_where_that_is_set() {
    let mut account = account();
    account.settings.insert(ports::RESTOCK_UNTOLD.into(), "hold".into());
    let order = read_as(SHIPPING, &account);
    assert_eq!(order.lines.iter().map(|line| line.restock_untold.units()).collect::<Vec<_>>(), [0, 1, 3]);
}

fn order_of(lines: &str, more: &str) -> OrderSnapshot {
    let json = format!(r#"{{"orders":[{{"order_id":"A-1","currency_iso_code":"EUR",{more}"order_lines":[{lines}]}}]}}"#);
    read(&json)
}

#[test]
fn what_is_accepted_and_not_paid_is_not_let_go() {
    let line = r#"{"order_line_id":"1","offer_sku":"A","quantity":3}"#;
    for state in ["WAITING_DEBIT", "WAITING_DEBIT_PAYMENT"] {
        let terms = order_of(line, &format!(r#""order_state":"{state}","#)).terms;
        assert_eq!((terms.unreleased, terms.paid), (true, Some(false)), "{state}");
    }
    for state in ["WAITING_ACCEPTANCE", "SHIPPING", "SHIPPED", "SOMETHING_NEW"] {
        assert!(!order_of(line, &format!(r#""order_state":"{state}","#)).terms.unreleased, "{state}");
    }
}

#[test]
fn the_state_of_a_line_decides() {
    let of = |state: &str, more: &str| {
        let line = format!(r#"{{"order_line_id":"1","offer_sku":"A","quantity":3,"order_line_state":"{state}"{more}}}"#);
        let line = order_of(&line, "").lines.remove(0);
        (line.cancelled.units(), line.shipped.units())
    };
    for state in ["STAGING", "WAITING_ACCEPTANCE", "WAITING_DEBIT", "SHIPPING", "INCIDENT_OPEN", "SOMETHING_NEW"] {
        assert_eq!(of(state, ""), (0, 0), "{state}");
    }
    for state in ["SHIPPED", "TO_COLLECT", "RECEIVED", "CLOSED", "REFUNDED"] {
        assert_eq!(of(state, ""), (0, 3), "{state}");
    }
    assert_eq!(of("INCIDENT_OPEN", r#","shipped_date":"2026-12-04T08:00:00Z""#), (0, 3));
    // A quantity of refunds and cancellations is informative only.
    let informative = r#","refunds":[{"quantity":2,"amount":1}],"cancelations":[{"quantity":2,"amount":1}]"#;
    assert_eq!(of("SHIPPING", informative), (0, 0));
}

#[test]
fn what_the_operator_looks_at_still_is_no_order_yet_and_what_he_sends_is_not_ours() {
    let line = r#"{"order_line_id":"1","offer_sku":"A","quantity":3,"order_line_state":"STAGING"}"#;
    assert!(order_of(line, r#""order_state":"STAGING","#).draft);
    let by_operator = order_of(line, r#""order_state":"WAITING_ACCEPTANCE","fulfillment":{"center":{"code":"FC-1"}},"#);
    assert_eq!((by_operator.lines[0].fulfilment, by_operator.awaits_acceptance), (Fulfilment::Marketplace, None));
}

#[test]
fn a_promotion_is_a_discount_and_what_was_cancelled_of_a_line_is_none() {
    let of = |price: &str, cancelled: &str| {
        let line = format!(
            r#"{{"order_line_id":"1","offer_sku":"A","quantity":2,"order_line_state":"SHIPPING","price_unit":20,"price":{price},
            "total_commission":4.84,"cancelations":[{cancelled}]}}"#
        );
        let line = order_of(&line, r#""order_tax_mode":"TAX_EXCLUDED","#).lines.remove(0);
        assert_eq!(line.terms.commission.unwrap().amount.to_string(), "4.84");
        line.terms.discount.map(|off| off.amount.to_string())
    };
    assert_eq!(of("36", "").as_deref(), Some("4.00"));
    assert_eq!(of("30", r#"{"amount":6}"#).as_deref(), Some("4.00"));
    assert_eq!(of("30", r#"{"amount":10}"#), None);
}

#[test]
fn an_odd_line_costs_itself() {
    let order = order_of(
        r#"{"order_line_id":"1","offer_sku":"A","quantity":1.5,"order_line_state":"SHIPPING"},7,
        {"order_line_id":"3","quantity":1,"order_line_state":"SHIPPING"},
        {"order_line_id":"4","offer_id":9,"quantity":1,"order_line_state":{}}"#,
        "",
    );
    assert_eq!(order.lines.len(), 1);
    let odd: Vec<_> = order.unreadable_lines.iter().map(|one| (one.field_error.field.as_str(), one.may_be)).collect();
    let expected = [
        ("quantity", PossibleProducts::Named),
        ("order_lines", PossibleProducts::Anything),
        ("offer_sku", PossibleProducts::Anything),
        ("order_line_state", PossibleProducts::Counted),
    ];
    assert_eq!(odd, expected);
}
