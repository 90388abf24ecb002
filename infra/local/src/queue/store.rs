//! Messages in a SQLite file. One thread owns the file; whatever waits for it is done in one transaction.
//!
//! WAL with `synchronous = NORMAL` survives the death of the process, which is what is promised here, not a power cut.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use std::path::Path;
use tokio::sync::{mpsc, oneshot};

/// Most requests of one transaction.
const MOST_AT_ONCE: usize = 512;

/// No message is hidden for longer when it is sent, as on SQS.
const LONGEST_DELAY_MS: i64 = 15 * 60 * 1000;

/// A message handed out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Its id.
    pub id: i64,
    /// How often it was handed out, this time included. Names this handing out: a late consumer deletes nothing.
    pub receives: u32,
    /// Its text.
    pub body: String,
}

/// What came of asking for messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Batch {
    /// The messages; may be none.
    pub messages: Vec<Received>,
    /// When the next one that is hidden now can be had, in milliseconds since 1970.
    pub next_at_ms: Option<i64>,
    /// Messages that went to the dead letters instead of being handed out once more.
    pub died: usize,
}

/// How messages are handed out.
#[derive(Debug, Clone)]
pub struct Handing {
    /// From which queue.
    pub queue: String,
    /// Most of them.
    pub most: usize,
    /// For how long they are hidden then, in milliseconds.
    pub visibility_ms: i64,
    /// Where they go that were handed out this often already.
    pub dead_letters: Option<(String, u32)>,
}

/// How many messages a queue holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Depth {
    /// Ready to be handed out.
    pub ready: u64,
    /// Handed out, or not due yet.
    pub hidden: u64,
}

type Answer<T> = oneshot::Sender<rusqlite::Result<T>>;

enum Ask {
    Send { queue: String, bodies: Vec<(String, i64)>, now_ms: i64, answer: Answer<()> },
    Receive { handing: Handing, now_ms: i64, answer: Answer<Batch> },
    Delete { handed_out: Vec<(i64, u32)>, answer: Answer<()> },
    Depth { queue: String, now_ms: i64, answer: Answer<Depth> },
    Expire { queue: String, before_ms: i64, answer: Answer<usize> },
}

/// The way to the file.
#[derive(Clone)]
pub struct Store {
    asks: mpsc::UnboundedSender<Ask>,
}

impl Store {
    /// Opens or makes the file. What was handed out when a process died is to be had at once, with its deliveries counted on: only one process
    /// has the state folder, so nobody works on it any more. A hint whose push died finds its listing still held, and leaves word there.
    pub fn open(path: &Path) -> rusqlite::Result<Self> {
        on(prepared(path)?)
    }
    async fn ask<T>(&self, ask: impl FnOnce(Answer<T>) -> Ask) -> rusqlite::Result<T> {
        let (answer, waiting) = oneshot::channel();
        self.asks.send(ask(answer)).map_err(|_| nobody_there())?;
        waiting.await.map_err(|_| nobody_there())?
    }

    /// Puts messages, each with the milliseconds it is hidden at first. Durable when it answers.
    pub async fn send(&self, queue: &str, bodies: Vec<(String, i64)>, now_ms: i64) -> rusqlite::Result<()> {
        let queue = queue.to_owned();
        self.ask(|answer| Ask::Send { queue, bodies, now_ms, answer }).await
    }

    /// Hands out messages.
    pub async fn receive(&self, handing: Handing, now_ms: i64) -> rusqlite::Result<Batch> {
        self.ask(|answer| Ask::Receive { handing, now_ms, answer }).await
    }

    /// Deletes messages, unless they were handed out again since.
    pub async fn delete(&self, handed_out: Vec<(i64, u32)>) -> rusqlite::Result<()> {
        self.ask(|answer| Ask::Delete { handed_out, answer }).await
    }

    /// Counts.
    pub async fn depth(&self, queue: &str, now_ms: i64) -> rusqlite::Result<Depth> {
        let queue = queue.to_owned();
        self.ask(|answer| Ask::Depth { queue, now_ms, answer }).await
    }

