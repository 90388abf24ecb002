//! The far side: a marketplace on Mirakl with one shop, an operator who debits buyers, and imports that take their time.
//!
//! What Mirakl does not document is invented here and says so: that a debit takes two seconds and an import twenty, that an order nobody accepts
//! is refused after two days, and that an import a minute is all that is taken.

mod answers;
mod far;
mod imports;
mod listed;
mod orders;
mod shapes;
mod shop;
mod shop_shapes;

use crate::simulated_channel::{Setup, Troubles, query};
use http::{Method, header};
use jiff::Timestamp;
use ports::{Request, Response};
use std::collections::BTreeSet;

/// A simulated marketplace.
#[derive(Debug)]
pub struct Simulator {
    setup: Setup,
    troubles: Troubles,
    shop: shop::Shop,
    imports: imports::Imports,
    /// Roles that the key's user lacks.
    lacks: BTreeSet<String>,
}

impl Simulator {
    /// Opens it.
    pub fn new(setup: Setup) -> Self {
        Self {
            troubles: Troubles::default(),
            shop: shop::Shop::new(&setup),
            imports: imports::Imports::default(),
            lacks: BTreeSet::new(),
            setup,
        }
    }

    /// The operator no longer knows an offer by the merchant's code: its lines in imports are refused.
    pub fn refuse(&mut self, sku: &domain::Sku) {
        self.imports.refuse(sku.as_str());
    }

    /// Files that it took so far, each with its lines.
    pub fn files(&self) -> &[usize] {
        self.imports.files()
    }

    /// How often it was asked for the state of an import of figures.
    pub fn asked(&self) -> usize {
        self.imports.asked()
    }

    /// Does what is due. Whoever looks, looks at a marketplace that is up to date.
    fn work(&mut self, now: Timestamp) {
        self.shop.work(now);
        self.imports.work(now, &mut self.shop);
    }

    /// The path behind the base address.
    fn path<'r>(&self, request: &'r Request) -> &'r str {
        let path = request.uri().path();
        let base = url::Url::parse(&self.setup.base_url).map(|u| u.path().trim_end_matches('/').to_owned());
        base.ok().and_then(|base| path.strip_prefix(base.as_str())).unwrap_or(path)
    }

    fn respond(&mut self, now: Timestamp, request: &Request) -> Response {
        if let Some(seconds) = self.troubles.too_many(now) {
            return answers::too_many(seconds);
        }
        let given = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        // The bare key: a word before it is a wrong key.
        if given.is_none() || given != self.setup.credentials.get("api_key").map(ports::Secret::expose) {
            return answers::refusal(401, "Unauthorized");
        }
        let response = self.route(now, request);
        if *request.method() != Method::GET && response.status().is_success() && self.troubles.fails_after_apply() {
            return answers::broken_proxy();
        }
        response
    }

    fn route(&mut self, now: Timestamp, request: &Request) -> Response {
        let path = self.path(request).to_owned();
        let (parts, query) = (path.trim_start_matches('/').split('/').collect::<Vec<_>>(), query(request));
        let lacks = |role: &str| self.lacks.contains(role);
        let denied = answers::refusal(403, "Forbidden");
        match (request.method().as_str(), parts.as_slice()) {
            ("GET", ["api", "account"]) => shop_shapes::account(&self.shop),
            ("GET", ["api", "shipping", "carriers"]) => shop_shapes::carriers(),
            ("GET", ["api", "reasons"]) => shop_shapes::reasons(),
            ("GET", ["api", "orders"]) if lacks("ROLE_PARTNER_ORDER_READ") => denied,
            ("GET", ["api", "orders"]) => listed::orders(&self.shop, &query),
            ("PUT", ["api", "orders", "cancel"]) => orders::cancel(&mut self.shop, now, request),
            ("PUT", ["api", "orders", id, "accept"]) => orders::accept(&mut self.shop, now, id, request),
            ("PUT", ["api", "orders", id, "tracking"]) => orders::track(&mut self.shop, now, id, request),
            ("PUT", ["api", "orders", id, "ship"]) => orders::ship(&mut self.shop, now, id),
            ("GET", ["api", "offers"]) => listed::offers(&self.shop, now, &query),
            ("GET", ["api", "offers", "pricing", "imports"]) => self.imports.list(&query),
            ("POST", ["api", "offers", kind @ ("stock" | "pricing"), "imports"]) => self.imports.take(now, kind, request),
            ("GET", ["api", "offers", "stock", "imports", id, "status"]) => self.imports.status(id),
            ("GET", ["api", "offers", "stock" | "pricing", "imports", id, "error_report"]) => self.imports.report(id),
            ("GET", ["api", "offers", id]) => listed::offer(&self.shop, now, id),
            _ => answers::refusal(404, "Not Found"),
        }
    }
}
