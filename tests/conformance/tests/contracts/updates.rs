//! What the merchant did with orders and prices: what the connector tells of it.

use conformance::bench::{Bench, Subject, every_channel, named, units};
use conformance::wire::Exchange;
use domain::{
    CancelReason, CancellationUpdate, Currency, LineUnits, Money, OrderNumber, OrderUpdate, ReturnResolution, ReturnUpdate,
    ShipmentUpdate,
};
use engine::ConnectorClient;
use ports::{Acknowledged, Cancels, PriceWrite};
use testkit::run::finish;

/// Tells every kind of update once, asks whether it is known, and sets a price with and without what it was.
pub(super) fn exchanges(channel: &str) -> Vec<Exchange> {
    let channel = every_channel().into_iter().find(|c| c.descriptor().id == channel).unwrap();
    let subject = Subject::new(channel);
    let bench = subject.bench();
    let sold = || bench.buy(0, 3);
    let lines = |order: &OrderNumber, count| {
        let snapshot = bench.order(order).unwrap();
        vec![LineUnits { line: snapshot.lines[0].id.clone(), units: units(count) }]
    };
    let parcel = |order: &OrderNumber, reference: &str, count, completes| {
        let (reference, tracking) = (reference.to_owned(), Some(format!("3S{reference}")));
        let carrier = Some("postnl".parse().unwrap());
        OrderUpdate::Shipment(ShipmentUpdate { reference, lines: lines(order, count), carrier, tracking, completes })
    };
    let cancel = |order: &OrderNumber, count, whole_order| {
        let (lines, reason) = (lines(order, count), CancelReason::OutOfStock);
        OrderUpdate::Cancellation(CancellationUpdate { lines, reason, whole_order, restock: true })
    };
    let (sent, whole, part) = (sold(), sold(), sold());
    tell(&bench, &sent, &parcel(&sent, "P-1", 1, false));
    tell(&bench, &sent, &parcel(&sent, "P-2", 2, true));
    tell(&bench, &whole, &cancel(&whole, 3, true));
    if channel.fulfilment().unwrap().descriptor().cancels == Cancels::Units {
        tell(&bench, &part, &cancel(&part, 1, false));
    }
    for verdict in [ReturnResolution::Accepted, ReturnResolution::Rejected] {
        tell(
            &bench,
            &sent,
            &OrderUpdate::Return(ReturnUpdate { id: None, lines: lines(&sent, 1), resolution: verdict, beside: Vec::new() }),
        );
    }
    let money = |amount: &str| Money { amount: amount.parse().unwrap(), currency: Currency::new("EUR").unwrap() };
    for product in [0, 1] {
        let listing = bench.listing(product);
        let was = (product == 0).then(|| money("24.95"));
        let write = PriceWrite { offer: listing.offer, stock_reference: listing.stock_reference, price: money("19.95"), was };
        let world = bench.world();
        let priced = finish(async {
            let driver = ConnectorClient::open(&world, &bench.lookup, &named("one")).await?;
            driver.prices()?.call(|prices, call| prices.write_one(call, &write)).await
        });
        assert_eq!(priced.unwrap(), Acknowledged::Applied);
    }
    subject.log.all()
}

/// Tells it, and asks whether it is known, under the same operation id.
fn tell(bench: &Bench, order: &OrderNumber, update: &OrderUpdate) {
    bench.pass(1);
    let (operation, world) = (format!("{order} {update:?}"), bench.world());
    let known = finish(async {
        let driver = ConnectorClient::open(&world, &bench.lookup, &named("one")).await?;
        let told = driver.fulfilment()?.call_as(&operation, |fulfilment, call| fulfilment.tell(call, order, update)).await?;
        assert_eq!(told, Acknowledged::Applied, "{update:?}");
        driver.fulfilment()?.call_as(&operation, |fulfilment, call| fulfilment.knows(call, order, update)).await
    });
    assert_eq!(known.unwrap(), Some(true), "{update:?}");
}
