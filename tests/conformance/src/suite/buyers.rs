//! Who bought an order.

use crate::bench::{Subject, sku, units};
use connectors::simulated_channel::CUSTOMER;
use domain::OrderNumber;
use ports::ErrorKind;

pub(super) fn who_bought_is_told_on_request_and_never_shown(subject: &Subject) {
    let bench = subject.bench();
    let order = bench.buy_all(&[(0, 1), (1, 2)], "BE");
    bench.accept(&order);
    let buyer = bench.patiently(|| bench.buyer(&order)).unwrap();
    assert!(CUSTOMER.words().iter().all(|word| !format!("{buyer:?}").contains(word)), "nothing of the customer");
    let told = buyer.expose();
    let (bill, parcel) = (told.billing.as_ref().unwrap(), told.shipping.as_ref().unwrap());
    for address in [bill, parcel] {
        assert_eq!(address.name, format!("{} {}", CUSTOMER.first_name, CUSTOMER.last_name));
        assert!(address.lines.concat().contains(CUSTOMER.street), "{}", address.lines.len());
        assert_eq!((address.postcode.as_deref(), address.city.as_deref()), (Some(CUSTOMER.postcode), Some(CUSTOMER.city)));
    }
    assert_eq!(parcel.country.as_ref().map(domain::Country::as_str), Some("BE"), "where the goods go");
    assert_eq!((told.email.as_deref(), told.phone.as_deref()), (Some(CUSTOMER.email), Some(CUSTOMER.phone)));
    // The order itself tells nothing of it, in whatever state.
    bench.on("one", |side, now| side.ship_there(now, &order, &sku(0), units(1)));
    let read = bench.patiently(|| bench.order(&order)).unwrap();
    let shown = format!("{read:?}{}", serde_json::to_string(&read).unwrap());
    assert!(CUSTOMER.words().iter().all(|word| !shown.contains(word)), "{shown}");
    let nobody = OrderNumber::new("987654321").unwrap();
    let error = bench.patiently(|| bench.buyer(&nobody)).map(drop).unwrap_err();
    assert_eq!(error.kind, ErrorKind::NotFound, "{error:?}");
    let descriptor = subject.channel.billing().unwrap().descriptor();
    assert!((30..=365).contains(&descriptor.keeps_days), "{}: the rule of a channel is stated", subject.descriptor().id);
}
