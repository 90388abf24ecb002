//! What the marketplace keeps: offers with their figures and prices, and orders with their states.

use crate::simulated_channel::{Checkout, FarLine, FarOrder, FarParcel, NotSold, Setup};
use domain::{Ean, OrderNumber, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};

/// How long a debit takes. Invented.
const DEBIT: SignedDuration = SignedDuration::from_secs(2);
/// How long an order waits for the merchant's word. Invented: each operator has its own.
const PATIENCE: SignedDuration = SignedDuration::from_hours(48);

/// An offer.
#[derive(Debug, Clone)]
pub(super) struct Offer {
    pub(super) id: u64,
    pub(super) sku: Sku,
    pub(super) ean: Ean,
    pub(super) title: String,
    pub(super) units: i64,
    pub(super) price_cents: i64,
    pub(super) discount_cents: Option<i64>,
}

impl Offer {
    /// What it costs now.
    pub(super) fn cents(&self) -> i64 {
        self.discount_cents.unwrap_or(self.price_cents)
    }
}

/// A line of an order.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) offer: u64,
    /// As the offer was called when it was bought.
    pub(super) sku: Sku,
    pub(super) title: String,
    pub(super) units: i64,
    pub(super) unit_cents: i64,
    pub(super) shipping_cents: i64,
    pub(super) state: &'static str,
    /// What was cancelled of its price and of sending it.
    pub(super) cancelled: Option<(i64, i64, String, Timestamp)>,
}

impl Line {
    pub(super) fn is_void(&self) -> bool {
        matches!(self.state, "REFUSED" | "CANCELED")
    }
}

/// An order.
#[derive(Debug, Clone)]
pub(super) struct Order {
    pub(super) id: String,
    pub(super) created: Timestamp,
    pub(super) updated: Timestamp,
    pub(super) state: &'static str,
    pub(super) lines: Vec<Line>,
    pub(super) ship_to: String,
    pub(super) debit_due: Option<Timestamp>,
    pub(super) debited: Option<Timestamp>,
    pub(super) shipped: Option<Timestamp>,
    /// The carrier's code or name, and the code of the parcel.
    pub(super) tracking: Option<(Option<String>, Option<String>, Option<String>)>,
    /// It is told to nobody any more.
    pub(super) hidden: bool,
}

impl Order {
    /// All lines that are not void come into this state, and the order with them; without any, it is what they are.
    pub(super) fn become_all(&mut self, now: Timestamp, state: &'static str) {
        for line in self.lines.iter_mut().filter(|line| !line.is_void()) {
            line.state = state;
        }
        self.updated = now;
        let all = |void: &str| self.lines.iter().all(|line| line.state == void);
        self.state = match (all("REFUSED"), self.lines.iter().all(Line::is_void)) {
            (true, _) => "REFUSED",
            (false, true) => "CANCELED",
            (false, false) => state,
        };
    }
}

/// The shop.
#[derive(Debug)]
pub(super) struct Shop {
    pub(super) offers: Vec<Offer>,
    pub(super) orders: Vec<Order>,
    checkout: Checkout,
    pub(super) stock_writes: u64,
    pub(super) last_write: Option<(Sku, i64)>,
    pub(super) in_force: Vec<(Sku, Timestamp)>,
}

impl Shop {
    pub(super) fn new(setup: &Setup) -> Self {
        let offer = |(place, product): (u64, &crate::simulated_channel::ProductOnSale)| Offer {
            id: 3_000 + place,
            sku: product.sku.clone(),
            ean: product.ean.clone(),
            title: product.title.clone(),
            units: product.stock.units(),
            price_cents: product.price_cents,
            discount_cents: None,
        };
        Self {
            offers: (1..).zip(&setup.products).map(offer).collect(),
            orders: Vec::new(),
            checkout: setup.checkout,
            stock_writes: 0,
            last_write: None,
            in_force: Vec::new(),
        }
    }

    pub(super) fn offer(&self, sku: &Sku) -> Option<&Offer> {
        self.offers.iter().find(|offer| offer.sku == *sku)
    }

