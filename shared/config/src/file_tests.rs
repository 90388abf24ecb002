//! Which files are read, and how much of them.

use super::*;
use crate::Config;
use ports::Connectors as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::PathBuf;
use std::process::Command;

/// A folder of one test's own, which is gone with it.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("sluis-files-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn what_never_ends_is_not_read() {
    let folder = Folder::new("endless");
    let pipe = folder.path().join("pipe");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    for endless in [PathBuf::from("/dev/zero"), pipe, folder.path().to_owned()] {
        assert_eq!(regular(&endless, 10), Err("it is no regular file".to_owned()), "{}", endless.display());
    }
    assert_eq!(bounded(Path::new("/dev/zero"), LARGEST_CONFIG), Err("it is larger than 1 MiB".to_owned()));
}

#[test]
fn a_file_is_read_up_to_its_size_and_through_links() {
    let folder = Folder::new("links");
    let (file, link) = (folder.path().join("file"), folder.path().join("link"));
    std::fs::write(&file, "1234567890").unwrap();
    symlink(&file, &link).unwrap();
    assert_eq!(regular(&link, 10).as_deref(), Ok("1234567890"));
    assert!(regular(&link, 9).unwrap_err().starts_with("it is larger than"));
    std::fs::write(&file, b"\xff\xfe").unwrap();
    assert_eq!(regular(&file, 10), Err("it is not text in UTF-8".to_owned()));
}

#[test]
fn a_credential_that_others_may_read_is_warned_of() {
    let folder = Folder::new("open");
    let channel = connectors::Registry.all()[0].descriptor();
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "inventedsecretofmanyletters").unwrap();
    std::fs::write(folder.path().join("c.csv"), "sku,title\nA-1,Lamp\n").unwrap();
    let name = channel.credentials[0];
    let text = format!(
        "[merchant]\nname = 'Invented'\ncatalogue = 'c.csv'\nlocations = ['main']\n[[connection]]\nid = 'market'\nchannel = '{}'\nsimulated = true\n\
         credentials = {{ {name} = {{ file = 'secret' }} }}\n",
        channel.id
    );
    let config = folder.path().join("sluis.toml");
    std::fs::write(&config, text).unwrap();
    for (mode, warned) in [(0o600, false), (0o400, false), (0o640, true), (0o604, true)] {
        std::fs::set_permissions(&secret, std::fs::Permissions::from_mode(mode)).unwrap();
        let warnings = Config::read(&config).unwrap().warnings();
        assert_eq!(warnings.len(), usize::from(warned), "{mode:o}: {warnings:?}");
        assert!(warnings.iter().all(|words| words.contains(name) && words.contains("chmod 600")), "{warnings:?}");
    }
}
