//! What hardly changes, kept in memory for a while: connections, their credentials and tokens, and which product an item on a
//! channel is.
//!
//! Being a minute late with a changed setting is fine; a product that was just matched is looked up again, because only hits
//! are remembered.

use crate::Ports;
use crate::rows::{
    AccountingSettings, BundleRow, CircuitRow, ConnectionRow, EanRow, InvoiceSettingsRow, OfferRow, ProductRow, StockSettingsRow,
};
use bytes::Bytes;
use domain::{
    Codes, ConnectionId, Ean, LineProduct, LocationId, Match, MatchBy, OfferId, OrderLineId, OrderSnapshot, Sku, StockSettings,
    Task, Tried, age, match_codes,
};
use jiff::{SignedDuration, Timestamp};
use ports::{Account, Error, ErrorKind, Result, Token};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

const KEPT: SignedDuration = SignedDuration::from_secs(60);
/// Answers remembered at most; beyond, memory starts anew.
const MOST_ANSWERS: usize = 500;
/// Products remembered at most; beyond, memory starts anew.
const MOST_PRODUCTS: usize = 50_000;

/// What an order line calls its item: the item on the channel, the EAN, the merchant's code.
pub(crate) type ItemNames<'a> = (Option<&'a OfferId>, Option<&'a Ean>, Option<&'a Sku>);

/// The memory of one process.
#[derive(Default)]
pub struct Cache {
    connections: Mutex<BTreeMap<ConnectionId, (Timestamp, Arc<ConnectionRow>)>>,
    accounts: Mutex<BTreeMap<ConnectionId, (Timestamp, Arc<Account>)>>,
    products: Mutex<BTreeMap<(ConnectionId, String), (Timestamp, LineProduct)>>,
    tokens: Mutex<BTreeMap<ConnectionId, Token>>,
    circuits: Mutex<BTreeMap<ConnectionId, (Timestamp, Option<CircuitRow>)>>,
    stock_settings: Mutex<Option<(Timestamp, StockSettings)>>,
    noted: Mutex<BTreeMap<(ConnectionId, Task), (Timestamp, Tried)>>,
    answers: Mutex<BTreeMap<(ConnectionId, String), (Timestamp, Bytes)>>,
}

/// How long a circuit once looked at counts as closed: a call too many on an open one is refused by the channel itself.
const CIRCUIT_KEPT: SignedDuration = SignedDuration::from_secs(1);

/// What was noted of a connection's health is not noted again for this long: a thousand pushes are not a thousand notes.
const NOTED_FOR: SignedDuration = SignedDuration::from_secs(50);

/// A circuit as it was looked at; `None`: there was no row, so it is closed.
pub(crate) struct SeenCircuit(pub(crate) Option<CircuitRow>);

impl Cache {
    /// A connection's configuration.
    pub async fn connection(&self, world: &Ports, id: &ConnectionId) -> Result<Arc<ConnectionRow>> {
        let now = world.clock.now();
        if let Some(kept) = remembered(&self.connections, id, now) {
            return Ok(kept);
        }
        let row: ConnectionRow = world.get(&ConnectionRow::key(id)).await?.ok_or_else(|| {
            Error::new(
                ErrorKind::NotFound,
                "connection",
                format!("there is no connection `{id}`; the configured ones are listed under /api/v1/health"),
            )
        })?;
        let row = Arc::new(row);
        remember(&self.connections, id.clone(), now, Arc::clone(&row), MOST_PRODUCTS);
        Ok(row)
    }

    /// A connection's account, credentials included.
    pub async fn account(&self, world: &Ports, id: &ConnectionId) -> Result<Arc<Account>> {
        let now = world.clock.now();
        if let Some(kept) = remembered(&self.accounts, id, now) {
            return Ok(kept);
        }
        let row = self.connection(world, id).await?;
        let account = Arc::new(Account {
            connection: row.id.clone(),
            channel: row.channel.clone(),
            base_url: row.base_url.clone(),
            settings: row.settings.clone(),
            credentials: world.secrets.credentials(id).await?,
        });
        remember(&self.accounts, id.clone(), now, Arc::clone(&account), MOST_PRODUCTS);
        Ok(account)
    }

    /// The account in the accounting system: that is no sales channel, and stands with the settings of invoices, which only those functions read
    /// that have to do with invoices.
    pub(crate) async fn books(&self, world: &Ports, id: &ConnectionId) -> Result<Arc<Account>> {
        let now = world.clock.now();
        if let Some(kept) = remembered(&self.accounts, id, now) {
            return Ok(kept);
        }
        let settings: Option<InvoiceSettingsRow> = world.get(&InvoiceSettingsRow::key()).await?;
        let books =
            settings.and_then(|settings| settings.accounting).filter(|books| books.connection == *id).ok_or_else(|| {
                let message = format!("there is no accounting system `{id}`: say so in [invoices.accounting] of sluis.toml");
                Error::new(ErrorKind::NotFound, "accounting", message)
            })?;
        let credentials = world.secrets.credentials(id).await?;
        let AccountingSettings { system: channel, base_url, settings, .. } = books;
        let account = Arc::new(Account { connection: id.clone(), channel, base_url, settings, credentials });
        remember(&self.accounts, id.clone(), now, Arc::clone(&account), MOST_PRODUCTS);
        Ok(account)
    }

