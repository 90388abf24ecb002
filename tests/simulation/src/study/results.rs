//! The raw results, one row per world and policy: lived through, and kept as a table beside the report.

use super::figures::Figures;
use super::policies::Policy;
use super::scenarios::Scenario;
use super::{life, policies, scenarios};

/// What became of every world under every policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Results {
    /// By scenario, then by policy, then by world.
    cells: Vec<Vec<Vec<Figures>>>,
}

/// How much is lived through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it, as published.
    Whole,
    /// Of each scenario so many worlds, the first ones.
    First(u64),
    /// So many worlds of the brief scenarios only.
    Brief(u64),
}

impl Extent {
    fn worlds(self, scenario: &Scenario) -> u64 {
        match self {
            Self::Whole => scenario.worlds,
            Self::Brief(_) if !scenario.brief => 0,
            Self::First(worlds) | Self::Brief(worlds) => worlds.min(scenario.worlds),
        }
    }

    /// Worlds, counted once per policy.
    pub fn steps(self) -> u64 {
        scenarios::ALL.iter().map(|s| self.worlds(s)).sum::<u64>() * policies::ALL.len() as u64
    }
}

const HEAD: [&str; 11] = [
    "scenario",
    "policy",
    "world",
    "customers",
    "orders",
    "units oversold",
    "units missing at once",
    "units left unsold though asked for",
    "sold-out ms lost",
    "listing ms",
    "stock writes",
];

impl Results {
    /// Lives through the worlds; tells of each that is done.
    pub fn live(extent: Extent, mut done: impl FnMut()) -> Self {
        let mut cell = |scenario: &Scenario, policy: &Policy| {
            let mut world = |world| {
                let figures = life::live(scenario, policy, world);
                done();
                figures
            };
            (0..extent.worlds(scenario)).map(&mut world).collect()
        };
        let cells = scenarios::ALL.iter().map(|s| policies::ALL.iter().map(|p| cell(s, p)).collect()).collect();
        Self { cells }
    }

    /// The worlds of a scenario under a policy, by their places.
    pub(super) fn worlds(&self, scenario: usize, policy: usize) -> &[Figures] {
        &self.cells[scenario][policy]
    }

    /// All worlds under a policy, by scenario.
    pub(super) fn of_policy(&self, policy: usize) -> Vec<Vec<Figures>> {
        self.cells.iter().map(|scenario| scenario[policy].clone()).collect()
    }

    /// As a table.
    pub fn to_csv(&self) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        writer.write_record(HEAD).unwrap();
        for (scenario, cells) in scenarios::ALL.iter().zip(&self.cells) {
            for (policy, worlds) in policies::ALL.iter().zip(cells) {
                for (world, figures) in worlds.iter().enumerate() {
                    let numbers = numbers(figures).map(|n| n.to_string());
                    let names = [scenario.name.to_owned(), policy.name.to_owned(), world.to_string()];
                    writer.write_record(names.iter().chain(&numbers)).unwrap();
                }
            }
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    /// From such a table.
    ///
    /// # Errors
    /// In words, if it is not one of this study.
    pub fn from_csv(text: &str) -> Result<Self, String> {
        let mut results = Self { cells: vec![vec![Vec::new(); policies::ALL.len()]; scenarios::ALL.len()] };
        for record in csv::Reader::from_reader(text.as_bytes()).records() {
            let record = record.map_err(|e| e.to_string())?;
            let field = |at: usize| record.get(at).unwrap_or_default();
            let scenario = scenarios::ALL.iter().position(|s| s.name == field(0));
            let policy = policies::ALL.iter().position(|p| p.name == field(1));
            let place = scenario.zip(policy).ok_or_else(|| format!("no scenario or policy of this study: {record:?}"))?;
            let numbers: Vec<u64> =
                record.iter().skip(3).map(|n| n.parse().map_err(|_| format!("`{n}` is no number"))).collect::<Result<_, _>>()?;
            let figures = read(&numbers).ok_or_else(|| format!("not {} columns: {record:?}", HEAD.len()))?;
            results.cells[place.0][place.1].push(figures);
        }
        Ok(results)
    }

    /// Whether these results are those of the other's first worlds; if not, the first that differs, in words.
    pub fn differs_from_first_of(&self, whole: &Self) -> Option<String> {
        let mut pairs = scenarios::ALL.iter().enumerate().flat_map(|s| policies::ALL.iter().enumerate().map(move |p| (s, p)));
        pairs.find_map(|((s, scenario), (p, policy))| {
            let (mine, theirs) = (self.worlds(s, p), whole.worlds(s, p));
            let world = (0..mine.len()).find(|n| theirs.get(*n) != mine.get(*n))?;
            let (mine, theirs) = (&mine[world], theirs.get(world));
            Some(format!("{}, {}, world {world}: now {mine:?}, published {theirs:?}", scenario.name, policy.name))
        })
    }
}

fn numbers(figures: &Figures) -> [u64; 8] {
    let Figures { customers, orders, oversold, missing, left_unsold, lost_ms, listing_ms, pushes } = *figures;
    [customers, orders, oversold, missing, left_unsold, lost_ms, listing_ms, pushes]
}

fn read(numbers: &[u64]) -> Option<Figures> {
    let [customers, orders, oversold, missing, left_unsold, lost_ms, listing_ms, pushes] = *numbers else { return None };
    Some(Figures { customers, orders, oversold, missing, left_unsold, lost_ms, listing_ms, pushes })
}
