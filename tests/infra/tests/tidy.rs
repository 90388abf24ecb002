//! Files small, one idea each; no channel's name outside its folder; one place that writes stock.

use infra::{is_test, sources};

/// Folders with shipped source.
const SHIPPED: &[&str] = &["shared", "functions", "infra/local"];

fn shipped() -> Vec<(String, String)> {
    SHIPPED.iter().flat_map(|f| sources(f)).filter(|(name, _)| !is_test(name)).collect()
}

#[test]
fn files_keep_to_the_budget() {
    let mut lengths: Vec<(usize, String)> = shipped().into_iter().map(|(name, text)| (text.lines().count(), name)).collect();
    lengths.sort();
    let at = |part: usize| lengths[(lengths.len() - 1) * part / 100].0;
    println!("{} files, median {} lines, 9 of 10 under {}, longest {:?}", lengths.len(), at(50), at(90), lengths.last());
    assert!(at(50) <= 120, "median {}", at(50));
    assert!(at(90) <= 400, "9 of 10 {}", at(90));
    let too_long: Vec<_> = lengths.iter().filter(|(lines, _)| *lines > 600).collect();
    assert!(too_long.is_empty(), "over 600 lines: {too_long:?}");
}

#[test]
fn every_module_says_what_it_is_for() {
    let silent: Vec<_> = shipped()
        .into_iter()
        .filter(|(_, text)| !text.starts_with("//!") && !text.starts_with("#!"))
        .map(|(name, _)| name)
        .collect();
    assert!(silent.is_empty(), "no //! at the top: {silent:?}");
}

#[test]
fn no_channel_is_named_outside_its_folder() {
    let channels: Vec<String> = std::fs::read_dir(infra::root().join("shared/connectors/src"))
        .unwrap()
        .flatten()
        .filter(|e| e.path().is_dir())
        .map(|e| e.file_name().to_string_lossy().into_owned())
        .collect();
    assert!(channels.len() >= 3, "{channels:?}");
    let mut leaks = Vec::new();
    for (name, text) in shipped() {
        for channel in &channels {
            let home = format!("shared/connectors/src/{channel}/");
            if name.starts_with(&home) || name == "shared/connectors/src/lib.rs" {
                continue;
            }
            for (number, line) in text.lines().enumerate() {
                let code = line.split("//").next().unwrap_or_default().to_lowercase();
                let mut words = code.split(|c: char| !c.is_ascii_alphanumeric());
                if words.any(|w| w == channel) {
                    leaks.push(format!("{name}:{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    assert!(leaks.is_empty(), "channels named outside their folders:\n{}", leaks.join("\n"));
}

#[test]
fn stock_is_written_in_one_place() {
    // A write needs the key; the engine names it only where it commits.
    let writers: Vec<_> = shipped()
        .into_iter()
        .filter(|(name, text)| name.starts_with("shared/engine/") && text.contains("StockRow::key("))
        .map(|(name, _)| name)
        .collect();
    assert_eq!(writers, ["shared/engine/src/stock/commit.rs"]);
}

#[test]
fn what_channels_send_is_read_in_one_place() {
    // Serde takes a list for the fields of a struct; `connectors::objects` does not.
    let home = "shared/connectors/src/objects.rs";
    let mut around = Vec::new();
    for (name, text) in shipped() {
        let is_simulator = name.contains("/sim/") || name.ends_with("/sim.rs");
        if !name.starts_with("shared/connectors/src/") || name == home || is_simulator {
            continue;
        }
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let found = code.lines().filter(|line| line.contains("serde_json::from_"));
        around.extend(found.map(|line| format!("{name}: {}", line.trim())));
    }
    assert!(around.is_empty(), "read with `connectors::objects` instead:\n{}", around.join("\n"));
}

#[test]
fn nothing_waits_in_a_running_function_for_a_slow_channel() {
    // What a channel does later lies in the table with a due time, and is asked for by a delayed hint.
    let known = [
        // A row that several write at once, or a token that another renews, for fractions of a second.
        ("shared/engine/src/orders/accept/take_in.rs", 1),
        ("shared/engine/src/stock/adjust.rs", 1),
        ("shared/engine/src/connections/client/token.rs", 2),
        ("shared/engine/src/orders/action/mod.rs", 1),
        ("shared/engine/src/invoices/issue.rs", 1),
        ("shared/engine/src/orders/tell/sync.rs", 1),
        ("shared/engine/src/stock/transfer.rs", 1),
        // Once a run, until the channel's list of orders can tell.
        ("shared/engine/src/reconcile/second_look.rs", 1),
    ];
    let mut waits = Vec::new();
    for (name, text) in shipped() {
        let home = ["shared/engine/", "shared/connectors/", "functions/"].iter().any(|home| name.starts_with(home));
        let code = text.lines().map(|line| line.split("//").next().unwrap_or_default());
        let times = code.filter(|line| line.contains(".sleep(")).count();
        if home && times > 0 {
            waits.push((name, times));
        }
    }
    waits.sort();
    let mut known: Vec<_> = known.map(|(name, times)| (name.to_owned(), times)).to_vec();
    known.sort();
    assert_eq!(waits, known);
}

#[test]
fn what_ships_makes_no_mistake_that_a_port_can_show() {
    // Each is one condition, off in what ships. The list must only become shorter: mistakes are planted in the ports of tests.
    let known = [
        "AbsoluteAsDifference",
        "BeyondNowBelieved",
        "EchoTakenAsEdit",
        "EditTakenUnsettled",
        "GrantedUnsettled",
        "RaiseWithoutRead",
        "SharedStockPublished",
    ];
    let name = |rest: &str| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let planted = |text: &str| text.split("planted(Mistake::").skip(1).map(name).collect::<Vec<_>>();
    let mut found: Vec<_> = shipped().iter().flat_map(|(_, text)| planted(text)).collect();
    found.sort();
    assert_eq!(found, known);
}

#[test]
fn no_stub_and_no_retried_test() {
    let words = ["todo!(", "unimplemented!(", "dbg!(", "#[ignore"];
    for (name, text) in SHIPPED.iter().chain(&["tests"]).flat_map(|f| sources(f)) {
        if name == "tests/infra/tests/tidy.rs" {
            continue;
        }
        for word in words {
            assert!(!text.contains(word), "{name}: {word}");
        }
    }
    let config = infra::root().join(".config/nextest.toml");
    assert!(!std::fs::read_to_string(config).unwrap_or_default().contains("retries"), "a retried test hides a flake");
}

#[test]
fn no_test_is_left_out_of_the_program_that_runs_them() {
    let mut programs = 0;
    for folder in ["shared", "functions", "infra", "tests"] {
        let files = sources(folder);
        for (name, text) in files.iter().filter(|(name, _)| name.ends_with("/tests/all.rs")) {
            programs += 1;
            let beside = name.trim_end_matches("all.rs");
            let modules = files.iter().filter_map(|(file, _)| file.strip_prefix(beside)?.strip_suffix(".rs"));
            for module in modules.filter(|one| !one.contains('/') && *one != "all") {
                assert!(text.contains(&format!("\nmod {module};\n")), "{name} does not run {module}.rs");
            }
        }
    }
    assert!(programs > 0, "no such program was found");
}
