//! What every connector and every table must do: one program, so that what they share is compiled and linked once.

mod channels;
mod contracts;
mod large_orders;
mod table;