    /// How stock is published.
    pub(crate) async fn stock_settings(&self, world: &Ports) -> Result<StockSettings> {
        let now = world.clock.now();
        let kept = self.stock_settings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, settings)) = kept.filter(|(at, _)| age(*at, now).is_some_and(|age| age < KEPT)) {
            return Ok(settings);
        }
        let settings = world.get::<StockSettingsRow>(&StockSettingsRow::key()).await?.unwrap_or_default().0;
        *self.stock_settings.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, settings.clone()));
        Ok(settings)
    }

    /// The token this process used last.
    pub(crate) fn token(&self, id: &ConnectionId) -> Option<Token> {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// What this process knows of a connection's token and circuit holds no longer: a person gave it a new consent.
    pub(crate) fn forget_calls(&self, id: &ConnectionId) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Notes the token in force.
    pub(crate) fn note_token(&self, id: &ConnectionId, token: &Token) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), token.clone());
    }

    /// The circuit as it was looked at a moment ago; `None`: not lately.
    pub(crate) fn circuit(&self, id: &ConnectionId, now: Timestamp) -> Option<SeenCircuit> {
        let circuits = self.circuits.lock().unwrap_or_else(PoisonError::into_inner);
        circuits
            .get(id)
            .filter(|(at, _)| age(*at, now).is_some_and(|age| age < CIRCUIT_KEPT))
            .map(|(_, circuit)| SeenCircuit(circuit.clone()))
    }

    /// Notes the circuit.
    pub(crate) fn note_circuit(&self, id: &ConnectionId, now: Timestamp, circuit: Option<CircuitRow>) {
        self.circuits.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), (now, circuit));
    }

    /// An answer that a channel gave a while ago, if it is no older than this.
    pub(crate) fn answer(&self, id: &ConnectionId, name: &str, now: Timestamp, no_older_than: Duration) -> Option<Bytes> {
        let answers = self.answers.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, answer) = answers.get(&(id.clone(), name.to_owned()))?;
        let old = age(*at, now).and_then(|age| Duration::try_from(age).ok());
        old.is_some_and(|old| old <= no_older_than).then(|| answer.clone())
    }

    /// Notes what a channel answered.
    pub(crate) fn note_answer(&self, id: &ConnectionId, name: &str, now: Timestamp, answer: &Bytes) {
        remember(&self.answers, (id.clone(), name.to_owned()), now, answer.clone(), MOST_ANSWERS);
    }

    /// Whether how a try ended is worth noting: it is something else than this process noted last, or that was a while ago.
    pub(crate) fn is_news(&self, id: &ConnectionId, task: Task, tried: &Tried, now: Timestamp) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        let known = noted.get(&(id.clone(), task));
        let is_news = known.is_none_or(|(at, before)| before != tried || now.duration_since(*at).abs() >= NOTED_FOR);
        if is_news {
            noted.insert((id.clone(), task), (now, tried.clone()));
        }
        is_news
    }

    /// It could not be noted.
    pub(crate) fn forget_news(&self, id: &ConnectionId, task: Task) {
        self.noted.lock().unwrap_or_else(PoisonError::into_inner).remove(&(id.clone(), task));
    }

    /// Which product each line of an order is; lines that match none, or several, are left out.
    pub(crate) async fn products(&self, world: &Ports, connection: &ConnectionRow, snapshot: &OrderSnapshot) -> Result<Known> {
        let mut known = Known::default();
        for line in snapshot.lines.iter().filter(|line| line.is_own()) {
            let names = (line.offer.as_ref(), line.ean.as_ref(), line.sku.as_ref());
            match self.find_product(world, connection, names).await? {
                Found::Product(product) => drop(known.products.insert(line.id.clone(), product)),
                Found::Digital => drop(known.digital.insert(line.id.clone())),
                Found::Nothing => {}
            }
        }
        Ok(known)
    }

    /// Which product an item of these names is; `None`: none, or none for sure.
    pub(crate) async fn product(
        &self,
        world: &Ports,
        connection: &ConnectionId,
        names: ItemNames<'_>,
    ) -> Result<Option<LineProduct>> {
        let connection = self.connection(world, connection).await?;
        Ok(match self.find_product(world, &connection, names).await? {
            Found::Product(product) => Some(product),
            Found::Digital | Found::Nothing => None,
        })
    }

    async fn find_product(&self, world: &Ports, connection: &ConnectionRow, line: ItemNames<'_>) -> Result<Found> {
        let now = world.clock.now();
        let name = (
            connection.id.clone(),
            format!("{}|{}|{}", text(line.0.map(OfferId::as_str)), text(line.1.map(Ean::as_str)), text(line.2.map(Sku::as_str))),
        );
        if let Some(kept) = remembered(&self.products, &name, now) {
            return Ok(Found::Product(kept));
        }
        let (sku, by_hand) = match find(world, connection, line).await? {
            Identity::Product { sku, by_hand } => (sku, by_hand),
            Identity::Digital => return Ok(Found::Digital),
            Identity::Unclear => return Ok(Found::Nothing),
        };
        let product = match world.get::<BundleRow>(&BundleRow::key(&sku)).await? {
            Some(bundle) => LineProduct { sku, components: bundle.components },
            None => LineProduct::single(sku),
        };
        // What a person said can be taken back, and holds no longer then: an order must not be booked on it a minute later.
        if !by_hand {
            remember(&self.products, name, now, product.clone(), MOST_PRODUCTS);
        }
        Ok(Found::Product(product))
    }

    /// The locations from which an order can be sent: those that serve the connection and the country it goes to, the preferred first.
    pub(crate) async fn serving(
        &self,
        world: &Ports,
        connection: &ConnectionRow,
        order: &OrderSnapshot,
    ) -> Result<Vec<LocationId>> {
        let settings = self.stock_settings(world).await?;
        let serves = |location: &&LocationId| order.ship_to.as_ref().is_none_or(|country| settings.serves(location, country));
        Ok(connection.locations.iter().filter(serves).cloned().collect())
    }
}

