//! What people see and other systems ask: the page at `/`, and JSON under `/api/v1`.
//!
//! It reads through `engine::views`, and writes nothing but corrections of stock. Who may ask is decided before it: by the API's
//! authorizer on AWS, by the loopback address on one machine.

mod api;
mod asked;
mod openapi;
mod page;
mod reply;
mod routes;

pub use reply::Problem;

use async_trait::async_trait;
use engine::World;
use lambda_kit::{HttpAnswer, HttpCall, HttpHandler};
use routes::{Found, find};

/// Bytes of a request's body at most.
const LARGEST_BODY: usize = 16 * 1024;

/// The handler.
pub struct Dashboard {
    world: World,
}

impl Dashboard {
    /// Reads and writes through these ports.
    pub fn new(world: World) -> Self {
        Self { world }
    }
}

#[async_trait]
impl HttpHandler for Dashboard {
    async fn handle(&self, call: HttpCall) -> HttpAnswer {
        if call.body.len() > LARGEST_BODY {
            return Problem::new(413, format!("send at most {LARGEST_BODY} bytes")).answer();
        }
        let answer = match find(call.method.as_str(), &call.path) {
            Found::Route(operation, parameters) => api::answer(&self.world, operation, &parameters, &call).await,
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
