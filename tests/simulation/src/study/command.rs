//! `cargo sim --study`: lives through all worlds and writes the report. With `--check`: whether the report still holds.

use super::{Extent, Results, pages};
use std::path::PathBuf;
use std::process::ExitCode;

/// Where the report is kept.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../docs/study")
}

/// Writes the report, or checks it.
pub fn run(check: bool) -> ExitCode {
    let done = if check { hold() } else { publish() };
    match done {
        Ok(said) => {
            println!("{said}");
            ExitCode::SUCCESS
        }
        Err(complaint) => {
            eprintln!("{complaint}");
            ExitCode::FAILURE
        }
    }
}

fn live(extent: Extent) -> Results {
    let bar = indicatif::ProgressBar::new(extent.steps());
    if let Ok(style) = indicatif::ProgressStyle::with_template("{bar:40} {pos}/{len} worlds  {per_sec}  {eta} left") {
        bar.set_style(style);
    }
    let results = Results::live(extent, || bar.inc(1));
    bar.finish_and_clear();
    results
}

fn publish() -> Result<String, String> {
    let results = live(Extent::Whole);
    let folder = folder();
    std::fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    for (name, text) in pages(&results) {
        std::fs::write(folder.join(name), text).map_err(|e| format!("{name}: {e}"))?;
    }
    let rates: Vec<String> = super::rates(&results).iter().map(|(name, rate, _)| format!("{name}: {rate}")).collect();
    Ok(format!("units oversold per 100,000 orders\n{}\ndocs/study holds the report", rates.join("\n")))
}

/// The page is what the published worlds say, and the first of them are lived through again.
fn hold() -> Result<String, String> {
    let whole = published()?;
    match live(Extent::First(1)).differs_from_first_of(&whole) {
        None => {
            Ok("the report in docs/study is what the published worlds say, and the first of them came out the same".to_owned())
        }
        Some(difference) => {
            Err(format!("{difference}\nrun `cargo sim --study`, look at what changed in docs/study, and commit it"))
        }
    }
}

/// The published worlds.
///
/// # Errors
/// In words, if they cannot be read or the report is not what they say.
pub fn published() -> Result<Results, String> {
    let read = |name: &str| std::fs::read_to_string(folder().join(name)).map_err(|e| format!("docs/study/{name}: {e}"));
    let results = Results::from_csv(&read("worlds.csv")?)?;
    for (name, text) in pages(&results) {
        if read(name)? != text {
            return Err(format!("docs/study/{name} is not what docs/study/worlds.csv says; run `cargo sim --study`"));
        }
    }
    Ok(results)
}
