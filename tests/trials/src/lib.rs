//! Trials of the whole stack: real processes, real files and real connections, looked at from outside alone.
//!
//! The shops live in this process and the stack in another, with a folder and ports of its own, so that it can be killed on the way.

#![cfg_attr(not(test), warn(clippy::print_stdout, clippy::print_stderr))]

pub mod flash_sale;
mod pages;
mod place;
mod server;
pub mod soak;
