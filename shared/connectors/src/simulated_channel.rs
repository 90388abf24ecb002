//! The far side: what a simulator of a channel can do. Each channel's `sim.rs` implements it faithfully, faults included.
//!
//! A simulator is a plain state machine: it is given the time, answers bytes with bytes, and never waits. `infra/local` serves it
//! over loopback HTTP, the tests call it directly.

mod plugins;

pub use plugins::{Dating, FarPlugins, Spoilt};

use crate::wire_text;
use domain::{Ean, LocationId, OrderNumber, Quantity, Sku};
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response, Secret};
use std::collections::{BTreeMap, VecDeque};

/// How a simulated shop is set up.
#[derive(Debug, Clone)]
pub struct Setup {
    /// Where it is served, as the connector's `base_url`, without a slash at the end.
    pub base_url: String,
    /// What a caller must present: the credentials of the connector's `Descriptor`, by name.
    pub credentials: BTreeMap<String, Secret>,
    /// What is on sale.
    pub products: Vec<ProductOnSale>,
    /// Seed for everything that looks random in it.
    pub seed: u64,
    /// What its checkout adds to and takes off what is bought. Marketplaces have a way of their own.
    pub checkout: Checkout,
}

/// What a shop's checkout adds and takes off.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Checkout {
    /// What shipping costs, in euro cents, tax included.
    pub shipping_cents: i64,
    /// Percentage off every line, by a code that every customer knows.
    pub discount_percent: i64,
}

impl Checkout {
    /// What is off a line that comes to so much, in cents.
    pub fn off_cents(&self, cents: i64) -> i64 {
        cents * self.discount_percent / 100
    }

    /// The Dutch VAT in an amount that includes it, in cents, at the rate of most goods.
    pub fn tax_cents(cents: i64) -> i64 {
        cents - (cents * 100 + 60).div_euclid(121)
    }
}

/// One product on sale.
#[derive(Debug, Clone)]
pub struct ProductOnSale {
    /// The merchant's code as entered on the channel.
    pub sku: Sku,
    /// The EAN as entered on the channel.
    pub ean: Ean,
    /// Its name.
    pub title: String,
    /// Products with the same group are variants of one product.
    pub group: String,
    /// Units shown at the start.
    pub stock: Quantity,
    /// Price in euro cents, tax included.
    pub price_cents: i64,
}

/// Whoever buys in a simulated shop. The names are found nowhere else, so that a proof can look for them where no personal data may
/// be (I13).
#[derive(Debug, Clone, Copy)]
pub struct Customer {
    /// First name.
    pub first_name: &'static str,
    /// Last name.
    pub last_name: &'static str,
    /// Street, without the number.
    pub street: &'static str,
    /// Postal code.
    pub postcode: &'static str,
    /// City.
    pub city: &'static str,
    /// E-mail address.
    pub email: &'static str,
    /// Phone number.
    pub phone: &'static str,
}

/// The one customer of all simulated shops.
pub const CUSTOMER: Customer = Customer {
    first_name: "Odalise",
    last_name: "Quasterveld",
    street: "Nergenshuizerdreef",
    postcode: "0999ZZ",
    city: "Verzonnenburg",
    email: "odalise@quasterveld.example.test",
    phone: "+31 6 00000099",
};

impl Customer {
    /// Every word that tells who it is.
    pub const fn words(&self) -> [&'static str; 7] {
        [self.first_name, self.last_name, self.street, self.postcode, self.city, self.email, self.phone]
    }
}

/// Why a customer could not buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotSold {
    /// The channel's own counter does not reach.
    SoldOut,
    /// It is not on sale here.
    Unknown,
}

/// A fault to come, until it is used up or its time is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trouble {
    /// Calls are refused with this channel's own signal for too many calls, until then.
    TooMany {
        /// End.
        until: Timestamp,
    },
    /// The next so many writes are done, and then answered with a 500.
    FailAfterApply {
        /// How many.
        times: u32,
    },
    /// No answer at all, until then. Requests are not applied.
    Silent {
        /// End.
        until: Timestamp,
    },
    /// Every token given so far is void at once.
    TokensRevoked,
    /// The next so many webhook deliveries are never sent.
    WebhooksLost {
        /// How many.
        times: u32,
    },
    /// The next so many webhook deliveries are sent twice.
    WebhooksDoubled {
        /// How many.
        times: u32,
    },
    /// Webhook deliveries wait this much longer from now on.
    WebhooksLate {
        /// How much.
        by: SignedDuration,
    },
    /// Deliveries that are due together are sent in reversed order from now on.
    WebhooksReversed,
    /// The subscription is switched off, as the channel does after failures.
    SubscriptionOff,
}

