use super::super::Bol;
use super::super::harness_tests::{Canned, account, call, run, token};
use super::*;
use domain::{LineUnits, OrderUpdate};
use ports::{Connector, Disposition};

const PENDING: (u16, &str) = (202, r#"{"processStatusId":"p-1","status":"PENDING"}"#);
const NOTHING: (u16, &str) = (200, "{}");

/// An order whose lines have so many units ordered, shipped and cancelled.
fn order(lines: &[(&str, i64, i64, i64)]) -> String {
    let line = |(id, ordered, shipped, cancelled): &(&str, i64, i64, i64)| {
        format!(r#"{{"orderItemId":"{id}","quantity":{ordered},"quantityShipped":{shipped},"quantityCancelled":{cancelled}}}"#)
    };
    format!(r#"{{"orderId":"A2","orderItems":[{}]}}"#, lines.iter().map(line).collect::<Vec<_>>().join(","))
}

fn update(lines: &[(&str, i64)], reason: CancelReason) -> OrderUpdate {
    let line = |(id, units): &(&str, i64)| LineUnits { line: OrderLineId::new(*id).unwrap(), units: Quantity::clamped(*units) };
    OrderUpdate::Cancellation(CancellationUpdate {
        lines: lines.iter().map(line).collect(),
        reason,
        whole_order: false,
        restock: true,
    })
}

fn told(lines: &[(&str, i64)], answers: &[(u16, &str)]) -> (Result<Acknowledged>, Vec<String>) {
    let (http, account, token) = (Canned::new(answers), account(), token());
    let update = update(lines, CancelReason::OutOfStock);
    let result = run(Bol.fulfilment().unwrap().tell(&call(&http, &account, &token), &OrderNumber::new("A2").unwrap(), &update));
    (result, http.asked())
}

fn known(lines: &[(&str, i64)], answers: &[(u16, &str)]) -> Result<Option<bool>> {
    let (http, account, token) = (Canned::new(answers), account(), token());
    let update = update(lines, CancelReason::Other);
    run(Bol.fulfilment().unwrap().knows(&call(&http, &account, &token), &OrderNumber::new("A2").unwrap(), &update))
}

#[test]
fn each_line_is_cancelled_by_a_call_of_its_own() {
    let read = order(&[("1", 3, 0, 0), ("2", 2, 1, 0), ("3", 1, 0, 0)]);
    let second = (202, r#"{"processStatusId":"p-2","status":"PENDING"}"#);
    let (result, asked) = told(&[("1", 3), ("2", 1)], &[(200, &read), PENDING, second]);
    assert_eq!(result.unwrap(), Acknowledged::Pending("p-1 p-2".into()));
    let put = |id: &str| {
        format!(r#"PUT /retailer/orders/cancellation {{"orderItems":[{{"orderItemId":"{id}","reasonCode":"OUT_OF_STOCK"}}]}}"#)
    };
    assert_eq!(asked, ["GET /retailer/orders/A2".to_owned(), put("1"), put("2")]);
}

#[test]
fn fewer_units_than_are_open_are_refused_before_anything_is_changed() {
    let read = order(&[("1", 3, 0, 0), ("2", 2, 0, 0)]);
    let (result, asked) = told(&[("1", 3), ("2", 1)], &[(200, &read)]);
    let error = result.unwrap_err();
    assert_eq!((error.kind, asked.len()), (ErrorKind::BadInput, 1));
    assert!(
        error.message.contains("has 2 units open, not 1") && error.message.contains("send the others first"),
        "{}",
        error.message
    );
}

#[test]
fn what_was_sent_or_is_not_there_cannot_be_cancelled_and_what_is_cancelled_is_passed_over() {
    let read = order(&[("1", 3, 1, 0), ("2", 2, 2, 0), ("3", 2, 0, 2)]);
    for (line, units) in [("1", 3), ("2", 1)] {
        let error = told(&[(line, units)], &[(200, &read)]).0.unwrap_err();
        assert_eq!((error.kind, error.disposition()), (ErrorKind::Declined, Disposition::Park), "{line}");
    }
    assert_eq!(told(&[("9", 1)], &[(200, &read)]).0.unwrap_err().kind, ErrorKind::BadInput);
    assert_eq!(told(&[("1", 0)], &[]).0.unwrap_err().kind, ErrorKind::BadInput);
    assert_eq!(told(&[("3", 2)], &[(200, &read)]).0.unwrap(), Acknowledged::Applied);
    let (result, asked) = told(&[("1", 2), ("3", 2)], &[(200, &read), PENDING]);
    assert_eq!((result.unwrap(), asked.len()), (Acknowledged::Pending("p-1".into()), 2), "only the rest is told");
}

#[test]
fn a_refused_token_after_the_first_line_does_not_start_all_over() {
    let read = order(&[("1", 1, 0, 0), ("2", 1, 0, 0)]);
    let expired = (401, r#"{"title":"Expired JWT","status":401}"#);
    let error = told(&[("1", 1), ("2", 1)], &[(200, &read), PENDING, expired]).0.unwrap_err();
    assert_eq!((error.kind, error.disposition()), (ErrorKind::Unavailable, Disposition::ReadBack));
    let error = told(&[("1", 1), ("2", 1)], &[(200, &read), expired]).0.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Unauthorized, "nothing was taken: a new token, and once more");
}

#[test]
fn it_is_known_when_all_lines_are_cancelled_and_not_while_bol_is_at_work() {
    let (before, after) = (order(&[("1", 3, 1, 0), ("2", 1, 0, 1)]), order(&[("1", 3, 1, 2), ("2", 1, 0, 1)]));
    let wanted = &[("1", 2), ("2", 1)];
    assert_eq!(known(wanted, &[(200, &after)]).unwrap(), Some(true));
    assert_eq!(known(wanted, &[(200, &before), NOTHING, (200, &before)]).unwrap(), Some(false));
    assert_eq!(known(wanted, &[(200, &before), NOTHING, (200, &after)]).unwrap(), Some(true));
    let busy = r#"{"processStatuses":[{"status":"PENDING"},{"status":"FAILURE"}]}"#;
    let error = known(wanted, &[(200, &before), (200, busy)]).unwrap_err();
    assert_eq!((error.kind, error.disposition()), (ErrorKind::Conflict, Disposition::Retry));
    let shipped = order(&[("1", 3, 3, 0), ("2", 1, 0, 1)]);
    assert_eq!(known(wanted, &[(200, &shipped), NOTHING, (200, &shipped)]).unwrap(), Some(false), "sent is not cancelled");
}

#[test]
fn every_reason_has_a_code_of_its_own() {
    use CancelReason::{CustomerRequest, Damaged, NotFound, OrderedTwice, Other, OutOfStock, TooLate, WrongPrice};
    let reasons = [OutOfStock, CustomerRequest, Damaged, WrongPrice, TooLate, OrderedTwice, NotFound, Other];
    let codes: std::collections::BTreeSet<_> = reasons.map(code).into();
    assert_eq!(codes.len(), reasons.len());
}
