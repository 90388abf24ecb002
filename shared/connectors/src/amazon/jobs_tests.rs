use super::super::harness_tests::{Canned, account, call, now, run};
use super::*;
use domain::{Currency, Money, OfferId, Quantity};
use ports::{Jobs as _, PriceWrite, Prices as _, Status, StockLevels as _, StockWrite};

const CODE: &str = "TEA/GREEN 50%";

fn write(units: i64) -> StockWrite {
    StockWrite {
        offer: OfferId::new(CODE).unwrap(),
        stock_reference: CODE.to_owned(),
        quantity: Quantity::new(units).unwrap(),
        from: None,
        places: Vec::new(),
        start_tracking: false,
    }
}

fn item(channel: &str, units: i64, more: &str) -> String {
    format!(r#"{{"sku":"{CODE}","fulfillmentAvailability":[{{"fulfillmentChannelCode":"{channel}","quantity":{units}}}]{more}}}"#)
}

#[test]
fn a_figure_is_merged_into_the_merchants_own_offer_and_waits() {
    let taken = r#"{"sku":"TEA","status":"ACCEPTED","submissionId":"1","issues":[]}"#;
    let (account, canned) = (account(), Canned::new(&[(200, &item("DEFAULT", 3, "")), (200, taken)]));
    let told = run(stock::Capability.write_one(&call(&canned, &account), &write(7))).unwrap();
    assert_eq!(told, Acknowledged::Pending(format!("stock|{}|7|{CODE}", now().as_second())));
    let body = r#"{"productType":"PRODUCT","patches":[{"op":"merge","path":"/attributes/fulfillment_availability","value":[{"fulfillment_channel_code":"DEFAULT","quantity":7}]}]}"#;
    let path = "/listings/2021-08-01/items/A1SELLER/TEA%2FGREEN%2050%25?marketplaceIds=A1805IZSGTT6HS";
    assert_eq!(canned.asked()[1], format!("PATCH {path} {body}"));
}

#[test]
fn an_offer_that_amazon_sends_is_never_told_a_figure() {
    let (account, canned) = (account(), Canned::new(&[(200, &item("AMAZON_EU", 3, ""))]));
    let refused = run(stock::Capability.write_one(&call(&canned, &account), &write(7))).unwrap_err();
    assert_eq!((refused.kind, canned.asked().len()), (ErrorKind::Conflict, 1), "looked at, and not written");
}

#[test]
fn an_invalid_change_names_the_item_and_what_is_wrong_with_it() {
    let invalid = r#"{"sku":"T","status":"INVALID","submissionId":"1","issues":[
        {"code":"4000001","message":"Quantity is too large","severity":"ERROR","attributeNames":["fulfillment_availability"]},
        {"code":"1","message":"Only a warning","severity":"WARNING"}]}"#;
    let (account, canned) = (account(), Canned::new(&[(200, &item("DEFAULT", 3, "")), (200, invalid)]));
    let refused = run(stock::Capability.write_one(&call(&canned, &account), &write(7))).unwrap_err();
    assert_eq!((refused.kind, refused.status), (ErrorKind::Declined, Status::Permanent));
    assert!(refused.message.contains(CODE) && refused.message.contains("Quantity is too large (4000001)"), "{refused:?}");
    assert!(!refused.message.contains("warning"), "{refused:?}");
    for untold in ["{}", "<html>", r#"{"status":"SOMETHING"}"#] {
        let canned = Canned::new(&[(200, &item("DEFAULT", 3, "")), (200, untold)]);
        let error = run(stock::Capability.write_one(&call(&canned, &account), &write(7))).unwrap_err();
        assert_eq!(error.status, Status::Unknown, "{untold}: it may have been taken");
    }
}

#[test]
fn accepted_is_not_in_force_until_the_listing_shows_it() {
    let account = account();
    let ask = |body: &str, minutes: i64| {
        let canned = Canned::new(&[(200, body)]);
        let later = Call { now: now() + SignedDuration::from_mins(minutes), ..call(&canned, &account) };
        run(Capability.status(&later, &format!("stock|{}|7|{CODE}", now().as_second())))
    };
    assert!(matches!(ask(&item("DEFAULT", 3, ""), 5), Ok(Acknowledged::Pending(_))));
    assert_eq!(ask(&item("DEFAULT", 7, ""), 5).unwrap(), Acknowledged::Applied);
    assert_eq!(ask(&item("DEFAULT", 3, ""), 15).unwrap_err().kind, ErrorKind::NotFound, "nobody knows any more");
    let issue = |attribute: &str| {
        format!(r#","issues":[{{"code":"9","message":"no","severity":"ERROR","attributeNames":["{attribute}"]}}]"#)
    };
    assert_eq!(ask(&item("DEFAULT", 3, &issue(stock::ATTRIBUTE)), 5).unwrap_err().kind, ErrorKind::Declined);
    assert!(ask(&item("DEFAULT", 3, &issue("main_image")), 5).is_ok(), "what is wrong with a picture is no answer to this");
}

#[test]
fn a_price_is_in_force_once_everybody_is_asked_it() {
    let account = account();
    let price = PriceWrite {
        offer: OfferId::new(CODE).unwrap(),
        stock_reference: CODE.to_owned(),
        price: Money { amount: "17.50".parse().unwrap(), currency: Currency::new("EUR").unwrap() },
        was: None,
    };
    let canned = Canned::new(&[(200, r#"{"status":"ACCEPTED"}"#)]);
    let Acknowledged::Pending(status) = run(prices::Capability.write_one(&call(&canned, &account), &price)).unwrap() else {
        panic!("it waits")
    };
    assert!(canned.asked()[0].contains(r#""our_price":[{"schedule":[{"value_with_tax":17.50}]}]"#), "{:?}", canned.asked());
    let offers = |kind: &str, price: &str| {
        let offers = format!(
            r#","offers":[{{"marketplaceId":"A1805IZSGTT6HS","offerType":"{kind}","price":{{"amount":"{price}","currencyCode":"EUR"}}}}]"#
        );
        let canned = Canned::new(&[(200, &item("DEFAULT", 3, &offers))]);
        run(Capability.status(&call(&canned, &account), &status)).unwrap()
    };
    assert_eq!(offers("B2C", "17.5"), Acknowledged::Applied);
    assert!(
        matches!(offers("B2C", "19.95"), Acknowledged::Pending(_)) && matches!(offers("B2B", "17.50"), Acknowledged::Pending(_))
    );
    let pounds = PriceWrite { price: Money { currency: Currency::new("GBP").unwrap(), ..price.price.clone() }, ..price };
    let refused = run(prices::Capability.write_one(&call(&Canned::new(&[]), &account), &pounds)).unwrap_err();
    assert_eq!(refused.kind, ErrorKind::Declined);
}
