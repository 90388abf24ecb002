//! The stack as a child process, which can be killed.

use super::place::Place;
use crate::table;
use aws::{Client, DynamoTable, Reach};
use bytes::Bytes;
use engine::rows::{Kept, LedgerRow, ParkedRow, StockRow};
use ports::{Clock, Error, ErrorKind, Http, Request, Result, Table};
use serde_json::Value;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// Longest wait until it is ready.
const START: jiff::SignedDuration = jiff::SignedDuration::from_secs(120);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The running stack.
pub(super) struct Server {
    child: Child,
    pages: String,
    pub(super) table: DynamoTable,
}

/// What the stack's own rows say in the end.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Left {
    pub(super) available: i64,
    pub(super) reserved: i64,
    /// The ledger's sum of what orders took from available.
    pub(super) taken: i64,
    pub(super) ledger_rows: usize,
    pub(super) parked: usize,
    pub(super) waiting: u64,
    pub(super) dead: u64,
}

impl Server {
    /// Starts it and waits until every schedule has run once.
    pub(super) async fn start(place: &Place, clock: &dyn Clock) -> Result<Self> {
        let wrong = |what: String| Error::new(ErrorKind::Unavailable, "flash sale", what);
        let ready = place.file("ready.json");
        // Of a stack that was killed before.
        let _ = std::fs::remove_file(&ready);
        let program = std::env::current_exe().map_err(|e| wrong(e.to_string()))?;
        let log = File::options().create(true).append(true).open(place.log()).map_err(|e| wrong(e.to_string()))?;
        let mut child = Command::new(program)
            .arg("run")
            .args([Path::new("--config"), &place.file("sluis.toml")])
            .args([Path::new("--state"), &place.file("state")])
            .args([Path::new("--ready"), &ready])
            .args(["--listen", &place.address.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| wrong(format!("the stack cannot be started: {e}")))?;
        let until = clock.now().saturating_add(START).unwrap_or(jiff::Timestamp::MAX);
        loop {
            if let Some(told) = std::fs::read(&ready).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok()) {
                let part = |name: &str| told.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
                return Ok(Self { child, pages: part("pages"), table: table::at(&part("table")) });
            }
            let ended = child.try_wait().map_err(|e| wrong(e.to_string()))?;
            if ended.is_some() || clock.now() > until {
                let log = std::fs::read_to_string(place.log()).unwrap_or_default();
                return Err(wrong(format!("the stack did not start:\n{log}")));
            }
            clock.sleep(BETWEEN_LOOKS).await;
        }
    }

    /// Kills it: no goodbye, no flush.
    pub(super) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.map_err(|e| Error::new(ErrorKind::Unavailable, "flash sale", format!("it cannot be killed: {e}")))
    }

    async fn status(&self) -> Result<Value> {
        let mut request = Request::new(Bytes::new());
        *request.uri_mut() = format!("{}/_local/status", self.pages)
            .parse()
            .map_err(|_| Error::new(ErrorKind::Bug, "flash sale", "the stack gave no address"))?;
        let answer = Client::new(Reach::AndLoopback)?.send(request).await?;
        Ok(serde_json::from_slice(answer.body()).unwrap_or_default())
    }

    /// Messages waiting on queues that feed a function, and on those that hold what nobody could process.
    async fn messages(&self) -> Result<(u64, u64)> {
        let status = self.status().await?;
        let queues = status.get("queues").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut sums = (0, 0);
        for (name, depth) in &queues {
            let count = |part: &str| depth.get(part).and_then(Value::as_u64).unwrap_or_default();
            let sum = if name.contains("Dead") { &mut sums.1 } else { &mut sums.0 };
            *sum += count("ready") + count("hidden");
        }
        Ok(sums)
    }

    pub(super) async fn queues_are_empty(&self) -> bool {
        self.messages().await.is_ok_and(|(waiting, _)| waiting == 0)
    }

    /// Reads what its rows say.
    pub(super) async fn left(&self, place: &Place) -> Result<Left> {
        let (waiting, dead) = self.messages().await?;
        let mut left = Left { waiting, dead, ..Left::default() };
        if let Some(row) = self.table.get(&StockRow::key(&place.sku, &place.location)).await? {
            let stock = StockRow::from_row(&row)?;
            (left.available, left.reserved) = (stock.level.available.units(), stock.level.reserved.units());
        }
        let mut from = None;
        loop {
            let page = self.table.query(&LedgerRow::partition(&place.sku), "", from.as_ref(), 500, false).await?;
            for row in &page.rows {
                let row = LedgerRow::from_row(row)?;
                left.ledger_rows += 1;
                left.taken -= row.movement.available.min(0);
            }
            from = page.next;
            if from.is_none() {
                break;
            }
        }
        left.parked = self.table.query(ParkedRow::PARTITION, "", None, 500, false).await?.rows.len();
        Ok(left)
    }
}
