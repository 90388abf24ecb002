//! A shop that leads the stock: what its staff change there is taken as a correction (`domain::Counter`).

use super::batch::Writer;
use super::lease::counter_kept;
use super::pending::Written;
use super::present::Present;
use super::push::{FENCE_WAIT, look, patience, settled_through, written};
use super::unreadable_lines::holds;
use crate::messages::{hint, hint_stock};
use crate::orders::poll::{Unseen, changed_unseen, taken_in};
use crate::planted::{Mistake, planted};
use crate::rows::{LedgerCause, ListingRow, StockChange, StockRow};
use crate::stock::adjust::{announce_later, change};
use crate::{Cache, ConnectorClient, Ports};
use contracts::StockHint;
use domain::{Counter, Flow, LocationId, Quantity, Seen, so_many};
use ports::{Error, ErrorKind, Observed, QueueName, Result, Status, StockWrite};
use std::time::Duration;

/// By then the next poll has taken in the orders of up to now.
const NEXT_POLL: Duration = Duration::from_secs(90);

/// The counter of the item that is pushed to, if its shop leads.
pub(super) struct Lead {
    counter: Option<Counter>,
    /// Where its corrections go.
    location: Option<LocationId>,
    patience: Duration,
    /// As it lies in the listing's row.
    kept: Option<Counter>,
    /// Look again after this time.
    later: Option<Duration>,
}

impl Lead {
    /// As it is when a push begins; `after_death`: one before it died, and may have written.
    pub(super) async fn of(
        world: &Ports,
        lookup: &Cache,
        driver: &ConnectorClient<'_>,
        row: &ListingRow,
        after_death: bool,
    ) -> Result<Self> {
        let connection = lookup.connection(world, &row.connection).await?;
        let location = connection
            .locations
            .first()
            .filter(|_| connection.leads && driver.connector().stock().is_some_and(|stock| stock.descriptor().can_lead))
            .cloned();
        let mut lead = Self {
            counter: location.is_some().then(|| row.counter.clone().unwrap_or_default().believed_at(world.clock.now())),
            location,
            patience: patience(driver),
            kept: row.counter.clone(),
            later: None,
        };
        if after_death {
            lead.lost(world);
        }
        Ok(lead)
    }

    /// Something was written, and what it shows is not known.
    pub(super) fn lost(&mut self, world: &Ports) {
        if let Some(counter) = &mut self.counter {
            counter.lost(world.clock.now());
        }
    }

    /// A figure was written and acknowledged.
    pub(super) fn wrote(&mut self, world: &Ports, driver: &ConnectorClient<'_>, from: Option<Quantity>, quantity: Quantity) {
        let compared = driver.compares_and_sets();
        match (&mut self.counter, from) {
            (Some(_), Some(_)) if planted(Mistake::EchoTakenAsEdit) => {}
            (Some(counter), Some(from)) => counter.wrote(from, quantity, compared),
            _ => self.lost(world),
        }
    }

    /// Whether its shop leads: then what nobody can explain is its staff's.
    pub(super) fn is_led(&self) -> bool {
        self.counter.is_some()
    }

    /// Whether a write of ours would undo what its staff changed since the look, without anybody hearing of it.
    pub(super) fn overwrites(&self, driver: &ConnectorClient<'_>) -> bool {
        let compared = driver.compares_and_sets();
        self.counter.is_some() && !compared && driver.reads_back()
    }

    /// What a look says: units beyond what orders and our own writes explain, 0 where no shop leads. `None`: stock was corrected by it, and
    /// everything is to be looked at anew. `before`: what the shop's orders had moved, as read before the look.
    #[expect(clippy::too_many_arguments, reason = "what a push knows when it has looked")]
    pub(super) async fn look(
        &mut self,
        world: &Ports,
        lookup: &Cache,
        row: &ListingRow,
        lease: &str,
        seen: &Seen,
        before: Flow,
        present: &Present,
    ) -> Result<Option<i64>> {
        if !is_alone(present, row) {
            // An order does not tell which item's counter it moved.
            self.counter = None;
        }
        let (Some(counter), Some(live)) = (&mut self.counter, seen.live) else { return Ok(Some(0)) };
        let flow = present.flow(&row.connection);
        let mut unexplained = 0;
        let mut begins = false;
        // What was seen before may be understood only now; then what is seen now is judged by that.
        for _ in 0..2 {
            unexplained = counter.unexplained(live, flow).unwrap_or(0);
            if unexplained == 0 && !counter.is_open(flow) {
                return Ok(Some(0));
            }
            let as_it_was = counter.clone();
            begins = counter.looked(live, seen.at, before);
            let at_once = unexplained != 0 || is_overdue(counter, seen);
            match understand(world, lookup, row, counter, at_once).await? {
                None => break,
                Some(0) => {}
                // Taken for an edit, units of an order that changed without a word would be missing twice once it is read.
                Some(units) if units < 0 && changed_unseen(world, lookup, row).await? != Unseen::Nothing => {
                    *counter = as_it_was;
                    self.later = Some(self.patience);
                    return Ok(Some(unexplained));
                }
                Some(units) => {
                    let taken = self.take(world, row, lease, units).await;
                    if taken.is_err() && self.kept != self.counter {
                        // Not taken: it is found again. Once it is, what is known stays so, or it would be taken twice.
                        self.counter = Some(as_it_was);
                    }
                    return taken.map(|()| None);
                }
            }
        }
        let has_a_hint = counter.waits_for().is_some() && !begins && !is_overdue(counter, seen);
        self.later = if unexplained != 0 { Some(self.patience) } else { (!has_a_hint).then_some(NEXT_POLL) };
        Ok(Some(unexplained))
    }

