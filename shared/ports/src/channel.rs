//! A sales channel as the engine sees it.
//!
//! A connector translates, and calls its channel through `Call::http`. It owns no retry, no rate limit, no token storage and no
//! log: the engine's driver does these once, for all.

use crate::{Error, Http, Observed, PlaceWrite, Request, Response, Result, Secret};
use async_trait::async_trait;
use domain::{
    AnnouncedReturn, CarrierId, ChannelId, ConnectionId, Listing, Money, OfferId, OrderNumber, OrderSnapshot, OrderUpdate,
    Quantity,
};
use jiff::{SignedDuration, Timestamp};
use std::collections::BTreeMap;
use std::time::Duration;

/// What the engine must not guess about a channel.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// Its name, as in routes and configuration.
    pub id: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Names of the credentials a connection needs; the first words of `sluis check`'s complaint when one is missing.
    pub credentials: &'static [&'static str],
    /// Names of credentials that may be given besides.
    pub further_credentials: &'static [&'static str],
    /// Of all these, those that deliveries are signed with. On AWS they are kept apart, and whoever takes deliveries reads no others.
    pub signs_with: &'static [&'static str],
    /// Names of further settings of a connection and whether they must be given.
    pub settings: &'static [(&'static str, bool)],
    /// How long a token lives.
    pub token: TokenKind,
    /// How changed orders are listed.
    pub orders: Paging,
    /// What "set 7" means.
    pub stock: StockSemantics,
    /// When a stock write is in force.
    pub acknowledgement: Acknowledgement,
    /// Whether the figure on the channel can be read before it is written.
    pub read_back: ReadBack,
    /// What a webhook's body is worth.
    pub webhook: WebhookBody,
    /// Most writes per second on one connection, where the channel tells none by header. Nothing counts up to it: the engine holds
    /// back when the channel asks for it (`Channel::pause`). Here for whoever builds a job that writes in bulk.
    pub calls_per_second: u32,
    /// Whether it puts stock back on its own counter when an order is cancelled.
    pub restocks_on_cancel: RestocksOnCancel,
    /// Whether an order that it no longer shows is deleted.
    pub deletes_orders: DeletesOrders,
    /// What it can be told about an order.
    pub updates: OrderUpdates,
    /// Whether the price of an item can be set.
    pub sets_prices: bool,
    /// Whether it can lead the stock: its staff keep figures there, its own orders move them as they are told, they can be read, and no other
    /// write of ours moves them.
    pub can_lead: bool,
    /// Where it keeps a figure for each of its own locations, which the settings `location.<our location>` name: the setting that names
    /// the only one where these name none. Such a channel is compared and set (`stock`) and can be read (`read_back`).
    pub places: Option<&'static str>,
    /// Whether it can be told to track the stock of an item that it does not track.
    pub starts_tracking: bool,
    /// The largest figure it takes; larger targets are shown as this.
    pub most_shown: Option<i64>,
    /// Topics or resources to subscribe to; a connection whose settings map places may need more.
    pub topics: &'static [&'static str],
}

/// What a channel can be told about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderUpdates {
    /// Its codes for carriers: the merchant's word (`CarrierId`) and the channel's. A connection's setting `carrier.<word>` goes before.
    pub carriers: &'static [(&'static str, &'static str)],
    /// Its code for a carrier that is in neither; `None`: such a carrier is refused, with the known ones named.
    pub other_carrier: Option<&'static str>,
    /// Whether it takes no parcel without a carrier.
    pub needs_carrier: bool,
    /// Most lines of one parcel.
    pub most_lines: Option<usize>,
    /// The smallest thing that can be cancelled.
    pub cancels: Cancels,
    /// Most units of one decision about a return.
    pub most_returned: Option<i64>,
    /// Whether it can be told that a return was refused of which it does not know. Where it cannot, there is nothing to tell.
    pub hears_refusals: bool,
    /// Whether it tells of returns and wants to hear how they were decided.
    pub returns: bool,
}

