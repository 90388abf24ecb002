//! What tests need of the world: the ports in memory, with faults, time and randomness that a test owns. Never in a deployment.

pub mod exhaustive;
pub mod far_sides;
pub mod faults;
pub mod given;
pub mod memory;
#[cfg(feature = "planted")]
pub mod planted;
pub mod run;
pub mod scripted;
mod scripted_invoices;
pub mod scripted_shop;
pub mod shapes;
pub mod simulated_books;
pub mod simulated_vies;
mod stage;

pub use stage::Stage;
