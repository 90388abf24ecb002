//! A world as data: all that will happen in it, drawn from a seed before any of it does.
//!
//! What is data can be shortened, kept in a file and lived through again. Chance while the world is lived through (who runs next,
//! which call goes wrong) comes from other numbers than the drawing, and starts anew at every move: a world without one of its moves
//! is the same up to there, and much the same after.

use super::operation::{ALPHABET, Letter, Operation};
use super::ways;
use crate::shop::location;
use connectors::Registry;
use domain::{ChannelId, Country, Quantity, StockSettings};
use fastrand::Rng;
use ports::Connectors;
use testkit::shapes::{Shape, ShapedConnectors};

/// The country that is not the shops' own.
pub(super) const ABROAD: &str = "BE";

/// How figures are published.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Every channel shows all there is.
    Mirror,
    /// Every product is shared out among the channels while it is scarce.
    Threshold,
    /// Every product is shared out, always.
    Quota,
}

impl Mode {
    fn quota_below(self) -> Option<Quantity> {
        match self {
            Self::Mirror => None,
            Self::Threshold => Some(Quantity::clamped(20)),
            Self::Quota => Some(Quantity::MAX),
        }
    }
}

/// How much happens in a world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Moves.
    pub moves: u32,
    /// Whether they are mostly rushes of customers, for many orders.
    pub dense: bool,
}

impl Size {
    /// Of ordinary worlds.
    pub const USUAL: Self = Self { moves: 40, dense: false };
    /// Of worlds that are there for their orders.
    pub const DENSE: Self = Self { moves: 60, dense: true };
}

/// A world before it is lived through.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
#[expect(clippy::struct_excessive_bools, reason = "each says of one thing whether the world has it")]
pub struct Script {
    /// All chance while it is lived through comes from it.
    pub seed: u64,
    /// How figures are published.
    pub mode: Mode,
    /// Port calls of a thousand that go wrong.
    pub per_thousand: u32,
    /// Whether the processes' clocks differ, by up to a second.
    pub clocks_differ: bool,
    /// Whether functions stand still at times while others go on.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub uneven: bool,
    /// Whether a transaction takes so few rows that orders of two products are taken in by several.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub few_rows: bool,
    /// Units of each product at the start.
    pub opening: Vec<i64>,
    /// The second location, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub far: Option<Far>,
    /// Whether a set of the products is on sale as well.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub bundle: bool,
    /// Whether what is on sale are variations of one product, where a channel has such a thing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub group: bool,
    /// The connection whose shop leads the stock, if one does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leads: Option<u8>,
    /// The connection that is not there at the start.
    pub absent: Option<u8>,
    /// The connection that falls silent when all else is well, to see that the others do not suffer.
    pub silent_in_the_end: Option<u8>,
    /// A channel in another shape than it is, by its place and the shape's name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shape: Option<(u8, String)>,
    /// What happens, in this order.
    pub moves: Vec<Move>,
}

/// A second location.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Far {
    /// Units of each product at the start.
    pub opening: Vec<i64>,
    /// Whether it goes before the first.
    pub preferred: bool,
    /// Whether it sends abroad and nowhere else.
    pub abroad: bool,
}

impl Far {
    fn draw(rng: &mut Rng) -> Self {
        Self { opening: vec![rng.i64(0..6), rng.i64(1..12)], preferred: rng.bool(), abroad: rng.u32(..4) == 0 }
    }
}

/// One thing that happens, and how long the world runs on before it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Move {
    /// Its place in the world as drawn: chance starts anew from it.
    pub number: u32,
    /// Milliseconds that pass first, functions at work.
    pub wait_ms: u64,
    /// Steps of functions and networks after it.
    pub steps: u32,
    /// What happens.
    pub does: Operation,
}

/// Numbers of one purpose, apart from those of every other.
pub(super) fn stream(seed: u64, purpose: u64) -> Rng {
    // Fastrand's own mixing is not meant for seeds that differ in a bit.
    let mut rng = Rng::with_seed(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ purpose.wrapping_mul(0xD1B5_4A32_D192_ED03));
    rng.u64(..);
    rng
}

impl Script {
    /// The merchant's settings for it.
    pub(super) fn settings(&self) -> StockSettings {
        let abroad = self.far.as_ref().is_some_and(|far| far.abroad);
        let countries = abroad.then(|| (location("far"), [Country::new(ABROAD).unwrap()].into())).into_iter().collect();
        StockSettings { quota_mode_below: self.mode.quota_below(), countries }
    }