/// Whether an order that was known and that a channel no longer shows was deleted by its staff, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeletesOrders {
    /// Nobody can: it must be something else.
    Never,
    /// It was, if it was placed within this time. Older ones it may only hide.
    ShownFor(SignedDuration),
    /// It was.
    Always,
}

/// Whether a channel puts cancelled units back on its own counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RestocksOnCancel {
    /// It leaves them off.
    Never,
    /// It does.
    Always,
    /// It does, unless it is told not to with the cancellation of a whole order.
    UnlessTold,
}

/// The smallest thing of an order that the merchant can cancel on a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cancels {
    /// All of it, before anything was sent.
    WholeOrder,
    /// All that is still open of a line.
    OpenLine,
    /// Any number of units.
    Units,
}

/// How long a token lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TokenKind {
    /// Credentials are sent as they are.
    Static,
    /// Fetched with the credentials, valid for a while.
    Expiring,
    /// As `Expiring`, and every refresh kills the one before.
    Rotating,
}

/// How changed orders are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Paging {
    /// How far behind the truth the list may be: the cursor never goes beyond now less this.
    pub lag: SignedDuration,
    /// How far before the cursor every poll starts again.
    pub overlap: SignedDuration,
    /// Most pages of one poll before it goes on at the next.
    pub most_pages: u32,
    /// Seconds between polls that suit it. The template's schedule is one for all channels; proofs let this much time pass.
    pub every_s: u32,
}

/// What "set 7" means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StockSemantics {
    /// The figure shown, as it is.
    Absolute,
    /// As `Absolute`, if the figure shown is still the one given.
    CompareAndSet,
    /// What is available at that instant; the channel takes off orders placed after the write.
    AbsoluteLessLaterOrders,
}

/// When a stock write is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledgement {
    /// With the answer.
    Synchronous,
    /// When a status asked for later says so.
    ProcessStatus,
}

/// Whether the present figure can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReadBack {
    /// Yes, with one call per item.
    PerItem,
    /// No.
    None,
}

/// What a webhook's body is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WebhookBody {
    /// The whole order.
    Complete,
    /// Only which one: it must be read.
    Hint,
}

/// A merchant's account on a channel.
#[derive(Debug, Clone)]
pub struct Account {
    /// Which connection.
    pub connection: ConnectionId,
    /// Which channel.
    pub channel: ChannelId,
    /// Start of all its addresses, without a slash at the end.
    pub base_url: String,
    /// Further settings, by the names in the `Descriptor`.
    pub settings: BTreeMap<String, String>,
    /// Credentials, by the names in the `Descriptor`.
    pub credentials: BTreeMap<String, Secret>,
}

/// The setting that says what became of units which were cancelled on a channel that does not tell it.
pub const RESTOCK_UNTOLD: &str = "restock_untold";

impl Account {
    /// A credential, or a complaint that names it.
    pub fn credential(&self, name: &str) -> Result<&Secret> {
        self.credentials.get(name).ok_or_else(|| self.missing("credential", name))
    }

    /// A setting, or a complaint that names it.
    pub fn setting(&self, name: &str) -> Result<&str> {
        self.settings.get(name).map(String::as_str).ok_or_else(|| self.missing("setting", name))
    }

    /// Whether units that were cancelled on the channel, and of which it does not tell whether they are on sale again there, are: the setting
    /// `restock_untold`. Left out, they are not: whoever cancels because something is broken would have it sold once more.
    pub fn restocks_untold(&self) -> Result<bool> {
        match self.settings.get(RESTOCK_UNTOLD).map(String::as_str) {
            None | Some("hold") => Ok(false),
            Some("on_sale") => Ok(true),
            Some(other) => {
                let message = format!("{RESTOCK_UNTOLD}: got `{other}`, expected `hold` or `on_sale`");
                Err(Error::new(crate::ErrorKind::Configuration, "setting", message))
            }
        }
    }

