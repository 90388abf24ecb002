//! Customers who buy now and then, the same ones for the same seed; and, on channels that show the merchant's invoices, staff that send what was bought.

use crate::simulator::Shop;
use config::Entry;
use domain::{OrderNumber, Quantity, Sku};
use ports::Clock;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// One in so many regrets.
const REGRETS: u64 = 15;
/// Of the others, where the channel shows invoices, one in so many is sent in the channel's own screen.
const SENT: u64 = 2;

/// What becomes of an order a little later.
enum Later {
    Regretted,
    Sent(Sku, Quantity),
}

/// Customers of simulated shops.
pub struct Customers {
    draw: Draw,
    between_ms: u64,
    skus: Vec<Sku>,
}

impl Customers {
    /// Customers who buy at this pace, over all shops.
    pub fn new(seed: u64, per_minute: u32, catalogue: &[Entry]) -> Self {
        let skus = catalogue.iter().filter(|e| e.item.ean.is_some()).map(|e| e.item.sku.clone()).collect();
        Self { draw: Draw(seed), between_ms: 60_000 / u64::from(per_minute.max(1)), skus }
    }

    /// Buys until told to stop.
    pub async fn buy(mut self, shops: Vec<Arc<Shop>>, clock: Arc<dyn Clock>, mut stop: watch::Receiver<bool>) {
        let mut later: Option<(usize, OrderNumber, Later)> = None;
        while !*stop.borrow() {
            // Between nothing and twice the pace, so that it is right on average and never regular.
            let wait = Duration::from_millis(self.draw.below(2 * self.between_ms + 1));
            tokio::select! {
                () = clock.sleep(wait) => {}
                _ = stop.changed() => return,
            }
            match later.take() {
                Some((there, order, Later::Regretted)) => drop(shops[there].cancel(&order)),
                Some((there, order, Later::Sent(sku, units))) => {
                    shops[there].within(|side, now| side.ship_there(now, &order, &sku, units));
                }
                None => {}
            }
            let (Some(sku), Some(at)) = (pick(&mut self.draw, &self.skus), pick_index(&mut self.draw, shops.len())) else {
                return;
            };
            let quantity = if self.draw.below(6) == 0 { 2 } else { 1 };
            let units = Quantity::clamped(quantity);
            let Ok(order) = shops[at].buy(&sku, units) else { continue };
            if self.draw.below(REGRETS) == 0 {
                later = Some((at, order, Later::Regretted));
            } else if shops[at].takes_invoices && self.draw.below(SENT) == 0 {
                later = Some((at, order, Later::Sent(sku, units)));
            }
        }
    }
}

fn pick_index(draw: &mut Draw, length: usize) -> Option<usize> {
    let length = u64::try_from(length).ok().filter(|l| *l > 0)?;
    usize::try_from(draw.below(length)).ok()
}

fn pick(draw: &mut Draw, from: &[Sku]) -> Option<Sku> {
    pick_index(draw, from.len()).and_then(|at| from.get(at)).cloned()
}

/// Numbers that look random: `SplitMix64` (Steele, Lea, Flood 2014).
struct Draw(u64);

impl Draw {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % bound.max(1)
    }
}
