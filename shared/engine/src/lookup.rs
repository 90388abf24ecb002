//! What hardly changes, kept in memory for a while: connections, their credentials and tokens, and which article an item on a
//! channel is.
//!
//! Being a minute late with a changed setting is fine; an article that was just matched is looked up again, because only hits
//! are remembered.

use crate::World;
use crate::rows::{ArticleRow, BundleRow, ConnectionRow, EanRow, GateRow, OfferRow, StockSettingsRow};
use domain::{Article, ConnectionId, LocationId, OrderLineId, OrderSnapshot, Sku, SnapshotLine, StockSettings};
use jiff::{SignedDuration, Timestamp};
use ports::{Account, Error, ErrorKind, Result, Token};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

const KEPT: SignedDuration = SignedDuration::from_secs(60);
/// Articles remembered at most; beyond, memory starts anew.
const MOST_ARTICLES: usize = 50_000;

/// The memory of one process.
#[derive(Default)]
pub struct Lookup {
    connections: Mutex<BTreeMap<ConnectionId, (Timestamp, Arc<ConnectionRow>)>>,
    accounts: Mutex<BTreeMap<ConnectionId, (Timestamp, Arc<Account>)>>,
    articles: Mutex<BTreeMap<(ConnectionId, String), (Timestamp, Article)>>,
    tokens: Mutex<BTreeMap<ConnectionId, Token>>,
    gates: Mutex<BTreeMap<ConnectionId, (Timestamp, Option<GateRow>)>>,
    stock_settings: Mutex<Option<(Timestamp, StockSettings)>>,
}

/// How long a gate once looked at counts as open: a call too many on a closed one is refused by the channel itself.
const GATE_KEPT: SignedDuration = SignedDuration::from_secs(1);

/// A gate as it was looked at; `None`: there was no row, so it is open.
pub(crate) struct SeenGate(pub(crate) Option<GateRow>);

impl Lookup {
    /// A connection's configuration.
    pub async fn connection(&self, world: &World, id: &ConnectionId) -> Result<Arc<ConnectionRow>> {
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
        remember(&self.connections, id.clone(), now, Arc::clone(&row), MOST_ARTICLES);
        Ok(row)
    }

    /// A connection's account, credentials included.
    pub async fn account(&self, world: &World, id: &ConnectionId) -> Result<Arc<Account>> {
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
        remember(&self.accounts, id.clone(), now, Arc::clone(&account), MOST_ARTICLES);
        Ok(account)
    }

    /// How stock is published.
    pub(crate) async fn stock_settings(&self, world: &World) -> Result<StockSettings> {
        let now = world.clock.now();
        let kept = self.stock_settings.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((_, settings)) = kept.filter(|(at, _)| now.duration_since(*at) < KEPT) {
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

    /// Notes the token in force.
    pub(crate) fn note_token(&self, id: &ConnectionId, token: &Token) {
        self.tokens.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), token.clone());
    }

    /// The gate as it was looked at a moment ago; `None`: not lately.
    pub(crate) fn gate(&self, id: &ConnectionId, now: Timestamp) -> Option<SeenGate> {
        let gates = self.gates.lock().unwrap_or_else(PoisonError::into_inner);
        gates.get(id).filter(|(at, _)| now.duration_since(*at) < GATE_KEPT).map(|(_, gate)| SeenGate(gate.clone()))
    }

    /// Notes the gate.
    pub(crate) fn note_gate(&self, id: &ConnectionId, now: Timestamp, gate: Option<GateRow>) {
        self.gates.lock().unwrap_or_else(PoisonError::into_inner).insert(id.clone(), (now, gate));
    }

    /// Which article each line of an order is; lines that match none, or several, are left out.
    pub async fn articles(
        &self,
        world: &World,
        connection: &ConnectionId,
        snapshot: &OrderSnapshot,
    ) -> Result<BTreeMap<OrderLineId, Article>> {
        let mut found = BTreeMap::new();
        for line in &snapshot.lines {
            if let Some(article) = self.article(world, connection, line).await? {
                found.insert(line.id.clone(), article);
            }
        }
        Ok(found)
    }

    async fn article(&self, world: &World, connection: &ConnectionId, line: &SnapshotLine) -> Result<Option<Article>> {
        let now = world.clock.now();
        let name = (
            connection.clone(),
            format!(
                "{}|{}|{}",
                text(line.offer.as_ref().map(domain::OfferId::as_str)),
                text(line.ean.as_ref().map(domain::Ean::as_str)),
                text(line.sku.as_ref().map(Sku::as_str))
            ),
        );
        if let Some(kept) = remembered(&self.articles, &name, now) {
            return Ok(Some(kept));
        }
        let Some(sku) = find(world, connection, line).await? else { return Ok(None) };
        let article = match world.get::<BundleRow>(&BundleRow::key(&sku)).await? {
            Some(bundle) => Article { sku, components: bundle.components },
            None => Article::single(sku),
        };
        remember(&self.articles, name, now, article.clone(), MOST_ARTICLES);
        Ok(Some(article))
    }

    /// The locations from which an order can be sent: those that serve the connection and the country it goes to, the preferred first.
    pub(crate) async fn serving(
        &self,
        world: &World,
        connection: &ConnectionRow,
        order: &OrderSnapshot,
    ) -> Result<Vec<LocationId>> {
        let settings = self.stock_settings(world).await?;
        let serves = |location: &&LocationId| order.ship_to.as_ref().is_none_or(|country| settings.serves(location, country));
        Ok(connection.locations.iter().filter(serves).cloned().collect())
    }
}

/// By the listing's match first, then by EAN, then by SKU: as `match_listing` does.
async fn find(world: &World, connection: &ConnectionId, line: &SnapshotLine) -> Result<Option<Sku>> {
    if let Some(offer) = &line.offer
        && let Some(row) = world.get::<OfferRow>(&OfferRow::key(connection, offer)).await?
        && (row.matched.is_some() || row.problem.is_some())
    {
        return Ok(row.matched);
    }
    if let Some(ean) = &line.ean {
        let found: Vec<EanRow> = world.all(&EanRow::partition(ean), "").await?;
        if let [one] = found.as_slice() {
            return Ok(Some(one.sku.clone()));
        }
    }
    match &line.sku {
        Some(sku) => Ok(world.get::<ArticleRow>(&ArticleRow::key(sku)).await?.map(|a| a.0.sku)),
        None => Ok(None),
    }
}

fn text(part: Option<&str>) -> &str {
    part.unwrap_or_default()
}

fn remembered<K: Ord, V: Clone>(memory: &Mutex<BTreeMap<K, (Timestamp, V)>>, key: &K, now: Timestamp) -> Option<V> {
    let memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    memory.get(key).filter(|(at, _)| now.duration_since(*at) < KEPT).map(|(_, value)| value.clone())
}

fn remember<K: Ord, V>(memory: &Mutex<BTreeMap<K, (Timestamp, V)>>, key: K, now: Timestamp, value: V, most: usize) {
    let mut memory = memory.lock().unwrap_or_else(PoisonError::into_inner);
    if memory.len() >= most {
        memory.clear();
    }
    memory.insert(key, (now, value));
}
