//! How long documents take and how large they are: `cargo run --release -p documents --example measure`. The numbers are only worth anything with the
//! load of the machine beside them.

#[path = "../tests/sales/mod.rs"]
mod sales;

use domain::invoice::Document;
use std::time::{Duration, Instant};

const ROUNDS: usize = 40;

#[expect(clippy::disallowed_methods, reason = "a measurement is of the machine's own clock")]
fn now() -> Instant {
    Instant::now()
}

/// The median, and the fastest: what else runs on the machine can only make it slower.
fn measure(what: &str, mut make: impl FnMut() -> usize) {
    let mut taken: Vec<Duration> = Vec::new();
    let mut bytes = 0;
    for _ in 0..ROUNDS {
        let start = now();
        bytes = make();
        taken.push(start.elapsed());
    }
    taken.sort();
    let micros = |one: Duration| one.as_micros();
    println!("{what}: median {} µs, fastest {} µs, {bytes} bytes", micros(taken[ROUNDS / 2]), micros(taken[0]));
}

fn main() {
    let start = now();
    let look = sales::look();
    let made = |document: &Document| documents::invoice(document, &look).map_or(0, |pdf| pdf.len());
    let three = sales::odd::many_lines(3);
    let bytes = made(&three);
    println!("look read and first invoice made: {} µs, {bytes} bytes", start.elapsed().as_micros());
    measure("invoice of 3 lines", || made(&three));
    let sixty = sales::odd::sixty_lines();
    measure("invoice of 60 lines", || made(&sixty));
    measure("rules of EN 16931, 60 lines", || usize::from(documents::check(&sixty.content).is_ok()));
    let business = sales::at_home::business_unpaid();
    measure("UBL (Peppol)", || documents::ubl(&business, &documents::Ubl::PeppolBis3, None, None).map_or(0, |xml| xml.len()));
    let slip = sales::parcels::slip();
    measure("packing slip", || documents::packing_slip(&slip, &look).map_or(0, |pdf| pdf.len()));
    let list = sales::parcels::picks(100);
    measure("pick list of 100 orders", || documents::pick_list(&list, &look).map_or(0, |pdf| pdf.len()));
}
