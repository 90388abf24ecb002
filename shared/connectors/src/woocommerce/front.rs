//! What stands in front of the JSON: plugins and bad hosts print warnings, HTML, byte order marks or a stray letter before it.
//!
//! Only what is surely not the answer is cut off. What breaks off must not leave another, emptier answer.

use serde::de::IgnoredAny;

/// A byte order mark, as a file of PHP saved with one prints it.
const MARK: &[u8] = "\u{feff}".as_bytes();

/// A file of PHP begins or ends with at most so many letters that somebody left there.
const MOST_LETTERS: usize = 3;

/// The body from where its JSON begins.
pub(super) fn without(body: &[u8]) -> &[u8] {
    let rest = stripped(body);
    match rest.first() {
        Some(b'{' | b'[') if !is_printed(rest) => rest,
        _ => behind_letters(rest).or_else(|| behind_lines(rest)).unwrap_or(rest),
    }
}

/// What stands in front of the JSON, for people: what kind of thing, and nothing of its content. `None`: nothing does.
pub(super) fn named(body: &[u8]) -> Option<&'static str> {
    let rest = stripped(body);
    let has =
        |word: &str| rest.get(..200.min(rest.len())).is_some_and(|start| start.windows(word.len()).any(|w| w == word.as_bytes()));
    match rest.first()? {
        b'{' | b'[' if !is_printed(rest) => None,
        _ if ["Warning", "Notice", "Deprecated", "Fatal error", "Parse error"].iter().any(|word| has(word)) => {
            Some("a message of PHP")
        }
        b'<' => Some("HTML"),
        _ if has("Array") || has("Object") || is_printed(rest) => Some("what `print_r` prints"),
        _ => Some("some text"),
    }
}

/// Without what says nothing: blanks, byte order marks, comments of HTML.
fn stripped(mut body: &[u8]) -> &[u8] {
    loop {
        let trimmed = body.trim_ascii_start();
        let shorter = trimmed.strip_prefix(MARK).or_else(|| {
            let inner = trimmed.strip_prefix(b"<!--")?;
            inner.windows(3).position(|end| end == b"-->").map(|end| &inner[end + 3..])
        });
        match shorter {
            Some(shorter) => body = shorter,
            None => return trimmed,
        }
    }
}

/// `[key] => value`, as `print_r` writes it, which JSON never does.
fn is_printed(rest: &[u8]) -> bool {
    let line = rest.split(|b| *b == b'\n').next().unwrap_or_default();
    line.starts_with(b"[") && line.windows(4).any(|w| w == b"] =>")
}

/// A few letters, and directly behind them what reads as JSON to its end.
fn behind_letters(rest: &[u8]) -> Option<&[u8]> {
    let letters = rest.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let json = rest.get(letters..).filter(|_| (1..=MOST_LETTERS).contains(&letters))?;
    let whole = matches!(json.first(), Some(b'{' | b'[')) && crate::objects::from_slice::<IgnoredAny>(json).is_ok();
    whole.then_some(json)
}

/// Lines of something else. A bracket within a line is theirs, and the first that begins one is the answer's, read to its end or not at all.
/// Every line is looked at once: a page of somebody in between may be one line of megabytes.
fn behind_lines(rest: &[u8]) -> Option<&[u8]> {
    let mut from = 0;
    for line in rest.split(|b| *b == b'\n') {
        let start = stripped(line);
        let at = from + line.len() - start.len();
        if matches!(start.first(), Some(b'{' | b'[')) && !is_printed(start) {
            return rest.get(at..);
        }
        from += line.len() + 1;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(body: &str) -> &str {
        std::str::from_utf8(without(body.as_bytes())).unwrap()
    }

    #[test]
    fn what_is_surely_not_the_answer_is_cut_off() {
        for (body, json) in [
            ("\u{feff}\u{feff} \n\u{feff}[1]", "[1]"),
            ("<!-- cached [x] -->{}", "{}"),
            ("<!-- a --><!-- b -->\u{feff}[]", "[]"),
            ("a[]", "[]"),
            ("Ok{\"id\":1}", "{\"id\":1}"),
            ("PHP Warning: Array\n(\n    [0] => x\n    [1] => [y]\n)\n[{\"id\":1}]", "[{\"id\":1}]"),
            ("[key] => [\n{}", "{}"),
            ("Notice: [0] in {main}\n<!-- x -->[2]", "[2]"),
        ] {
            assert_eq!(cut(body), json, "{body}");
        }
    }

    #[test]
    fn a_page_of_one_line_and_megabytes_is_looked_over_once() {
        // Looked at again from each byte, none of these would come to an end.
        for one in ["x", "[", "<!--", "<!-- -->x", "{[", "] =>"] {
            let page = format!("<html>{}", one.repeat(8_000_000 / one.len()));
            assert_eq!(cut(&page), page);
            assert!(named(page.as_bytes()).is_some());
            assert_eq!(cut(&format!("{page}\n[1]")), "[1]");
        }
    }

    #[test]
    fn messages_of_php_are_known_by_php_s_own_words() {
        // A file, so that nobody who renames something of ours renames PHP's words with it.
        let messages: Vec<&str> = include_str!("fixtures/php_messages.txt").lines().collect();
        assert_eq!(messages.len(), 6);
        for message in messages {
            assert_eq!(named(message.as_bytes()), Some("a message of PHP"), "{message}");
            assert_eq!(cut(&format!("{message}\n[1]")), "[1]", "{message}");
        }
    }

    #[test]
    fn what_may_be_a_part_of_something_is_left_and_named() {
        for (body, front) in [
            ("Warning: undefined [0]", Some("a message of PHP")),
            ("<b>down</b>", Some("HTML")),
            ("some words [1]", Some("some text")),
            ("a[1", Some("some text")),
            ("", None),
            ("[1", None),
        ] {
            assert!(serde_json::from_slice::<IgnoredAny>(without(body.as_bytes())).is_err(), "{body}");
            assert_eq!(named(body.as_bytes()), front, "{body}");
        }
    }
}
