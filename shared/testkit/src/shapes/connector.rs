//! The connector of a shape.

use super::left::LeavesNotifications;
use super::{Shape, wire};
use async_trait::async_trait;
use domain::{OfferId, OrderNumber, OrderSnapshot};
use http::Method;
use jiff::{SignedDuration, Timestamp};
use ports::{
    Account, Acknowledged, Call, Connector, Descriptor, Error, ErrorKind, Fulfilment, Http, Jobs, Listings, Notifications,
    Observed, OrderPage, Orders, OrdersDescriptor, OrdersFrom, Outcomes, Pause, Prices, PricesDescriptor, Request, Response,
    Result, Returns, Status, StockDescriptor, StockLevels, StockWrite, Tokens, Verified,
};
use serde_json::Value;
use std::sync::{Mutex, PoisonError};

/// A real connector in another shape.
pub struct Shaped {
    pub(super) inner: &'static dyn Connector,
    pub(super) shape: Shape,
    pub(super) prices: &'static PricesDescriptor,
    stock: &'static StockDescriptor,
    orders: &'static OrdersDescriptor,
    /// When its list of orders was read from the start, UTC.
    listed: Mutex<Vec<Timestamp>>,
}

/// No two clocks of ours differ by more.
const SKEW: SignedDuration = SignedDuration::from_secs(3);
/// A turn is taken before the call that it is for: a slow function calls so much later, and the next is no later for it.
const LATE: SignedDuration = SignedDuration::from_secs(60);

impl Shaped {
    /// # Panics
    /// If it has neither stock nor orders.
    #[expect(clippy::expect_used, reason = "test support: such a connector has no shape")]
    pub(super) fn new(inner: &'static dyn Connector, shape: Shape) -> Self {
        let stock = *inner.stock().expect("stock").descriptor();
        let stock = StockDescriptor {
            batch: shape.batch,
            write_every_s: shape.write_every_s,
            later: shape.later,
            // What is in force later is nobody's counter to lead by.
            can_lead: stock.can_lead && !shape.moves_figures(),
            ..stock
        };
        let mut orders = *inner.orders().expect("orders").descriptor();
        orders.paging.apart_s = shape.orders_apart_s;
        orders.paging.every_s = orders.paging.every_s.max(shape.orders_apart_s);
        let prices = PricesDescriptor { batch: shape.price_batch, ..PricesDescriptor::ONE_AT_A_TIME };
        // Once for each market of a test.
        let prices = Box::leak(Box::new(prices));
        Self {
            inner,
            shape,
            prices,
            stock: Box::leak(Box::new(stock)),
            orders: Box::leak(Box::new(orders)),
            listed: Mutex::default(),
        }
    }

    /// When its list of orders was read from the start, UTC.
    pub fn listed(&self) -> Vec<Timestamp> {
        self.listed.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn its_stock(&self) -> Result<&'static dyn StockLevels> {
        self.inner.stock().ok_or_else(|| Error::new(ErrorKind::Bug, "shaped", "no stock"))
    }
}

/// Lets questions through and keeps the one request that would change something.
pub(super) struct Kept<'a> {
    http: &'a dyn Http,
    also_questions: bool,
    request: Mutex<Option<Request>>,
}

impl Kept<'_> {
    pub(super) fn take(&self) -> Option<Request> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

#[async_trait]
impl Http for Kept<'_> {
    async fn send(&self, request: Request) -> Result<Response> {
        if request.method() == Method::GET && !self.also_questions {
            return self.http.send(request).await;
        }
        *self.request.lock().unwrap_or_else(PoisonError::into_inner) = Some(request);
        Err(Error::new(ErrorKind::Bug, "shaped", "kept"))
    }
}

pub(super) fn kept<'a>(call: &Call<'a>, also_questions: bool) -> Kept<'a> {
    Kept { http: call.http, also_questions, request: Mutex::default() }
}

