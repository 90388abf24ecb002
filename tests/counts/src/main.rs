//! `cargo counts`: prints what an order costs.

fn main() {
    print!("{}", counts::page());
}
