//! Figures that the merchant's staff change in a channel's own screen.

use super::Simulation;
use connectors::simulated_channel::SimulatedChannel;
use domain::{ConnectionId, Quantity};
use jiff::Timestamp;

impl Simulation<'_> {
    /// They set one.
    pub(super) fn edit(&mut self, connection: u8, product: u8, units: i64) {
        let (id, product) = (self.connection(connection), usize::from(product));
        let (code, before) = (self.code(&id, product), self.figure(&id, product));
        self.note(&format!("the merchant sets {code} to {units} at {id}; it was {before:?}"));
        self.books.edited(&id, product, 0);
        self.by_staff(&id, |side, now| side.edit_stock(now, &code, Quantity::clamped(units)));
        self.see_tracked(&id, product);
    }

    /// They do something there; what is on sale afterwards and was not before is theirs, and of the shop that leads it is a word about stock.
    pub(super) fn by_staff<T>(&mut self, id: &ConnectionId, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> T {
        let figures = |it: &Self| -> Vec<Option<i64>> { (0..it.on_sale().len()).map(|product| it.figure(id, product)).collect() };
        let before = figures(self);
        let done = self.market.on(id, work);
        for (product, (before, after)) in before.into_iter().zip(figures(self)).enumerate().filter(|(_, (b, a))| a != b) {
            let on_sale = |figure: Option<i64>| figure.unwrap_or(0).max(0);
            self.books.edited(id, product, on_sale(after) - on_sale(before));
            self.books.is_theirs(id, product);
            match (before, after) {
                _ if !self.leads(id) => {}
                (Some(before), Some(after)) => self.books.led(product, after - before),
                // What it was while nobody counted it, nobody knows: any difference is theirs.
                (None, Some(after)) => self.books.led_freely(product, after),
                (_, None) => {}
            }
        }
        done
    }
}
