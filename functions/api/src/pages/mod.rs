//! Pages for people, one file each: what is read is what the API's resource reads, what is done is what it does, and `web` makes the markup.

mod assets;
mod attention;
mod channel;
mod channels;
mod entered;
mod invoice;
mod invoices;
mod language;
mod listings;
mod order;
mod orders;
mod preview;
mod product;
mod products;
mod pulse;
mod sign_in;
mod today;
mod visit;

use crate::web::{Caller, Context};
use axum::Router;
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::IntoResponse as _;
use axum::routing::{MethodRouter, get, post};
use domain::Right;

/// Paths with parameters that may hold slashes, which a gateway may have decoded.
pub(crate) const PATHS: [&str; 5] = [
    "/orders/{connection}/{order}",
    "/products/{sku}",
    "/invoices/{invoice}",
    "/channels/{connection}/listings",
    "/channels/{connection}/preview",
];

pub(crate) use sign_in::{Came, to_sign_in};

/// Pages, each with what opening it needs: there is no way to add one without. What its forms do needs what the resource's function needs
/// that does it.
#[derive(Default)]
pub(crate) struct Screens {
    pub(crate) router: Router<Context>,
    /// Which right each path needs; none: whoever asks may have it.
    pub(crate) needs: Vec<(&'static str, Option<Right>)>,
}

impl Screens {
    /// A page of those who have a right.
    fn on(mut self, path: &'static str, right: Right, methods: MethodRouter<Context>) -> Self {
        let checked = move |request: Request, next: Next| async move {
            let caller = request.extensions().get::<Caller>().cloned().unwrap_or_default();
            match caller.check(right) {
                Ok(()) => next.run(request).await,
                Err(problem) => problem.into_response(),
            }
        };
        self.router = self.router.route(path, methods.layer(from_fn(checked)));
        self.needs.push((path, Some(right)));
        self
    }

    /// What whoever asks may have: by it one signs in.
    fn open(mut self, path: &'static str, methods: MethodRouter<Context>) -> Self {
        self.router = self.router.route(path, methods);
        self.needs.push((path, None));
        self
    }
}

/// All of them.
pub(crate) fn routes() -> Screens {
    Screens::default()
        .on("/", Right::Look, get(today::front))
        .on("/today", Right::Look, get(today::page))
        .on("/attention", Right::Look, get(attention::page).post(attention::act))
        .on("/orders", Right::Look, get(orders::page))
        .on("/orders/{connection}/{order}", Right::Look, get(order::page).post(order::act))
        .on("/products", Right::Look, get(products::page))
        .on("/products/{sku}", Right::Look, get(product::page).post(product::act))
        .on("/invoices", Right::Look, get(invoices::page))
        .on("/invoices/{invoice}", Right::Look, get(invoice::page).post(invoice::act))
        .on("/channels", Right::Look, get(channels::page))
        .on("/channels/{connection}", Right::Look, get(channel::page).post(channel::act))
        .on("/channels/{connection}/listings", Right::Look, get(listings::page).post(listings::act))
        .on("/channels/{connection}/preview", Right::Look, get(preview::page))
        .on("/matches", Right::Look, get(listings::file_page).post(listings::send_file))
        .open("/sign-in", get(sign_in::page).post(sign_in::act))
        .open("/sign-out", post(sign_in::out))
        .open("/language", post(language::choose))
        .on("/pulse", Right::Look, get(pulse::pulse))
        .open("/assets/{name}", get(assets::asset))
}
