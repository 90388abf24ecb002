//! `cargo soak` and `cargo flash-sale`.

use clap::Parser;
use sluis::say::aside;
use std::process::ExitCode;

/// Puts the whole stack under load, kills it on the way, and holds what it did against what the shops know.
#[derive(Debug, Parser)]
#[command(name = "trials", bin_name = "cargo run -p trials --", max_term_width = 100)]
enum Trial {
    /// Thousands of buyers for one product at the same moment, through the whole stack, with a report of what became of each order.
    FlashSale(trials::flash_sale::FlashSale),
    /// Orders, corrections, faults and deaths for a long time, and every order and figure held against what the shops know.
    ///
    /// Customers buy on every channel and some regret it, goods come in, somebody counts; all the while calls go wrong (see
    /// `sluis run --chaos`), simulated shops have faults, and now and then the stack is killed and started again. Then faults end, and
    /// when all is at rest every order, figure, correction and window is held against what the shops and the warehouse know.
    Soak(trials::soak::Soak),
}

fn main() -> ExitCode {
    // The stack that a trial starts and kills is this very program.
    if std::env::args().nth(1).as_deref() == Some("run") {
        return sluis::cli::main();
    }
    let trial = Trial::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            aside!("no threads can be had: {error}");
            return ExitCode::FAILURE;
        }
    };
    let result = runtime.block_on(async {
        match trial {
            Trial::FlashSale(sale) => sale.run().await,
            Trial::Soak(soak) => soak.run().await,
        }
    });
    // Requests that simulated shops leave hanging would keep the process alive.
    runtime.shutdown_background();
    result.unwrap_or_else(|error| {
        aside!("{}", error.message);
        ExitCode::FAILURE
    })
}
