//! What is on sale, bol's own counter for it, and what is done to orders, whoever does it.

use super::answers::{scrambled, uuid};
use super::invoices::Books;
use super::offers::Offer;
use super::orders::{Item, Order};
use super::parcels::Parcel;
use super::returns::Return;
use crate::simulated_channel::{FarLine, FarOrder, FarParcel, NotSold, ProductOnSale, Setup};
use bytes::Bytes;
use domain::{OrderNumber, Quantity, Sku};
use jiff::Timestamp;
use std::collections::BTreeMap;

/// Where bol delivers.
pub(super) const COUNTRIES: [&str; 2] = ["NL", "BE"];

/// A line by its place: the order's and the line's in it.
pub(super) type Place = (usize, usize);

/// Something bol has taken and does a little later.
pub(super) enum Job {
    /// A shipment; lines without units are sent as far as they are open.
    Ship { items: Vec<(String, Option<i64>)>, reference: String, carrier: Option<String>, tracking: Option<String> },
    /// All that is open of a line will not be sent.
    Cancel { item: String },
    /// A decision about an announced return.
    Decide { rma: String, result: String, units: i64 },
    /// A return nobody announced, with its decision.
    Register { item: String, result: String, units: i64 },
    /// An invoice for a shipment.
    Invoice { shipment: String, name: String, file: Bytes },
}

/// The shop.
pub(super) struct Shop {
    pub(super) seed: u64,
    pub(super) offers: Vec<Offer>,
    pub(super) orders: Vec<Order>,
    pub(super) parcels: Vec<Parcel>,
    pub(super) returns: Vec<Return>,
    pub(super) invoices: Books,
    pub(super) stock_writes: u64,
    pub(super) last_write: Option<(usize, i64)>,
}

impl Shop {
    pub(super) fn new(setup: &Setup) -> Self {
        let offer = |(n, product): (u64, &ProductOnSale)| Offer::new(uuid(setup.seed, product.sku.as_str(), n), product.clone());
        Self {
            seed: setup.seed,
            offers: (0..).zip(&setup.products).map(offer).collect(),
            orders: Vec::new(),
            parcels: Vec::new(),
            returns: Vec::new(),
            invoices: Books::default(),
            stock_writes: 0,
            last_write: None,
        }
    }

    fn index(&self, sku: &Sku) -> Option<usize> {
        self.offers.iter().position(|o| o.product.sku == *sku)
    }

    pub(super) fn shown(&self, sku: &Sku) -> Option<i64> {
        self.offers.get(self.index(sku)?).map(Offer::corrected)
    }

