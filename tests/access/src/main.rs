//! `cargo access`: prints which permissions each function needs. `cargo access N` tells when worlds last showed something new.

#![expect(clippy::print_stdout, reason = "a tool of ours")]

use access::seen::Seen;
use access::worlds::live_one;
use std::sync::Arc;

fn main() {
    let Some(seeds) = std::env::args().nth(1).and_then(|text| text.parse().ok()) else {
        print!("{}", access::page::markdown(&access::seen()));
        return;
    };
    let seen = Arc::new(Seen::default());
    let mut before = String::new();
    for seed in 0..seeds {
        live_one(&seen, seed);
        let now = access::page::markdown(&seen);
        if now != before {
            let news: Vec<&str> = now.lines().filter(|line| !before.contains(line)).collect();
            println!("seed {seed}:\n{}", news.join("\n"));
        }
        before = now;
    }
}
