//! Text in CSV files as spreadsheets read and write it.

use std::borrow::Cow;

/// Signs with which a spreadsheet takes a cell for a formula.
const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A cell whose text may be somebody else's: one that a spreadsheet would take for a formula begins with an apostrophe, which it leaves out when it
/// shows the cell.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if is_dangerous(text) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

/// A cell as it was before `harmless`.
pub fn meant(cell: &str) -> &str {
    cell.strip_prefix('\'').filter(|text| is_dangerous(text)).unwrap_or(cell)
}

/// Apostrophes before the sign count as well, or else a text that begins with one would come back without it.
fn is_dangerous(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// Tells the lines of records, asked for in the order of the file. `csv` counts from the end of the record before, which is a line too few
/// where lines end with two signs.
pub struct Lines<'t> {
    text: &'t [u8],
    at: usize,
    line: u64,
}

impl<'t> Lines<'t> {
    /// At the first line of a text.
    pub fn of(text: &'t str) -> Self {
        Self { text: text.as_bytes(), at: 0, line: 1 }
    }

    /// The line on which a record begins that `csv` found at this byte.
    pub fn of_record(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX).min(self.text.len());
        while self.at < byte || matches!(self.text.get(self.at), Some(b'\r' | b'\n')) {
            let ends = match self.text[self.at] {
                b'\n' => true,
                b'\r' => self.text.get(self.at + 1) != Some(&b'\n'),
                _ => false,
            };
            self.line += u64::from(ends);
            self.at += 1;
        }
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_formula_is_none_and_comes_back_as_it_was() {
        for text in ["=1+1", "+31 6", "-5", "@sum", "\tx", "\r=x", "'=1", "''-2"] {
            let cell = harmless(text);
            assert!(cell.starts_with('\''), "{text:?}");
            assert_eq!(meant(&cell), text);
        }
        for text in ["Lamp", "'t Hoekje", "1-2", "", "'"] {
            assert_eq!((harmless(text).as_ref(), meant(text)), (text, text));
        }
    }

    proptest::proptest! {
        #[test]
        fn every_text_comes_back(text in "['=+@\t\ra-]{0,6}.*") {
            let cell = harmless(&text);
            proptest::prop_assert_eq!(meant(&cell), &text);
        }
    }

    #[test]
    fn rows_are_named_by_their_line_whatever_ends_it() {
        for end in ["\n", "\r\n", "\r"] {
            let text = ["sku,title", "A,\"two", "lines\"", "", "B,one", "C,one"].join(end);
            let mut lines = Lines::of(&text);
            let mut reader = csv::Reader::from_reader(text.as_bytes());
            let found: Vec<u64> = reader.records().map(|r| lines.of_record(r.unwrap().position().unwrap().byte())).collect();
            assert_eq!(found, [2, 5, 6], "{end:?}");
        }
    }
}