    /// Corrects the stock, and keeps what is known of the counter now: both or neither, or it would be corrected twice.
    async fn take(&mut self, world: &Ports, row: &ListingRow, lease: &str, units: i64) -> Result<()> {
        let Some(location) = &self.location else { return Ok(()) };
        let available = StockRow::read(world, &row.sku, location).await?.map_or(0, |stock| stock.level.available.units());
        let covered = units.max(-available);
        if covered != 0 {
            // Should we die right after it.
            announce_later(world, &row.sku).await?;
            let cause = LedgerCause::Edited { connection: row.connection.clone() };
            let kept = counter_kept(row, lease, self.counter.as_ref());
            change(world, &row.sku, location, StockChange::Add(covered), cause, &world.ids.fresh(), Some(kept)).await?;
            self.kept.clone_from(&self.counter);
            // It is made, and the other hint is on its way.
            let _ = hint_stock(world, &row.sku).await;
        }
        if covered != units {
            let message = format!(
                "{} of {} taken away in {}, and only {available} at {location} not promised to orders: count what lies there",
                so_many(-units, "unit"),
                row.sku,
                row.connection
            );
            world
                .park(Some(&row.connection), &format!("count of listing {} of {}", row.listing.offer, row.sku), &message, "")
                .await?;
        }
        Ok(())
    }

    /// Keeps what is known, and has it looked at again where that would teach something. Before the row is given back.
    pub(super) async fn keep(&mut self, world: &Ports, row: &ListingRow, lease: &str) -> Result<()> {
        if let Some(wait) = self.later.take() {
            // Not noted as put off: what else there is to be told must not wait for it.
            let look = StockHint { sku: row.sku.clone(), connection: Some(row.connection.clone()) };
            world.queue.send(QueueName::StockHints, vec![hint(&look, wait)]).await?;
        }
        if self.kept != self.counter {
            world.write_if(counter_kept(row, lease, self.counter.as_ref())).await?;
            self.kept.clone_from(&self.counter);
        }
        Ok(())
    }
}

/// Sets the figure where the shop cannot compare: looks once more and writes in one use of the channel, with nothing to wait for in between.
/// Much may have passed since the look that was decided on: rows were read, and others were waited for. A figure that is another by now is
/// left alone, as a comparison would have left it.
pub(super) async fn write_unless_changed(
    driver: &Writer<'_>,
    row: &ListingRow,
    quantity: Quantity,
    from: Option<Quantity>,
) -> Result<Written> {
    let (offer, stock_reference) = (row.listing.offer.clone(), row.listing.stock_reference.clone());
    let write = &StockWrite { offer, stock_reference, quantity, from, places: Vec::new(), start_tracking: false };
    let stock = driver.stock()?;
    let answer = stock.call(|stock, call| {
        Box::pin(async move {
            let shown = stock.read(call, &write.offer, &write.stock_reference).await?.counted();
            if write.from != shown.map(|shown| shown.quantity) {
                let message = "the shop shows another figure than a moment ago; it is looked at anew";
                return Err(Error::new(ErrorKind::Conflict, "publish", message).with_status(Status::Permanent));
            }
            stock.write_one(call, write).await
        })
    });
    written(driver, answer.await)
}

/// After a write that was not compared: when to look again, if it shows something else already. What its staff changed while the write was on
/// its way is gone, and no look tells of it; what they changed right after it is found now and not at the next change of the product.
pub(super) async fn changed_since(driver: &Writer<'_>, row: &ListingRow, quantity: Quantity) -> Option<Duration> {
    match look(driver, row).await {
        Ok(Some(Observed::Counted(shown))) if shown.quantity == quantity => None,
        Ok(_) | Err(_) => Some(FENCE_WAIT),
    }
}

/// Whether the product's orders move no other counter of the shop.
fn is_alone(present: &Present, row: &ListingRow) -> bool {
    let items = present.listings.iter().filter(|other| other.connection == row.connection).count();
    items == 1 && present.parts.is_empty() && present.bundles.is_empty()
}

/// Whether the look that waits should have been understood by now.
fn is_overdue(counter: &Counter, seen: &Seen) -> bool {
    counter.waits_for().is_some_and(|at| Duration::try_from(seen.at.duration_since(at)).is_ok_and(|waits| waits >= NEXT_POLL))
}

/// By how many units its staff changed it, once its orders up to the look are taken in, to the last line. `None`: not known yet.
async fn understand(
    world: &Ports,
    lookup: &Cache,
    row: &ListingRow,
    counter: &mut Counter,
    at_once: bool,
) -> Result<Option<i64>> {
    let Some(at) = counter.waits_for() else { return Ok(None) };
    let mut settled = settled_through(world, row).await?;
    if at_once && settled.is_none_or(|settled| settled < at) {
        settled = taken_in(world, lookup, row, at).await?.through;
    }
    if planted(Mistake::EditTakenUnsettled) {
        settled = settled.max(Some(at));
    }
    let Some(settled) = settled.filter(|settled| *settled >= at) else { return Ok(None) };
    // Read after it was known that they are in.
    let present = Present::read(world, &row.sku).await?;
    // A line that may be of the product has moved the counter, and moves stock only once it can be read.
    if holds(world, lookup, &present).await?.is_some() {
        return Ok(None);
    }
    Ok(counter.settle(settled, present.flow(&row.connection)))
}
