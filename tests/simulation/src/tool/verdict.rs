//! Whether a world holds, and if not, which check says so.

use crate::world::{History, Report, Script, live};
use std::cell::RefCell;
use std::panic::{AssertUnwindSafe, catch_unwind};
use testkit::planted::{Mistake, plant};

thread_local! {
    static LAST: RefCell<String> = const { RefCell::new(String::new()) };
}

/// How a world broke.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The check's name; `panic` if something else gave way.
    pub check: String,
    /// All of the message.
    pub message: String,
}

/// From now on panics are kept for the verdict, and not printed.
pub fn quietly() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(|at| format!("{}:{}", at.file(), at.line())).unwrap_or_default();
        let text = panic.payload_as_str().unwrap_or("no words");
        let is_check = text.split_once(": ").is_some_and(|(name, _)| is_check(name));
        LAST.set(if is_check { text.to_owned() } else { format!("panic: {text} ({place})") });
    }));
}

/// `I1` to `I14`.
fn is_check(name: &str) -> bool {
    name.strip_prefix('I').is_some_and(|number| number.parse::<u8>().is_ok())
}

/// Lives through a world, with a mistake planted or none.
pub fn verdict(script: &Script, mistake: Option<Mistake>, history: &mut History) -> Result<Report, Broken> {
    plant(mistake);
    let outcome = catch_unwind(AssertUnwindSafe(|| live(script, history)));
    plant(None);
    outcome.map_err(|_| {
        let message = LAST.take();
        let check = message.split_once(": ").map_or("panic", |(name, _)| name).to_owned();
        Broken { check, message }
    })
}