/// What the lines of an order are.
#[derive(Debug, Default)]
pub(crate) struct Known {
    /// Lines that are one product.
    pub(crate) products: BTreeMap<OrderLineId, LineProduct>,
    /// Lines that are none, of items that need no shipping.
    pub(crate) digital: BTreeSet<OrderLineId>,
}

enum Found {
    Product(LineProduct),
    Digital,
    Nothing,
}

/// What a line says that it is.
enum Identity {
    Product {
        sku: Sku,
        by_hand: bool,
    },
    /// No product that is known, and its item needs no shipping.
    Digital,
    Unclear,
}

/// By the listing's match first, then by the codes of the line, by the rule for listings: an order line is not guessed either.
async fn find(world: &Ports, connection: &ConnectionRow, (offer, ean, sku): ItemNames<'_>) -> Result<Identity> {
    if let Some(offer) = offer
        && let Some(row) = world.get::<OfferRow>(&OfferRow::key(&connection.id, offer)).await?
    {
        // Of what has its stock with others, what it is by itself was sold: only whose units its figure shows is not clear.
        match row.by_itself() {
            Some(sku) => return Ok(Identity::Product { sku: sku.clone(), by_hand: row.by_hand }),
            None if row.listing.digital => return Ok(Identity::Digital),
            None if row.problem.is_some() => return Ok(Identity::Unclear),
            None => {}
        }
    }
    Ok(match by_codes(world, ean, sku, None, connection.match_by).await? {
        Match::Item(sku) => Identity::Product { sku, by_hand: false },
        Match::Unclear(_) => Identity::Unclear,
    })
}

/// What the catalogue says of an item's codes.
pub(crate) async fn by_codes(
    world: &Ports,
    ean: Option<&Ean>,
    sku: Option<&Sku>,
    condition: Option<&str>,
    by: MatchBy,
) -> Result<Match> {
    let with_ean: Vec<Sku> = match ean {
        Some(ean) => world.all::<EanRow>(&EanRow::partition(ean), "").await?.into_iter().map(|row| row.sku).collect(),
        None => Vec::new(),
    };
    let with_sku = match sku {
        Some(sku) => world.get::<ProductRow>(&ProductRow::key(sku)).await?.map(|row| row.0.sku),
        None => None,
    };
    Ok(match_codes(&Codes { sku, condition, with_ean: &with_ean, with_sku: with_sku.as_ref() }, by))
}

fn text(part: Option<&str>) -> &str {
    part.unwrap_or_default()
}

fn remembered<K: Ord, V: Clone>(memory: &Mutex<BTreeMap<K, (Timestamp, V)>>, key: &K, now: Timestamp) -> Option<V> {
    let memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    memory.get(key).filter(|(at, _)| age(*at, now).is_some_and(|age| age < KEPT)).map(|(_, value)| value.clone())
}

fn remember<K: Ord, V>(memory: &Mutex<BTreeMap<K, (Timestamp, V)>>, key: K, now: Timestamp, value: V, most: usize) {
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    if memory.len() >= most {
        memory.clear();
    }
    memory.insert(key, (now, value));
}
