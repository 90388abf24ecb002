use super::super::harness_tests::{Canned, account, call, run};
use super::*;
use domain::CarrierId;

const LISTED: &str =
    r#"{"carriers":[{"code":"NL-POST","label":"PostNL"},{"code":"D1","label":"DHL eCommerce","standard_code":"dhl"}]}"#;

fn told(
    state: &str,
    carrier: Option<&str>,
    set: Option<(&str, &str)>,
    rest: &[(u16, &str)],
) -> (Result<Acknowledged>, Vec<String>) {
    let order = format!(r#"{{"orders":[{{"order_id":"A-1","order_state":"{state}"}}],"total_count":1}}"#);
    let canned = Canned::new(&[&[(200, order.as_str())], rest].concat());
    let mut account = account();
    account.settings.extend(set.map(|(name, code)| (name.to_owned(), code.to_owned())));
    let carrier = carrier.map(|word| CarrierId::new(word).unwrap());
    let tracking = carrier.as_ref().map(|_| "3S1".to_owned());
    let shipment = ShipmentUpdate { reference: "P".into(), lines: Vec::new(), carrier, tracking, completes: true };
    let told = run(tell(&call(&canned, &account), &OrderNumber::new("A-1").unwrap(), &shipment));
    (told, canned.asked())
}

#[test]
fn the_operators_own_list_says_which_code_a_carrier_has() {
    let rest = [(200, LISTED), (204, ""), (204, "")];
    for (word, set, body) in [
        ("postnl", None, r#"{"carrier_code":"NL-POST","tracking_number":"3S1"}"#),
        ("dhl", None, r#"{"carrier_code":"D1","tracking_number":"3S1"}"#),
        ("bike", None, r#"{"carrier_name":"bike","tracking_number":"3S1"}"#),
        ("bike", Some(("carrier.bike", "D1")), r#"{"carrier_code":"D1","tracking_number":"3S1"}"#),
    ] {
        let (done, asked) = told("SHIPPING", Some(word), set, &rest);
        assert_eq!(done.unwrap(), Acknowledged::Applied);
        assert_eq!(asked[2..], [format!("PUT /api/orders/A-1/tracking {body}"), "PUT /api/orders/A-1/ship".to_owned()], "{word}");
    }
    let (refused, asked) = told("SHIPPING", Some("bike"), Some(("carrier.bike", "X")), &rest);
    assert_eq!((refused.unwrap_err().kind, asked.len()), (ErrorKind::BadInput, 2), "nothing was told");
}

#[test]
fn nothing_is_sent_before_it_may_be_and_nothing_twice() {
    for (state, kind) in [
        ("WAITING_ACCEPTANCE", ErrorKind::Conflict),
        ("WAITING_DEBIT_PAYMENT", ErrorKind::Conflict),
        ("CANCELED", ErrorKind::Declined),
    ] {
        let (refused, asked) = told(state, None, None, &[]);
        assert_eq!((refused.unwrap_err().kind, asked.len()), (kind, 1), "{state}");
    }
    for state in ["SHIPPED", "RECEIVED"] {
        let (done, asked) = told(state, None, None, &[]);
        assert_eq!((done.unwrap(), asked.len()), (Acknowledged::Applied, 1), "{state}");
    }
    let (moved, _) = told("SHIPPING", None, None, &[(400, r#"{"error_code":"ORDER_INVALID_STATE","message":"x"}"#)]);
    assert_eq!(moved.unwrap_err().kind, ErrorKind::Conflict);
}
