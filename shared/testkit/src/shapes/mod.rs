//! Channels of other shapes than those there are: one that takes figures by the hundred, or once a minute, or works on them for minutes, or lists
//! its orders once in three minutes.
//!
//! A shape is put around a real connector and its simulator: all that it does not change stays as true to life as it was. Figures go to the far
//! side as the requests that the connector would have sent, many at a time; the far side keeps each until its time has come, and has the
//! simulator answer it then.

mod connector;
mod far;
mod left;
mod prices;
mod wire;

pub use connector::Shaped;
pub use far::ShapedFarSide;
pub use left::QUEUE_SETTING;

use connectors::Registry;
use domain::ChannelId;
use ports::{Connector, Connectors, Later};
use std::sync::Arc;

/// What is different.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// Most items of one write.
    pub batch: usize,
    /// Seconds that must lie between two writes; one that comes sooner is refused.
    pub write_every_s: u32,
    /// How it says that it works on writes later. `None`: they are in force with the answer.
    pub later: Option<Later>,
    /// Seconds that a write takes. Where writes keep no order, every other one takes a quarter of that.
    pub takes_s: u32,
    /// Of so many writes that it works on, one fails there. 0: none.
    pub fails_one_of: u64,
    /// Of so many items that are written, one is refused at once. 0: none.
    pub refuses_one_of: u64,
    /// Seconds that must lie between two readings of its list of orders.
    pub orders_apart_s: u32,
    /// Most prices of one write.
    pub price_batch: usize,
    /// Leaves its notifications in a queue of the merchant's account, each the JSON `{"order": "1001"}`, and delivers none.
    pub leaves_notifications: bool,
}

impl Shape {
    /// As the channel is.
    pub const PLAIN: Self = Self {
        batch: 1,
        write_every_s: 0,
        later: None,
        takes_s: 0,
        fails_one_of: 0,
        refuses_one_of: 0,
        orders_apart_s: 0,
        price_batch: 1,
        leaves_notifications: false,
    };

    /// Takes a hundred figures in one import, an import a minute, and works on it for up to twenty minutes, in order.
    pub const IMPORTS: Self = Self {
        batch: 100,
        write_every_s: 60,
        later: Some(Later { keeps_order: true, ask_every_s: 15, done_within_s: 2_400 }),
        takes_s: 1_200,
        fails_one_of: 7,
        refuses_one_of: 11,
        ..Self::PLAIN
    };

    /// Takes one figure at a time, and works on each for minutes, in any order.
    pub const ANY_ORDER: Self = Self {
        later: Some(Later { keeps_order: false, ask_every_s: 2, done_within_s: 1_200 }),
        takes_s: 480,
        fails_one_of: 5,
        ..Self::PLAIN
    };

    /// Takes a hundred figures at once, each in force or refused with the answer.
    pub const BATCHES: Self = Self { batch: 100, refuses_one_of: 4, ..Self::PLAIN };

    /// Lists its orders once in three minutes.
    pub const RARE_LISTS: Self = Self { orders_apart_s: 180, ..Self::PLAIN };

    /// Takes a hundred prices at once, each in force or refused with the answer.
    pub const PRICES: Self = Self { price_batch: 100, refuses_one_of: 33, ..Self::PLAIN };

    /// Leaves notifications in a queue, and lists its orders once in three minutes: what is known sooner was left there.
    pub const QUEUED: Self = Self { leaves_notifications: true, ..Self::RARE_LISTS };

    /// Those that worlds play, with their names.
    pub const ALL: [(&'static str, Self); 4] = [
        ("imports", Self::IMPORTS),
        ("any_order", Self::ANY_ORDER),
        ("batches", Self::BATCHES),
        ("rare_lists", Self::RARE_LISTS),
    ];

    /// The one of this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(one, _)| *one == name).map(|(_, shape)| shape)
    }

    /// Whether figures go another way than the connector sends them.
    fn moves_figures(&self) -> bool {
        self.batch > 1 || self.later.is_some() || self.write_every_s > 0
    }
}

/// All connectors of this build, one of them in another shape.
#[derive(Clone)]
pub struct ShapedConnectors {
    channel: ChannelId,
    shaped: Arc<Shaped>,
}

static REGISTRY: Registry = Registry;

impl ShapedConnectors {
    /// `None`: there is no such channel, or it does not fit: what is compared before it is set is answered at once, and one that delivers nothing
    /// is in no shape.
    pub fn new(channel: &ChannelId, shape: Shape) -> Option<Self> {
        let inner = REGISTRY.get(channel)?;
        // What is put around it delivers, or leaves, what it tells by itself.
        if !crate::far_sides::delivers(inner) {
            return None;
        }
        let compares = inner.stock()?.descriptor().semantics == ports::StockSemantics::CompareAndSet;
        if compares && shape.moves_figures() {
            return None;
        }
        Some(Self { channel: channel.clone(), shaped: Arc::new(Shaped::new(inner, shape)) })
    }

    /// The one in another shape.
    pub fn shaped(&self) -> &Shaped {
        &self.shaped
    }
}

impl Connectors for ShapedConnectors {
    fn vat_numbers(&self) -> Option<&dyn ports::VatNumbers> {
        REGISTRY.vat_numbers()
    }

    fn get(&self, channel: &ChannelId) -> Option<&dyn Connector> {
        if *channel == self.channel { Some(self.shaped.as_ref()) } else { REGISTRY.get(channel) }
    }

    fn all(&self) -> Vec<&dyn Connector> {
        let all = REGISTRY.all().into_iter();
        all.map(|one| if one.descriptor().id == self.channel.as_str() { self.shaped.as_ref() as &dyn Connector } else { one })
            .collect()
    }
}
