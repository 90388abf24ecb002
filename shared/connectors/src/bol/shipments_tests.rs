use super::super::Bol;
use super::super::harness_tests::{Canned, account, call, run, token};
use super::*;
use domain::{CarrierId, LineUnits, OrderLineId, OrderUpdate, Quantity};
use ports::{Account, Connector, Disposition};

const PENDING: &str = r#"{"processStatusId":"p-1","status":"PENDING"}"#;

fn parcel() -> ShipmentUpdate {
    ShipmentUpdate {
        reference: "parcel-1".into(),
        lines: vec![units("2012345678", 2), units("2012345679", 1), units("2012345680", 0), units("2012345678", 1)],
        carrier: Some(CarrierId::new("postnl").unwrap()),
        tracking: Some("3SABC123".into()),
        completes: false,
    }
}

fn units(line: &str, units: i64) -> LineUnits {
    LineUnits { line: OrderLineId::new(line).unwrap(), units: Quantity::clamped(units) }
}

fn told(parcel: ShipmentUpdate, account: &Account, answers: &[(u16, &str)]) -> (Result<Acknowledged>, Vec<String>) {
    let (http, token) = (Canned::new(answers), token());
    let number = OrderNumber::new("A2K8290LP8").unwrap();
    let result = run(Bol.fulfilment().unwrap().tell(&call(&http, account, &token), &number, &OrderUpdate::Shipment(parcel)));
    (result, http.asked())
}

fn known(answers: &[(u16, &str)]) -> (Result<Option<bool>>, Vec<String>) {
    let (http, account, token) = (Canned::new(answers), account(), token());
    let number = OrderNumber::new("A2K8290LP8").unwrap();
    let result = run(Bol.fulfilment().unwrap().knows(&call(&http, &account, &token), &number, &OrderUpdate::Shipment(parcel())));
    (result, http.asked())
}

#[test]
fn a_parcel_is_told_with_bols_code_its_tracking_and_the_units_of_each_line() {
    let (result, asked) = told(parcel(), &account(), &[(202, PENDING)]);
    assert_eq!(result.unwrap(), Acknowledged::Pending("p-1".into()));
    assert_eq!(
        asked,
        [concat!(
            r#"POST /retailer/shipments {"orderItems":[{"orderItemId":"2012345678","quantity":3},"#,
            r#"{"orderItemId":"2012345679","quantity":1}],"shipmentReference":"parcel-1","#,
            r#""transport":{"transporterCode":"TNT","trackAndTrace":"3SABC123"}}"#,
        )]
    );
}

#[test]
fn the_connections_own_code_goes_first_and_an_unknown_carrier_is_other() {
    let mut account = account();
    account.settings.insert("carrier.postnl".into(), "TNT-EXTRA".into());
    let (_, asked) = told(parcel(), &account, &[(202, PENDING)]);
    assert!(asked[0].contains(r#""transporterCode":"TNT-EXTRA""#), "{asked:?}");
    let own = ShipmentUpdate { carrier: Some(CarrierId::new("cargo-bike").unwrap()), tracking: Some(String::new()), ..parcel() };
    let (_, asked) = told(own, &account, &[(202, PENDING)]);
    assert!(asked[0].contains(r#""transport":{"transporterCode":"OTHER"}"#), "{asked:?}");
}

#[test]
fn what_bol_cannot_be_told_is_refused_before_any_call() {
    let many = (0..101).map(|n| units(&n.to_string(), 1)).collect();
    let wrong = [
        ("carrier", ShipmentUpdate { carrier: None, ..parcel() }),
        ("no units", ShipmentUpdate { lines: vec![units("1", 0)], ..parcel() }),
        ("at most 100 lines", ShipmentUpdate { lines: many, ..parcel() }),
        ("1 to 90 characters", ShipmentUpdate { reference: "x".repeat(91), ..parcel() }),
        ("1 to 90 characters", ShipmentUpdate { reference: String::new(), ..parcel() }),
    ];
    for (word, parcel) in wrong {
        let (result, asked) = told(parcel, &account(), &[]);
        let error = result.unwrap_err();
        assert_eq!((error.kind, asked.len()), (ErrorKind::BadInput, 0), "{word}");
        assert!(error.message.contains(word), "{}", error.message);
    }
}

#[test]
fn a_failure_of_the_proxy_is_unknown_and_a_refusal_is_not() {
    assert_eq!(told(parcel(), &account(), &[(500, "<html>")]).0.unwrap_err().disposition(), Disposition::ReadBack);
    let refused =
        told(parcel(), &account(), &[(400, r#"{"title":"Bad","violations":[{"name":"quantity","reason":"too small"}]}"#)]);
    let error = refused.0.unwrap_err();
    assert_eq!((error.kind, error.disposition()), (ErrorKind::Declined, Disposition::Park));
    assert!(error.message.contains("quantity: too small"));
}

#[test]
fn a_parcel_is_known_by_its_reference_on_any_page() {
    let others = r#"{"shipments":[{"shipmentId":"1","shipmentReference":"another"},{"shipmentId":"2"}]}"#;
    let ours = r#"{"shipments":[{"shipmentId":"3","shipmentReference":"parcel-1"}]}"#;
    let (result, asked) = known(&[(200, others), (200, ours)]);
    assert_eq!(result.unwrap(), Some(true));
    let page = |n: u32| format!("GET /retailer/shipments?order-id=A2K8290LP8&page={n}");
    assert_eq!(asked, [page(1), page(2)]);

    let (idle, done) = ((200, r#"{"processStatuses":[{"status":"FAILURE"}]}"#), (200, "{}"));
    let (result, asked) = known(&[(200, others), done, idle, done, done]);
    assert_eq!(result.unwrap(), Some(false));
    let about = |line: &str| format!("GET /shared/process-status?entity-id={line}&event-type=CREATE_SHIPMENT");
    assert_eq!(asked, [page(1), page(2), about("2012345678"), about("2012345679"), page(1)]);
    assert_eq!(known(&[done, idle, idle, (200, ours)]).0.unwrap(), Some(true), "done between the two looks");
}

#[test]
fn while_bol_is_at_work_nothing_is_said_yet_and_a_failed_page_is_an_error() {
    let busy = r#"{"processStatuses":[{"processStatusId":"p-1","status":"PENDING"}]}"#;
    let error = known(&[(200, "{}"), (200, busy)]).0.unwrap_err();
    assert_eq!((error.kind, error.disposition()), (ErrorKind::Conflict, Disposition::Retry));
    assert_eq!(known(&[(500, "")]).0.unwrap_err().kind, ErrorKind::Unavailable);
    assert_eq!(known(&[(200, r#"{"title":"Maintenance"}"#)]).0.unwrap_err().kind, ErrorKind::Protocol);
}
