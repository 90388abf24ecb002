use super::super::harness_tests::{account, now};
use super::*;
use serde_json::{Value, json};

const RELEASED: &str = include_str!("fixtures/released.json");

fn read_as(order: &Value, account: &Account) -> OrderSnapshot {
    let order: wire::Order = crate::objects::from_str(&order.to_string()).unwrap();
    snapshot(&order, Reading::of(account, now()).unwrap()).unwrap()
}

fn read(order: &Value) -> OrderSnapshot {
    read_as(order, &account())
}

/// An order of two units of one lamp.
fn lamps(status: &str, by: &str, far: &Value) -> Value {
    json!({
        "orderId": "405-2222222-0000001",
        "createdTime": "2026-12-03T08:00:00Z",
        "lastUpdatedTime": "2026-12-03T09:30:00Z",
        "fulfillment": { "fulfillmentStatus": status, "fulfilledBy": by },
        "orderItems": [{
            "orderItemId": "71000000000001",
            "quantityOrdered": 2,
            "product": { "asin": "B0INVENT11", "sellerSku": "LAMP-OAK", "title": "Lamp" },
            "fulfillment": far,
        }],
    })
}

fn far(sent: i64, open: i64) -> Value {
    json!({ "quantityFulfilled": sent, "quantityUnfulfilled": open })
}

fn open(order: &OrderSnapshot) -> Vec<i64> {
    order.lines.iter().map(|line| line.ordered.less(line.cancelled).less(line.shipped).units()).collect()
}

#[test]
fn what_is_pending_holds_its_units_and_is_not_paid() {
    for status in ["PENDING", "PENDING_AVAILABILITY"] {
        let order = read(&lamps(status, "MERCHANT", &far(0, 2)));
        assert_eq!((open(&order), order.draft, order.terms.paid), (vec![2], false, Some(false)), "{status}");
        assert!(order.lines[0].is_own() && order.lines[0].unit_price.is_none() && order.terms.total.is_none());
        assert!(order.unreadable_lines.is_empty(), "{:?}", order.unreadable_lines);
        assert!(order.terms.unreleased, "{status}");
    }
    let released = read(&lamps("UNSHIPPED", "MERCHANT", &far(0, 2))).terms;
    assert_eq!((released.paid, released.unreleased), (Some(true), false));
}

#[test]
fn what_amazon_sends_is_seen_and_holds_nothing() {
    let order = read(&lamps("PENDING", "AMAZON", &far(0, 2)));
    assert_eq!(order.lines[0].fulfilment, Fulfilment::Marketplace);
    assert!(!order.lines[0].is_own());
}

#[test]
fn what_is_neither_sent_nor_to_be_sent_was_cancelled() {
    for (status, far, cancelled, shipped) in [
        ("CANCELLED", far(0, 0), 2, 0),
        ("CANCELLED", json!({}), 2, 0),
        ("PARTIALLY_SHIPPED", far(1, 0), 1, 1),
        ("SHIPPED", far(2, 0), 0, 2),
        ("UNSHIPPED", json!({}), 0, 0),
        ("UNSHIPPED", json!({ "quantityFulfilled": 0 }), 0, 0),
        ("SOMETHING_NEW", far(0, 2), 0, 0),
    ] {
        let line = read(&lamps(status, "MERCHANT", &far)).lines.remove(0);
        assert_eq!((line.cancelled.units(), line.shipped.units()), (cancelled, shipped), "{status} {far}");
        assert!(line.not_restocked.is_zero());
    }
    let mut held = account();
    held.settings.insert(ports::RESTOCK_UNTOLD.into(), "hold".into());
    assert_eq!(read_as(&lamps("CANCELLED", "MERCHANT", &far(0, 0)), &held).lines[0].restock_untold.units(), 2);
}

#[test]
fn a_figure_that_cannot_be_read_gives_nothing_back_and_is_named() {
    for (far, field) in [
        (json!({ "quantityFulfilled": 0, "quantityUnfulfilled": -1 }), "fulfillment.quantityUnfulfilled"),
        (json!({ "quantityFulfilled": "x", "quantityUnfulfilled": 0 }), "fulfillment.quantityFulfilled"),
        (json!([1]), "fulfillment"),
    ] {
        let order = read(&lamps("UNSHIPPED", "MERCHANT", &far));
        assert_eq!(open(&order), [2], "{far}");
        assert_eq!(order.unreadable_lines[0].field_error.field, field);
    }
}

