use super::super::Bol;
use super::super::harness_tests::{Canned, account, call, run, token};
use super::*;
use domain::{Currency, OfferId};
use ports::{Connector, Disposition};

const OFFER: &str = "6ff736b5-cdd0-4150-8c67-78269ee986f5";
const DONE: (u16, &str) = (204, "");

/// An offer with this stock and these prices.
fn offer(stock: &str, prices: &str) -> String {
    format!(r#"{{"offerId":"{OFFER}","fulfilment":{{"method":"FBR"}}{stock},"pricing":{{"bundlePrices":[{prices}]}}}}"#)
}

const STOCK: &str = r#","stock":{"amount":7,"correctedStock":5,"managedByRetailer":true}"#;
const SINGLE: &str = r#"{"quantity":1,"unitPrice":12.05}"#;

fn price(amount: &str, currency: &str) -> PriceWrite {
    let money = |a: &str| Money { amount: a.parse().unwrap(), currency: Currency::new(currency).unwrap() };
    let offer = OfferId::new(OFFER).unwrap();
    PriceWrite { stock_reference: offer.to_string(), offer, price: money(amount), was: Some(money("99.99")) }
}

fn written(write: &PriceWrite, account: &Account, answers: &[(u16, &str)]) -> (Result<Acknowledged>, Vec<String>) {
    let (http, token) = (Canned::new(answers), token());
    let result = run(Bol.prices().unwrap().write_one(&call(&http, account, &token), write));
    (result, http.asked())
}

fn patch(body: &str) -> [String; 2] {
    [format!("GET /retailer/offers/{OFFER}"), format!("PATCH /retailer/offers/{OFFER} {body}")]
}

#[test]
fn the_stock_goes_along_as_it_is_shown() {
    let (result, asked) = written(&price("14.50", "EUR"), &account(), &[(200, &offer(STOCK, SINGLE)), DONE]);
    assert_eq!(result.unwrap(), Acknowledged::Applied);
    let body = r#"{"stock":{"amount":5,"managedByRetailer":true},"pricing":{"bundlePrices":[{"quantity":1,"unitPrice":14.5}]}}"#;
    assert_eq!(asked, patch(body));
}

#[test]
fn without_stock_where_it_would_change_what_bol_counts_or_the_setting_says_so() {
    let alone = r#"{"pricing":{"bundlePrices":[{"quantity":1,"unitPrice":14.95}]}}"#;
    let counts = r#","stock":{"amount":7,"correctedStock":5,"managedByRetailer":false}"#;
    for stock in [counts, ""] {
        let (_, asked) = written(&price("14.95", "EUR"), &account(), &[(200, &offer(stock, SINGLE)), DONE]);
        assert_eq!(asked, patch(alone));
    }
    let mut account = account();
    account.settings.insert("price_with_stock".into(), "no".into());
    assert_eq!(written(&price("14.95", "EUR"), &account, &[(200, &offer(STOCK, SINGLE)), DONE]).1, patch(alone));
    account.settings.insert("price_with_stock".into(), "perhaps".into());
    let error = written(&price("14.95", "EUR"), &account, &[]).0.unwrap_err();
    assert_eq!(error.kind, ErrorKind::Configuration);
}

#[test]
fn prices_for_larger_quantities_stay_and_none_is_passed_by_the_single_one() {
    let tiers = r#"{"quantity":1,"unitPrice":12.05},{"quantity":3,"unitPrice":11.90},{"quantity":6,"unitPrice":1.1e1}"#;
    let read = offer("", tiers);
    let (_, asked) = written(&price("12", "EUR"), &account(), &[(200, &read), DONE]);
    let body = r#"{"pricing":{"bundlePrices":[{"quantity":1,"unitPrice":12},{"quantity":3,"unitPrice":11.90},"#;
    assert_eq!(asked, patch(&format!(r#"{body}{{"quantity":6,"unitPrice":1.1e1}}]}}}}"#)));
    let (result, asked) = written(&price("11.90", "EUR"), &account(), &[(200, &read)]);
    let error = result.unwrap_err();
    assert_eq!((error.kind, asked.len()), (ErrorKind::BadInput, 1));
    assert!(error.message.contains("11.90 from 3 units"), "{}", error.message);
}

#[test]
fn a_price_that_is_there_is_not_written_again() {
    let (result, asked) = written(&price("12.0500", "EUR"), &account(), &[(200, &offer(STOCK, SINGLE))]);
    assert_eq!((result.unwrap(), asked.len()), (Acknowledged::Applied, 1));
}

#[test]
fn what_bol_does_not_take_is_refused_before_any_call() {
    for (amount, currency) in [("0.99", "EUR"), ("9999.01", "EUR"), ("1.005", "EUR"), ("-5", "EUR"), ("12", "USD")] {
        let (result, asked) = written(&price(amount, currency), &account(), &[]);
        assert_eq!((result.unwrap_err().kind, asked.len()), (ErrorKind::BadInput, 0), "{amount} {currency}");
    }
    assert!(checked(&price("1", "EUR").price).is_ok() && checked(&price("9999", "EUR").price).is_ok());
}

#[test]
fn what_bol_ships_itself_is_left_alone_and_any_answer_but_204_is_read_back() {
    let fbb = format!(r#"{{"offerId":"{OFFER}","fulfilment":{{"method":"FBB"}}}}"#);
    assert_eq!(written(&price("12", "EUR"), &account(), &[(200, &fbb)]).0.unwrap_err().kind, ErrorKind::Declined);
    let read = offer(STOCK, SINGLE);
    for answer in [(200, "{}"), (500, "<html>")] {
        let error = written(&price("12", "EUR"), &account(), &[(200, &read), answer]).0.unwrap_err();
        assert_eq!(error.disposition(), Disposition::ReadBack, "{answer:?}");
    }
    let conflict = written(&price("12", "EUR"), &account(), &[(200, &read), (409, "{}")]).0.unwrap_err();
    assert_eq!((conflict.kind, conflict.disposition()), (ErrorKind::Conflict, Disposition::Retry));
}
