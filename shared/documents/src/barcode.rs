//! Barcodes (Code 128): read by every scanner, and able to hold every number of a shipment or an order.

use crate::look::Colour;
use crate::paper::{Box4, Flow, Mil};
use code128::Code128;

/// The thinnest bar that an office printer prints and a cheap scanner reads: 0.19 mm.
const THINNEST: Mil = 540;
/// As thick as makes sense: 0.4 mm.
const THICKEST: Mil = 1_130;

/// Draws the bars for a text within a width, and tells how wide they are. `None` where they would be too thin to be read, or where the text has
/// other signs than those of ASCII: scanners do not agree on these.
pub(crate) fn draw(flow: &mut Flow<'_>, text: &str, x: Mil, y: Mil, width: Mil, height: Mil) -> Option<Mil> {
    if text.is_empty() || !text.bytes().all(|b| (b' '..=b'~').contains(&b)) {
        return None;
    }
    let code = Code128::encode(text.as_bytes());
    let modules = Mil::try_from(code.len()).ok()?;
    let module = (width / modules).min(THICKEST);
    if module < THINNEST {
        return None;
    }
    for bar in code.bar_coordinates() {
        let place = Box4 { x: x + Mil::try_from(bar.x).ok()? * module, y, width: Mil::from(bar.width) * module, height };
        flow.sheet().fill(place, Colour::INK);
    }
    Some(modules * module)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::{Mark, mm};
    use crate::text::Setter;
    use code128::Bar;

    /// What a scanner sees: the widths of bars and of what is between them, in modules.
    fn scanned(text: &str, width: Mil) -> Option<Vec<u8>> {
        let setter = Setter::new(None, None);
        let mut flow = Flow::new(&setter, 0, (String::new(), String::new()));
        draw(&mut flow, text, mm(20), mm(20), width, mm(10))?;
        let place = |mark: &Mark| match mark {
            Mark::Fill { place, .. } => (place.x, place.width),
            _ => (0, 0),
        };
        let bars: Vec<(Mil, Mil)> = flow.sheets[0].marks.iter().map(place).collect();
        let module = bars.iter().map(|(_, width)| *width).min()?;
        let ends = bars.iter().skip(1).map(|(x, _)| *x).chain([bars.last()?.0 + bars.last()?.1]);
        let modules = |length: Mil| u8::try_from(length / module).unwrap();
        let seen: Vec<Bar> = bars
            .iter()
            .zip(ends)
            .map(|((x, width), next)| Bar { width: modules(*width), space: modules(next - x - width) })
            .collect();
        code128::decode(&seen).ok()
    }

    #[test]
    fn what_is_drawn_is_what_a_scanner_reads() {
        for text in ["Z-20931", "#10482", "3SKADE0001234567", "A"] {
            assert_eq!(scanned(text, mm(90)).as_deref(), Some(text.as_bytes()), "{text}");
        }
    }

    #[test]
    fn what_no_scanner_could_read_is_not_drawn() {
        assert_eq!(scanned("", mm(90)), None);
        assert_eq!(scanned("bestelling é", mm(90)), None);
        assert_eq!(scanned(&"LONG".repeat(30), mm(90)), None);
    }
}
