//! Every place where a use case can go wrong, tried one by one: at every port call it dies before or after, loses the answer,
//! or is refused; then it is run again as a queue would, and the invariants must hold. Finds most failures of other people's
//! systems without any luck.

use crate::faults::Fault;

/// One try: which fault at which call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Try {
    /// The call, counted from 0.
    pub call: usize,
    /// What goes wrong there.
    pub fault: Fault,
}

/// Runs `play` once without faults to count its port calls, then once per call and fault.
///
/// `play` sets up a fresh stage, runs the use case under the given faults, redelivers, checks the invariants, and answers how many
/// port calls the first run made. It panics where an invariant is broken; the try is named in the message of this function's own
/// output. Answers how many tries there were.
pub fn every_fault(play: impl Fn(Option<Try>) -> usize) -> usize {
    let calls = play(None);
    let mut tries = 0;
    for call in 0..calls {
        for fault in Fault::ALL {
            tries += 1;
            let one = Try { call, fault };
            let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| play(Some(one))));
            if let Err(cause) = outcome {
                eprintln!("broken by {one:?}");
                std::panic::resume_unwind(cause);
            }
        }
    }
    tries
}
