//! The function `invoice-generation` on AWS.

use invoice_generation::InvoiceGeneration;
use lambda_kit::{Config, Setting, connect_to_invoice, run_schedule};
use std::process::ExitCode;

fn main() -> ExitCode {
    run_schedule(async || {
        let needs = [Setting::OF_EVERY_FUNCTION, &[Setting::DocumentsBucket]].concat();
        let (world, archive, mailer) = connect_to_invoice(&Config::load(&needs)?).await?;
        Ok(InvoiceGeneration::new(world, archive, mailer))
    })
}
