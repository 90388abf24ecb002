//! Counts from outside, at the shops: what was sold beyond what there was, and where a window said "sold out" for no reason.

use super::demand::CHANNELS;
use super::figures::Figures;
use jiff::Timestamp;

/// Of one product.
#[derive(Debug, Clone)]
struct Product {
    /// Units there ever were.
    units: i64,
    /// Units of sales that stand.
    standing: i64,
    /// The most units that were missing at once, since goods last came in.
    worst: i64,
    /// Units asked for by customers who were turned away while there were as many.
    refused: i64,
    /// What each window shows, and since when it shows nothing for no reason, milliseconds since 1970.
    windows: [(i64, Option<i64>); CHANNELS],
}

/// Counts one world.
#[derive(Debug)]
pub(super) struct Tally {
    products: Vec<Product>,
    figures: Figures,
}

impl Tally {
    /// With the units of the beginning. What windows show is told later.
    pub(super) fn new(stock: &[i64]) -> Self {
        let product =
            |units: &i64| Product { units: *units, standing: 0, worst: 0, refused: 0, windows: [(*units, None); CHANNELS] };
        Self { products: stock.iter().map(product).collect(), figures: Figures::default() }
    }

    /// A window may have changed.
    pub(super) fn shows(&mut self, channel: usize, product: usize, units: i64, at: Timestamp) {
        self.products[product].windows[channel].0 = units;
        self.look(product, at);
    }

    /// A shop took an order.
    pub(super) fn sold(&mut self, product: usize, units: i64, at: Timestamp) {
        self.figures.customers += 1;
        self.figures.orders += 1;
        let sold = &mut self.products[product];
        sold.standing += units;
        let beyond = (sold.standing - sold.units).clamp(0, units);
        let worse = (sold.standing - sold.units - sold.worst).max(0);
        sold.worst += worse;
        self.figures.oversold += u64::try_from(beyond).unwrap_or(0);
        self.figures.missing += u64::try_from(worse).unwrap_or(0);
        self.look(product, at);
    }

    /// A shop turned somebody away.
    pub(super) fn turned_away(&mut self, product: usize, units: i64) {
        self.figures.customers += 1;
        let wanted = &mut self.products[product];
        if wanted.units - wanted.standing >= units {
            wanted.refused += units;
        }
    }

    /// An order was cancelled.
    pub(super) fn cancelled(&mut self, product: usize, units: i64, at: Timestamp) {
        self.products[product].standing -= units;
        self.look(product, at);
    }

    /// Goods came in.
    pub(super) fn received(&mut self, product: usize, units: i64, at: Timestamp) {
        let received = &mut self.products[product];
        received.units += units;
        received.worst = (received.standing - received.units).max(0);
        self.look(product, at);
    }

    fn look(&mut self, product: usize, at: Timestamp) {
        let now = at.as_millisecond();
        let product = &mut self.products[product];
        let unsold = product.units > product.standing;
        for (shown, since) in &mut product.windows {
            let lost = unsold && *shown <= 0;
            match (lost, *since) {
                (true, None) => *since = Some(now),
                (false, Some(from)) => {
                    self.figures.lost_ms += u64::try_from(now - from).unwrap_or(0);
                    *since = None;
                }
                (true, Some(_)) | (false, None) => {}
            }
        }
    }

    /// Counting begins now: whatever was before does not count.
    pub(super) fn begin(&mut self, at: Timestamp) {
        for product in &mut self.products {
            for (_, since) in &mut product.windows {
                *since = since.map(|_| at.as_millisecond());
            }
        }
        self.figures.lost_ms = 0;
    }

    /// What the world came to, from that instant to this.
    pub(super) fn end(&mut self, began: Timestamp, at: Timestamp, pushes: u64) -> Figures {
        let now = at.as_millisecond();
        for (_, since) in self.products.iter_mut().flat_map(|a| &mut a.windows) {
            self.figures.lost_ms += since.take().map_or(0, |from| u64::try_from(now - from).unwrap_or(0));
        }
        let left = self.products.iter().map(|a| (a.units - a.standing).clamp(0, a.refused)).sum::<i64>();
        let lasting = u64::try_from(now - began.as_millisecond()).unwrap_or(0);
        Figures {
            listing_ms: lasting * (self.products.len() * CHANNELS) as u64,
            pushes,
            left_unsold: u64::try_from(left).unwrap_or(0),
            ..self.figures.clone()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_000_000 + second).unwrap()
    }

    #[test]
    fn a_unit_is_oversold_when_none_was_left_whatever_comes_later() {
        let mut tally = Tally::new(&[2]);
        tally.sold(0, 1, at(1));
        tally.sold(0, 3, at(2));
        tally.sold(0, 1, at(3));
        tally.received(0, 10, at(4));
        tally.cancelled(0, 3, at(5));
        let figures = tally.end(at(0), at(10), 7);
        assert_eq!((figures.orders, figures.oversold, figures.missing, figures.pushes), (3, 3, 3, 7));
    }

    #[test]
    fn a_unit_that_comes_free_and_is_sold_again_is_oversold_twice_and_missing_once() {
        let mut tally = Tally::new(&[2]);
        tally.sold(0, 3, at(1));
        tally.cancelled(0, 1, at(2));
        tally.sold(0, 1, at(3));
        let figures = tally.end(at(0), at(10), 0);
        assert_eq!((figures.oversold, figures.missing), (2, 1));
    }

    #[test]
    fn a_window_loses_time_while_it_shows_nothing_and_there_is_something() {
        let mut tally = Tally::new(&[5]);
        tally.shows(1, 0, 0, at(-5));
        tally.begin(at(0));
        tally.turned_away(0, 5);
        tally.turned_away(0, 3);
        tally.turned_away(0, 6);
        tally.shows(1, 0, 3, at(10));
        tally.shows(2, 0, 0, at(12));
        tally.sold(0, 1, at(20));
        tally.shows(0, 0, 0, at(99));
        let figures = tally.end(at(0), at(100), 0);
        assert_eq!((figures.lost_ms, figures.listing_ms, figures.left_unsold), (10_000 + 88_000 + 1_000, 300_000, 4));
    }
}
