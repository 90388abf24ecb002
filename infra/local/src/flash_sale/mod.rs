//! Placeholder replaced below.
use ports::Result;
use std::process::ExitCode;
/// x
#[derive(Debug, clap::Args)]
pub struct FlashSale {}
impl FlashSale {
    /// x
    pub async fn run(&self) -> Result<ExitCode> {
        Ok(ExitCode::SUCCESS)
    }
}
