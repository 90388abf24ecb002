//! Where a trial happens: a folder, a configuration for the stack, and the shops.

use aws::{Client, Reach};
use config::Config;
use domain::{ConnectionId, LocationId, Sku};
use ports::{Clock, Connectors, Error, ErrorKind, Http, Result, WebhookBody};
use sluis::demo;
use sluis::simulator::{Shop, open_on};
use sluis::tasks::Tasks;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;

/// The share of a channel whose webhooks hold the whole order, and of one whose webhooks only name it.
const SHARE_COMPLETE: u32 = 9;
const SHARE_HINT: u32 = 2;

/// What a trial needs.
pub(crate) struct Wanted {
    /// In the name of its folder.
    pub(crate) name: &'static str,
    /// Units of the first product.
    pub(crate) first: u32,
    /// Units of every other product.
    pub(crate) others: u32,
    /// Settings of the stack on one machine, as lines of TOML.
    pub(crate) local: String,
}

/// The place.
pub(crate) struct Place {
    folder: TempDir,
    kept: bool,
    tasks: Tasks,
    pub(crate) config: Config,
    /// The stack's address: the same after it was killed.
    pub(crate) address: SocketAddr,
    pub(crate) shops: Vec<Arc<Shop>>,
    shares: Vec<u32>,
    /// The first product.
    pub(crate) sku: Sku,
    /// Where its units are.
    pub(crate) location: LocationId,
}

impl Place {
    pub(crate) async fn prepare(wanted: &Wanted, clock: &Arc<dyn Clock>) -> Result<Self> {
        let folder = TempDir::with_prefix(format!("sluis-{}-", wanted.name)).map_err(|e| wrong(&e))?;
        let merchant = demo::merchant().map_err(|mistakes| Error::new(ErrorKind::Bug, "trial", mistakes.to_string()))?;
        let mut text = String::from("[merchant]\nname = \"Trial\"\nlocations = [\"main\"]\ncatalogue = \"catalogue.csv\"\n");
        let mut listeners = Vec::new();
        let mut shares = Vec::new();
        for connection in &merchant.connections {
            let (listener, address) = port().await?;
            let settings: toml::Table = connection.settings.iter().map(|(n, v)| (n.clone(), v.clone().into())).collect();
            let (id, channel) = (&connection.id, &connection.channel);
            let _ = write!(
                text,
                "\n[[connection]]\nid = \"{id}\"\nchannel = \"{channel}\"\nsimulated = true\nbase_url = \"http://{address}\"\n\n[connection.settings]\n{settings}"
            );
            listeners.push(listener);
            let body = connectors::Registry.get(channel).and_then(|c| Some(c.notifications()?.descriptor().body));
            shares.push(if body == Some(WebhookBody::Hint) { SHARE_HINT } else { SHARE_COMPLETE });
        }
        let (held, hooks) = port().await?;
        drop(held);
        let _ = write!(text, "\n[local]\nhooks_listen = \"{hooks}\"\n{}", wanted.local);
        let mut catalogue = String::from("sku,ean,title,main\n");
        for (position, entry) in merchant.catalogue.iter().enumerate() {
            let Some(ean) = &entry.item.ean else { continue };
            let stock = if position == 0 { wanted.first } else { wanted.others };
            let _ = writeln!(catalogue, "{},{ean},Product {position},{stock}", entry.item.sku);
        }
        let file = folder.path().join("sluis.toml");
        std::fs::write(&file, text)
            .and_then(|()| std::fs::write(folder.path().join("catalogue.csv"), catalogue))
            .map_err(|e| wrong(&e))?;
        let config = Config::read(&file).map_err(|mistakes| Error::new(ErrorKind::Bug, "trial", mistakes.to_string()))?;
        let http: Arc<dyn Http> = Arc::new(Client::new(Reach::AndLoopback)?);
        let mut tasks = Tasks::default();
        let mut shops = Vec::new();
        for (connection, listener) in config.connections.iter().zip(listeners) {
            let base_url = connection.base_url.clone().unwrap_or_default();
            let shop = Arc::new(Shop::open(connection, &base_url, &config.catalogue, 1, Arc::clone(clock))?);
            open_on(listener, vec![Arc::clone(&shop)], &http, clock, &mut tasks);
            shops.push(shop);
        }
        let (free, address) = port().await?;
        drop(free);
        let missing = || Error::new(ErrorKind::Bug, "trial", "the invented merchant sells nothing");
        let sku = config.catalogue.first().map(|e| e.item.sku.clone()).ok_or_else(missing)?;
        let location = config.locations.first().cloned().ok_or_else(missing)?;
        Ok(Self { folder, kept: false, tasks, config, address, shops, shares, sku, location })
    }

    /// How many of the buyers go to each shop.
    pub(crate) fn share(&self, buyers: u32) -> Vec<u32> {
        let whole: u32 = self.shares.iter().sum();
        let mut left = buyers;
        let mut parts: Vec<u32> = self.shares.iter().map(|s| part(buyers, *s, whole)).collect();
        for part in &mut parts {
            *part = (*part).min(left);
            left -= *part;
        }
        if let Some(last) = parts.last_mut() {
            *last += left;
        }
        parts
    }

    pub(crate) fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The stack's log.
    pub(crate) fn log(&self) -> PathBuf {
        self.file("log")
    }

    /// Keeps the folder when all is over. Answers the log.
    pub(crate) fn keep_log(&mut self) -> PathBuf {
        self.kept = true;
        self.log()
    }

    pub(crate) fn stock_writes(&self) -> u64 {
        self.shops.iter().map(|s| s.stock_writes()).sum()
    }

    pub(crate) fn accepted(&self) -> u64 {
        self.shops.iter().map(|s| s.accepted()).sum()
    }

    /// What each shop's window shows of a product.
    pub(crate) fn shown(&self, sku: &Sku) -> Vec<(ConnectionId, Option<i64>)> {
        self.shops.iter().map(|s| (s.connection.clone(), s.shown(sku))).collect()
    }

    /// Closes the shops and deletes the folder, unless it is kept.
    pub(crate) async fn close(self) {
        self.tasks.end().await;
        if self.kept {
            let _ = self.folder.keep();
        }
    }
}

fn part(buyers: u32, share: u32, whole: u32) -> u32 {
    u32::try_from(u64::from(buyers) * u64::from(share) / u64::from(whole.max(1))).unwrap_or(buyers)
}

async fn port() -> Result<(TcpListener, SocketAddr)> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.map_err(|e| wrong(&e))?;
    let address = listener.local_addr().map_err(|e| wrong(&e))?;
    Ok((listener, address))
}

fn wrong(error: &std::io::Error) -> Error {
    Error::new(ErrorKind::Unavailable, "trial", format!("no place for it on this machine: {error}"))
}
