//! What the program prints. Whoever reads it may stop in the middle (`sluis what-if | head`): what is printed after that goes nowhere, and
//! the work goes on to its end. `println!` would end it with a panic.

use std::fmt::Arguments;
use std::io::{ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};

static LOST: AtomicBool = AtomicBool::new(false);

/// Prints a line to standard output.
#[macro_export]
macro_rules! say {
    () => { $crate::say::text("\n") };
    ($($words:tt)*) => { $crate::say::line(format_args!($($words)*)) };
}
/// Prints a line to standard error.
#[macro_export]
macro_rules! aside {
    ($($words:tt)*) => { $crate::say::line_aside(format_args!($($words)*)) };
}
pub use {aside, say};

/// A line on standard output.
pub fn line(words: Arguments<'_>) {
    lines(&format!("{words}\n"));
}

/// Whole lines for people, on standard output, at once.
pub(crate) fn lines(words: &str) {
    text(&harmless(words));
}

/// Without what drives a terminal: names and reasons are written by whoever writes them, on a channel.
fn harmless(words: &str) -> String {
    words.chars().map(|c| if domain::breaks_a_line(c) && !matches!(c, '\n' | '\t') { '\u{fffd}' } else { c }).collect()
}

/// As it is, on standard output, at once.
pub fn text(words: &str) {
    let mut out = std::io::stdout().lock();
    if let Err(error) = out.write_all(words.as_bytes()).and_then(|()| out.flush())
        && error.kind() != ErrorKind::BrokenPipe
        && !LOST.swap(true, Ordering::Relaxed)
    {
        line_aside(format_args!("what is printed is not complete: {error}"));
    }
}

/// A line on standard error. Where nobody reads that, there is nobody to tell.
pub fn line_aside(words: Arguments<'_>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", harmless(&words.to_string()));
}

/// Whether something that was printed is missing where it should be: a disk was full, not a reader gone.
pub(crate) fn is_incomplete() -> bool {
    LOST.load(Ordering::Relaxed)
}

/// Asks for a `yes`.
pub(crate) fn agreed(question: &str) -> ports::Result<bool> {
    text(question);
    let mut answer = String::new();
    std::io::stdin().read_line(&mut answer).map_err(|error| {
        let message = format!("no answer can be read: {error}; say --yes");
        ports::Error::new(ports::ErrorKind::BadInput, "answer", message)
    })?;
    Ok(answer.trim() == "yes")
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn what_a_channel_calls_a_product_drives_no_terminal() {
        assert_eq!(harmless("Lamp \u{1b}[2J\u{9b}31m\u{202e}\tred\nRug é"), "Lamp \u{fffd}[2J\u{fffd}31m\u{fffd}\tred\nRug é");
    }
}
