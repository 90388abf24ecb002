//! The scenarios: five ways in which stock is scarce, or word of it late.

use super::demand::{Demand, Draw, Receipt, Rush};
use jiff::SignedDuration;

/// A scenario.
pub(super) struct Scenario {
    pub(super) name: &'static str,
    /// For people: what happens.
    pub(super) words: &'static str,
    /// Over within two hours: lived through soonest.
    pub(super) brief: bool,
    /// Worlds of a whole study.
    pub(super) worlds: u64,
    draw: fn(&mut Draw) -> Demand,
}

impl Scenario {
    /// What happens in the world of that number.
    pub(super) fn demand(&self, world: u64) -> Demand {
        // Each scenario and world its own draws, and the same in every study.
        let place = ALL.iter().position(|s| s.name == self.name).unwrap_or(0) as u64;
        let mut demand = (self.draw)(&mut Draw(fastrand::Rng::with_seed(world * 100 + place)));
        demand.customers.sort_by_key(|c| c.at);
        demand.receipts.sort_by_key(|r| r.at);
        demand
    }
}

/// All of them.
pub(super) static ALL: [Scenario; 5] = [
    Scenario {
        name: "flash sale",
        brief: true,
        words: "One product of 60 to 120 units goes on sale everywhere at once; three customers come for every unit within \
                an hour, half of them in the first quarter of an hour and a tenth in the first 36 seconds.",
        worlds: 100,
        draw: flash_sale,
    },
    Scenario {
        name: "slow drip",
        brief: false,
        words: "The long tail: 100 products of one to three units, 150 customers spread evenly over a day.",
        worlds: 20,
        draw: slow_drip,
    },
    Scenario {
        name: "bestseller with receipts",
        brief: false,
        words: "Eight hours: a bestseller of 60 units and 40 customers an hour, 40 to 60 more units about every second hour; \
                beside it two products of which there is plenty.",
        worlds: 36,
        draw: bestseller,
    },
    Scenario {
        name: "lost webhooks",
        brief: false,
        words: "The bestseller again, but in three of ten minutes no webhook of a channel arrives, drawn for each channel by \
                itself, and the channels' orders are read every five minutes at most, by Sluis too, which otherwise reads them every minute.",
        worlds: 36,
        draw: lost_webhooks,
    },
    Scenario {
        name: "silent channel",
        brief: true,
        words: "150 units, two customers for every unit spread evenly over two hours. One channel neither answers nor tells \
                for ten minutes, while its customers go on buying.",
        worlds: 60,
        draw: silent_channel,
    },
];

fn flash_sale(draw: &mut Draw) -> Demand {
    let units = draw.number(60..121);
    let mut demand = Demand::new(SignedDuration::from_mins(60), vec![units]);
    demand.customers = draw.customers(units * 3, 0, Rush::AtOnce, demand.lasting);
    demand
}

fn slow_drip(draw: &mut Draw) -> Demand {
    let stock = (0..100).map(|_| draw.number(1..4)).collect();
    let mut demand = Demand::new(SignedDuration::from_hours(24), stock);
    for _ in 0..150 {
        let product = usize::try_from(draw.number(0..100)).unwrap_or(0);
        demand.customers.extend(draw.customers(1, product, Rush::Even, demand.lasting));
    }
    demand
}

fn bestseller(draw: &mut Draw) -> Demand {
    let mut demand = Demand::new(SignedDuration::from_hours(8), vec![60, 200, 200]);
    for (product, customers) in [320, 40, 40].into_iter().enumerate() {
        demand.customers.extend(draw.customers(customers, product, Rush::Even, demand.lasting));
    }
    for hour in [1, 3, 5] {
        let at = draw.instant(SignedDuration::from_hours(hour), SignedDuration::from_hours(hour + 2));
        demand.receipts.push(Receipt { at, product: 0, units: draw.number(40..61) });
    }
    demand
}

fn lost_webhooks(draw: &mut Draw) -> Demand {
    let mut demand = bestseller(draw);
    demand.lost_minutes = draw.lost_minutes(demand.lasting);
    demand.between_polls = Some(SignedDuration::from_mins(5));
    demand
}

fn silent_channel(draw: &mut Draw) -> Demand {
    let mut demand = Demand::new(SignedDuration::from_hours(2), vec![150]);
    demand.customers = draw.customers(300, 0, Rush::Even, demand.lasting);
    let channel = usize::try_from(draw.number(0..3)).unwrap_or(0);
    let from = draw.instant(SignedDuration::from_mins(20), SignedDuration::from_mins(80));
    demand.silence = Some((channel, from, from.saturating_add(SignedDuration::from_mins(10))));
    demand
}
