//! What is looked at while the load goes on: which orders have arrived, whether figures agree with their movements, memory and disk.

use super::api;
use super::books::{Books, OrderId};
use crate::pages::Pages;
use domain::Sku;
use futures::StreamExt;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Result};
use std::collections::VecDeque;

/// Orders looked for in one look, and how many reads are under way at once: the look must not slow down what it watches.
const MOST_AT_ONCE: usize = 60;
const READS: usize = 4;

/// What has been seen so far.
#[derive(Debug, Default)]
pub(super) struct Watched {
    missing: VecDeque<(OrderId, Timestamp)>,
    /// Orders found.
    pub(super) arrived: u64,
    /// From the sale to the look that found it, at the longest.
    pub(super) longest: SignedDuration,
    /// Looks at one product's figure and movements that nothing came between.
    pub(super) compared: u64,
    /// Those that did not agree.
    pub(super) unlike: Vec<String>,
    /// Questions that the API did not answer, because chaos befell them too.
    pub(super) unanswered: u64,
}

impl Watched {
    /// Orders that shops took and that have not been found.
    pub(super) fn missing(&self) -> usize {
        self.missing.len()
    }

    /// Looks for some of the orders that are missing.
    pub(super) async fn look_for_orders(&mut self, pages: &Pages, books: &Books, clock: &dyn Clock) {
        let now = clock.now();
        self.missing.extend(books.open().fresh.drain(..).map(|id| (id, now)));
        let some: Vec<_> = self.missing.drain(..MOST_AT_ONCE.min(self.missing.len())).collect();
        let looks = futures::stream::iter(some).map(|(id, since)| async move {
            let order = api::order(pages, &id).await;
            (id, since, order)
        });
        let looks: Vec<_> = looks.buffered(READS).collect().await;
        for (id, since, order) in looks {
            match order {
                Ok(Some(_)) => {
                    self.arrived += 1;
                    self.longest = self.longest.max(clock.now().duration_since(since));
                }
                // To the end of the line: the others are looked for first.
                Ok(None) => self.missing.push_back((id, since)),
                Err(_) => {
                    self.unanswered += 1;
                    self.missing.push_back((id, since));
                }
            }
        }
    }

    /// Holds a product's figures against its movements.
    pub(super) async fn compare(&mut self, pages: &Pages, sku: &Sku) {
        match compared(pages, sku).await {
            Ok(None) => {}
            Ok(Some(wrong)) => {
                self.compared += 1;
                self.unlike.extend(wrong);
            }
            Err(_) => self.unanswered += 1,
        }
    }
}

/// Nothing if something moved while it was looked at; else what is wrong.
async fn compared(pages: &Pages, sku: &Sku) -> Result<Option<Vec<String>>> {
    let before = api::stock(pages, sku).await?;
    let movements = api::movements(pages, sku).await?;
    let after = api::stock(pages, sku).await?;
    if before.version() != after.version() {
        return Ok(None);
    }
    let figures = (after.available, after.reserved);
    let sums = movements.iter().fold((0, 0), |(a, r), m| (a + m.available, r + m.reserved));
    let mut wrong = Vec::new();
    if figures != sums {
        wrong.push(format!("{sku}: {figures:?} available and reserved, movements give {sums:?}"));
    }
    if figures.0 < 0 || figures.1 < 0 {
        wrong.push(format!("{sku}: {figures:?} available and reserved"));
    }
    if u64::try_from(movements.len()).is_ok_and(|n| n != after.version()) {
        wrong.push(format!("{sku}: version {} after {} movements", after.version(), movements.len()));
    }
    Ok(Some(wrong))
}