/// A webhook on its way to us.
#[derive(Debug, Clone)]
pub struct Outgoing {
    /// For `SimulatedChannel::delivered`.
    pub id: u64,
    /// A complete POST request to the subscribed address.
    pub request: Request,
}

/// One line of an order as the channel itself sees it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct FarLine {
    /// Units ordered.
    pub ordered: Quantity,
    /// Units cancelled.
    pub cancelled: Quantity,
    /// Units shipped.
    pub shipped: Quantity,
    /// Units that came back, or that the buyer keeps for nothing.
    pub returned: Quantity,
}

/// A shipment as the channel was told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarParcel {
    /// The channel's code for the carrier.
    pub carrier: Option<String>,
    /// The tracking code.
    pub tracking: Option<String>,
    /// What is in it, where the channel keeps that.
    pub lines: BTreeMap<Sku, Quantity>,
}

/// An invoice that a channel was given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FarInvoice {
    /// The merchant's reference of the shipment that it is for; empty where it left without one.
    pub shipment: String,
    /// What it was called.
    pub file_name: String,
    /// The file.
    pub file: bytes::Bytes,
}

/// An order as the channel itself sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FarOrder {
    /// Its lines, by the product's code when it was ordered.
    pub lines: BTreeMap<Sku, FarLine>,
    /// Its shipments, in the order they were told.
    pub parcels: Vec<FarParcel>,
    /// A plugin dates its changes wrong or spoilt a line of it: the channel's list need not show its last change, or not whole.
    pub obscured: bool,
}

/// A simulated channel.
pub trait SimulatedChannel: Send {
    /// Answers a request; `None`: no answer comes.
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response>;

    /// A customer in the Netherlands buys one product. Connectors that check their counter refuse when it does not reach.
    fn buy(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) -> Result<OrderNumber, NotSold> {
        self.buy_all(now, &[(sku.clone(), quantity)], "NL")
    }

    /// A customer buys several products in one order, to be sent to this country. All of it or nothing.
    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold>;

    /// A customer in the Netherlands buys one set, which a plugin of the shop puts into the order together with its parts. `None` where there
    /// is no such plugin, or one of them is not on sale.
    fn buy_set(&mut self, _now: Timestamp, _set: &Sku, _parts: &[(Sku, Quantity)]) -> Option<OrderNumber> {
        None
    }

    /// A line of an order of which nothing was sent becomes another product, under the same id. False if there is no such line.
    fn change_product(&mut self, now: Timestamp, order: &OrderNumber, from: &Sku, to: &Sku) -> bool;

    /// A line of an open order becomes one of so many units, and neither the order's time of change nor a webhook tells of it. False if there is
    /// no such line.
    fn change_silently(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool;

    /// An order as the channel sees it.
    fn far_order(&self, order: &OrderNumber) -> Option<FarOrder>;

    /// Invoices of an order that it took, in the order in which it did. None where it takes none.
    fn far_invoices(&self, _order: &OrderNumber) -> Vec<FarInvoice> {
        Vec::new()
    }

    /// The next invoice that it takes, it does not like when it looks at it. False where it takes none.
    fn dislike_next_invoice(&mut self) -> bool {
        false
    }

    /// The customer asks for an invoice of all that was sent. False where nobody can, or nothing was sent.
    fn ask_for_invoice(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        false
    }

    /// The customer asks for the order to be cancelled and waits for an answer. False where the channel has no such thing, or no such
    /// open order.
    fn ask_to_cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool;

    /// Units that were not sent are cancelled on the channel, in its own screen. False where that cannot be.
    fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool;

    /// As `cancel_units`, without putting them on sale again: they are broken, or were never there. False where the channel does not ask.
    fn take_out(&mut self, _now: Timestamp, _order: &OrderNumber, _sku: &Sku, _units: Quantity) -> bool {
        false
    }

    /// As `cancel`, without putting anything on sale again. False where the channel does not ask.
    fn cancel_without_restock(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        false
    }

    /// Its staff delete an order for good. False where the channel deletes none, or has no such order.
    fn delete_order(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        false
    }

    /// The channel no longer knows an order and tells nothing of it, though nobody could delete it. False where that is not played.
    fn forget(&mut self, _order: &OrderNumber) -> bool {
        false
    }

    /// Units are marked as shipped in the channel's own screen. False where that cannot be.
    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool;

    /// The buyer announces on the channel that units come back. False where the channel has no returns.
    fn announce_return(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool;

    /// Shipped units are paid back in the channel's own screen, and put on sale again there or not. False where that cannot be.
    fn pay_back_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity, restock: bool) -> bool;

    /// The price it shows, in euro cents as its setup gives them.
    fn price_cents(&self, sku: &Sku) -> Option<i64>;

    /// An order is cancelled whole on the channel, by customer or shop. False if there is no such open order.
    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool;

    /// Its staff take up an order again that was cancelled whole, or marked as sent by mistake. False if there is none, or the channel knows no such thing.
    fn reopen(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        false
    }

    /// Its staff take back that an order was sent: it was marked so by mistake, and all of it is still to be sent. False if there is none, or the
    /// channel knows no such thing.
    fn undo_shipment(&mut self, _now: Timestamp, _order: &OrderNumber) -> bool {
        false
    }

    /// The units the shop window shows; may be below zero where the channel lets it.
    fn shown(&self, sku: &Sku) -> Option<i64>;

    /// The merchant edits the figure in the channel's own screen.
    fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity);

