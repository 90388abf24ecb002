//! Drift in a large catalogue, found and repaired: one program, so that what they share is compiled and linked once.

mod books;
mod faults;
mod reconcile;
