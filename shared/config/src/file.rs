//! Files that a configuration names. What is no file, such as a device or a pipe, may never end.

use std::fs::File;
use std::io::Read;
use std::path::Path;

/// Bytes of a configuration at most.
pub(super) const LARGEST_CONFIG: u64 = 1024 * 1024;
/// Bytes of a file with a credential at most.
pub(super) const LARGEST_SECRET: u64 = 64 * 1024;
/// Bytes of a catalogue at most.
pub(super) const LARGEST_CATALOGUE: u64 = 64 * 1024 * 1024;

/// The text of a regular file, or of one that a link leads to, of at most so many bytes; or why it cannot be had.
pub(super) fn regular(path: &Path, most: u64) -> Result<String, String> {
    // Asked before it is opened: opening a pipe waits for somebody who writes into it.
    if !std::fs::metadata(path).map_err(|error| error.to_string())?.is_file() {
        return Err("it is no regular file".to_owned());
    }
    bounded(path, most)
}

/// As `regular`, of whatever ends: a shell may hand a configuration over as a pipe.
pub(super) fn bounded(path: &Path, most: u64) -> Result<String, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if u64::try_from(bytes.len()).is_ok_and(|length| length > most) {
        let kib = most / 1024;
        let size = if kib.is_multiple_of(1024) { format!("{} MiB", kib / 1024) } else { format!("{kib} KiB") };
        return Err(format!("it is larger than {size}"));
    }
    String::from_utf8(bytes).map_err(|_| "it is not text in UTF-8".to_owned())
}

/// Whether others than its owner may read or change a file; not known of one that is not there.
#[cfg(unix)]
pub(super) fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|known| known.permissions().mode() & 0o077 != 0)
}

#[cfg(not(unix))]
pub(super) fn is_open_to_others(_: &Path) -> bool {
    false
}

#[cfg(test)]
#[path = "file_tests.rs"]
mod tests;
