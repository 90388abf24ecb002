//! The far side of a shape: a simulator, before which figures wait until their time has come.

use super::{Shape, wire};
use connectors::simulated_channel::{
    FarOrder, FarPlaces, FarPlugins, NotSold, Outgoing, SimulatedChannel, Trouble, answer, body,
};
use domain::{OrderNumber, Quantity, Sku};
use http::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use ports::{Request, Response};
use serde_json::{Value, json};
use std::collections::BTreeMap;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Pending,
    Done,
    Failed,
}

impl State {
    const fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

struct Job {
    taken: Timestamp,
    due: Timestamp,
    row: Value,
    state: State,
    fails: bool,
}

/// A simulator in another shape.
pub struct ShapedFarSide {
    inner: Box<dyn SimulatedChannel>,
    shape: Shape,
    jobs: Vec<Job>,
    rows: u64,
    /// When the last write was taken, UTC.
    written: Option<Timestamp>,
    /// As whom it was called last.
    authorization: Option<HeaderValue>,
    writes: Vec<usize>,
    /// What came in force since it was asked for, and when its write was taken, UTC.
    in_force: Vec<(Sku, Timestamp)>,
}

impl ShapedFarSide {
    /// Around a simulator.
    pub fn new(inner: Box<dyn SimulatedChannel>, shape: Shape) -> Self {
        Self {
            inner,
            shape,
            jobs: Vec::new(),
            rows: 0,
            written: None,
            authorization: None,
            writes: Vec::new(),
            in_force: Vec::new(),
        }
    }

    /// Puts in force what is due.
    fn work(&mut self, now: Timestamp) {
        for number in 0..self.jobs.len() {
            let job = &self.jobs[number];
            if job.state != State::Pending || job.due > now {
                continue;
            }
            if job.fails {
                self.jobs[number].state = State::Failed;
                continue;
            }
            let Ok(request) = wire::request(&job.row, self.authorization.as_ref()) else { continue };
            let status = self.inner.answer(now, &request).map(|response| response.status().as_u16());
            let taken = job.taken;
            if matches!(status, Some(200..=299)) {
                self.in_force.extend(self.inner.last_stock_write().map(|(code, _)| (code, taken)));
            }
            self.jobs[number].state = match status {
                Some(200..=299) => State::Done,
                // As whom it was asked for is not known any more, or it does not answer: it is done later.
                None | Some(401 | 429 | 500..) => State::Pending,
                Some(_) => State::Failed,
            };
        }
    }

    /// Takes an import.
    fn import(&mut self, now: Timestamp, rows: &[Value]) -> Response {
        let every = SignedDuration::from_secs(i64::from(self.shape.write_every_s));
        if self.written.is_some_and(|last| now.duration_since(last) < every) {
            return answer(429, "application/json", &json!({}));
        }
        if rows.len() > self.shape.batch.max(self.shape.price_batch) {
            return answer(400, "application/json", &json!({}));
        }
        self.written = Some(now);
        self.writes.push(rows.len());
        let told: Vec<Value> = rows.iter().map(|row| self.row(now, row)).collect();
        answer(202, "application/json", &json!({ "rows": told }))
    }

    fn row(&mut self, now: Timestamp, row: &Value) -> Value {
        self.rows += 1;
        let one_of = |of: u64, n: u64| of > 0 && n % of == of - 1;
        if one_of(self.shape.refuses_one_of, self.rows) {
            return json!({ "refused": true });
        }
        let number = self.jobs.len() as u64;
        let Some(later) = self.shape.later else {
            let Ok(request) = wire::request(row, None) else { return json!({ "refused": true }) };
            let done = self.inner.answer(now, &request).is_some_and(|response| response.status().is_success());
            return json!({ "done": done });
        };
        let takes = i64::from(self.shape.takes_s);
        let takes = if !later.keeps_order && number % 2 == 1 { takes / 4 } else { takes };
        let due = now.saturating_add(SignedDuration::from_secs(takes)).unwrap_or(now);
        let fails = one_of(self.shape.fails_one_of, number);
        self.jobs.push(Job { taken: now, due, row: row.clone(), state: State::Pending, fails });
        json!({ "job": number })
    }

    /// Items of each write that it took.
    pub fn writes(&self) -> &[usize] {
        &self.writes
    }
}

impl SimulatedChannel for ShapedFarSide {
    fn answer(&mut self, now: Timestamp, request: &Request) -> Option<Response> {
        let path = request.uri().path();
        let is_import = path.ends_with(wire::STOCK);
        let job = path.split_once(wire::JOBS).and_then(|(_, number)| number.parse::<usize>().ok());
        // Whether it answers at all, and whom, is the simulator's to say.
        let answered = self.inner.answer(now, request)?;
        if matches!(answered.status().as_u16(), 401 | 403 | 429 | 500..) {
            return Some(answered);
        }
        if let Some(authorization) = request.headers().get("authorization") {
            self.authorization = Some(authorization.clone());
        }
        self.work(now);
        if is_import {
            return Some(self.import(now, body(request).as_array().map_or(&[], Vec::as_slice)));
        }
        let Some(job) = job else { return Some(answered) };
        Some(match self.jobs.get(job) {
            Some(job) => answer(200, "application/json", &json!({ "state": job.state.name() })),
            None => answer(404, "application/json", &json!({})),
        })
    }