    /// Deletes what was sent before an instant, as a queue does when its retention is over. Answers how many.
    pub async fn expire(&self, queue: &str, before_ms: i64) -> rusqlite::Result<usize> {
        let queue = queue.to_owned();
        self.ask(|answer| Ask::Expire { queue, before_ms, answer }).await
    }
}

/// The file, with its table.
fn prepared(path: &Path) -> rusqlite::Result<Connection> {
    let file = Connection::open(path)?;
    file.execute_batch(
        "PRAGMA journal_mode = WAL;
         PRAGMA synchronous = NORMAL;
         CREATE TABLE IF NOT EXISTS message (
             id INTEGER PRIMARY KEY AUTOINCREMENT,
             queue TEXT NOT NULL,
             body TEXT NOT NULL,
             sent_at INTEGER NOT NULL,
             visible_at INTEGER NOT NULL,
             receives INTEGER NOT NULL DEFAULT 0
         );
         CREATE INDEX IF NOT EXISTS in_line ON message (queue, visible_at, id);
         UPDATE message SET visible_at = min(visible_at, sent_at) WHERE receives > 0;",
    )?;
    Ok(file)
}

/// Starts the thread that owns the file.
fn on(mut file: Connection) -> rusqlite::Result<Store> {
    let (asks, mut waiting) = mpsc::unbounded_channel();
    std::thread::Builder::new()
        .name("queues".into())
        .spawn(move || {
            while let Some(first) = waiting.blocking_recv() {
                let mut batch = vec![first];
                while batch.len() < MOST_AT_ONCE {
                    let Ok(next) = waiting.try_recv() else { break };
                    batch.push(next);
                }
                serve(&mut file, batch);
            }
        })
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(Box::new(error)))?;
    Ok(Store { asks })
}

/// Does all asks in one transaction, and answers when it is committed.
fn serve(file: &mut Connection, batch: Vec<Ask>) {
    let transaction = match file.transaction() {
        Ok(transaction) => transaction,
        Err(error) => return batch.into_iter().for_each(|ask| ask.refuse(&error)),
    };
    let answers: Vec<Later> = batch.into_iter().map(|ask| one(&transaction, ask)).collect();
    let committed = transaction.commit();
    for answer in answers {
        answer(&committed);
    }
}

/// An answer that waits for the commit.
type Later = Box<dyn FnOnce(&rusqlite::Result<()>)>;

impl Ask {
    fn refuse(self, why: &rusqlite::Error) {
        let why = same(why);
        // Whoever asked may have gone.
        match self {
            Self::Send { answer, .. } | Self::Delete { answer, .. } => drop(answer.send(Err(why))),
            Self::Receive { answer, .. } => drop(answer.send(Err(why))),
            Self::Depth { answer, .. } => drop(answer.send(Err(why))),
            Self::Expire { answer, .. } => drop(answer.send(Err(why))),
        }
    }
}

/// The same failure for each who waited for it, in SQLite's own words.
fn same(error: &rusqlite::Error) -> rusqlite::Error {
    let code = error.sqlite_error().copied().unwrap_or(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT));
    rusqlite::Error::SqliteFailure(code, Some(error.to_string()))
}

/// The thread that owns the file is gone.
fn nobody_there() -> rusqlite::Error {
    let words = "the thread that owns the queue file has ended; the log says more".to_owned();
    rusqlite::Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_ABORT), Some(words))
}

fn one(file: &Transaction<'_>, ask: Ask) -> Later {
    match ask {
        Ask::Send { queue, bodies, now_ms, answer } => later(answer, send(file, &queue, &bodies, now_ms)),
        Ask::Receive { handing, now_ms, answer } => later(answer, receive(file, &handing, now_ms)),
        Ask::Delete { handed_out, answer } => later(answer, delete(file, &handed_out)),
        Ask::Depth { queue, now_ms, answer } => later(answer, depth(file, &queue, now_ms)),
        Ask::Expire { queue, before_ms, answer } => {
            later(answer, file.execute("DELETE FROM message WHERE queue = ?1 AND sent_at < ?2", params![queue, before_ms]))
        }
    }
}