#[async_trait]
impl StockLevels for Shaped {
    fn descriptor(&self) -> &'static StockDescriptor {
        self.stock
    }

    async fn read(&self, call: &Call<'_>, offer: &OfferId, stock_reference: &str) -> Result<Observed> {
        self.its_stock()?.read(call, offer, stock_reference).await
    }

    async fn write(&self, call: &Call<'_>, writes: &[StockWrite]) -> Result<Outcomes> {
        assert!(writes.len() <= self.shape.batch, "{} items in one write", writes.len());
        let stock = self.its_stock()?;
        if !self.shape.moves_figures() {
            return stock.write(call, writes).await;
        }
        let mut rows = Rows::default();
        for write in writes {
            let kept = kept(call, false);
            let answer = stock.write_one(&Call { http: &kept, ..*call }, write).await;
            rows.take(kept.take(), answer, format!("{}|{}", write.offer, write.stock_reference));
        }
        rows.send(call).await
    }
}

/// What several writes come to: rows of one import, or an outcome where nothing was to be sent.
#[derive(Default)]
pub(super) struct Rows {
    outcomes: Vec<(Option<Result<Acknowledged>>, String)>,
    body: Vec<Value>,
    first: Option<Request>,
}

impl Rows {
    /// One more: the request that it would have been, or how it ended without one.
    pub(super) fn take(&mut self, request: Option<Request>, answer: Result<Acknowledged>, reference: String) {
        let ended = match request {
            Some(request) => {
                self.body.push(wire::row(&request));
                self.first.get_or_insert(request);
                None
            }
            None => Some(answer),
        };
        self.outcomes.push((ended, reference));
    }

    /// Sends them together.
    pub(super) async fn send(self, call: &Call<'_>) -> Result<Outcomes> {
        let mut told = Vec::new();
        if let Some(first) = self.first {
            let uri = format!("{}{}", call.account.base_url, wire::STOCK);
            let request = wire::like(&first, Method::POST, uri, &Value::Array(self.body))?;
            told = read(&call.http.send(request).await?, true)?["rows"].as_array().cloned().unwrap_or_default();
        }
        let mut told = told.iter();
        let one = |(ended, reference): (Option<_>, String)| ended.unwrap_or_else(|| row(told.next(), &reference));
        Ok(self.outcomes.into_iter().map(one).collect())
    }
}

/// What became of one row.
fn row(told: Option<&Value>, reference: &str) -> Result<Acknowledged> {
    let told =
        told.ok_or_else(|| Error::new(ErrorKind::Protocol, "shaped", "a row without an answer").with_status(Status::Unknown))?;
    if let Some(job) = told["job"].as_u64() {
        return Ok(Acknowledged::Pending(format!("{job}|{reference}")));
    }
    if told["done"].as_bool() == Some(true) {
        return Ok(Acknowledged::Applied);
    }
    // It may be taken the next time; a conflict would be looked at again at once.
    Err(Error::new(ErrorKind::Unavailable, "shaped", "this row is refused"))
}

/// An answer's body.
fn read(response: &Response, writes: bool) -> Result<Value> {
    let status = response.status().as_u16();
    let error = |kind, status: Status| Err(Error::new(kind, "shaped", "as the far side says").with_status(status));
    match status {
        200..=299 => Ok(serde_json::from_slice(response.body()).unwrap_or_default()),
        401 => error(ErrorKind::Unauthorized, Status::Permanent),
        403 => error(ErrorKind::Forbidden, Status::Permanent),
        404 => error(ErrorKind::NotFound, Status::Permanent),
        429 => error(ErrorKind::RateLimited, Status::Temporary { retry_after: None }),
        _ if writes => error(ErrorKind::Unavailable, Status::Unknown),
        _ => error(ErrorKind::Unavailable, Status::Temporary { retry_after: None }),
    }
}