    /// The channel's code for a carrier: from the connection's setting `carrier.<word>`, or else as the channel's table has it.
    pub fn carrier<'a>(&'a self, updates: &'a OrderUpdates, carrier: &CarrierId) -> Result<&'a str> {
        let set = self.settings.get(&format!("carrier.{carrier}")).map(String::as_str);
        let listed = || updates.carriers.iter().find(|(word, _)| *word == carrier.as_str()).map(|(_, code)| *code);
        set.or_else(listed).or(updates.other_carrier).ok_or_else(|| {
            let known: Vec<&str> = updates.carriers.iter().map(|(word, _)| *word).collect();
            let message = format!(
                "the channel has no code for the carrier `{carrier}`; known are {}; or give its code in the setting `carrier.{carrier}` \
                 of connection {}",
                known.join(", "),
                self.connection
            );
            Error::new(crate::ErrorKind::BadInput, "carrier", message)
        })
    }

    fn missing(&self, what: &str, name: &str) -> Error {
        Error::new(
            crate::ErrorKind::Configuration,
            "account",
            format!("connection {}: the {what} `{name}` is missing; add it to the configuration", self.connection),
        )
    }
}

/// One use of a channel: whom to call, as whom, and when it is.
#[derive(Clone, Copy)]
pub struct Call<'a> {
    /// The way out. Already paced and counted.
    pub http: &'a dyn Http,
    /// As whom.
    pub account: &'a Account,
    /// The token in force; `None` for `TokenKind::Static` and while fetching one.
    pub token: Option<&'a Token>,
    /// Now, UTC.
    pub now: Timestamp,
    /// A UUID for this intended operation, the same when it is tried again. For channels with idempotency keys.
    pub operation_id: &'a str,
}

/// A token and what renews it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Goes with every call.
    pub access: Secret,
    /// Renews it, where the channel has such a thing.
    pub refresh: Option<Secret>,
    /// When it ends, UTC.
    pub expires_at: Timestamp,
}

/// From where on to list changed orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrdersFrom {
    /// Changed at or after this instant, UTC. The engine has taken off the overlap.
    pub since: Timestamp,
    /// The next page of a listing under way, as the page before named it.
    pub page: Option<String>,
}

/// One page of changed orders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderPage {
    /// What it tells; orders that the list tells only in part come as a `Notice::Read`.
    pub notices: Vec<Notice>,
    /// The next page; `None`: this was the last. An empty page is not by itself the last.
    pub next: Option<String>,
}

/// What a webhook or a list tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Notice {
    /// A whole order.
    Order(Box<OrderSnapshot>),
    /// This order changed; read it.
    Read {
        /// Which.
        number: OrderNumber,
        /// The stamp its snapshot will have, if the notice tells: an order known that well need not be read.
        stamp: Option<Timestamp>,
    },
    /// This item's figure changed on the channel. May be the echo of our own write: nothing moves by it.
    Stock(OfferId),
    /// As `Stock`, where it names the item as stock calls do.
    StockOf {
        /// The listing's `stock_reference`.
        stock_reference: String,
        /// Units it shows now, if it says so; at one place, of a channel that has several.
        shows: Option<Quantity>,
    },
    /// Something that cannot be read and that nobody can ask for by a name.
    Unread(Box<UnreadItem>),
    /// Nothing for us: a ping, a test, a topic we do not use.
    Nothing,
}

/// An item of a page that cannot be read, or not in one field: it is named alone, and what stands beside it goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnreadItem {
    /// What it is, for people: by the channel's own id, `product 12`; without one by its place, `item 3 on page 2 of products`. The same at
    /// each reading.
    pub item: String,
    /// The item on the channel, as a listing names it.
    pub offer: Option<OfferId>,
    /// The merchant's code, if that can be read.
    pub sku: Option<domain::Sku>,
    /// The field that stands in the way.
    pub problem: domain::Unread,
}

