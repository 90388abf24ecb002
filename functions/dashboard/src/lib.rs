//! What people see and other systems ask: the page at `/`, and JSON under `/api/v1`.
//!
//! It reads through `engine::views`, and writes what people decide: corrections and transfers of stock, bundles, and what is done about
//! orders. Who may ask is decided before it: by the API's authorizer on AWS, by the loopback address on one machine.

mod api;
mod asked;
mod command;
mod connections;
mod door;
mod listings_file;
mod move_stock;
mod openapi;
mod page;
mod parked;
mod price_list;
mod reply;
mod routes;
mod rules;
mod send_parcels;
mod sheet;

pub use reply::Problem;

use async_trait::async_trait;
use engine::{Lookup, World};
use lambda_kit::{HttpAnswer, HttpCall, HttpHandler};
use routes::{Found, find};

/// Bytes of a request's body at most, and of a file's.
const LARGEST_BODY: usize = 16 * 1024;
const LARGEST_FILE: usize = 256 * 1024;

/// The handler.
pub struct Dashboard {
    world: World,
    lookup: Lookup,
}

impl Dashboard {
    /// Reads and writes through these ports.
    pub fn new(world: World) -> Self {
        Self { world, lookup: Lookup::default() }
    }
}

#[async_trait]
impl HttpHandler for Dashboard {
    async fn handle(&self, call: HttpCall) -> HttpAnswer {
        let is_file =
            call.header("content-type").is_some_and(|kind| kind.trim_start().to_ascii_lowercase().starts_with("text/csv"));
        let most = if is_file { LARGEST_FILE } else { LARGEST_BODY };
        if call.body.len() > most {
            return Problem::new(413, format!("send at most {most} bytes")).answer();
        }
        let answer = match find(call.method.as_str(), &call.path) {
            Found::Route(operation, parameters) => api::answer(&self.world, &self.lookup, operation, &parameters, &call).await,
            Found::WrongMethod(methods) => {
                let mut answer = Problem::new(405, format!("use {}", methods.join(" or "))).answer();
                answer.headers.push(("allow".into(), methods.join(", ")));
                Ok(answer)
            }
            Found::Nothing => Err(Problem::new(404, "there is nothing here; see /api/v1/openapi.json")),
        };
        answer.unwrap_or_else(|problem| problem.answer())
    }
}

#[cfg(test)]
#[path = "dashboard_tests.rs"]
mod tests;

#[cfg(test)]
#[path = "handling_tests.rs"]
mod handling_tests;

#[cfg(test)]
#[path = "files_tests.rs"]
mod files_tests;

#[cfg(test)]
#[path = "price_list_tests.rs"]
mod price_list_tests;

#[cfg(test)]
#[path = "rules_tests.rs"]
mod rules_tests;

#[cfg(test)]
#[path = "publishing_tests.rs"]
mod publishing_tests;
