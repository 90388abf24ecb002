//! Documents from outside: what goes in, and the bytes that come out.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod any_text;
mod archive;
mod files;
mod foreign_files;
mod mails;
mod of_sales;
#[path = "../sales/mod.rs"]
mod sales;
mod samples_are_current;
