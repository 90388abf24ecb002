//! What a world is about besides the usual: ways of real shops and machines that were met once, each with letters of its own.
//!
//! They are drawn from numbers of their own, into some of the moves of half of all worlds: the other moves, and the other worlds, stay as they
//! are, and so does what they find.
//!
//! A clock of ours that is wrong for a while (`Operation::ClockJumps`) is drawn where somebody asks for it (`cargo sim --jumps`) and lives in the
//! regressions: a lease that was noted before it or by it is over too early, and two pushes of one listing go on at once (I6).

use super::operation::Operation;
use super::script::{Move, stream};
use fastrand::Rng;

/// Of a world's moves, so many are of its ways.
const ONE_IN: u32 = 5;

/// A way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    /// What is counted and what is not.
    Counting,
    /// One stock for two products.
    SharedStock,
    /// Sold on when none is left.
    PastZero,
    /// Times of change that are wrong.
    Stamps,
    /// Lines that nobody can read.
    OddLines,
    /// Lines that become another product.
    Swaps,
}

const ALL: [Way; 6] = [Way::Counting, Way::SharedStock, Way::PastZero, Way::Stamps, Way::OddLines, Way::Swaps];

/// Puts a world's ways into its moves; answers whether its products are variations of one product. `leads`: a shop leads the stock. What its
/// plugins hide from us is then taken for its staff's word (ADR 14), so there are none.
pub(super) fn draw(seed: u64, leads: bool, moves: &mut [Move]) -> bool {
    let mut rng = stream(seed, 21);
    if rng.bool() {
        return false;
    }
    let able: Vec<Way> = ALL.into_iter().filter(|way| !leads || *way != Way::Stamps).collect();
    let mut ways: Vec<Way> = (0..rng.usize(1..3)).filter_map(|_| rng.choice(&able).copied()).collect();
    ways.dedup();
    for one in moves {
        if rng.u32(..ONE_IN) == 0
            && let Some(way) = rng.choice(&ways)
        {
            one.does = way.draw(&mut rng);
        }
    }
    ways.contains(&Way::SharedStock)
}

/// Of the moves of a world with orders in parts, so many are about them.
const PARTS_ONE_IN: u32 = 2;

/// Puts orders that no transaction takes whole into half of the worlds whose transactions take few rows: of both products, on connections
/// that sell them on when none is left, so that they come out short, and with goods coming in between, for which a raise asks what is taken
/// in. Otherwise hardly any order is taken in by parts: two products fit, unless something is short.
pub(super) fn draw_in_parts(seed: u64, moves: &mut [Move]) {
    let mut rng = stream(seed, 22);
    if rng.bool() {
        return;
    }
    let connection = rng.u8(..3);
    let beside = move |by: u8| (connection + by) % 3;
    // First of all, wherever the shop has such a thing.
    let places = [(0, 0), (0, 1), (1, 0), (1, 1)];
    for (one, (by, product)) in moves.iter_mut().zip(places) {
        one.does = Operation::SellPastZero { connection: beside(by), product, on: true };
    }
    for one in moves.iter_mut().skip(places.len()) {
        if rng.u32(..PARTS_ONE_IN) > 0 {
            continue;
        }
        one.does = match rng.u32(..10) {
            0..4 => Operation::Receive { product: rng.u8(..2), units: rng.u16(1..10) },
            4 => Operation::Redeploy,
            _ => Operation::BuyMany {
                connection: beside(rng.u8(..2)),
                units: [rng.u8(3..12), rng.u8(5..30)],
                sets: 0,
                abroad: false,
            },
        };
    }
}

/// Has our own clock be wrong for a while, now and then.
pub(super) fn draw_jumps(seed: u64, moves: &mut [Move]) {
    let mut rng = stream(seed, 23);
    for one in moves {
        if rng.u32(..8) == 0 {
            one.does = Operation::ClockJumps { seconds: jump(&mut rng), lasting_ms: rng.u32(10..40_000) };
        }
    }
}

/// Seconds, less than polls overlap; hours behind; or so far ahead that nobody lives to see it. What is ahead by more than polls overlap, and
/// over before the next of them, leaves a gap that only webhooks and the reconciliation find (ADR 21).
fn jump(rng: &mut Rng) -> i64 {
    match rng.u32(..6) {
        0 => rng.i64(1..30),
        1 => rng.i64(30..100),
        2 => -rng.i64(1..100),
        3 => -*rng.choice(&[3_600, 86_400]).unwrap_or(&3_600),
        4 => 400 * 86_400,
        _ => 700 * 86_400,
    }
}

impl Way {
    fn draw(self, rng: &mut Rng) -> Operation {
        let (connection, product) = (rng.u8(..3), rng.u8(..2));
        match self {
            Self::Counting => match rng.u32(..8) {
                0..3 => Operation::Track { connection, product, from: None },
                3..5 => Operation::Track { connection, product, from: Some(rng.u8(..20)) },
                5..7 => start_tracking(connection, product, rng.u32(..4) > 0),
                _ => Operation::Virtual { connection, product, on: rng.bool() },
            },
            Self::SharedStock => match rng.u32(..3) {
                0..2 => Operation::ShareStock { connection, units: rng.u8(..20) },
                _ => Operation::PartStock { connection, units: [rng.u8(..12), rng.u8(..12)] },
            },
            Self::PastZero => match rng.u32(..6) {
                0..2 => Operation::SellPastZero { connection, product, on: true },
                2 => Operation::SellPastZero { connection, product, on: false },
                _ => Operation::Buy { connection, product, units: rng.u8(3..9) },
            },
            Self::Stamps => match rng.u32(..5) {
                0..3 => Operation::DateWrong { which: rng.u32(..), by: wrong_by(rng) },
                3 => Operation::CancelUnits { which: rng.u32(..), line: rng.u8(..3), units: rng.u8(1..3) },
                _ => Operation::Cancel { which: rng.u32(..) },
            },
            Self::OddLines => match rng.u32(..6) {
                0..3 => Operation::SpoilLine { which: rng.u32(..), line: rng.u8(..3), how: rng.u8(..3) },
                3 => Operation::MendLines { which: rng.u32(..) },
                4 => Operation::DecideLines { which: rng.u32(..) },
                _ => Operation::Receive { product, units: rng.u16(1..10) },
            },
            Self::Swaps => Operation::Swap { which: rng.u32(..), line: rng.u8(..3) },
        }
    }
}

/// That what is not counted there is to be counted, or no longer said.
fn start_tracking(connection: u8, product: u8, on: bool) -> Operation {
    Operation::ProductRule {
        product,
        connection: Some(connection),
        safety_stock: None,
        percent: None,
        pre_order: None,
        most_shown: None,
        least_shown: None,
        paused: None,
        share: None,
        quota_below: None,
        start_tracking: on.then_some(true),
    }
}

/// Not at all, an hour to one side or the other, or a year that nobody will see.
fn wrong_by(rng: &mut Rng) -> Option<i64> {
    match rng.u32(..8) {
        0..3 => None,
        3..5 => Some(3_600),
        5 => Some(20_000_000_000),
        6 => Some(-rng.i64(1..600)),
        _ => Some(-3_600),
    }
}