fn later<T: 'static>(answer: Answer<T>, result: rusqlite::Result<T>) -> Later {
    Box::new(move |committed| {
        // Its own failure says more than that of the commit, which comes of it.
        let result = result.and_then(|done| committed.as_ref().map(|()| done).map_err(same));
        // Whoever asked may have gone; then nobody needs the answer.
        let _ = answer.send(result);
    })
}

fn send(file: &Transaction<'_>, queue: &str, bodies: &[(String, i64)], now_ms: i64) -> rusqlite::Result<()> {
    let mut insert = file.prepare_cached("INSERT INTO message (queue, body, sent_at, visible_at) VALUES (?1, ?2, ?3, ?4)")?;
    for (body, delay_ms) in bodies {
        insert.execute(params![queue, body, now_ms, now_ms + delay_ms])?;
    }
    Ok(())
}

fn receive(file: &Transaction<'_>, handing: &Handing, now_ms: i64) -> rusqlite::Result<Batch> {
    let mut batch = Batch::default();
    let mut bury = file.prepare_cached("UPDATE message SET queue = ?1, visible_at = ?2 WHERE id = ?3")?;
    let mut hide = file.prepare_cached("UPDATE message SET visible_at = ?1, receives = ?2 WHERE id = ?3")?;
    let mut find = file.prepare_cached(
        "SELECT id, receives, body FROM message WHERE queue = ?1 AND visible_at <= ?2 ORDER BY visible_at, id LIMIT ?3",
    )?;
    let most = i64::try_from(handing.most).unwrap_or(i64::MAX);
    let found: Vec<(i64, u32, String)> = find
        .query_map(params![handing.queue, now_ms, most], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<rusqlite::Result<_>>()?;
    for (id, before, body) in found {
        match &handing.dead_letters {
            Some((dead, after)) if before >= *after => {
                bury.execute(params![dead, now_ms, id])?;
                batch.died += 1;
            }
            _ => {
                hide.execute(params![now_ms + handing.visibility_ms, before + 1, id])?;
                batch.messages.push(Received { id, receives: before + 1, body });
            }
        }
    }
    if batch.messages.is_empty() {
        // Hidden for longer than anything is: by a clock that was ahead. It is to be had now, or it would never be.
        let longest = LONGEST_DELAY_MS + handing.visibility_ms;
        let mut mend = file.prepare_cached(
            "UPDATE message SET visible_at = ?2, sent_at = min(sent_at, ?2) WHERE queue = ?1 AND visible_at > ?2 + ?3",
        )?;
        mend.execute(params![handing.queue, now_ms, longest])?;
        let mut next = file.prepare_cached("SELECT min(visible_at) FROM message WHERE queue = ?1")?;
        batch.next_at_ms = next.query_row([&handing.queue], |row| row.get(0)).optional()?.flatten();
    }
    Ok(batch)
}

fn delete(file: &Transaction<'_>, handed_out: &[(i64, u32)]) -> rusqlite::Result<()> {
    let mut delete = file.prepare_cached("DELETE FROM message WHERE id = ?1 AND receives = ?2")?;
    for (id, receives) in handed_out {
        delete.execute(params![id, receives])?;
    }
    Ok(())
}

fn depth(file: &Transaction<'_>, queue: &str, now_ms: i64) -> rusqlite::Result<Depth> {
    let mut count = file.prepare_cached(
        "SELECT count(*) FILTER (WHERE visible_at <= ?2), count(*) FILTER (WHERE visible_at > ?2) FROM message WHERE queue = ?1",
    )?;
    count.query_row(params![queue, now_ms], |row| Ok(Depth { ready: row.get(0)?, hidden: row.get(1)? }))
}

#[cfg(test)]
#[path = "store_tests.rs"]
mod tests;