    pub(super) fn offer_mut(&mut self, sku: &Sku) -> Option<&mut Offer> {
        self.offers.iter_mut().find(|offer| offer.sku == *sku)
    }

    pub(super) fn order(&self, id: &str) -> Option<&Order> {
        self.orders.iter().find(|order| order.id == id && !order.hidden)
    }

    pub(super) fn order_mut(&mut self, id: &str) -> Option<&mut Order> {
        self.orders.iter_mut().find(|order| order.id == id && !order.hidden)
    }

    /// Debits what is due, and gives away what nobody accepted.
    pub(super) fn work(&mut self, now: Timestamp) {
        for order in &mut self.orders {
            if let Some(due) = order.debit_due.filter(|due| *due <= now) {
                order.debit_due = None;
                order.debited = Some(due);
                order.become_all(due, "SHIPPING");
            }
            if order.state == "WAITING_ACCEPTANCE" && now.duration_since(order.created) >= PATIENCE {
                order.become_all(now, "REFUSED");
            }
        }
    }

    pub(super) fn accepted(order: &mut Order, now: Timestamp) {
        order.become_all(now, "WAITING_DEBIT");
        order.debit_due = (order.state == "WAITING_DEBIT").then(|| now.saturating_add(DEBIT).unwrap_or(now));
    }

    pub(super) fn buy(&mut self, now: Timestamp, wanted: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        let number = self.orders.len() + 5_001;
        let id = format!("MK-{number}-A");
        let mut lines = Vec::new();
        for (sku, units) in wanted {
            let offer = self.offer(sku).ok_or(NotSold::Unknown)?;
            if offer.units < units.units() {
                return Err(NotSold::SoldOut);
            }
            lines.push(Line {
                id: format!("{id}-{}", lines.len() + 1),
                offer: offer.id,
                sku: sku.clone(),
                title: offer.title.clone(),
                units: units.units(),
                unit_cents: offer.cents(),
                shipping_cents: if lines.is_empty() { self.checkout.shipping_cents } else { 0 },
                state: "WAITING_ACCEPTANCE",
                cancelled: None,
            });
        }
        // The offer falls when it is bought, not when it is accepted.
        for (sku, units) in wanted {
            if let Some(offer) = self.offer_mut(sku) {
                offer.units -= units.units();
            }
        }
        let order = OrderNumber::new(id.as_str()).map_err(|_| NotSold::Unknown)?;
        self.orders.push(Order {
            id,
            created: now,
            updated: now,
            state: "WAITING_ACCEPTANCE",
            lines,
            ship_to: ship_to.to_owned(),
            debit_due: None,
            debited: None,
            shipped: None,
            tracking: None,
            hidden: false,
        });
        Ok(order)
    }

    /// Cancels lines, of which nothing was sent: by their places. Nothing comes back on sale by it. Nobody has seen that it does.
    pub(super) fn cancel(order: &mut Order, now: Timestamp, places: &[usize], reason: &str) {
        for place in places {
            if let Some(line) = order.lines.get_mut(*place) {
                line.cancelled = Some((line.unit_cents * line.units, line.shipping_cents, reason.to_owned(), now));
                line.state = "CANCELED";
            }
        }
        let state = order.state;
        order.become_all(now, state);
        if order.state == "CANCELED" {
            order.debit_due = None;
        }
    }

    pub(super) fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        let order = self.order(order.as_str())?;
        let units = |all: bool, line: &Line| if all { Quantity::clamped(line.units) } else { Quantity::ZERO };
        let sent = order.shipped.is_some();
        let line = |line: &Line| FarLine {
            ordered: units(true, line),
            cancelled: units(line.is_void(), line),
            shipped: units(sent && !line.is_void(), line),
            returned: Quantity::ZERO,
        };
        let parcel = || {
            let (carrier, _, tracking) = order.tracking.clone().unwrap_or_default();
            FarParcel { carrier, tracking, lines: std::collections::BTreeMap::new() }
        };
        Some(FarOrder {
            lines: order.lines.iter().map(|one| (one.sku.clone(), line(one))).collect(),
            parcels: if sent { vec![parcel()] } else { Vec::new() },
            obscured: false,
        })
    }
}
