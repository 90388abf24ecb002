//! Figures that the merchant's staff change in a channel's own screen.

use super::Simulation;
use connectors::simulated_channel::SimulatedChannel;
use domain::{ConnectionId, Quantity};
use jiff::Timestamp;

impl Simulation<'_> {
    /// They set one.
    pub(super) fn edit(&mut self, connection: u8, article: u8, units: i64) {
        let (id, article) = (self.connection(connection), usize::from(article));
        let (code, before) = (self.code(&id, article), self.figure(&id, article));
        self.note(&format!("the merchant sets {code} to {units} at {id}; it was {before:?}"));
        self.books.edited(&id, article, 0);
        self.by_staff(&id, |side, now| side.edit_stock(now, &code, Quantity::clamped(units)));
        self.see_tracked(&id, article);
    }

    /// They do something there; what is on sale afterwards and was not before is theirs, and of the shop that leads it is a word about stock.
    pub(super) fn by_staff<T>(&mut self, id: &ConnectionId, work: impl FnOnce(&mut dyn SimulatedChannel, Timestamp) -> T) -> T {
        let figures = |it: &Self| -> Vec<Option<i64>> { (0..it.on_sale().len()).map(|article| it.figure(id, article)).collect() };
        let before = figures(self);
        let done = self.market.on(id, work);
        for (article, (before, after)) in before.into_iter().zip(figures(self)).enumerate().filter(|(_, (b, a))| a != b) {
            let on_sale = |figure: Option<i64>| figure.unwrap_or(0).max(0);
            self.books.edited(id, article, on_sale(after) - on_sale(before));
            self.books.is_theirs(id, article);
            match (before, after) {
                _ if !self.leads(id) => {}
                (Some(before), Some(after)) => self.books.led(article, after - before),
                // What it was while nobody counted it, nobody knows: any difference is theirs.
                (None, Some(after)) => self.books.led_freely(article, after),
                (_, None) => {}
            }
        }
        done
    }
}
