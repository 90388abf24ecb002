//! Which characters a text on one line must not have.

/// Whether a character breaks a line, drives a terminal, or turns round what stands behind it, so that a text reads as something else than it
/// is: control characters, the separators of lines and paragraphs, and Unicode's bidirectional overrides, embeddings and isolates.
pub fn breaks_a_line(c: char) -> bool {
    c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::breaks_a_line;

    #[test]
    fn what_turns_a_text_round_is_refused_and_the_letters_of_every_script_are_not() {
        for odd in ['\u{1b}', '\n', '\u{85}', '\u{2028}', '\u{202a}', '\u{202e}', '\u{2066}', '\u{2069}'] {
            assert!(breaks_a_line(odd), "{}", odd.escape_unicode());
        }
        // Hebrew and Arabic letters, the joiner of emoji, and the mark that orders a mixed text.
        for letter in ['é', 'א', 'ع', '\u{200d}', '\u{200f}', '“', ' '] {
            assert!(!breaks_a_line(letter), "{}", letter.escape_unicode());
        }
    }
}
