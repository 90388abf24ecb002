//! Where a line ends.

use super::setter::{Setter, Weight};
use crate::paper::Mil;

impl Setter<'_> {
    /// The text in lines no wider than `width`: broken at spaces and after hyphens, within a word only where it is wider than a line.
    pub(crate) fn wrap(&self, text: &str, weight: Weight, size: Mil, width: Mil) -> Vec<String> {
        let mut lines = Vec::new();
        for paragraph in text.lines() {
            let mut line = String::new();
            let mut so_far = 0;
            for word in words(paragraph).flat_map(pieces) {
                let visible = self.width(word.trim_end(), weight, size);
                if so_far + visible > width && !line.trim_end().is_empty() {
                    lines.push(line.trim_end().to_owned());
                    line.clear();
                    so_far = 0;
                }
                line.push_str(word);
                so_far += if word.ends_with(' ') { self.width(word, weight, size) } else { visible };
                while so_far > width && self.width(line.trim_end(), weight, size) > width {
                    let head = self.head(&line, weight, size, width);
                    let rest = line.split_off(head);
                    lines.push(std::mem::replace(&mut line, rest));
                    so_far = self.width(&line, weight, size);
                }
            }
            lines.push(line.trim_end().to_owned());
        }
        lines
    }

    /// How many bytes of a word fit into the width; at least one character, so that there is an end to it.
    fn head(&self, word: &str, weight: Weight, size: Mil, width: Mil) -> usize {
        let ends: Vec<usize> = word.char_indices().map(|(at, c)| at + c.len_utf8()).collect();
        let fitting = ends.partition_point(|end| self.width(&word[..*end], weight, size) <= width);
        ends[fitting.saturating_sub(1).min(ends.len() - 1)]
    }

    /// The text cut to the width, with an ellipsis where something is missing.
    pub(crate) fn cut(&self, text: &str, weight: Weight, size: Mil, width: Mil) -> String {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if self.width(&text, weight, size) <= width {
            return text;
        }
        let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).collect();
        let fitting = ends.partition_point(|end| self.width(&format!("{}…", &text[..*end]), weight, size) <= width);
        format!("{}…", text[..ends[fitting.saturating_sub(1)]].trim_end())
    }
}

/// Characters that are looked at together: more than a line has. A word without an end, as nobody writes one, costs no more than its length.
const PIECE: usize = 500;

/// A word that is wider than any line, in pieces that each are.
fn pieces(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(word);
    std::iter::from_fn(move || {
        let whole = rest?;
        let at = whole.char_indices().nth(PIECE).map_or(whole.len(), |(at, _)| at);
        let (first, then) = whole.split_at(at);
        rest = Some(then).filter(|then| !then.is_empty());
        Some(first)
    })
}

/// Words with the space or hyphen after them. Only a hyphen between letters is one: numbers of orders and dates stay whole.
fn words(paragraph: &str) -> impl Iterator<Item = &str> {
    paragraph.split_inclusive(' ').flat_map(|word| {
        let mut rest = Some(word);
        std::iter::from_fn(move || {
            let whole = rest?;
            let (first, then) = whole.split_at(first_hyphen(whole).unwrap_or(whole.len()));
            rest = Some(then).filter(|then| !then.is_empty());
            Some(first)
        })
    })
}

/// The end of the first hyphen or stroke that stands between letters.
fn first_hyphen(word: &str) -> Option<usize> {
    let mut before = None;
    for (at, c) in word.char_indices() {
        let after = word[at + c.len_utf8()..].chars().next();
        let is_between = before.is_some_and(char::is_alphabetic) && after.is_some_and(char::is_alphabetic);
        if matches!(c, '-' | '/') && is_between {
            return Some(at + 1);
        }
        before = Some(c);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::pt;

    fn wrapped(text: &str, width: Mil) -> Vec<String> {
        Setter::new(None, None).wrap(text, Weight::Regular, pt(10), width)
    }

    #[test]
    fn lines_end_between_words_and_no_word_is_lost() {
        let text = "a cargo bicycle with two wheels in front and a long-tail rack";
        let lines = wrapped(text, pt(100));
        assert!(lines.len() > 2, "{lines:?}");
        assert_eq!(lines.join(" ").replace("- ", "-"), text);
        let setter = Setter::new(None, None);
        for line in &lines {
            assert!(setter.width(line, Weight::Regular, pt(10)) <= pt(100), "{line}");
        }
    }

    #[test]
    fn a_word_wider_than_a_line_is_broken() {
        let lines = wrapped(&"W".repeat(60), pt(80));
        assert!(lines.len() > 5 && lines.concat() == "W".repeat(60), "{lines:?}");
    }

    #[test]
    fn a_word_without_an_end_costs_what_it_is_long() {
        let endless = "W".repeat(100_000);
        let lines = wrapped(&endless, pt(80));
        assert!(lines.len() > 10_000 && lines.concat() == endless, "{}", lines.len());
    }

    #[test]
    fn a_width_of_nothing_still_comes_to_an_end() {
        assert_eq!(wrapped("abc", 0).concat(), "abc");
    }

    #[test]
    fn a_number_with_hyphens_stays_whole() {
        assert_eq!(wrapped("ORDER-00899 and 2026-11-30", pt(72)), ["ORDER-00899", "and", "2026-11-30"]);
        assert_eq!(words("long-tail a/b Z-1 ").collect::<Vec<_>>(), ["long-", "tail ", "a/", "b ", "Z-1 "]);
    }

    #[test]
    fn lines_of_the_merchant_stay_lines() {
        assert_eq!(wrapped("one\n\ntwo", pt(200)), ["one", "", "two"]);
    }

    #[test]
    fn what_is_cut_says_so() {
        let setter = Setter::new(None, None);
        let short = setter.cut("a very long name of an article", Weight::Bold, pt(9), pt(60));
        assert!(short.ends_with('…') && setter.width(&short, Weight::Bold, pt(9)) <= pt(60), "{short}");
        assert_eq!(setter.cut("short", Weight::Bold, pt(9), pt(60)), "short");
    }
}
