use super::super::harness_tests::{Canned, account, call, run};
use super::*;
use domain::{CancelReason, LineUnits, OrderLineId, Quantity};

const ORDER: &str = r#"{"orders":[{"order_id":"A-1","order_state":"SHIPPING","currency_iso_code":"EUR","order_tax_mode":"TAX_EXCLUDED","order_lines":[
    {"order_line_id":"1","order_line_state":"SHIPPING","quantity":2,"price":49.90,"shipping_price":4.5,"taxes":[{"code":"VAT","amount":10.48}],"shipping_taxes":[]},
    {"order_line_id":"2","order_line_state":"REFUSED","quantity":1,"price":89.0,"shipping_price":6}]}],"total_count":1}"#;
const REASONS: &str = r#"{"reasons":[{"code":"5","type":"REFUND","is_shop_right":true},{"code":"6","type":"CANCELATION","is_shop_right":false},
    {"code":"34","type":"CANCELATION","is_shop_right":true}],"total_count":3}"#;

fn told(lines: &[(&str, i64)], rest: &[(u16, &str)]) -> (Result<Acknowledged>, Vec<String>) {
    let canned = Canned::new(&[&[(200, ORDER)], rest].concat());
    let account = account();
    let part =
        |(line, units): &(&str, i64)| LineUnits { line: OrderLineId::new(*line).unwrap(), units: Quantity::new(*units).unwrap() };
    let update = CancellationUpdate {
        lines: lines.iter().map(part).collect(),
        reason: CancelReason::OutOfStock,
        restock: true,
        whole_order: false,
    };
    (run(tell(&call(&canned, &account), &OrderNumber::new("A-1").unwrap(), &update)), canned.asked())
}

#[test]
fn a_line_is_cancelled_with_all_that_it_costs_digit_by_digit() {
    let (done, asked) = told(&[("1", 2), ("2", 1)], &[(200, REASONS), (200, "{}")]);
    assert_eq!(done.unwrap(), Acknowledged::Applied);
    let body = r#"{"cancelations":[{"order_line_id":"1","quantity":2,"amount":49.90,"shipping_amount":4.5,"reason_code":"34","currency_iso_code":"EUR","taxes":[{"code":"VAT","amount":10.48}]}],"order_tax_mode":"TAX_EXCLUDED"}"#;
    assert_eq!(asked[2], format!("PUT /api/orders/cancel {body}"), "what was refused is passed over");
}

#[test]
fn a_part_of_a_line_is_refused_and_what_is_cancelled_already_needs_no_call() {
    let (refused, asked) = told(&[("1", 1)], &[]);
    assert_eq!((refused.unwrap_err().kind, asked.len()), (ErrorKind::BadInput, 1));
    let (done, asked) = told(&[("2", 1)], &[]);
    assert_eq!((done.unwrap(), asked.len()), (Acknowledged::Applied, 1));
    let (none, _) = told(&[("1", 2)], &[(200, r#"{"reasons":[]}"#)]);
    assert!(none.unwrap_err().message.contains("cancel_reason"));
}