#[test]
fn a_wish_to_cancel_is_a_question_and_no_cancellation() {
    let told: Value = serde_json::from_str(RELEASED).unwrap();
    let order = read(&told["order"]);
    let asked: Vec<bool> = order.lines.iter().map(|line| line.cancellation_requested).collect();
    assert_eq!((asked, open(&order)), (vec![false, true], vec![1, 1]));
    let mut sent = told["order"].clone();
    sent["orderItems"][1]["fulfillment"] = far(1, 0);
    assert!(!read(&sent).lines[1].cancellation_requested, "sent, it is answered");
}

#[test]
fn amounts_dates_and_the_country_are_told_and_add_up() {
    let told: Value = serde_json::from_str(RELEASED).unwrap();
    let order = read(&told["order"]);
    let amount = |money: &Option<domain::Money>| money.as_ref().map(|money| money.amount.to_string()).unwrap_or_default();
    let tea = &order.lines[0];
    assert_eq!((tea.sku.as_ref().unwrap().as_str(), amount(&tea.unit_price).as_str()), ("TEA/GREEN 50%", "8.95"));
    assert_eq!((amount(&tea.terms.discount), amount(&order.terms.shipping_price)), ("1.50".into(), "3.96".into()));
    assert_eq!((amount(&order.terms.fees), amount(&order.terms.total)), ("2.50".into(), "38.31".into()));
    assert_eq!((order.terms.prices_include_tax, order.ship_to.unwrap().as_str().to_owned()), (Some(true), "BE".to_owned()));
    let at = |text: &str| Some(domain::Due::At(text.parse().unwrap()));
    assert_eq!((&tea.terms.ship_by, &tea.terms.deliver_by), (&at("2026-12-04T22:59:59Z"), &at("2026-12-07T20:00:00Z")));
}

#[test]
fn prices_are_without_tax_where_a_line_adds_up_only_with_it() {
    let of = |total: &str| {
        let money = |amount: &str| json!({ "amount": amount, "currencyCode": "EUR" });
        let mut order = lamps("UNSHIPPED", "MERCHANT", &far(0, 2));
        let parts = json!([{ "type": "ITEM", "subtotal": money("20.00") }, { "type": "TAX", "subtotal": money("4.20") }]);
        order["orderItems"][0]["proceeds"] = json!({ "proceedsTotal": money(total), "breakdowns": parts });
        order["proceeds"] = json!({ "grandTotal": money(total) });
        read(&order).terms.prices_include_tax
    };
    assert_eq!((of("24.20"), of("20.00")), (Some(false), Some(true)));
}

#[test]
fn an_amount_in_another_currency_is_named() {
    let told: Value = serde_json::from_str(RELEASED).unwrap();
    let mut order = told["order"].clone();
    order["orderItems"][1]["product"]["price"]["unitPrice"]["currencyCode"] = "PLN".into();
    let read = read(&order);
    assert!(read.lines[1].unit_price.is_none() && read.lines[0].unit_price.is_some());
    assert_eq!(read.unreadable_lines[0].field_error.field, "product.price.unitPrice.currencyCode");
}

#[test]
fn an_odd_line_costs_itself() {
    let mut order = lamps("UNSHIPPED", "MERCHANT", &far(0, 2));
    let whole = order["orderItems"][0].clone();
    order["orderItems"] = json!([7, { "orderItemId": "1", "quantityOrdered": 1.5, "product": { "sellerSku": "A" } },
        { "orderItemId": "2", "quantityOrdered": 1 }, whole]);
    let read = read(&order);
    assert_eq!(read.lines.len(), 1);
    let odd: Vec<_> = read.unreadable_lines.iter().map(|one| (one.field_error.field.as_str(), one.may_be)).collect();
    let anything = PossibleProducts::Anything;
    assert_eq!(odd, [("orderItems", anything), ("quantityOrdered", PossibleProducts::Named), ("product.sellerSku", anything)]);
}
