use super::super::harness_tests::{Canned, account, call, run};
use super::*;
use domain::CancelReason;
use serde_json::{Value, json};

const ORDER: &str = include_str!("fixtures/order.json");
const NUMBER: &str = "01930200000070008000000000000042";
const DELIVERY: &str = "01930400000070008000000000000042";
const TRANSACTION: &str = "01930500000070008000000000000043";

fn order(state: &str, delivery: &str, payment: &str) -> String {
    let mut order: Value = serde_json::from_str(ORDER).unwrap();
    order["stateMachineState"]["technicalName"] = json!(state);
    order["deliveries"][0]["stateMachineState"]["technicalName"] = json!(delivery);
    order["transactions"][1]["stateMachineState"]["technicalName"] = json!(payment);
    json!({ "data": [order] }).to_string()
}

fn told(order: &str, ways: usize) -> (Result<Acknowledged>, Vec<String>) {
    let canned = Canned::new(&[&[(200, order)], vec![(200, "{}"); ways].as_slice()].concat());
    let told = run(tell(&call(&canned, &account()), &OrderNumber::new(NUMBER).unwrap(), &update(true)));
    (told, canned.asked().split_off(1))
}

fn update(whole_order: bool) -> CancellationUpdate {
    CancellationUpdate { lines: Vec::new(), reason: CancelReason::OutOfStock, whole_order, restock: true }
}

fn way(entity: &str, id: &str) -> String {
    format!("POST /api/_action/{entity}/{id}/state/cancel {{}}")
}

#[test]
fn order_delivery_and_what_was_never_paid_are_cancelled_each_by_itself() {
    let [own, delivery, payment] = [way("order", NUMBER), way("order_delivery", DELIVERY), way("order_transaction", TRANSACTION)];
    assert_eq!(told(&order("open", "open", "open"), 3).1, [own.as_str(), &delivery, &payment]);
    // Money that has come is paid back in the shop: the transition alone would move none.
    assert_eq!(told(&order("in_progress", "open", "paid"), 2).1, [own.as_str(), &delivery]);
    // What broke off is taken up again.
    assert_eq!(told(&order("cancelled", "open", "open"), 2).1, [delivery.as_str(), &payment]);
    let (done, asked) = told(&order("cancelled", "cancelled", "cancelled"), 0);
    assert_eq!((done.unwrap(), asked.len()), (Acknowledged::Applied, 0));
}

#[test]
fn what_was_sent_or_is_a_part_is_not_cancelled() {
    for sent in ["shipped", "shipped_partially", "returned", "returned_partially"] {
        let (told, asked) = told(&order("open", sent, "paid"), 0);
        assert_eq!((told.unwrap_err().kind, asked.len()), (ErrorKind::Declined, 0), "{sent}");
    }
    let canned = Canned::new(&[]);
    let refused = run(tell(&call(&canned, &account()), &OrderNumber::new(NUMBER).unwrap(), &update(false))).unwrap_err();
    assert_eq!((refused.kind, canned.asked().len()), (ErrorKind::BadInput, 0));
}

#[test]
fn it_is_known_once_all_three_are() {
    let known = |state: &str, delivery: &str, payment: &str| {
        let canned = Canned::new(&[(200, &order(state, delivery, payment))]);
        run(knows(&call(&canned, &account()), &OrderNumber::new(NUMBER).unwrap(), &update(true))).unwrap()
    };
    assert!(known("cancelled", "cancelled", "cancelled") && known("cancelled", "cancelled", "paid"));
    assert!(
        !known("open", "cancelled", "cancelled")
            && !known("cancelled", "open", "paid")
            && !known("cancelled", "cancelled", "open")
    );
}
