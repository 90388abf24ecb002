//! The samples in the repository are what this version makes.

use crate::files;

#[test]
fn the_samples_are_what_is_made_today() {
    let made = files::all().unwrap();
    let mut differ = Vec::new();
    for (name, bytes) in &made {
        if std::fs::read(files::folder().join(name)).ok().as_ref() != Some(bytes) {
            differ.push(name.clone());
        }
    }
    for file in std::fs::read_dir(files::folder()).unwrap() {
        let name = file.unwrap().file_name().to_string_lossy().into_owned();
        if !made.contains_key(&name) && name != "README.md" {
            differ.push(format!("{name} (no longer made)"));
        }
    }
    assert!(differ.is_empty(), "`cargo run -p documents --example samples` makes them anew: {differ:?}");
}
