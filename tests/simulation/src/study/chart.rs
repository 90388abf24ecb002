//! The chart: three measures side by side, one bar per policy, as an SVG that is readable in light and dark.

use super::figures::{Rates, over_scenarios};
use super::policies;
use super::report::{grouped, tenths};
use super::results::Results;
use std::fmt::Write as _;

/// Where the bars of a panel begin, and how long the longest is.
const PANELS: [(u64, u64); 3] = [(212, 190), (488, 120), (696, 120)];
const WIDTH: u64 = 900;
const FIRST_ROW: u64 = 84;
const ROW: u64 = 30;

/// A measure of a policy: the bar's length, and what stands behind it.
type Bar = (u64, String);

/// The chart.
pub(super) fn svg(results: &Results) -> String {
    let rates: Vec<Rates> = (0..policies::ALL.len()).map(|p| over_scenarios(&results.of_policy(p))).collect();
    let panels: [(&str, &str, Vec<Bar>); 3] = [
        ("Units oversold", "per 100,000 orders", rates.iter().map(|r| (r.oversold, grouped(r.oversold))).collect()),
        ("Sold-out hours lost", "per 1,000 hours of listings", rates.iter().map(|r| (r.lost, tenths(r.lost))).collect()),
        ("Stock writes", "per 1,000 orders", rates.iter().map(|r| (r.pushes, grouped(r.pushes))).collect()),
    ];
    let height = FIRST_ROW + ROW * policies::ALL.len() as u64 + 16;
    let mut svg = String::new();
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" height=\"{height}\" role=\"img\" \
         aria-labelledby=\"title\">"
    );
    let _ = writeln!(svg, "<title id=\"title\">Units oversold, sold-out hours lost and stock writes, by policy</title>");
    svg.push_str(STYLE);
    let _ =
        writeln!(svg, "<rect class=\"page\" x=\"0.5\" y=\"0.5\" width=\"{}\" height=\"{}\" rx=\"8\"/>", WIDTH - 1, height - 1);
    for (row, policy) in policies::ALL.iter().enumerate() {
        let ours = if policy.is_ours() { " ours" } else { "" };
        let y = middle(row) + 4;
        let _ = writeln!(
            svg,
            "<text class=\"name{ours}\" x=\"{}\" y=\"{y}\" text-anchor=\"end\">{}</text>",
            PANELS[0].0 - 10,
            policy.name
        );
    }
    for ((x, longest), (title, unit, bars)) in PANELS.into_iter().zip(panels) {
        let _ = writeln!(svg, "<text class=\"head\" x=\"{x}\" y=\"34\">{title}</text>");
        let _ = writeln!(svg, "<text class=\"unit\" x=\"{x}\" y=\"54\">{unit}</text>");
        panel(&mut svg, x, longest, &bars);
    }
    svg.push_str("</svg>\n");
    svg
}

fn panel(svg: &mut String, x: u64, longest: u64, bars: &[Bar]) {
    let most = bars.iter().map(|(value, _)| *value).max().unwrap_or(0).max(1);
    let (top, bottom) = (middle(0) - 14, middle(bars.len() - 1) + 14);
    let _ = writeln!(svg, "<line class=\"axis\" x1=\"{x}\" y1=\"{top}\" x2=\"{x}\" y2=\"{bottom}\"/>");
    for (row, ((value, label), policy)) in bars.iter().zip(&policies::ALL).enumerate() {
        // Whatever is there at all is seen.
        let length = if *value == 0 { 0 } else { (value * longest / most).max(2) };
        let ours = if policy.is_ours() { " ours" } else { "" };
        let _ = writeln!(svg, "<rect class=\"bar{ours}\" x=\"{x}\" y=\"{}\" width=\"{length}\" height=\"18\"/>", middle(row) - 9);
        let _ = writeln!(svg, "<text class=\"value{ours}\" x=\"{}\" y=\"{}\">{label}</text>", x + length + 6, middle(row) + 4);
    }
}

fn middle(row: usize) -> u64 {
    FIRST_ROW + ROW * row as u64
}

/// It brings its own page, because whoever shows it as an image may have another background than it is asked for.
const STYLE: &str = "<style>
text { font: 13px -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328 }
.head { font-weight: 600; font-size: 14px } .unit, .value { fill: #59636e } .name.ours, .value.ours { font-weight: 600; fill: #1f2328 }
.page { fill: #ffffff; stroke: #d1d9e0 } .axis { stroke: #818b98 } .bar { fill: #a5aeb8 } .bar.ours { fill: #0969da }
@media (prefers-color-scheme: dark) {
text { fill: #f0f6fc } .unit, .value { fill: #9198a1 } .name.ours, .value.ours { fill: #f0f6fc }
.page { fill: #0d1117; stroke: #3d444d } .axis { stroke: #656c76 } .bar { fill: #656c76 } .bar.ours { fill: #4493f8 }
}
</style>
";
