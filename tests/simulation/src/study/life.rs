//! One world under one policy, from the first customer to the last.

use super::demand::{Customer, Demand};
use super::figures::Figures;
use super::house::House;
use super::policies::{self, AtWork, Policy};
use super::scenarios::Scenario;
use super::tasks::Tasks;
use super::time::Time;
use connectors::simulated_channel::Outgoing;
use futures::future::select;
use jiff::{SignedDuration, Timestamp};
use ports::{Clock, Delivery};
use std::ops::Range;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

/// Before the first customer: longer than the slowest policy needs for a round.
const WARM_UP: SignedDuration = SignedDuration::from_mins(20);
/// From a channel to us, milliseconds. What the channel itself takes before it sends comes on top.
const TRAVEL_MS: Range<i64> = 200..1500;
/// A channel is asked for deliveries that often for a while after something happened there, and otherwise now and then.
const BUSY: SignedDuration = SignedDuration::from_secs(1);
const BUSY_FOR: SignedDuration = SignedDuration::from_secs(10);
const IDLE: SignedDuration = SignedDuration::from_secs(30);

/// A world under way.
struct Life {
    house: Arc<House>,
    demand: Demand,
    policy: AtWork,
    tasks: Tasks,
    began: Timestamp,
}

/// Lives through the world of that number.
pub(super) fn live(scenario: &Scenario, policy: &Policy, world: u64) -> Figures {
    let demand = scenario.demand(world);
    let time = Arc::new(Time::default());
    let tasks = Tasks::new(Arc::clone(&time));
    let house = House::open(&tasks, Arc::clone(&time), &demand, world, policy);
    // Where in its rounds a policy stands when the first customer comes is chance, and the same for all.
    let phase = fastrand::Rng::with_seed(world).i32(0..1000);
    let began = time.now().checked_add(WARM_UP).unwrap();
    let policy = policies::start(policy, &tasks, &house, &demand, phase);
    let end = began.checked_add(demand.lasting).unwrap();
    let life = Rc::new(Life { house, demand, policy, tasks: tasks.clone(), began });
    for channel in 0..life.house.shops.connections.len() {
        tasks.start(Rc::clone(&life).postman(channel));
    }
    tasks.run_until(began);
    life.house.shops.begin();
    tasks.start(Rc::clone(&life).customers());
    tasks.start(Rc::clone(&life).receipts());
    tasks.start(Rc::clone(&life).silence());
    tasks.run_until(end);
    let figures = life.house.shops.end(began);
    tasks.end();
    figures
}

impl Life {
    fn at(&self, since: SignedDuration) -> Timestamp {
        self.began.checked_add(since).unwrap()
    }

    async fn customers(self: Rc<Self>) {
        for customer in &self.demand.customers {
            self.house.time.until(self.at(customer.at)).await;
            let Customer { channel, product, units, cancels_after, .. } = customer.clone();
            let Some(order) = self.house.shops.visit(channel, product, units) else { continue };
            if let Some(after) = cancels_after {
                let house = Arc::clone(&self.house);
                self.tasks.start(async move {
                    house.time.wait(after).await;
                    house.shops.cancel(channel, product, units, &order);
                });
            }
        }
    }

    async fn receipts(self: Rc<Self>) {
        for receipt in &self.demand.receipts {
            self.house.time.until(self.at(receipt.at)).await;
            self.house.shops.receive(receipt.product, receipt.units);
            self.policy.receive(&self.tasks, receipt.product, receipt.units).await;
        }
    }

    async fn silence(self: Rc<Self>) {
        if let Some((channel, from, until)) = self.demand.silence {
            self.house.time.until(self.at(from)).await;
            self.house.shops.silence(channel, self.at(until));
        }
    }

    fn is_silent(&self, channel: usize, now: Timestamp) -> bool {
        self.demand.silence.is_some_and(|(c, from, until)| c == channel && self.at(from) <= now && now < self.at(until))
    }

    /// Carries what a channel tells.
    async fn postman(self: Rc<Self>, channel: usize) {
        let time = &self.house.time;
        let mut busy_until = time.now();
        loop {
            let now = time.now();
            if !self.is_silent(channel, now) {
                for outgoing in self.house.shops.outbox(channel) {
                    if self.demand.loses(channel, now.duration_since(self.began)) {
                        // The channel takes it for delivered.
                        self.house.shops.delivered(channel, outgoing.id, 200);
                    } else {
                        self.tasks.start(Rc::clone(&self).deliver(channel, outgoing));
                    }
                }
            }
            let next = if now < busy_until { BUSY } else { IDLE };
            let bell = pin!(self.house.shops.bells[channel].rung());
            if let futures::future::Either::Left(_) = select(bell, pin!(time.wait(next))).await {
                busy_until = time.now().checked_add(BUSY_FOR).unwrap();
            }
        }
    }

    async fn deliver(self: Rc<Self>, channel: usize, outgoing: Outgoing) {
        self.house.delays.pass(TRAVEL_MS).await;
        let headers = outgoing.request.headers().iter().map(|(n, v)| (n.as_str().to_owned(), v.to_str().unwrap().to_owned()));
        let delivery =
            Delivery { headers: headers.collect(), body: outgoing.request.body().clone(), received_at: self.house.time.now() };
        let status = self.policy.hear(&self.tasks, &self.house.shops.connections[channel], &delivery).await;
        self.house.shops.delivered(channel, outgoing.id, status);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::scenarios;

    #[test]
    fn one_world_twice_is_the_same() {
        for policy in &policies::ALL {
            let scenario = &scenarios::ALL[0];
            let figures = live(scenario, policy, 3);
            assert_eq!(figures, live(scenario, policy, 3), "{}", policy.name);
            assert!(figures.orders > 30, "{figures:?}");
        }
    }
}
