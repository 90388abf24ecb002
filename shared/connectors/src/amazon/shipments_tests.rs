use super::super::harness_tests::{Canned, account, call, run};
use super::*;
use domain::{CarrierId, LineUnits, OrderLineId, Quantity};
use serde_json::Value;

fn parcel(reference: &str, carrier: Option<&str>, tracking: Option<&str>) -> ShipmentUpdate {
    ShipmentUpdate {
        reference: reference.into(),
        lines: vec![LineUnits { line: OrderLineId::new("70000000000001").unwrap(), units: Quantity::new(2).unwrap() }],
        carrier: carrier.map(|word| CarrierId::new(word).unwrap()),
        tracking: tracking.map(str::to_owned),
        completes: true,
    }
}

fn number() -> OrderNumber {
    OrderNumber::new("405-1111111-2222222").unwrap()
}

fn body_of(shipment: &ShipmentUpdate, set: Option<(&str, &str)>) -> Value {
    let mut account = account();
    account.settings.extend(set.map(|(name, code)| (name.to_owned(), code.to_owned())));
    let canned = Canned::new(&[(204, "")]);
    assert_eq!(run(tell(&call(&canned, &account), &number(), shipment)).unwrap(), Acknowledged::Applied);
    let asked = canned.asked().remove(0);
    let path = "POST /orders/v0/orders/405-1111111-2222222/shipmentConfirmation ";
    serde_json::from_str(asked.strip_prefix(path).unwrap()).unwrap()
}

#[test]
fn a_parcel_keeps_its_number_for_ever_and_another_has_another() {
    let first = body_of(&parcel("P1", Some("postnl"), Some("3STEST1")), None);
    let again = body_of(&parcel("P1", Some("postnl"), Some("3STEST9")), None);
    let second = body_of(&parcel("P2", Some("postnl"), Some("3STEST2")), None);
    let id = |body: &Value| body["packageDetail"]["packageReferenceId"].as_str().unwrap().to_owned();
    assert!(id(&first) == id(&again) && id(&first) != id(&second));
    assert!(id(&first).parse::<u32>().unwrap() > 0 && id(&first).bytes().all(|b| b.is_ascii_digit()));
    assert_eq!(id(&first), "309783578", "an order whose parcels were told before must find them again");
    assert_eq!(
        (&again["marketplaceId"], &again["packageDetail"]["trackingNumber"]),
        (&"A1805IZSGTT6HS".into(), &"3STEST9".into())
    );
    assert_eq!(again["packageDetail"]["orderItems"], serde_json::json!([{ "orderItemId": "70000000000001", "quantity": 2 }]));
}

#[test]
fn a_carrier_has_a_code_or_goes_by_its_name() {
    let told = |word: &str, set| {
        let detail = body_of(&parcel("P", Some(word), Some("T")), set)["packageDetail"].clone();
        (detail["carrierCode"].as_str().unwrap().to_owned(), detail["carrierName"].as_str().map(str::to_owned))
    };
    assert_eq!(told("dhl", None), ("DHL".to_owned(), None));
    assert_eq!(told("bike", None), ("Other".to_owned(), Some("bike".to_owned())));
    assert_eq!(told("bike", Some(("carrier.bike", "Fietskoeriers"))), ("Fietskoeriers".to_owned(), None));
}

#[test]
fn a_parcel_without_a_carrier_or_a_code_is_refused_before_any_call() {
    let account = account();
    for odd in [parcel("P", None, Some("T")), parcel("P", Some("dhl"), None), parcel("P", Some("dhl"), Some(""))] {
        let canned = Canned::new(&[]);
        let refused = run(tell(&call(&canned, &account), &number(), &odd)).unwrap_err();
        assert_eq!((refused.kind, canned.asked().len()), (ErrorKind::BadInput, 0));
    }
}

#[test]
fn a_refusal_is_understood_by_the_order_as_it_stands() {
    let refusal = (400, r#"{"errors":[{"code":"InvalidInput","message":"PackageToUpdateNotFound"}]}"#);
    let shipment = parcel("P1", Some("postnl"), Some("3STEST1"));
    let of = |status: &str, by: &str, packages: &str| {
        let order = format!(
            r#"{{"order":{{"orderId":"405-1111111-2222222","packages":{packages},
            "fulfillment":{{"fulfillmentStatus":"{status}","fulfilledBy":"{by}"}}}}}}"#
        );
        let (account, canned) = (account(), Canned::new(&[refusal, (200, &order)]));
        run(tell(&call(&canned, &account), &number(), &shipment)).map_err(|error| error.kind)
    };
    assert_eq!(of("PENDING", "MERCHANT", "[]"), Err(ErrorKind::Conflict), "it is told later");
    assert_eq!(of("CANCELLED", "MERCHANT", "[]"), Err(ErrorKind::Declined));
    assert_eq!(of("UNSHIPPED", "AMAZON", "[]"), Err(ErrorKind::Declined));
    assert_eq!(of("UNSHIPPED", "MERCHANT", "[]"), Err(ErrorKind::Declined));
    let known = format!(r#"[{{"packageReferenceId":"{}","trackingNumber":"3STEST1"}}]"#, package_number(&shipment));
    assert_eq!(of("SHIPPED", "MERCHANT", &known), Ok(Acknowledged::Applied));
}

#[test]
fn a_parcel_is_known_by_its_number_and_its_code() {
    let account = account();
    let shipment = parcel("P1", Some("postnl"), Some("3STEST1"));
    let known = |packages: &str| {
        let order = format!(r#"{{"order":{{"orderId":"405-1111111-2222222"{packages}}}}}"#);
        let canned = Canned::new(&[(200, &order)]);
        run(knows(&call(&canned, &account), &number(), &shipment)).map_err(|error| error.kind)
    };
    let package = |id: &str, code: &str| format!(r#","packages":[{{"packageReferenceId":"{id}","trackingNumber":"{code}"}}]"#);
    assert_eq!(known(&package(&package_number(&shipment), "3STEST1")), Ok(true));
    assert_eq!(known(&package(&package_number(&shipment), "3STEST0")), Ok(false), "it is to be put right");
    assert_eq!(known(&package("7", "3STEST1")), Ok(false));
    assert_eq!((known(""), known(r#","packages":7"#)), (Ok(false), Err(ErrorKind::Protocol)));
}
