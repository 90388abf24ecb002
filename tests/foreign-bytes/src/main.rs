//! `cargo seeds`: writes `fuzz/seeds` anew.

use std::fs;
use std::io;
use std::path::Path;

fn main() -> io::Result<()> {
    let top = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds");
    let seeds = foreign_bytes::seeds::all();
    fs::remove_dir_all(&top).or_else(|e| if e.kind() == io::ErrorKind::NotFound { Ok(()) } else { Err(e) })?;
    for (target, name, input) in &seeds {
        fs::create_dir_all(top.join(target))?;
        fs::write(top.join(target).join(name), input)?;
    }
    println!("{} seeds, {} bytes", seeds.len(), seeds.iter().map(|(_, _, input)| input.len()).sum::<usize>());
    Ok(())
}
