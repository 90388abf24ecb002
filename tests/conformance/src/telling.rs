//! What a bench does about the later life of orders: tells the channel, waits for its verdict, and looks at the far side.

use crate::bench::{Bench, named, sku, units};
use connectors::simulated_channel::{FarLine, FarOrder};
use domain::{
    AcceptanceUpdate, AnnouncedReturn, CancelReason, CancellationUpdate, CarrierId, Currency, LineUnits, Listing, Money,
    OrderNumber, OrderUpdate, Quantity, ReturnId, ReturnResolution, ReturnUpdate, ShipmentUpdate,
};
use engine::ConnectorClient;
use ports::{Acknowledged, Error, PriceWrite, Result, ReturnPage, Status};
use testkit::run::finish;

/// Products by their number, and how many of each.
pub type Lines<'a> = &'a [(usize, i64)];

impl Bench {
    /// A customer buys several products in one order on `one`.
    pub fn buy_all(&self, lines: Lines<'_>, ship_to: &str) -> OrderNumber {
        let lines: Vec<_> = lines.iter().map(|(product, n)| (sku(*product), units(*n))).collect();
        self.on("one", |side, now| side.buy_all(now, &lines, ship_to)).unwrap()
    }

    /// An order as the far side of `one` sees it.
    pub fn far(&self, order: &OrderNumber) -> FarOrder {
        self.on("one", |side, _| side.far_order(order)).unwrap()
    }

    /// One line of it.
    pub fn far_line(&self, order: &OrderNumber, product: usize) -> FarLine {
        self.far(order).lines[&sku(product)]
    }

    /// The units of an order by the channel's ids of its lines.
    pub fn units_of(&self, order: &OrderNumber, lines: Lines<'_>) -> Vec<LineUnits> {
        self.accept(order);
        let read = self.patiently(|| self.order(order)).unwrap();
        let id = |product: usize| read.lines.iter().find(|l| l.sku.as_ref() == Some(&sku(product))).unwrap().id.clone();
        lines.iter().map(|(product, n)| LineUnits { line: id(*product), units: units(*n) }).collect()
    }

