//! Stories through the functions' own handlers: what worlds do not play, or play too seldom to be sure.

mod api;
mod index;
mod invoices;
mod large;
mod left;
mod odd;
mod schedules;
mod tokens;

use crate::FUNCTIONS;
use crate::seen::Seen;
use lambda_kit::warm_up;
use simulation::market::Market;
use std::sync::Arc;
use testkit::run::finish;

/// All of them.
pub(crate) fn tell(seen: &Arc<Seen>) {
    let market = Market::open(&[("A", 9)], 9);
    for function in FUNCTIONS {
        finish(warm_up(&seen.watch(function, market.stage.world()))).unwrap();
    }
    api::tell(seen);
    invoices::tell(seen);
    index::tell(seen);
    large::tell(seen);
    left::tell(seen);
    odd::tell(seen);
    tokens::tell(seen);
    schedules::poll(seen);
    schedules::reconcile(seen);
}
