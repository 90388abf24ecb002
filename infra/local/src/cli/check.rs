//! `sluis check`.

use crate::config::Config;
use crate::say::{aside, say};
use std::path::Path;
use std::process::ExitCode;

pub(super) fn check(file: &Path) -> ExitCode {
    match Config::read(file) {
        Ok(config) => {
            let (connections, articles) = (config.connections.len(), config.catalogue.len());
            say!("{}: no mistakes; {connections} connections, {articles} articles", file.display());
            let without = config.catalogue.iter().filter(|e| e.item.ean.is_none()).count();
            if without > 0 {
                say!("articles without an EAN, which are matched by SKU alone: {without}");
            }
            ExitCode::SUCCESS
        }
        Err(mistakes) => {
            aside!("{mistakes}");
            ExitCode::FAILURE
        }
    }
}
