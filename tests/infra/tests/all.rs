//! The house rules: one program, so that what they share is compiled and linked once.

mod dependencies;
mod guides;
mod layers;
mod links;
mod reading;
mod tidy;
mod words;
