use super::super::harness_tests::now;
use super::*;
use domain::{Due, Money};
use serde_json::{Value, json};

const ORDER: &str = include_str!("fixtures/order.json");
const NET: &str = include_str!("fixtures/net_order.json");

fn read(order: &Value) -> OrderSnapshot {
    snapshot(&crate::objects::from_str(&order.to_string()).unwrap(), now()).unwrap()
}

fn json_of(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

fn amount(money: Option<&Money>) -> String {
    money.map_or_else(|| "none".to_owned(), |money| money.amount.to_string())
}

#[test]
fn goods_are_lines_and_what_is_taken_off_is_none() {
    let read = read(&json_of(ORDER));
    let kinds: Vec<_> =
        read.lines.iter().map(|line| (line.kind, line.sku.as_ref().map(Sku::as_str), line.ordered.units())).collect();
    assert_eq!(kinds, [(LineKind::Goods, Some("LAMP-B"), 2), (LineKind::Digital, Some("PDF-1"), 1), (LineKind::Charge, None, 1)]);
    // A product that was deleted is still the one that listings named.
    assert_eq!(read.lines[1].offer.as_ref().unwrap().as_str(), "01930100000070008000000000000008");
    assert_eq!(read.unreadable_lines, []);
    assert_eq!((read.display_number.as_deref(), read.channel_status.as_str()), (Some("10042"), "in_progress"));
    assert_eq!(read.ship_to.unwrap().as_str(), "NL", "where it is sent, not where it is paid");
    let Some(Due::At(promised)) = read.lines[0].terms.deliver_by else { panic!("a date") };
    assert_eq!(promised.to_string(), "2026-12-05T00:00:00Z");
    assert_eq!(read.lines[2].terms.deliver_by, None, "gift wrapping is not delivered");
}

#[test]
fn amounts_come_to_what_is_paid_with_tax_and_without() {
    let gross = read(&json_of(ORDER));
    let terms = &gross.terms;
    assert_eq!((terms.prices_include_tax, terms.paid), (Some(true), Some(true)), "the payment that the order names");
    let told = [&terms.discount, &terms.shipping_price, &terms.tax, &terms.total].map(|money| amount(money.as_ref()));
    assert_eq!(told, ["2.46", "4.95", "12.56", "72.39"]);
    let net = read(&json_of(NET));
    let told =
        [&net.terms.discount, &net.terms.shipping_price, &net.terms.tax, &net.terms.total].map(|money| amount(money.as_ref()));
    assert_eq!(told, ["27.40", "0.00", "43.79", "290.46"]);
    assert_eq!((net.terms.prices_include_tax, net.terms.paid), (Some(false), Some(false)));
    assert_eq!(amount(net.lines[1].unit_price.as_ref()), "7.407");
    assert_eq!(net.ship_to.unwrap().as_str(), "NL", "of the delivery that costs, not of what is taken off shipping");
}

#[test]
fn an_order_is_as_new_as_the_newest_of_its_rows() {
    let stamp = |order: &Value| read(order).stamp.unwrap().to_string();
    let mut order = json_of(ORDER);
    assert_eq!(stamp(&order), "2026-12-02T10:00:00.001Z", "of its delivery");
    order["transactions"][1]["updatedAt"] = json!("2026-12-02T11:00:00.000+00:00");
    assert_eq!(stamp(&order), "2026-12-02T11:00:00Z", "of its payment");
    order["updatedAt"] = json!("2026-12-02T12:00:00.000+00:00");
    assert_eq!(stamp(&order), "2026-12-02T12:00:00Z", "of its own");
    let fresh = read(&json_of(NET));
    assert_eq!(fresh.stamp.unwrap().to_string(), "2026-12-03T08:00:00.12Z", "never changed, it is as new as when it was made");
}

#[test]
fn states_say_what_is_promised_sent_given_up_and_back() {
    let of = |state: &str, delivery: &str| {
        let mut order = json_of(ORDER);
        order["stateMachineState"]["technicalName"] = json!(state);
        order["deliveries"][0]["stateMachineState"]["technicalName"] = json!(delivery);
        let line = read(&order).lines.remove(0);
        [line.cancelled, line.shipped, line.returned, line.restocked].map(Quantity::units)
    };
    for open in ["open", "in_progress", "packed_by_a_plugin"] {
        assert_eq!(of(open, "open"), [0, 0, 0, 0]);
    }
    assert_eq!(of("in_progress", "shipped_partially"), [0, 0, 0, 0], "which part, the shop does not keep");
    assert_eq!(of("in_progress", "cancelled"), [0, 0, 0, 0], "the shop keeps the units until the order itself is cancelled");
    assert_eq!(of("in_progress", "shipped"), [0, 2, 0, 0]);
    assert_eq!(of("completed", "open"), [0, 2, 0, 0]);
    assert_eq!(of("completed", "returned_partially"), [0, 2, 0, 0]);
    assert_eq!(of("completed", "returned"), [0, 2, 2, 0]);
    assert_eq!(of("cancelled", "open"), [2, 0, 0, 0]);
    assert_eq!(of("cancelled", "cancelled"), [2, 0, 0, 0]);
    assert_eq!(of("cancelled", "shipped"), [0, 2, 2, 2], "the shop counts it again");
}

#[test]
fn of_a_container_the_parts_are_goods_and_one_of_the_two_has_the_price() {
    let of = |part_price: &str, container_price: &str| {
        let mut order = json_of(ORDER);
        let mut container = order["lineItems"][3].clone();
        container["type"] = json!("container");
        container["unitPrice"] = serde_json::from_str(container_price).unwrap();
        container["totalPrice"] = container["unitPrice"].clone();
        order["lineItems"][0]["parentId"] = container["id"].clone();
        order["lineItems"][0]["unitPrice"] = serde_json::from_str(part_price).unwrap();
        order["lineItems"][0]["totalPrice"] = json!(order["lineItems"][0]["unitPrice"].as_f64().unwrap() * 2.0);
        order["lineItems"][3] = container;
        let read = read(&order);
        let (part, set) = (&read.lines[0], &read.lines[2]);
        assert_eq!((part.kind, set.kind), (LineKind::Goods, LineKind::Set));
        [part, set].map(|line| amount(line.unit_price.as_ref()))
    };
    assert_eq!(of("24.5", "49.0"), ["24.50", "none"]);
    assert_eq!(of("0.0", "49.0"), ["none", "49.00"]);
}

#[test]
fn what_cannot_be_read_is_named_and_costs_nothing_else() {
    let mut order = json_of(ORDER);
    order["lineItems"][0]["quantity"] = json!(1.5);
    order["lineItems"][1] = json!([7]);
    order["deliveries"][0]["stateMachineState"] = json!(null);
    order["amountTotal"] = json!({});
    let read = read(&order);
    assert_eq!(read.lines.len(), 1);
    let named: Vec<(&str, PossibleProducts)> =
        read.unreadable_lines.iter().map(|one| (one.field_error.field.as_str(), one.may_be)).collect();
    assert_eq!(
        named,
        [
            ("deliveries.stateMachineState", PossibleProducts::Nothing),
            ("quantity", PossibleProducts::Named),
            ("lineItems", PossibleProducts::Anything),
            ("amountTotal", PossibleProducts::Nothing),
        ]
    );
    for odd in [json!({}), json!({ "id": "42" }), json!({ "id": "01930200000070008000000000000042", "lineItems": 7 })] {
        snapshot(&crate::objects::from_str(&odd.to_string()).unwrap(), now()).unwrap_err();
    }
}