    /// The merchant changes the code of a product in the channel's own screen. Whether older orders then say the new code
    /// or the old one is each channel's own way.
    fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku);

    /// The merchant has the channel track the stock of a product, from this figure on, or track it no longer. False where the channel has no
    /// such thing.
    fn set_tracking(&mut self, _now: Timestamp, _sku: &Sku, _from: Option<Quantity>) -> bool {
        false
    }

    /// Whether the channel counts the units of a product.
    fn tracks(&self, _sku: &Sku) -> bool {
        true
    }

    /// The merchant marks a product as one that needs no shipping, or as goods again. False where the channel has no such thing.
    fn set_virtual(&mut self, _now: Timestamp, _sku: &Sku, _on: bool) -> bool {
        false
    }

    /// The merchant has products use one stock, which then holds this many. False where the channel has no such thing.
    fn share_stock(&mut self, _now: Timestamp, _skus: &[Sku], _units: Quantity) -> bool {
        false
    }

    /// The merchant has the channel sell a product on when none is left. False where the channel has no such thing.
    fn sell_past_zero(&mut self, _now: Timestamp, _sku: &Sku, _on: bool) -> bool {
        false
    }

    /// A visitor begins what is no order yet: a checkout that is open. None where the channel keeps no such thing among its orders.
    fn draft(&mut self, _now: Timestamp, _sku: &Sku, _units: Quantity) -> Option<OrderNumber> {
        None
    }

    /// It becomes an order. False if there is no such draft.
    fn place(&mut self, _now: Timestamp, _draft: &OrderNumber) -> bool {
        false
    }

    /// Webhook deliveries due by now.
    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing>;

    /// The headers that make a body a genuine delivery, whatever it says: for proofs that feed the reader behind the signature.
    fn sign(&self, body: &[u8]) -> Vec<(String, String)>;

    /// How a delivery went: the status it was answered with, `None` if with nothing.
    fn delivered(&mut self, now: Timestamp, id: u64, status: Option<u16>);

    /// A fault to come.
    fn trouble(&mut self, trouble: Trouble);

    /// The key that its callers present lacks a right from now on, by the channel's own name for it. False where the channel has no such right.
    fn lack(&mut self, _right: &str) -> bool {
        false
    }

    /// Stock writes it has put in force so far, for counting.
    fn stock_writes(&self) -> u64;

    /// The last of them: the product by the code it has here, and the figure.
    fn last_stock_write(&self) -> Option<(Sku, i64)>;

    /// Figures that came in force since this was asked last, where they wait there first: the product by the code it has here, and when the write
    /// was taken, UTC.
    fn came_in_force(&mut self) -> Vec<(Sku, Timestamp)> {
        Vec::new()
    }

    /// Settings that a connection to this simulator needs, beside the credentials of its setup.
    fn settings(&self) -> BTreeMap<String, String> {
        BTreeMap::new()
    }

    /// All orders ever placed, oldest first.
    fn orders(&self) -> Vec<OrderNumber>;

    /// What its plugins do to orders, where anybody's plugins have their hands on them.
    fn plugins(&mut self) -> Option<&mut dyn FarPlugins> {
        None
    }

    /// The shop's own locations, where it keeps a figure for each.
    fn places(&mut self) -> Option<&mut dyn FarPlaces> {
        None
    }
}

/// A simulated channel's own locations.
pub trait FarPlaces {
    /// Opens one for each of the merchant's locations; all there is lies at the first. Answers the settings of a connection to them.
    fn open(&mut self, ours: &[LocationId]) -> BTreeMap<String, String>;