    fn buy_all(&mut self, now: Timestamp, lines: &[(Sku, Quantity)], ship_to: &str) -> Result<OrderNumber, NotSold> {
        self.work(now);
        self.inner.buy_all(now, lines, ship_to)
    }

    fn buy_set(&mut self, now: Timestamp, set: &Sku, parts: &[(Sku, Quantity)]) -> Option<OrderNumber> {
        self.inner.buy_set(now, set, parts)
    }

    fn change_product(&mut self, now: Timestamp, order: &OrderNumber, from: &Sku, to: &Sku) -> bool {
        self.inner.change_product(now, order, from, to)
    }

    fn change_silently(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.inner.change_silently(now, order, sku, units)
    }

    fn far_order(&self, order: &OrderNumber) -> Option<FarOrder> {
        self.inner.far_order(order)
    }

    fn ask_to_cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.inner.ask_to_cancel(now, order)
    }

    fn cancel_units(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.inner.cancel_units(now, order, sku, units)
    }

    fn take_out(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.inner.take_out(now, order, sku, units)
    }

    fn cancel_without_restock(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.inner.cancel_without_restock(now, order)
    }

    fn delete_order(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.inner.delete_order(now, order)
    }

    fn forget(&mut self, order: &OrderNumber) -> bool {
        self.inner.forget(order)
    }

    fn ship_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.inner.ship_there(now, order, sku, units)
    }

    fn announce_return(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity) -> bool {
        self.inner.announce_return(now, order, sku, units)
    }

    fn pay_back_there(&mut self, now: Timestamp, order: &OrderNumber, sku: &Sku, units: Quantity, restock: bool) -> bool {
        self.inner.pay_back_there(now, order, sku, units, restock)
    }

    fn price_cents(&self, sku: &Sku) -> Option<i64> {
        self.inner.price_cents(sku)
    }

    fn cancel(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.inner.cancel(now, order)
    }

    fn reopen(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.inner.reopen(now, order)
    }

    fn undo_shipment(&mut self, now: Timestamp, order: &OrderNumber) -> bool {
        self.inner.undo_shipment(now, order)
    }

    fn shown(&self, sku: &Sku) -> Option<i64> {
        self.inner.shown(sku)
    }

    fn edit_stock(&mut self, now: Timestamp, sku: &Sku, quantity: Quantity) {
        self.work(now);
        self.inner.edit_stock(now, sku, quantity);
    }

    fn rename(&mut self, now: Timestamp, sku: &Sku, to: &Sku) {
        self.inner.rename(now, sku, to);
    }

    fn set_tracking(&mut self, now: Timestamp, sku: &Sku, from: Option<Quantity>) -> bool {
        self.inner.set_tracking(now, sku, from)
    }

    fn tracks(&self, sku: &Sku) -> bool {
        self.inner.tracks(sku)
    }

    fn set_virtual(&mut self, now: Timestamp, sku: &Sku, on: bool) -> bool {
        self.inner.set_virtual(now, sku, on)
    }

    fn share_stock(&mut self, now: Timestamp, skus: &[Sku], units: Quantity) -> bool {
        self.inner.share_stock(now, skus, units)
    }

    fn sell_past_zero(&mut self, now: Timestamp, sku: &Sku, on: bool) -> bool {
        self.inner.sell_past_zero(now, sku, on)
    }

    fn draft(&mut self, now: Timestamp, sku: &Sku, units: Quantity) -> Option<OrderNumber> {
        self.inner.draft(now, sku, units)
    }

    fn place(&mut self, now: Timestamp, draft: &OrderNumber) -> bool {
        self.inner.place(now, draft)
    }

    fn outbox(&mut self, now: Timestamp) -> Vec<Outgoing> {
        self.inner.outbox(now)
    }

    fn sign(&self, body: &[u8]) -> Vec<(String, String)> {
        self.inner.sign(body)
    }

    fn delivered(&mut self, now: Timestamp, id: u64, status: Option<u16>) {
        self.inner.delivered(now, id, status);
    }

    fn trouble(&mut self, trouble: Trouble) {
        self.inner.trouble(trouble);
    }

    /// Where figures wait, those that it took, in force or not.
    fn lack(&mut self, right: &str) -> bool {
        self.inner.lack(right)
    }

    fn stock_writes(&self) -> u64 {
        if self.shape.moves_figures() { self.writes.iter().map(|items| *items as u64).sum() } else { self.inner.stock_writes() }
    }

    fn last_stock_write(&self) -> Option<(Sku, i64)> {
        self.inner.last_stock_write()
    }

    fn came_in_force(&mut self) -> Vec<(Sku, Timestamp)> {
        std::mem::take(&mut self.in_force)
    }

    fn settings(&self) -> BTreeMap<String, String> {
        self.inner.settings()
    }

    fn orders(&self) -> Vec<OrderNumber> {
        self.inner.orders()
    }

    fn plugins(&mut self) -> Option<&mut dyn FarPlugins> {
        self.inner.plugins()
    }

    fn places(&mut self) -> Option<&mut dyn FarPlaces> {
        self.inner.places()
    }
}