#[async_trait]
impl Jobs for Shaped {
    async fn status(&self, call: &Call<'_>, status: &str) -> Result<Acknowledged> {
        let mut parts = status.split('|');
        let number = parts.next().and_then(|number| number.parse::<u64>().ok());
        let (Some(number), Some(offer), Some(reference)) = (number, parts.next(), parts.next()) else {
            // Of what it does otherwise.
            return match self.inner.jobs() {
                Some(jobs) => jobs.status(call, status).await,
                None => Err(Error::new(ErrorKind::Bug, "shaped", "no such job")),
            };
        };
        // As whom it asks, its own question tells.
        let kept = kept(call, true);
        let offer = OfferId::new(offer)?;
        let answer = self.its_stock()?.read(&Call { http: &kept, ..*call }, &offer, reference).await;
        let Some(question) = kept.take() else { return answer.map(|_| Acknowledged::Pending(status.to_owned())) };
        let uri = format!("{}{}{number}", call.account.base_url, wire::JOBS);
        let request = wire::like(&question, Method::GET, uri, &Value::Null)?;
        let told = read(&call.http.send(request).await?, false)?;
        match told["state"].as_str() {
            Some("done") => Ok(Acknowledged::Applied),
            Some("failed") => Err(Error::new(ErrorKind::Conflict, "shaped", "the import of this row failed")),
            _ => Ok(Acknowledged::Pending(status.to_owned())),
        }
    }
}

#[async_trait]
impl Orders for Shaped {
    fn descriptor(&self) -> &'static OrdersDescriptor {
        self.orders
    }

    async fn list(&self, call: &Call<'_>, from: &OrdersFrom) -> Result<OrderPage> {
        if from.page.is_none() {
            let mut listed = self.listed.lock().unwrap_or_else(PoisonError::into_inner);
            let apart = SignedDuration::from_secs(i64::from(self.shape.orders_apart_s));
            // The budget over any stretch, not only between two calls.
            let too_soon = listed
                .iter()
                .rev()
                .zip(1..)
                .find(|(then, calls)| call.now.duration_since(**then).abs() + SKEW + LATE < apart * *calls);
            assert!(
                too_soon.is_none(),
                "its orders were listed at {too_soon:?} calls ago and again at {}, within {apart:#} each",
                call.now
            );
            listed.push(call.now);
        }
        let told = self.its_orders()?.list(call, from).await;
        // Refused for its token, it is made again at once with another, in the same turn.
        if told.as_ref().is_err_and(|error| error.kind == ErrorKind::Unauthorized) && from.page.is_none() {
            self.listed.lock().unwrap_or_else(PoisonError::into_inner).pop();
        }
        told
    }

    async fn read(&self, call: &Call<'_>, number: &OrderNumber) -> Result<OrderSnapshot> {
        self.its_orders()?.read(call, number).await
    }
}

impl Shaped {
    fn its_orders(&self) -> Result<&'static dyn Orders> {
        self.inner.orders().ok_or_else(|| Error::new(ErrorKind::Bug, "shaped", "no orders"))
    }
}

#[async_trait]
impl Connector for Shaped {
    fn descriptor(&self) -> &'static Descriptor {
        self.inner.descriptor()
    }

    fn check(&self, account: &Account) -> Vec<Error> {
        self.inner.check(account)
    }

    fn bucket(&self, request: &Request) -> &'static str {
        match request.uri().path() {
            path if path.ends_with(wire::STOCK) => "imports",
            path if path.contains(wire::JOBS) => "import status",
            _ => self.inner.bucket(request),
        }
    }

    fn question(&self, request: &Request) -> String {
        self.inner.question(request)
    }

    fn pause(&self, response: &Response) -> Option<Pause> {
        self.inner.pause(response)
    }

    async fn verify(&self, call: &Call<'_>) -> Result<Verified> {
        self.inner.verify(call).await
    }

    fn tokens(&self) -> Option<&dyn Tokens> {
        self.inner.tokens()
    }

    fn jobs(&self) -> Option<&dyn Jobs> {
        Some(self)
    }

    fn orders(&self) -> Option<&dyn Orders> {
        Some(self)
    }

    fn listings(&self) -> Option<&dyn Listings> {
        self.inner.listings()
    }

    fn stock(&self) -> Option<&dyn StockLevels> {
        Some(self)
    }

    fn prices(&self) -> Option<&dyn Prices> {
        if self.shape.price_batch > 1 { self.inner.prices().map(|_| self as &dyn Prices) } else { self.inner.prices() }
    }

    fn fulfilment(&self) -> Option<&dyn Fulfilment> {
        self.inner.fulfilment()
    }

    fn returns(&self) -> Option<&dyn Returns> {
        self.inner.returns()
    }

    fn notifications(&self) -> Option<&dyn Notifications> {
        if self.shape.leaves_notifications { Some(&LeavesNotifications) } else { self.inner.notifications() }
    }
}
