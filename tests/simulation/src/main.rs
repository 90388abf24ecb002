//! x
fn main() {
    let mut n = 0;
    for seed in 0..std::env::args().nth(1).and_then(|s| s.parse().ok()).unwrap_or(100u64) {
        let script = simulation::world::Script::draw(seed, simulation::world::Size::USUAL, None);
        let mut h = simulation::world::History::default();
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| simulation::world::live(&script, &mut h))).is_err() { n += 1; println!("seed {seed}"); }
    }
    println!("{n}");
}
