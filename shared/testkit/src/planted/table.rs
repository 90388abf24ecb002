//! The table, with the mistake.

use super::{Function, Mistake, commit, read, write};
use crate::planted::write::Fate;
use async_trait::async_trait;
use contracts::{Message, StockHint};
use engine::rows::StockRow;
use ports::{Clock, Key, OutgoingMessage, Page, Queue, QueueName, Reason, Refused, Result, Row, Status, Table, Write};
use std::sync::Arc;
use std::time::Duration;

pub(super) struct PlantedTable {
    pub(super) mistake: Mistake,
    pub(super) inner: Arc<dyn Table>,
    pub(super) queue: Arc<dyn Queue>,
    pub(super) function: Arc<Function>,
    pub(super) clock: Arc<dyn Clock>,
}

const CURSOR: &str = "CURSOR";

impl PlantedTable {
    fn as_read(&self, row: Row) -> Option<Row> {
        if row.key.sk == CURSOR {
            self.function.done().polls = true;
        }
        let polls = self.function.done().polls;
        read::row(self.mistake, row, polls)
    }

    /// What stood in the way is read like any row.
    fn refused(&self, refused: Refused) -> Refused {
        let Refused::Reasons(reasons) = refused else { return refused };
        let read = |reason| match reason {
            Reason::Condition(row) => Reason::Condition(row.and_then(|row| self.as_read(row))),
            other => other,
        };
        Refused::Reasons(reasons.into_iter().map(read).collect())
    }

    /// What was taken for sent goes out.
    async fn send_unsent(&self) -> Result<()> {
        let unsent = std::mem::take(&mut self.function.done().unsent);
        for (queue, messages) in unsent {
            self.queue.send(queue, messages).await?;
        }
        Ok(())
    }

    /// Tells others of a commit that is about to be made.
    async fn tell_too_early(&self, writes: &[Write]) -> Result<()> {
        let of = |write: &Write| match write {
            Write::Update { key, .. } if key.sk.starts_with(StockRow::PREFIX) => key.pk.strip_prefix("SKU#").map(str::to_owned),
            _ => None,
        };
        let skus = writes.iter().filter_map(of).filter_map(|sku| domain::Sku::new(&sku).ok());
        let hints = skus.map(|sku| StockHint { sku, connection: None }.to_json());
        let messages: Vec<_> = hints.map(|body| OutgoingMessage { body, delay: Duration::ZERO }).collect();
        if messages.is_empty() {
            return Ok(());
        }
        self.function.done().told = true;
        self.queue.send(QueueName::StockHints, messages).await
    }
}

#[async_trait]
impl Table for PlantedTable {
    async fn get(&self, key: &Key) -> Result<Option<Row>> {
        Ok(self.inner.get(key).await?.and_then(|row| self.as_read(row)))
    }

    async fn query(&self, pk: &str, prefix: &str, from: Option<&Key>, limit: usize, newest_first: bool) -> Result<Page> {
        let page = self.inner.query(pk, prefix, from, limit, newest_first).await?;
        let rows = page.rows.into_iter().filter_map(|row| self.as_read(row)).collect();
        Ok(Page { rows: read::page(self.mistake, rows), next: page.next })
    }

    async fn write(&self, write: Write) -> std::result::Result<Option<Row>, Refused> {
        let (key, is_cursor) = (write.key().clone(), write.key().sk == CURSOR);
        let answer = match write::altered(self.mistake, self.inner.as_ref(), write).await? {
            Fate::Done(write) => self.inner.write(write).await,
            // Said to be done.
            Fate::Dropped => Ok(self.inner.get(&key).await?),
        };
        if is_cursor {
            self.send_unsent().await?;
        }
        answer.map(|row| row.and_then(|row| self.as_read(row))).map_err(|refused| self.refused(refused))
    }

    async fn transact(&self, writes: Vec<Write>) -> std::result::Result<(), Refused> {
        if commit::is_forgotten(self.mistake, self.inner.as_ref(), &writes).await? {
            return Ok(());
        }
        if self.mistake == Mistake::ToldBeforeCommit && commit::is_of_orders(&writes) {
            self.tell_too_early(&writes).await?;
        }
        let is_of_orders = commit::is_of_orders(&writes);
        let mut done = Vec::new();
        for write in commit::moved(self.mistake, self.inner.as_ref(), writes, self.clock.now()).await? {
            if let Fate::Done(write) = write::altered(self.mistake, self.inner.as_ref(), write).await? {
                done.push(write);
            }
        }
        let outcome = match commit::in_two(self.mistake, &done) {
            Some((first, second)) => match self.inner.transact(first).await {
                Ok(()) => self.inner.transact(second).await,
                refused => refused,
            },
            None if done.is_empty() => Ok(()),
            None => self.inner.transact(done).await,
        };
        match outcome {
            Err(Refused::Error(error))
                if self.mistake == Mistake::LostAnswerTakenAsDone && is_of_orders && error.status == Status::Unknown =>
            {
                Ok(())
            }
            Err(refused) => {
                self.function.done().refused |= is_of_orders;
                Err(self.refused(refused))
            }
            Ok(()) => {
                self.function.done().committed |= is_of_orders;
                Ok(())
            }
        }
    }

    fn most_writes(&self) -> usize {
        self.inner.most_writes()
    }
}
