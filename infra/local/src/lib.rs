//! The whole stack in one process: the functions, the queues between them, the table, and the shops to try them on.
//!
//! The handlers are those that run in the cloud, and the way between them is read from the template that is deployed there.

#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

mod archive;
pub mod bus;
pub mod chaos;
pub mod cli;
mod consent;
pub mod demo;
mod functions;
mod left_behind;
mod mail_folder;
mod nobody;
mod people;
pub mod progress;
pub mod queue;
pub mod running;
pub mod say;
pub mod scheduler;
pub mod serve;
pub mod set_up;
pub mod shop_list;
pub mod simulator;
pub mod stack;
pub mod state;
pub mod table;
pub mod tasks;
pub mod topology;
pub mod web;
