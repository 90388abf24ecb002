//! The program `sluis`.

use std::process::ExitCode;

fn main() -> ExitCode {
    sluis::cli::main()
}
