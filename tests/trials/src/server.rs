//! The stack as a child process, which can be killed.

use crate::pages::Pages;
use crate::place::Place;
use aws::embedded::EmbeddedTable;
use ports::{Clock, Error, ErrorKind, Result};
use serde_json::Value;
use sluis::table;
use std::fs::File;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;
use tokio::process::{Child, Command};

/// Longest wait until it is ready.
const START: jiff::SignedDuration = jiff::SignedDuration::from_secs(120);
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// The running stack.
pub(crate) struct Server {
    child: Child,
    /// The way to what it serves.
    pub(crate) pages: Pages,
    /// Its table, looked at from here.
    pub(crate) table: EmbeddedTable,
}

impl Server {
    /// Starts it, with these arguments besides, and waits until every schedule has run once.
    pub(crate) async fn start(place: &Place, besides: &[String], clock: &dyn Clock) -> Result<Self> {
        let wrong = |what: String| Error::new(ErrorKind::Unavailable, "trial", what);
        let (ready, state) = (place.file("ready.json"), place.file("state"));
        // Of a stack that was killed before.
        let _ = std::fs::remove_file(&ready);
        let program = std::env::current_exe().map_err(|e| wrong(e.to_string()))?;
        let log = File::options().create(true).append(true).open(place.log()).map_err(|e| wrong(e.to_string()))?;
        let mut child = Command::new(program)
            .arg("run")
            .args([Path::new("--config"), &place.file("sluis.toml")])
            .args([Path::new("--state"), &state])
            .args([Path::new("--ready"), &ready])
            .args(["--listen", &place.address.to_string()])
            .args(besides)
            .arg("--while-input-is-open")
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .map_err(|e| wrong(format!("the stack cannot be started: {e}")))?;
        let until = clock.now().saturating_add(START).unwrap_or(jiff::Timestamp::MAX);
        loop {
            if let Some(told) = std::fs::read(&ready).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok()) {
                let pages = Pages::at(told.get("pages").and_then(Value::as_str).unwrap_or_default())?;
                return Ok(Self { child, pages, table: table::beside(&state.join(table::FILE))? });
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
    pub(crate) async fn kill(&mut self) -> Result<()> {
        self.child.kill().await.map_err(|e| Error::new(ErrorKind::Unavailable, "trial", format!("it cannot be killed: {e}")))
    }

    /// The number of its process.
    pub(crate) fn process(&self) -> Option<u32> {
        self.child.id()
    }
}
