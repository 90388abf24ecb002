//! Invoices and credit notes of orders: gapless numbers, each unit once, sums to the cent, whatever fails when.

#![allow(clippy::unwrap_used, reason = "a test may fail on what is not there")]

#[path = "invoices/abroad.rs"]
mod abroad;
#[path = "invoices/booking_faults.rs"]
mod booking_faults;
#[path = "invoices/bookings.rs"]
mod bookings;
#[path = "invoices/books.rs"]
mod books;
#[path = "invoices/compared.rs"]
mod compared;
#[path = "invoices/credits.rs"]
mod credits;
#[path = "invoices/deliveries.rs"]
mod deliveries;
#[path = "invoices/delivery_faults.rs"]
mod delivery_faults;
#[path = "invoices/every_fault.rs"]
mod every_fault;
#[path = "invoices/every_sale.rs"]
mod every_sale;
#[path = "invoices/found.rs"]
mod found;
#[path = "invoices/many_workers.rs"]
mod many_workers;
#[path = "invoices/mistakes.rs"]
mod mistakes;
#[path = "invoices/new_year.rs"]
mod new_year;
#[path = "invoices/refused.rs"]
mod refused;
#[path = "invoices/restored.rs"]
mod restored;
#[path = "invoices/shipments.rs"]
mod shipments;
#[path = "invoices/shop.rs"]
mod shop;
#[path = "invoices/stored.rs"]
mod stored;
#[path = "invoices/vies.rs"]
mod vies;