/// One page of listings.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListingPage {
    /// The items.
    pub listings: Vec<Listing>,
    /// What of it cannot be read. An item may be in both: it is sold, and one of its fields cannot be told.
    pub unread: Vec<UnreadItem>,
    /// The next page; `None`: this was the last.
    pub next: Option<String>,
}

/// A figure to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StockWrite {
    /// Which item.
    pub offer: OfferId,
    /// The listing's `stock_reference`.
    pub stock_reference: String,
    /// The figure to show.
    pub quantity: Quantity,
    /// The figure that was read just before. A compare-and-set channel declines (`Conflict`) if it is no longer there.
    pub from: Option<Quantity>,
    /// Where the connection's settings name places: all of the figure by place. All of them are written, or none.
    pub places: Vec<PlaceWrite>,
    /// The item may be one that the channel does not track: it is to be tracked from now on. Without this, such an item is left as it is
    /// (`Conflict`).
    pub start_tracking: bool,
}

/// A price to be set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceWrite {
    /// Which item.
    pub offer: OfferId,
    /// The listing's `stock_reference`.
    pub stock_reference: String,
    /// The price of one unit, with or without tax as the channel wants it.
    pub price: Money,
    /// What it cost before, to be shown struck through where the channel has such a thing.
    pub was: Option<Money>,
}

/// One page of returns that wait for a decision.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ReturnPage {
    /// The returns.
    pub returns: Vec<AnnouncedReturn>,
    /// What of it cannot be read.
    pub unread: Vec<UnreadItem>,
    /// The next page; `None`: this was the last.
    pub next: Option<String>,
}

/// How far a write has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Acknowledged {
    /// In force.
    Applied,
    /// Taken, not yet in force: ask for this status.
    Pending(String),
}

/// A webhook delivery as it came over the wire.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Names in small letters.
    pub headers: Vec<(String, String)>,
    /// The raw bytes: signatures are over these.
    pub body: bytes::Bytes,
    /// When it arrived, UTC.
    pub received_at: Timestamp,
}

impl Delivery {
    /// The first header of this name, given in small letters.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }
}

/// What signatures are checked with.
#[derive(Debug, Clone, Default)]
pub struct WebhookKeys {
    /// Shared secrets: the present one, and during a rotation the one before.
    pub secrets: Vec<Secret>,
    /// Public keys by their id, base64 of DER.
    pub public: BTreeMap<String, String>,
}

/// The subscription that must be in place.
#[derive(Debug, Clone)]
pub struct SubscriptionWant {
    /// Where deliveries must go: `https://…/hooks/{channel}/{connection}`.
    pub url: String,
    /// Whether it must tell as well when somebody else changes a figure, because the shop leads the stock. What it always tells of figures, it
    /// may go on telling.
    pub figures: bool,
}

/// What was found of it and done about it.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct SubscriptionState {
    /// Topics that were in place and on.
    pub fine: Vec<String>,
    /// Topics that were missing and have been made.
    pub made: Vec<String>,
    /// Topics that were off, or pointed elsewhere, and have been mended.
    pub mended: Vec<String>,
}

/// Who goes first where a limit of a channel is nearly used up: a pause for one of them holds back those after it as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Lane {
    /// Figures that must fall: until they do, what is not there is on sale.
    Lowers,
    /// All that is neither; orders above all.
    #[default]
    Usual,
    /// Figures that may rise, and what waits with them: nothing is sold that is not there if they are late.
    Raises,
}

impl Lane {
    /// All of them, the first first.
    pub const ALL: [Self; 3] = [Self::Lowers, Self::Usual, Self::Raises];

    /// Its name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Lowers => "lowers",
            Self::Usual => "usual",
            Self::Raises => "raises",
        }
    }
}

