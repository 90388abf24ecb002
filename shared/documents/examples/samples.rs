//! Writes the samples of `docs/samples/invoices` anew: `cargo run -p documents --example samples`.

#[path = "../tests/all/files.rs"]
mod files;
#[path = "../tests/sales/mod.rs"]
mod sales;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = files::folder();
    std::fs::create_dir_all(&folder)?;
    let made = files::all()?;
    for old in std::fs::read_dir(&folder)? {
        let path = old?.path();
        let is_made_here = path.extension().is_some_and(|kind| kind == "pdf" || kind == "xml");
        if is_made_here && !made.contains_key(&path.file_name().unwrap_or_default().to_string_lossy().into_owned()) {
            std::fs::remove_file(path)?;
        }
    }
    for (name, bytes) in &made {
        std::fs::write(folder.join(name), bytes)?;
    }
    println!("{} files in {}", made.len(), folder.display());
    Ok(())
}