    pub(super) fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.offers.get(self.index(sku)?).map(|o| o.product.price_cents)
    }

    pub(super) fn last_stock_write(&self) -> Option<(Sku, i64)> {
        let (index, amount) = self.last_write?;
        self.offers.get(index).map(|o| (o.product.sku.clone(), amount))
    }

    pub(super) fn numbers(&self) -> Vec<OrderNumber> {
        self.orders.iter().map(|o| o.number.clone()).collect()
    }

    /// All of it or nothing; an offer that is on several lines must cover them together.
    pub(super) fn buy(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        let country = COUNTRIES.iter().find(|c| **c == ship_to).ok_or(NotSold::Unknown)?;
        let mut wanted: BTreeMap<usize, i64> = BTreeMap::new();
        for (sku, quantity) in lines {
            *wanted.entry(self.index(sku).ok_or(NotSold::Unknown)?).or_default() += quantity.units();
        }
        let covered = |(index, units): (&usize, &i64)| self.offers.get(*index).is_some_and(|o| o.corrected() >= *units);
        if lines.is_empty() || lines.iter().any(|(_, q)| q.is_zero()) || !wanted.iter().all(covered) {
            return Err(NotSold::SoldOut);
        }
        let count = self.orders.len() as u64 + 1;
        // Letters and digits, as bol's newer numbers; the count keeps them apart.
        let scramble = scrambled(self.seed, "order", count).to_uppercase();
        let text = format!("C{}{count:06}", scramble.get(..3).unwrap_or_default());
        let number = OrderNumber::new(text).map_err(|_| NotSold::Unknown)?;
        let before: usize = self.orders.iter().map(|o| o.items.len()).sum();
        let mut items = Vec::new();
        for (nth, (sku, quantity)) in (1..).zip(lines) {
            let offer = self.index(sku).ok_or(NotSold::Unknown)?;
            items.push(Item {
                id: (2_000_000_000 + before + nth).to_string(),
                offer,
                sku: sku.clone(),
                quantity: quantity.units(),
                shipped: 0,
                cancelled: 0,
                price_cents: self.offers.get(offer).map_or(0, |o| o.product.price_cents),
                asked: false,
                changed_at: now,
            });
        }
        for (index, units) in wanted {
            if let Some(offer) = self.offers.get_mut(index) {
                offer.sold_since += units;
                offer.open += units;
            }
        }
        self.orders.push(Order { number: number.clone(), ship_to: country, placed_at: now, items, forgotten: false });
        Ok(number)
    }

    /// The line of this id.
    pub(super) fn place(&self, item: &str) -> Option<Place> {
        let mut orders = self.orders.iter().enumerate();
        orders.find_map(|(order, o)| Some((order, o.items.iter().position(|i| i.id == item)?)))
    }

    pub(super) fn item(&self, (order, item): Place) -> Option<&Item> {
        self.orders.get(order)?.items.get(item)
    }

    /// The line of an order that has this product and of which enough can be done.
    pub(super) fn find(&self, number: &OrderNumber, sku: &Sku, enough: impl Fn(&Self, Place) -> bool) -> Option<Place> {
        let order = self.orders.iter().position(|o| o.number == *number)?;
        let items = self.orders.get(order)?.items.iter().enumerate();
        items.filter(|(_, i)| i.sku == *sku).map(|(item, _)| (order, item)).find(|place| enough(self, *place))
    }

    pub(super) fn open(&self, place: Place) -> i64 {
        self.item(place).map_or(0, Item::open)
    }

    /// Units of a line leave, or will not: either way they are no longer open.
    pub(super) fn handle(&mut self, now: Timestamp, (order, item): Place, shipped: i64, cancelled: i64) {
        let Some(line) = self.orders.get_mut(order).and_then(|o| o.items.get_mut(item)) else { return };
        line.shipped += shipped;
        line.cancelled += cancelled;
        line.asked = line.asked && line.open() > 0;
        line.changed_at = now;
        if let Some(offer) = self.offers.get_mut(line.offer) {
            offer.open -= shipped + cancelled;
            if order >= offer.orders_before {
                offer.sold_since -= cancelled;
            }
        }
    }

    /// A line of which nothing was handled becomes another offer. False if there is none.
    pub(super) fn change_product(&mut self, now: Timestamp, number: &OrderNumber, from: &Sku, to: &Sku) -> bool {
        let Some(offer) = self.index(to) else { return false };
        let Some((order, item)) = self.find(number, from, Self::untouched) else { return false };
        let Some(line) = self.orders.get_mut(order).and_then(|o| o.items.get_mut(item)) else { return false };
        let (was, units) = (std::mem::replace(&mut line.offer, offer), line.quantity);
        (line.sku, line.changed_at) = (to.clone(), now);
        self.sold_more(was, order, -units);
        self.sold_more(offer, order, units);
        true
    }

    /// A line of which nothing was handled becomes one of so many units, and its time of change stays. False if there is none.
    pub(super) fn change_silently(&mut self, number: &OrderNumber, sku: &Sku, units: i64) -> bool {
        let Some((order, item)) = self.find(number, sku, Self::untouched) else { return false };
        let Some(line) = self.orders.get_mut(order).and_then(|o| o.items.get_mut(item)) else { return false };
        let (offer, more) = (line.offer, units - std::mem::replace(&mut line.quantity, units));
        self.sold_more(offer, order, more);
        true
    }

    fn untouched(&self, place: Place) -> bool {
        self.item(place).is_some_and(|item| item.open() == item.quantity)
    }

    /// So many more units of an order are of an offer.
    fn sold_more(&mut self, offer: usize, order: usize, units: i64) {
        if let Some(offer) = self.offers.get_mut(offer) {
            offer.open += units;
            offer.sold_since += if order >= offer.orders_before { units } else { 0 };
        }
    }

    pub(super) fn forget(&mut self, number: &OrderNumber) -> bool {
        let found = self.orders.iter_mut().find(|o| o.number == *number);
        found.map(|order| order.forgotten = true).is_some()
    }

    /// An order of which nothing was handled is shipped or cancelled whole.
    pub(super) fn close(&mut self, now: Timestamp, number: &OrderNumber, ship: bool) -> bool {
        let untouched = |o: &Order| o.number == *number && o.items.iter().all(|i| i.open() == i.quantity);
        let Some(order) = self.orders.iter().position(untouched) else { return false };
        let items = self.orders.get(order).map_or(0, |o| o.items.len());
        let units: Vec<(Place, i64)> = (0..items).map(|i| (order, i)).map(|p| (p, self.open(p))).collect();
        if ship {
            self.send(now, &units, String::new(), None, None);
        } else {
            for (place, units) in units {
                self.handle(now, place, 0, units);
            }
        }
        true
    }

    /// The customer asks for what is still open to be cancelled.
    pub(super) fn ask_to_cancel(&mut self, now: Timestamp, number: &OrderNumber) -> bool {
        let order = self.orders.iter_mut().find(|o| o.number == *number);
        let mut asked = false;
        for item in order.into_iter().flat_map(|o| &mut o.items).filter(|i| i.open() > 0) {
            item.asked = true;
            item.changed_at = now;
            asked = true;
        }
        asked
    }

    /// Does what was taken before. Answers what it made, or why it cannot be done.
    pub(super) fn work(&mut self, now: Timestamp, job: Job) -> Result<Option<String>, String> {
        match job {
            Job::Ship { items, reference, carrier, tracking } => {
                self.ship(now, &items, reference, carrier, tracking).map(|()| None)
            }
            Job::Cancel { item } => {
                let place = self.place(&item).ok_or("There is no such order item.")?;
                let open = self.open(place);
                if open == 0 {
                    return Err("The order item has already been handled.".into());
                }
                self.handle(now, place, 0, open);
                Ok(None)
            }
            Job::Invoice { shipment, name, file } => self.take_invoice(now, &shipment, name, file).map(|()| None),
            Job::Decide { rma, result, units } => self.decide(now, &rma, result, units).map(|()| None),
            Job::Register { item, result, units } => {
                let place = self.place(&item).ok_or("There is no such order item.")?;
                self.register(now, place, units, Some(result)).map(Some).ok_or_else(|| "More than was shipped.".into())
            }
        }
    }

    /// The order a job is about.
    pub(super) fn about(&self, job: &Job) -> Option<OrderNumber> {
        let item = match job {
            Job::Ship { items, .. } => &items.first()?.0,
            Job::Cancel { item } => item,
            // bol's orders say nothing of returns and invoices.
            Job::Decide { .. } | Job::Register { .. } | Job::Invoice { .. } => return None,
        };
        self.orders.get(self.place(item)?.0).map(|o| o.number.clone())
    }

    pub(super) fn far_order(&self, number: &OrderNumber) -> Option<FarOrder> {
        let index = self.orders.iter().position(|o| o.number == *number)?;
        let mut far = FarOrder::default();
        for (nth, item) in self.orders.get(index)?.items.iter().enumerate() {
            let line: &mut FarLine = far.lines.entry(item.sku.clone()).or_default();
            let add = |sum: &mut Quantity, units: i64| *sum = sum.plus(Quantity::clamped(units));
            add(&mut line.ordered, item.quantity);
            add(&mut line.cancelled, item.cancelled);
            add(&mut line.shipped, item.shipped);
            add(&mut line.returned, self.given_back((index, nth)));
        }
        for parcel in self.parcels.iter().filter(|p| p.order == index) {
            let mut lines: BTreeMap<Sku, Quantity> = BTreeMap::new();
            for (place, units) in &parcel.items {
                let Some(item) = self.item(*place) else { continue };
                let sum = lines.entry(item.sku.clone()).or_default();
                *sum = sum.plus(Quantity::clamped(*units));
            }
            far.parcels.push(FarParcel { carrier: parcel.carrier.clone(), tracking: parcel.tracking.clone(), lines });
        }
        Some(far)
    }

    pub(super) fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        if let Some(index) = self.index(sku) {
            self.set(now, index, Some(quantity.units()), None);
        }
    }

    pub(super) fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        if let Some(offer) = self.index(sku).and_then(|index| self.offers.get_mut(index)) {
            offer.product.sku = to.clone();
            offer.modified_at = Some(now);
        }
    }
}