/// Until when to hold calls back, as an answer told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pause {
    /// For this much time.
    pub lasting: Duration,
    /// Calls of this lane and those after it. `Lowers`: all of them.
    pub from: Lane,
}

impl Pause {
    /// Holds back every call against the limit.
    pub const fn all(lasting: Duration) -> Self {
        Self { lasting, from: Lane::Lowers }
    }
}

/// A connector.
#[async_trait]
pub trait Channel: Send + Sync {
    /// What the engine must not guess.
    fn descriptor(&self) -> &'static Descriptor;

    /// Which of the channel's limits a request counts against: each is held back alone. One name where there is one limit for all.
    fn bucket(&self, request: &Request) -> &'static str;

    /// Whether an answer, good or bad, asks to hold back further calls against the same limit (429, an emptied bucket), for how long, and
    /// whose: a limit that is used up to a half belongs to what must not wait.
    fn pause(&self, response: &Response) -> Option<Pause>;

    /// Fetches a token; `previous` is the one to be renewed. Never called for `TokenKind::Static`.
    async fn token(&self, call: &Call<'_>, previous: Option<&Token>) -> Result<Token>;

    /// Lists orders changed since. A page that fails is an error, never an end.
    async fn orders(&self, call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage>;

    /// Reads one order.
    async fn order(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot>;

    /// Lists the items on sale.
    async fn listings(&self, call: &Call<'_>, page: Option<&str>) -> Result<ListingPage>;

    /// Reads the figure an item shows now.
    async fn read_stock(&self, call: &Call<'_>, offer: &OfferId, stock_reference: &str) -> Result<Observed>;

    /// Writes the figure an item shows.
    async fn write_stock(&self, call: &Call<'_>, write: &StockWrite) -> Result<Acknowledged>;

    /// Asks how far a pending write has come; `Conflict` or `Declined` if it failed on the channel.
    async fn write_status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged>;

    /// Tells the channel what was done about an order. `BadInput` if it cannot be told such a thing, before any call is made.
    async fn update_order(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Acknowledged>;

    /// Whether the channel knows this of the order already: asked after an attempt whose outcome is unknown. `None`: it cannot tell.
    async fn knows_update(&self, call: &Call<'_>, number: &OrderNumber, update: &OrderUpdate) -> Result<Option<bool>>;

    /// Lists the returns that wait for a decision. Never called where `OrderUpdates::returns` is false.
    async fn returns(&self, call: &Call<'_>, page: Option<&str>) -> Result<ReturnPage>;

    /// Sets a price. Never called where `Descriptor::sets_prices` is false.
    async fn write_price(&self, call: &Call<'_>, write: &PriceWrite) -> Result<Acknowledged>;

    /// Fetches the public keys deliveries are signed with; for shared secrets, those of the account.
    async fn webhook_keys(&self, call: &Call<'_>) -> Result<WebhookKeys>;

    /// Whether deliveries are signed with keys that must be fetched, and the id of the key this one names. `Unauthorized` where a delivery
    /// is not signed, or in a way the channel never signs: nothing is read, fetched or asked for its sake.
    fn webhook_key_id(&self, delivery: &Delivery) -> Result<Option<String>>;

    /// Checks the signature over the raw bytes in constant time, then reads. `Unauthorized` if it is wrong or missing.
    fn receive(&self, keys: &WebhookKeys, delivery: &Delivery) -> Result<Vec<Notice>>;

    /// Asserts the subscription: makes what is missing, mends what is off or points elsewhere.
    async fn subscribe(&self, call: &Call<'_>, want: &SubscriptionWant) -> Result<SubscriptionState>;
}

/// All connectors of this build.
pub trait Channels: Send + Sync {
    /// The connector of a channel.
    fn get(&self, channel: &ChannelId) -> Option<&dyn Channel>;

    /// All of them, in the order of registration.
    fn all(&self) -> Vec<&dyn Channel>;
}
