//! The counts as a table for people, the same text in the repository and on the screen.

use crate::scenarios::Scenario;
use std::fmt::Write as _;

/// The table in Markdown.
pub fn markdown(scenarios: &[Scenario]) -> String {
    let mut text = String::from(HEAD);
    for scenario in scenarios {
        let _ = writeln!(text, "\n## {}\n", scenario.name);
        let _ = writeln!(text, "| service | operation | calls | write units | bytes |\n|---|---|--:|--:|--:|");
        let (mut aws, mut units, mut bytes, mut channel) = (0, 0, 0, 0);
        for ((service, operation), count) in &scenario.counts {
            let _ = writeln!(text, "| {service} | {operation} | {} | {} | {} |", count.calls, count.write_units, count.bytes);
            if *service == "channel" {
                channel += count.calls;
            } else {
                aws += count.calls;
            }
            units += count.write_units;
            bytes += count.bytes;
        }
        let per = if scenario.per > 1 { format!(", for each of {}", scenario.per) } else { String::new() };
        let _ = writeln!(
            text,
            "\n{} AWS calls, {} channel calls, {} write units, {} bytes{per}.",
            part(aws, scenario.per),
            part(channel, scenario.per),
            part(units, scenario.per),
            part(bytes, scenario.per)
        );
    }
    text
}

const HEAD: &str = "# Counts\n\n\
Made by `cargo counts`; a test holds this page to what is counted. Counted at the ports on a warm process: calls by service and\n\
operation, DynamoDB write units (one per KB and item, two in a transaction, refused ones included), bytes of items, messages,\n\
events and request and answer bodies. Receiving from a queue is the event source mapping's call and not counted.\n";

/// With one decimal, rounded to nearest.
fn part(whole: u64, per: u64) -> String {
    let tenths = (whole * 10 + per / 2) / per.max(1);
    format!("{}.{}", tenths / 10, tenths % 10)
}