    /// The units the shop shows at one of them; may be below zero. `None`: the product is not kept there.
    fn shown_at(&self, sku: &Sku, location: &LocationId) -> Option<i64>;

    /// The merchant edits the figure of one of them in the channel's own screen; `None`: the product is kept there no longer.
    fn edit_stock_at(&mut self, sku: &Sku, location: &LocationId, units: Option<Quantity>);

    /// What customers buy from now on is sent from there, as far as it reaches.
    fn sell_from(&mut self, location: &LocationId);
}

/// Faults waiting, kept once for all simulators.
#[derive(Debug, Default)]
pub struct Troubles {
    too_many_until: Option<Timestamp>,
    silent_until: Option<Timestamp>,
    fail_after_apply: u32,
    lose: u32,
    double: u32,
    late: SignedDuration,
    reversed: bool,
}

impl Troubles {
    /// Takes a fault. Answers it back if it is one that only the channel itself can act on.
    pub fn add(&mut self, trouble: Trouble) -> Option<Trouble> {
        match trouble {
            Trouble::TooMany { until } => self.too_many_until = Some(until),
            Trouble::Silent { until } => self.silent_until = Some(until),
            Trouble::FailAfterApply { times } => self.fail_after_apply += times,
            Trouble::WebhooksLost { times } => self.lose += times,
            Trouble::WebhooksDoubled { times } => self.double += times,
            Trouble::WebhooksLate { by } => self.late = by,
            Trouble::WebhooksReversed => self.reversed = true,
            own @ (Trouble::TokensRevoked | Trouble::SubscriptionOff) => return Some(own),
        }
        None
    }

    /// Whether nothing is answered now.
    pub fn silent(&self, now: Timestamp) -> bool {
        self.silent_until.is_some_and(|until| now < until)
    }

    /// Whether calls are refused as too many now, and for how many more seconds.
    pub fn too_many(&self, now: Timestamp) -> Option<i64> {
        self.too_many_until.filter(|until| now < *until).map(|until| (until.as_second() - now.as_second()).max(1))
    }

    /// Whether a write that was just done is to be answered with a 500. Uses up one.
    pub fn fails_after_apply(&mut self) -> bool {
        let fails = self.fail_after_apply > 0;
        self.fail_after_apply = self.fail_after_apply.saturating_sub(1);
        fails
    }
}

/// Webhook deliveries that wait for their time, with the faults that befall them.
#[derive(Debug, Default)]
pub struct Outbox {
    waiting: VecDeque<(Timestamp, u64, Request)>,
    next: u64,
}

impl Outbox {
    /// Puts a delivery in line.
    #[expect(clippy::needless_pass_by_value, reason = "a delivery belongs to the outbox from here on")]
    pub fn put(&mut self, due: Timestamp, request: Request, troubles: &mut Troubles) {
        if troubles.lose > 0 {
            troubles.lose -= 1;
            return;
        }
        let copies = if troubles.double > 0 { 2 } else { 1 };
        troubles.double = troubles.double.saturating_sub(1);
        let due = due.saturating_add(troubles.late).unwrap_or(due);
        for _ in 0..copies {
            self.next += 1;
            self.waiting.push_back((due, self.next, request.clone()));
        }
    }

    /// Takes out what is due.
    pub fn due(&mut self, now: Timestamp, troubles: &Troubles) -> Vec<Outgoing> {
        let (due, waiting): (VecDeque<_>, VecDeque<_>) = self.waiting.drain(..).partition(|(at, _, _)| *at <= now);
        self.waiting = waiting;
        let mut due: Vec<_> = due.into_iter().map(|(_, id, request)| Outgoing { id, request }).collect();
        if troubles.reversed {
            due.reverse();
        }
        due
    }
}

/// An answer with a JSON body.
pub fn answer(status: u16, content_type: &str, body: &serde_json::Value) -> Response {
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let mut response = Response::new(body.into());
    *response.status_mut() = http::StatusCode::from_u16(status).unwrap_or(http::StatusCode::INTERNAL_SERVER_ERROR);
    if let Ok(value) = content_type.parse() {
        response.headers_mut().insert(http::header::CONTENT_TYPE, value);
    }
    response
}

/// The request's body as JSON; null if it is none.
pub fn body(request: &Request) -> serde_json::Value {
    wire_text::json("simulator", request.body()).unwrap_or_default()
}

/// The request's query, decoded.
pub fn query(request: &Request) -> BTreeMap<String, String> {
    url::form_urlencoded::parse(request.uri().query().unwrap_or_default().as_bytes()).into_owned().collect()
}
