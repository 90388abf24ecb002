//! A capability of a connected system in use: the one way in which any of them is called.

use super::{ConnectorClient, NoWayOut, Paced, about_the_account, circuit, token};
use jiff::SignedDuration;
use ports::{
    Acceptance, Accounting, Billing, Call, Error, ErrorKind, Fulfilment, Invoices, Jobs, Listings, Notifications, Orders, Prices,
    ReadBack, Result, Returns, StockLevels, StockSemantics,
};
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Mutex;

/// A call under way, as connectors answer it. Boxed, because a generic `async` closure cannot promise to be `Send`, and functions
/// run on threads of their runtime's choice.
pub type Answering<'c, T> = Pin<Box<dyn Future<Output = Result<T>> + Send + 'c>>;

/// A capability of one connection. What needs no call is asked of it directly.
pub struct Using<'e, C: ?Sized> {
    pub(super) driver: &'e ConnectorClient<'e>,
    pub(super) capability: &'e C,
}

impl<C: ?Sized> Deref for Using<'_, C> {
    type Target = C;

    fn deref(&self) -> &C {
        self.capability
    }
}

/// The capabilities. Who asks for one that the system does not have did not look at the connector first.
impl ConnectorClient<'_> {
    /// Works on writes after it answered.
    pub fn jobs<'e>(&'e self) -> Result<Using<'e, dyn Jobs + 'e>> {
        self.using(self.connector.jobs(), "has no jobs to ask for")
    }

    /// Tells of orders.
    pub fn orders<'e>(&'e self) -> Result<Using<'e, dyn Orders + 'e>> {
        self.using(self.connector.orders(), "tells of no orders")
    }

    /// Waits for the merchant's word.
    pub fn acceptance<'e>(&'e self) -> Result<Using<'e, dyn Acceptance + 'e>> {
        self.using(self.connector.acceptance(), "waits for no word about orders")
    }

    /// Tells who bought.
    pub fn billing<'e>(&'e self) -> Result<Using<'e, dyn Billing + 'e>> {
        self.using(self.connector.billing(), "does not tell who bought")
    }

    /// Has offers.
    pub fn listings<'e>(&'e self) -> Result<Using<'e, dyn Listings + 'e>> {
        self.using(self.connector.listings(), "lists no offers")
    }

    /// Shows figures.
    pub fn stock<'e>(&'e self) -> Result<Using<'e, dyn StockLevels + 'e>> {
        self.using(self.connector.stock(), "shows no stock")
    }

    /// Asks prices that can be set.
    pub fn prices<'e>(&'e self) -> Result<Using<'e, dyn Prices + 'e>> {
        self.using(self.connector.prices(), "takes no prices")
    }

    /// Wants to hear what was done about an order.
    pub fn fulfilment<'e>(&'e self) -> Result<Using<'e, dyn Fulfilment + 'e>> {
        self.using(self.connector.fulfilment(), "is told nothing of orders")
    }

    /// Takes invoices.
    pub fn invoices<'e>(&'e self) -> Result<Using<'e, dyn Invoices + 'e>> {
        self.using(self.connector.invoices(), "takes no invoices")
    }

    /// Keeps the books.
    pub fn accounting<'e>(&'e self) -> Result<Using<'e, dyn Accounting + 'e>> {
        self.using(self.connector.accounting(), "keeps no books")
    }

    /// Tells of returns.
    pub fn returns<'e>(&'e self) -> Result<Using<'e, dyn Returns + 'e>> {
        self.using(self.connector.returns(), "tells of no returns")
    }

    /// Tells by itself when something changed.
    pub fn notifications<'e>(&'e self) -> Result<Using<'e, dyn Notifications + 'e>> {
        self.using(self.connector.notifications(), "tells nothing by itself")
    }

    /// How far behind the truth its list of orders may be.
    pub fn lag(&self) -> SignedDuration {
        self.connector.orders().map_or(SignedDuration::ZERO, |orders| orders.descriptor().paging.lag)
    }

    /// Whether a figure is set only where the one that was read is still there.
    pub fn compares_and_sets(&self) -> bool {
        self.connector.stock().is_some_and(|stock| stock.descriptor().semantics == StockSemantics::CompareAndSet)
    }

    /// Whether the figure that an item shows can be read.
    pub fn reads_back(&self) -> bool {
        self.connector.stock().is_some_and(|stock| stock.descriptor().read_back == ReadBack::PerItem)
    }

    fn using<'e, C: ?Sized>(&'e self, capability: Option<&'e C>, lacks: &str) -> Result<Using<'e, C>> {
        let lacking = || {
            let message = format!("connection {}: {} {lacks}", self.account.connection, self.connector.descriptor().title);
            Error::new(ErrorKind::Configuration, "capability", message)
        };
        Ok(Using { driver: self, capability: capability.ok_or_else(lacking)? })
    }
}

impl<C: ?Sized + Sync> Using<'_, C> {
    /// Calls it under a fresh operation id.
    pub async fn call<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c C, &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        self.call_as(&self.driver.world.ids.fresh(), work).await
    }

    /// Calls it under a given operation id: the same when an operation is tried again.
    pub async fn call_as<T, F>(&self, operation_id: &str, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c C, &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        let ConnectorClient { world, lookup, account, .. } = self.driver;
        let circuit = circuit::check(world, lookup, &account.connection).await?;
        let paced = Paced { driver: self.driver, circuit: &circuit, heard: Mutex::default() };
        let result = self.with_token(&paced, operation_id, work).await;
        let heard = std::mem::take(&mut *paced.heard());
        let result = result.map_err(about_the_account);
        circuit::note(world, lookup, circuit, heard, result.as_ref().err()).await;
        result
    }

    /// Asks for what needs no call, whatever the connection's circuit and token are. A call fails as `Unauthorized`.
    pub async fn without_calls<T, F>(&self, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c C, &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        work(self.capability, &self.driver.as_call(&NoWayOut, None, "")).await
    }

    async fn with_token<T, F>(&self, paced: &Paced<'_>, operation_id: &str, work: F) -> Result<T>
    where
        F: for<'c> Fn(&'c C, &'c Call<'c>) -> Answering<'c, T> + Send + Sync,
    {
        let driver = self.driver;
        let Some(tokens) = driver.connector.tokens() else {
            return work(self.capability, &driver.as_call(paced, None, operation_id)).await;
        };
        let token = token::in_force(driver, tokens, paced, operation_id, None).await?;
        match work(self.capability, &driver.as_call(paced, Some(&token), operation_id)).await {
            // A refused token changed nothing: one new token, one more try.
            Err(error) if error.kind == ErrorKind::Unauthorized => {
                let token = token::in_force(driver, tokens, paced, operation_id, Some(&token)).await?;
                work(self.capability, &driver.as_call(paced, Some(&token), operation_id)).await
            }
            other => other,
        }
    }
}
