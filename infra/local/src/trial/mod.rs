//! What trials of the whole stack share: a place with shops in this process, and the stack in another, which can be killed.

mod pages;
mod place;
mod server;

pub(crate) use pages::Pages;
pub(crate) use place::{Place, Wanted};
pub(crate) use server::Server;
