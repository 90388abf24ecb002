//! `cargo counts`: prints what an order costs.

fn main() {
    print!("{}", counts::table::markdown(&counts::scenarios::all()));
}
