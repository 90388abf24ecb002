//! What is drawn for a character that no font at hand has. An invoice is never refused for a name: the exact text stays in its XML.

use unicode_normalization::UnicodeNormalization;

/// The text in characters that can be drawn: as written where the font has them, else the nearest Latin letters, else a question mark.
///
/// Composed first, so that `e` with an accent after it is found as one letter. What has no shape (joiners, marks of direction) is left out, and
/// so are little pictures, unless there is nothing else.
pub(super) fn legible(text: &str, has: impl Fn(char) -> bool) -> String {
    let drawn = drawable(text, has);
    if drawn.trim().is_empty() && text.chars().any(|c| !c.is_whitespace() && !c.is_control() && !has_no_shape(c)) {
        return "?".to_owned();
    }
    drawn
}

fn drawable(text: &str, has: impl Fn(char) -> bool) -> String {
    let mut drawn = String::with_capacity(text.len());
    let mut left_out = false;
    for c in text.nfc() {
        match c {
            ' ' if left_out && drawn.ends_with(' ') => {}
            '\t' | '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{205f}' | '\u{3000}' => drawn.push(' '),
            c if c.is_control() || has_no_shape(c) => {}
            c if has(c) && !runs_from_the_right(c) && !is_private(c) => drawn.push(c),
            c => match nearest(c, &has) {
                Some(latin) => drawn.push_str(&latin),
                None => left_out = true,
            },
        }
    }
    drawn
}

/// `None` for a little picture, for which there is only a name between colons.
fn nearest(c: char, has: impl Fn(char) -> bool) -> Option<String> {
    let ascii = any_ascii::any_ascii_char(c);
    if ascii.len() > 2 && ascii.starts_with(':') && ascii.ends_with(':') {
        return None;
    }
    let latin: String = ascii.chars().filter(|c| has(*c)).collect();
    Some(if latin.is_empty() { "?".to_owned() } else { latin })
}

/// Joiners, marks of direction, selectors of a variant, the soft hyphen, the byte order mark, tags.
fn has_no_shape(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{e0000}'..='\u{e0fff}')
}

/// Hebrew, Arabic and their kin: lines are set from left to right only, and letters in the wrong order are worse than Latin ones.
fn runs_from_the_right(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{fefe}' | '\u{10800}'..='\u{10fff}'
        | '\u{1e800}'..='\u{1efff}')
}

/// What a character of a private area means is anybody's guess, and an archive may not hold it.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}')
}

#[cfg(test)]
mod tests {
    use super::legible;

    fn latin(c: char) -> bool {
        (' '..='ÿ').contains(&c)
    }

    #[test]
    fn what_the_font_has_stays_as_it_is() {
        assert_eq!(legible("Café Zürich, 1 × 2", latin), "Café Zürich, 1 × 2");
    }

    #[test]
    fn an_accent_after_its_letter_is_one_letter() {
        assert_eq!(legible("Cafe\u{301}", latin), "Café");
    }

    #[test]
    fn what_the_font_lacks_is_told_in_latin_letters() {
        assert_eq!(legible("王小明", latin), "WangXiaoMing");
        assert_eq!(legible("Šárka Škvorecká", latin), "Sárka Skvorecká");
        assert_eq!(legible("Дмитрий", latin), "Dmitriy");
    }

    #[test]
    fn what_nobody_can_tell_is_a_question_mark() {
        assert_eq!(legible("a\u{e123}b\u{10fffd}", |_| true), "a?b?");
    }

    #[test]
    fn little_pictures_are_left_out_unless_there_is_nothing_else() {
        assert_eq!(legible("Jan 🎉 Smit 😀", latin), "Jan Smit ");
        assert_eq!(legible("🎉🎉", latin), "?");
        assert_eq!(legible(" \u{200b} ", latin), "  ");
    }

    #[test]
    fn what_runs_from_the_right_is_latin_though_the_font_has_it() {
        assert!(legible("שלום", |_| true).is_ascii());
    }

    #[test]
    fn what_has_no_shape_is_left_out() {
        assert_eq!(legible("a\u{200d}\u{fe0f}b\u{7}c\u{feff}\u{ad}d\te\u{202f}f", latin), "abcd e f");
    }
}