    /// Gives the merchant's word, where the channel waits for it: the whole order is accepted, and time passes until it may be sent.
    pub fn accept(&self, order: &OrderNumber) {
        if self.channel.acceptance().is_none() {
            return;
        }
        let read = self.patiently(|| self.order(order)).unwrap();
        if read.awaits_acceptance.is_none() {
            return;
        }
        let accepted = read.lines.iter().map(|line| line.id.clone()).collect();
        let update = AcceptanceUpdate { accepted, rejected: Vec::new() };
        let world = self.world();
        let told = finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.acceptance()?.call(|acceptance, call| acceptance.answer(call, order, &update)).await
        });
        assert_eq!(told.unwrap(), Acknowledged::Applied);
        self.pass(30);
        assert_eq!(self.patiently(|| self.order(order)).unwrap().awaits_acceptance, None);
    }

    /// A shipment by this carrier, `None` without one; its tracking code is made of its reference.
    pub fn parcel(
        &self,
        order: &OrderNumber,
        reference: &str,
        lines: Lines<'_>,
        carrier: Option<&str>,
        completes: bool,
    ) -> OrderUpdate {
        OrderUpdate::Shipment(ShipmentUpdate {
            reference: reference.to_owned(),
            lines: self.units_of(order, lines),
            carrier: carrier.map(|word| CarrierId::new(word).unwrap()),
            tracking: carrier.map(|_| tracking(reference)),
            completes,
        })
    }

    /// A cancellation, as the merchant means it by its reason.
    pub fn cancellation(&self, order: &OrderNumber, lines: Lines<'_>, reason: CancelReason, whole_order: bool) -> OrderUpdate {
        let (lines, restock) = (self.units_of(order, lines), !reason.is_not_there());
        OrderUpdate::Cancellation(CancellationUpdate { lines, reason, whole_order, restock })
    }

    /// A decision about returned units.
    pub fn decision(
        &self,
        order: &OrderNumber,
        id: Option<ReturnId>,
        lines: Lines<'_>,
        verdict: ReturnResolution,
    ) -> OrderUpdate {
        OrderUpdate::Return(ReturnUpdate { id, lines: self.units_of(order, lines), resolution: verdict, beside: Vec::new() })
    }

    /// Tells the channel once.
    pub fn tell(&self, order: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged> {
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.fulfilment()?.call(|fulfilment, call| fulfilment.tell(call, order, update)).await
        })
    }

    /// Tells the channel, with the patience it asks for, and waits for its verdict.
    pub fn told(&self, order: &OrderNumber, update: &OrderUpdate) -> Result<()> {
        let mut acknowledged = self.patiently(|| self.tell(order, update))?;
        for _ in 0..100 {
            let Acknowledged::Pending(status) = acknowledged else { return Ok(()) };
            self.pass(5);
            let world = self.world();
            acknowledged = self.patiently(|| {
                finish(async {
                    let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
                    driver.jobs()?.call(|jobs, call| jobs.status(call, &status)).await
                })
            })?;
        }
        panic!("the channel never says whether it was done")
    }

    /// Asks whether the channel knows of it, until it can say.
    pub fn knows(&self, order: &OrderNumber, update: &OrderUpdate) -> Option<bool> {
        let world = self.world();
        for _ in 0..100 {
            let asked = self.patiently(|| {
                finish(async {
                    let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
                    driver.fulfilment()?.call(|fulfilment, call| fulfilment.knows(call, order, update)).await
                })
            });
            match asked {
                Err(Error { status: Status::Temporary { .. }, .. }) => self.pass(5),
                other => return other.unwrap(),
            }
        }
        panic!("the channel never says whether it knows")
    }

    /// One page of returns.
    pub fn return_page(&self, page: Option<&str>) -> Result<ReturnPage> {
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.returns()?.call(|returns, call| returns.list(call, page)).await
        })
    }

    /// All returns that wait.
    pub fn waiting_returns(&self) -> Vec<AnnouncedReturn> {
        let (mut all, mut next) = (Vec::new(), None);
        for _ in 0..500 {
            let page = self.patiently(|| self.return_page(next.as_deref())).unwrap();
            all.extend(page.returns);
            next = page.next;
            if next.is_none() {
                return all;
            }
        }
        panic!("the returns never end")
    }

    /// Sets a price in cents, and waits until it is in force.
    pub fn write_price(&self, listing: &Listing, cents: i64) -> Result<Acknowledged> {
        let amount = format!("{}.{:02}", cents / 100, cents % 100).parse().unwrap();
        let write = PriceWrite {
            offer: listing.offer.clone(),
            stock_reference: listing.stock_reference.clone(),
            price: Money { amount, currency: Currency::new("EUR").unwrap() },
            was: None,
        };
        let world = self.world();
        finish(async {
            let driver = ConnectorClient::open(&world, &self.lookup, &named("one")).await?;
            driver.prices()?.call(|prices, call| prices.write_one(call, &write)).await
        })
        .and_then(|taken| self.in_force(taken))
    }

    /// A carrier the channel has a code for, or any where it takes any.
    pub fn carrier(&self) -> &'static str {
        self.channel.fulfilment().unwrap().descriptor().carriers.first().map_or("postnl", |(word, _)| *word)
    }
}

/// The tracking code of a shipment.
pub fn tracking(reference: &str) -> String {
    format!("3STEST{}", reference.replace('-', ""))
}

/// A line of which so many were ordered, cancelled, shipped and returned.
pub fn line(ordered: i64, cancelled: i64, shipped: i64, returned: i64) -> FarLine {
    let [ordered, cancelled, shipped, returned]: [Quantity; 4] = [ordered, cancelled, shipped, returned].map(units);
    FarLine { ordered, cancelled, shipped, returned }
}
