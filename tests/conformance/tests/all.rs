//! What every connector and every table must do: one program, so that what they share is compiled and linked once.

mod channels;
mod contracts;
mod files_of_figures;
mod large_orders;
mod table;
mod waits_for_a_word;
