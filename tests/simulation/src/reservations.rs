//! Small histories of orders that want units of one product, each taken in by functions that are interleaved at every port call, lose
//! answers, and die. For a test of linearizability.

use crate::shop::{arrival, connection, shop, told};
use crate::world::interleaved;
use engine::rows::{OrderRow, TypedRow};
use engine::{Cache, Outcome, Ports, accept_orders};
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

/// How an order ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// So many units were given to it.
    Given(i64),
}

/// An order begins or ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event {
    /// Which.
    pub order: usize,
    /// Units it wants.
    pub wanted: i64,
    /// `None`: it begins.
    pub ending: Option<Ending>,
}

/// What happened.
#[derive(Debug, Clone, Default)]
pub struct Play {
    /// In the order of time. An order whose function died may come again: until it ends, it is under way.
    pub events: Vec<Event>,
    /// Functions that died.
    pub died: u32,
}

type Function = Pin<Box<dyn Future<Output = bool>>>;

/// Plays orders that want so many units each of a product of which there are `units`.
///
/// # Panics
/// If the engine does.
pub fn histories(seed: u64, units: i64, wanted: &[i64]) -> Play {
    let stage = shop(&["shop"], &[("A", units)]);
    let world = interleaved(&stage, seed, 60);
    let mut dice = fastrand::Rng::with_seed(seed);
    let mut play = Play::default();
    let mut under_way: Vec<(usize, u32, Function)> = Vec::new();
    let mut waiting: Vec<(usize, u32)> = (0..wanted.len()).map(|order| (order, 1)).collect();
    for _ in 0..4000 {
        if waiting.is_empty() && under_way.is_empty() {
            break;
        }
        match dice.u32(..10) {
            0..2 if !waiting.is_empty() => {
                let (order, receives) = waiting.swap_remove(dice.usize(..waiting.len()));
                if receives == 1 {
                    play.events.push(Event { order, wanted: wanted[order], ending: None });
                }
                under_way.push((order, receives, Box::pin(take_in(world.clone(), order, wanted[order], receives))));
            }
            // Now and then one dies, and its message comes again; the third delivery is left in peace.
            2 if !under_way.is_empty() && dice.u32(..8) == 0 => {
                let (order, receives, _) = under_way.swap_remove(dice.usize(..under_way.len()));
                play.died += 1;
                waiting.push((order, receives + 1));
            }
            _ if !under_way.is_empty() => {
                let at = dice.usize(..under_way.len());
                let Poll::Ready(done) = under_way[at].2.as_mut().poll(&mut Context::from_waker(Waker::noop())) else { continue };
                let (order, receives, _) = under_way.swap_remove(at);
                if done {
                    play.events.push(Event { order, wanted: wanted[order], ending: Some(Ending::Given(given(&stage, order))) });
                } else {
                    waiting.push((order, receives + 1));
                }
            }
            _ => stage.clock.pass(jiff::SignedDuration::from_millis(50)),
        }
    }
    play
}

async fn take_in(world: Ports, order: usize, wanted: i64, receives: u32) -> bool {
    let snapshot = told(&order.to_string(), 1, &[("A", wanted, 0, 0)]);
    let outcomes = accept_orders(&world, &Cache::default(), vec![arrival("shop", snapshot, receives)]).await;
    matches!(outcomes.as_slice(), [Outcome::Done])
}

/// Units that the order holds.
fn given(stage: &testkit::Stage, order: usize) -> i64 {
    let number = domain::OrderNumber::new(order.to_string()).unwrap();
    let row = stage.table.row(&OrderRow::key(&connection("shop"), &number));
    let order = OrderRow::from_row(&row.unwrap()).unwrap().0;
    order.lines.iter().map(|line| line.committed().units()).sum()
}
