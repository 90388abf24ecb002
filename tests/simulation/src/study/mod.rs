//! The oversell study: the same customers through several policies, counted from outside. Sluis is the engine with its connectors;
//! the others are played here, over the same connectors and the same shops.

mod book;
mod chart;
pub mod command;
mod delays;
mod demand;
mod figures;
mod house;
mod immediate;
mod life;
mod ours;
mod policies;
mod report;
mod results;
mod scenarios;
mod shops;
mod tally;
mod tasks;
mod time;
mod tool;

pub use results::{Extent, Results};

/// What is published of a study, by the name of the file.
pub fn pages(results: &Results) -> [(&'static str, String); 3] {
    [("README.md", report::markdown(results)), ("oversold.svg", chart::svg(results)), ("worlds.csv", results.to_csv())]
}

/// Policies with the units they oversold, and those missing at once, per 100,000 orders: the mean of the scenarios.
pub fn rates(results: &Results) -> Vec<(&'static str, u64, u64)> {
    let rates = |place| figures::over_scenarios(&results.of_policy(place));
    let of = |(place, policy): (usize, &policies::Policy)| (policy.name, rates(place).oversold, rates(place).missing);
    policies::ALL.iter().enumerate().map(of).collect()
}
