//! What tests need of the world: the ports in memory, with faults, time and randomness that a test owns. Never in a deployment.

pub mod exhaustive;
pub mod far_sides;
pub mod faults;
pub mod given;
pub mod memory;
pub mod run;
pub mod scripted;
pub mod scripted_shop;
mod stage;

pub use stage::Stage;
