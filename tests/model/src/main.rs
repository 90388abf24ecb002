//! `cargo proofs`: searches all models and prints what they say; with `--write` it goes into `docs/proofs.md`.

use model::page::{MARK, markdown};
use std::io::{Error, Result};

fn main() -> Result<()> {
    let made = markdown(&model::chapters());
    if std::env::args().nth(1).as_deref() != Some("--write") {
        print!("{made}");
        return Ok(());
    }
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/proofs.md");
    let page = std::fs::read_to_string(&path)?;
    let (told, _) = page.split_once(MARK).ok_or_else(|| Error::other("docs/proofs.md has lost its mark"))?;
    std::fs::write(path, told.to_owned() + &made)
}