    /// The locations that serve every connection, the preferred one first.
    pub(super) fn locations(&self) -> &'static [&'static str] {
        match &self.far {
            None => &["main"],
            Some(far) if far.preferred => &["far", "main"],
            Some(_) => &["main", "far"],
        }
    }

    /// Draws a world. A random half of the alphabet can happen in it, and buying always.
    pub fn draw(seed: u64, size: Size, mode: Option<Mode>) -> Self {
        let mut rng = stream(seed, 1);
        // Half of all worlds share out, a quarter mirrors, a quarter switches.
        let drawn = *rng.choice(&[Mode::Quota, Mode::Quota, Mode::Threshold, Mode::Mirror]).unwrap_or(&Mode::Quota);
        let mode = mode.unwrap_or(drawn);
        let per_thousand = *rng.choice(&[0, 5, 20, 60, 120]).unwrap_or(&20);
        let clocks_differ = rng.u32(..3) == 0;
        let opening = vec![rng.i64(1..14), rng.i64(10..60)];
        let absent = (rng.u32(..4) == 0).then(|| rng.u8(..3));
        let silent_in_the_end = (rng.u32(..3) == 0).then(|| rng.u8(..3));
        let far = (rng.u32(..3) == 0).then(|| Far::draw(&mut rng));
        // Where every unit on sale is counted over all channels, none is on sale twice, alone and in a set.
        let bundle = mode != Mode::Quota && rng.u32(..2) == 0;
        let mut drawn = false;
        let mut is_drawn = |letter: &&Letter| {
            drawn = letter.always || if letter.together { drawn } else { rng.bool() };
            drawn
        };
        let letters: Vec<_> = ALPHABET.iter().filter(&mut is_drawn).collect();
        // Numbers of their own: what a seed draws is not moved by how fast it goes.
        let mut pace = stream(seed, 3);
        let uneven = pace.bool();
        let in_bursts = pace.bool();
        let mut about = 0;
        let total: u32 = letters.iter().map(|letter| letter.weight).sum();
        let mut moves: Vec<Move> = (0..size.moves)
            .map(|number| {
                let mut at = rng.u32(..total);
                let letter = letters.iter().find(|letter| {
                    let found = at < letter.weight;
                    at = at.saturating_sub(letter.weight);
                    found
                });
                let does = letter.map_or(Operation::Redeploy, |letter| (letter.draw)(&mut rng));
                let does = if size.dense && rng.u32(..3) > 0 { Operation::dense(&mut rng) } else { does };
                let (drawn, steps) = (wait(&mut rng), rng.u32(..30));
                if !in_bursts {
                    return Move { number, wait_ms: drawn, steps, does };
                }
                let wait_ms = burst(&mut pace);
                let (buys, connection) = (pace.bool(), pace.u8(..3));
                about = if wait_ms >= 90_000 { pace.u8(..2) } else { about };
                let does = if buys { Operation::Buy { connection, product: about, units: 1 } } else { does.about(about) };
                Move { number, wait_ms, steps, does }
            })
            .collect();
        let few_rows = stream(seed, 13).u32(..3) == 0;
        let leads = if mode != Mode::Quota && far.is_none() { draw_leader(seed, &mut moves) } else { None };
        // In worlds that are there for their orders, open ones are too many to be read again in turn.
        let group = !size.dense && ways::draw(seed, leads.is_some(), &mut moves);
        if few_rows && !size.dense {
            ways::draw_in_parts(seed, &mut moves);
        }
        // Worlds that are there for their orders have channels as they are.
        let shape = if size.dense { None } else { draw_shape(seed, leads) };
        // What takes minutes is not right within three.
        let silent_in_the_end = silent_in_the_end.filter(|_| shape.is_none());
        Self {
            seed,
            mode,
            per_thousand,
            clocks_differ,
            uneven,
            few_rows,
            opening,
            far,
            bundle,
            group,
            leads,
            absent,
            silent_in_the_end,
            shape,
            moves,
        }
    }
}

impl Script {
    /// The same world, in which our own clock is wrong for a while now and then.
    #[must_use]
    pub fn with_jumps(mut self) -> Self {
        ways::draw_jumps(self.seed, &mut self.moves);
        self
    }
}

/// In one world of five, a channel takes figures or tells of orders in another way than it does; not one that leads, for its counter is looked at
/// with each write.
fn draw_shape(seed: u64, leads: Option<u8>) -> Option<(u8, String)> {
    let mut rng = stream(seed, 17);
    if rng.u32(..5) > 0 {
        return None;
    }
    let name = rng.choice(Shape::ALL)?.0;
    let shape = Shape::named(name)?;
    let fits = |channel: &&dyn ports::Connector| {
        ShapedConnectors::new(&ChannelId::new(channel.descriptor().id).unwrap(), shape).is_some()
    };
    let able: Vec<u8> = Registry.all().into_iter().zip(0_u8..).filter(|(channel, _)| fits(channel)).map(|(_, at)| at).collect();
    let place = rng.choice(able).filter(|place| Some(*place) != leads)?;
    Some((place, name.to_owned()))
}

/// Half the time, one of those that can lead; its staff then often change what it shows.
fn draw_leader(seed: u64, moves: &mut [Move]) -> Option<u8> {
    let mut rng = stream(seed, 9);
    let able = Registry
        .all()
        .into_iter()
        .zip(0_u8..)
        .filter(|(channel, _)| channel.stock().unwrap().descriptor().can_lead)
        .map(|(_, at)| at);
    let leader = rng.choice(able.collect::<Vec<_>>()).filter(|_| rng.bool())?;
    for one in moves {
        if rng.u32(..6) == 0 {
            one.does = Operation::EditStock { connection: leader, product: rng.u8(..2), units: rng.u8(..25) };
        }
    }
    Some(leader)
}

/// Mostly none, now and then minutes, once in a while days.
fn wait(rng: &mut Rng) -> u64 {
    match rng.u32(..100) {
        0..60 => 0,
        60..86 => rng.u64(..20_000),
        86..96 => rng.u64(..240_000),
        96..99 => rng.u64(..3_600_000),
        _ => rng.u64(..200_000_000),
    }
}

/// A few things happen to one product, close behind each other, and then nothing until all of it is over: what goes wrong is not mended by
/// what comes next.
fn burst(rng: &mut Rng) -> u64 {
    match rng.u32(..6) {
        0..2 => 0,
        2..4 => rng.u64(..4_000),
        _ => rng.u64(90_000..400_000),
    }
}
