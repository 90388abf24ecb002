//! What every function is made of: the shape of its handler, its settings, its ports on AWS, and the way into Lambda.
//!
//! The local stack calls the same handlers through the same guards, so a function behaves alike on Lambda and on one machine.
//! Nothing here decides about an order or a channel.

mod bootstrap;
mod config;
mod deadline;
mod environment;
mod event;
mod guard;
mod handler;
mod health;
mod log;
mod messages;

pub use bootstrap::{run_batch, run_http, run_schedule};
pub use config::{Config, Setting};
pub use deadline::in_time;
pub use environment::{connect, connect_to_invoice, connect_to_poll, connect_to_receive, warm_up};
pub use guard::{answer_guarded, handle_guarded, run_guarded};
pub use handler::{Asker, Batch, BatchHandler, BatchOutcome, HttpAnswer, HttpCall, HttpHandler, Record, ScheduleHandler};
pub use health::note_health;
pub use messages::{Messages, read};
