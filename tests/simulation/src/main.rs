//! x
fn main() {
    let mut n = 0;
    let a: Vec<u64> = std::env::args().skip(1).map(|s| s.parse().unwrap()).collect();
    let tail = a.get(2).copied().unwrap_or(0);
    for seed in a[0]..a[1] {
        let script = simulation::world::Script::draw(seed, simulation::world::Size::USUAL, None);
        let mut h = simulation::world::History::default();
        if std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| simulation::world::live(&script, &mut h))).is_err() { n += 1; println!("seed {seed}");
          for l in h.lines().iter().rev().take(tail as usize).rev() { println!("{}", l); } }
    }
    println!("{n}");
}
