//! Use cases at their ports, each fault in turn: one program, so that what they share is compiled and linked once.

mod invoices;
mod receive_webhook;
mod refused_updates;
mod tell_order;
