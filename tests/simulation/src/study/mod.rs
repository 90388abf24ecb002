//! The oversell study: the same customers through several policies, counted from outside.

mod book;
mod delays;
mod demand;
mod house;
mod immediate;
mod life;
mod ours;
mod policies;
mod scenarios;
mod shops;
mod tally;
mod tasks;
mod time;
mod tool;

/// Prints what every policy came to in a few worlds of each scenario.
pub fn try_out(worlds: u64) {
    for scenario in scenarios::ALL.iter().filter(|s| std::env::args().nth(2).is_none_or(|w| s.name.contains(&w))) {
        println!("{}: {}", scenario.name, scenario.words);
        for policy in policies::ALL.iter().filter(|p| std::env::var("POL").map_or(true, |w| p.name == w)) {
            let started = std::time::Instant::now();
            let mut sum = tally::Figures::default();
            for world in 0..worlds {
                sum.add(&life::live(scenario, policy, world));
            }
            println!("{:28} {:?} {sum:?}", policy.name, started.elapsed() / u32::try_from(worlds).unwrap());
        }
    }
}
