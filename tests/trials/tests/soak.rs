//! A short soak of the real process: faults at every twentieth call, one death by SIGKILL, and all checks of a long one.

use std::process::Command;

#[test]
fn a_short_time_of_chaos_leaves_every_order_and_figure_right() {
    let output = Command::new(env!("CARGO_BIN_EXE_trials"))
        .args(["soak", "--seconds", "15", "--chaos", "0.05", "--seed", "7", "--kill-every", "7", "--visibility", "15"])
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}\n{}", String::from_utf8_lossy(&output.stderr));
    assert!(told.contains(" 0 do not"), "{told}");
}
