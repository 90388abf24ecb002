//! A simulated accounting system beside the far sides of channels, behind one `Http` port.

#![expect(clippy::expect_used, reason = "test support: where the set-up fails, so must the test")]

use crate::run::finish;
use async_trait::async_trait;
use connectors::simulated_back_office::{Setup, SimulatedBackOffice};
pub use connectors::simulated_channel::Trouble;
use domain::vat::VatCountry;
use domain::{ChannelId, ConnectionId};
use engine::rows::{AccountingSettings, Declared, MappedVatCode};
use engine::{Cache, Ports, authorize, consent_address};
use ports::{Clock, Connector, Connectors as _, Error, ErrorKind, Http, Request, Response, Result, Secret};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where it is.
pub const ADDRESS: &str = "https://books.example.test";

/// The merchant's name for it.
///
/// # Panics
/// Never: it is a name.
pub fn name() -> ConnectionId {
    ConnectionId::new("books").expect("a name")
}

/// The first system of the back office that keeps books.
///
/// # Panics
/// Where this build has none.
pub fn connector() -> &'static dyn Connector {
    static REGISTRY: connectors::Registry = connectors::Registry;
    REGISTRY.back_office().into_iter().find(|one| one.accounting().is_some()).expect("a system that keeps books")
}

/// Its credentials.
pub fn credentials() -> BTreeMap<String, Secret> {
    connector().descriptor().credentials.iter().map(|name| ((*name).to_owned(), Secret::new(format!("hush-{name}")))).collect()
}

/// How documents are booked there.
///
/// # Panics
/// Never: these are settings.
pub fn settings() -> AccountingSettings {
    let code = |rate: &str, declared, code: &str| MappedVatCode {
        country: VatCountry::Nl,
        rate: rate.parse().expect("a rate"),
        declared,
        code: code.to_owned(),
        ledger: None,
    };
    let settings = [("division", "123456"), ("redirect_uri", "https://kade.example.test/done")];
    AccountingSettings {
        connection: name(),
        system: ChannelId::new(connector().descriptor().id).expect("a name"),
        base_url: ADDRESS.to_owned(),
        settings: settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into(),
        sales_journal: "70".to_owned(),
        credit_journal: "71".to_owned(),
        ledger: "8000".to_owned(),
        charges_ledger: Some("8010".to_owned()),
        debtor: "1".to_owned(),
        debtors: Vec::new(),
        vat_codes: vec![code("21", Declared::Local, "2"), code("0", Declared::IntraCommunity, "IC")],
    }
}

/// A person opens the page of consent, says yes, and brings back where they were sent.
///
/// # Panics
/// If they are not let in.
pub fn let_in(world: &Ports, lookup: &Cache) {
    let address = finish(consent_address(world, lookup, &name())).expect("the page");
    let mut request = Request::default();
    *request.uri_mut() = address.parse().expect("an address");
    let answer = finish(world.http.send(request)).expect("an answer");
    let there = answer.headers()["location"].to_str().expect("an address");
    finish(authorize(world, lookup, &name(), there)).expect("a token");
}

/// The system, to be set up and looked at.
pub struct SimulatedBooks {
    clock: Arc<dyn Clock>,
    simulator: Mutex<Box<dyn SimulatedBackOffice>>,
}

impl SimulatedBooks {
    /// One with empty books.
    ///
    /// # Panics
    /// Where there is no simulator of it.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        let system = ChannelId::new(connector().descriptor().id).expect("a name");
        let setup = Setup { base_url: ADDRESS.to_owned(), credentials: credentials() };
        let simulator = connectors::simulated_back_office(&system, setup).expect("a simulator");
        Self { clock, simulator: Mutex::new(simulator) }
    }

    /// Does something with it.
    pub fn with<T>(&self, work: impl FnOnce(&mut dyn SimulatedBackOffice) -> T) -> T {
        work(self.simulator.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }
}

/// The way to it at its own address, and to whatever else there is.
pub struct BesideBooks {
    /// What else there is.
    pub inner: Arc<dyn Http>,
    /// The books.
    pub books: Arc<SimulatedBooks>,
}

#[async_trait]
impl Http for BesideBooks {
    async fn send(&self, request: Request) -> Result<Response> {
        if !request.uri().to_string().starts_with(ADDRESS) {
            return self.inner.send(request).await;
        }
        let answer = self.books.with(|simulator| simulator.answer(self.books.clock.now(), &request));
        answer.ok_or_else(|| Error::new(ErrorKind::Timeout, "far side", "no answer came in time"))
    }
}
