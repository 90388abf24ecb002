//! The folder in which one process keeps everything: table, queues, whose they are, and a lock so that no second process works in it.
//!
//! Only a folder that says it is ours is worked in, only for the merchant whose books it holds, and only files that are known by name are
//! ever deleted: by `sluis reset`, and of a play, whose shops forgot everything, at its next beginning.

use ports::{Error, ErrorKind, Result};
use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Where a merchant's books are, seen from where `sluis` is started.
pub const USUAL: &str = ".sluis";
/// Where those of a play are, whose shops live inside the process.
pub const USUAL_OF_PLAY: &str = ".sluis-demo";

const LOCK: &str = "lock";
/// Whose the folder is. A folder without it is none of ours.
const OWNER: &str = "merchant.json";
const TABLE: &str = crate::table::FILE;
/// The books, and what a running stack leaves beside them: a play begins without them.
const BOOKS: [&str; 8] = [
    TABLE,
    "table.db-wal",
    "table.db-shm",
    "queues.db",
    "queues.db-wal",
    "queues.db-shm",
    crate::running::FILE,
    crate::shop_list::FILE,
];

/// Who may sign in. A play forgets its orders, not who may see them.
const PEOPLE: [&str; 3] = [crate::people::FILE, "people.db-wal", "people.db-shm"];

/// The folder of issued documents, with names and addresses of buyers in them.
pub(crate) const DOCUMENTS: &str = "documents";
/// The folder of mails to buyers.
pub(crate) const MAIL: &str = "mail";

/// Whose books a folder holds.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Owner {
    /// The merchant's name, as the configuration gives it.
    pub merchant: String,
    /// Whether it is a play: all shops live inside the process, and forget when it ends.
    pub play: bool,
    /// The table has been made: from now on it is there, or something is wrong.
    #[serde(default)]
    began: bool,
}

impl Owner {
    /// The owner of a configuration's books.
    pub fn of(config: &config::Config) -> Self {
        Self { merchant: config.merchant.clone(), play: config.is_play(), began: false }
    }

    fn same(&self, other: &Self) -> bool {
        (&self.merchant, self.play) == (&other.merchant, other.play)
    }

    fn named(&self) -> String {
        format!("{}{}", self.merchant, if self.play { ", a play with shops inside the process" } else { "" })
    }
}

/// The folder, held.
#[derive(Debug)]
pub struct StateFolder {
    path: PathBuf,
    owner: Owner,
    /// Held until dropped, and let go by the system when the process dies.
    _lock: File,
}

impl StateFolder {
    /// Makes the folder if need be, and takes it for its owner. A play begins anew; everything else goes on where it was.
    pub fn take(path: &Path, owner: &Owner) -> Result<Self> {
        must_be_this_users(path)?;
        must_be_files(path)?;
        let owner = match read_owner(path)? {
            Some(known) if known.same(owner) => known,
            Some(known) => return Err(wrong(path, &another(&known, owner))),
            None => {
                must_be_new(path, owner)?;
                owner.clone()
            }
        };
        make(path)?;
        let mut folder = Self { path: path.to_owned(), owner, _lock: lock(path)? };
        if folder.owner.play {
            folder.owner.began = false;
            folder.delete(&BOOKS)?;
        }
        folder.must_be_whole()?;
        folder.sign()?;
        // SQLite makes its other files with the permissions of the first.
        for name in [TABLE, "queues.db", crate::people::FILE] {
            private(&folder.file(name)).map_err(|error| wrong(path, &format!("cannot be written to: {error}")))?;
        }
        Ok(folder)
    }

    /// Whether a folder says that it is one of ours.
    pub fn is_one(path: &Path) -> bool {
        path.join(OWNER).exists()
    }

    /// Takes a folder of ours, whoever's it is, to empty it or to change what does not depend on whose it is.
    pub fn take_any(path: &Path) -> Result<Self> {
        must_be_this_users(path)?;
        must_be_files(path)?;
        let owner = read_owner(path)?.ok_or_else(|| wrong(path, "is no folder of sluis; nothing was deleted"))?;
        Ok(Self { path: path.to_owned(), owner, _lock: lock(path)? })
    }

    /// Notes that the table is made.
    pub fn began(&mut self) -> Result<()> {
        self.owner.began = true;
        self.sign()
    }

    /// A file in it.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Whose it is, in words.
    pub fn owner(&self) -> String {
        self.owner.named()
    }

    /// What of ours is in it, by name.
    pub fn ours(&self) -> Vec<&'static str> {
        BOOKS.into_iter().chain(PEOPLE).chain([DOCUMENTS, MAIL, OWNER]).filter(|name| self.file(name).exists()).collect()
    }

    /// How many files the archive of invoices holds.
    pub fn documents(&self) -> usize {
        let mut folders = vec![self.file(DOCUMENTS)];
        let mut files = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                match entry.file_type() {
                    Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                    Ok(_) => files += 1,
                    Err(_) => {}
                }
            }
        }
        files
    }

    /// What else is in it.
    pub fn foreign(&self) -> Vec<String> {
        entries(&self.path)
            .into_iter()
            .filter(|name| ![LOCK, OWNER, DOCUMENTS, MAIL].contains(&name.as_str()) && !kept().any(|kept| kept == name.as_str()))
            .collect()
    }

    /// Deletes what is ours, and the folder if nothing else is in it.
    pub fn clear(self) -> Result<()> {
        self.delete(&BOOKS)?;
        self.delete(&PEOPLE)?;
        self.delete(&[OWNER, LOCK])?;
        // One that is not empty stays.
        let _ = std::fs::remove_dir(&self.path);
        Ok(())
    }

    fn delete(&self, names: &[&str]) -> Result<()> {
        let emptied = |done: std::io::Result<()>| done.map_err(|error| wrong(&self.path, &format!("cannot be emptied: {error}")));
        for path in names.iter().map(|name| self.file(name)).filter(|path| path.exists()) {
            emptied(std::fs::remove_file(&path))?;
        }
        // Numbers begin anew with the books: a document of the old ones would be taken for one of the new.
        for folder in [DOCUMENTS, MAIL].map(|name| self.file(name)) {
            if folder.symlink_metadata().is_ok_and(|found| found.is_dir()) {
                emptied(std::fs::remove_dir_all(&folder))?;
            }
        }
        Ok(())
    }

    /// Orders wait on queues and figures stand in the shops: with an empty table all of it would be taken for new.
    fn must_be_whole(&self) -> Result<()> {
        let size = |name: &str| std::fs::metadata(self.file(name)).map_or(0, |file| file.len());
        let began = self.owner.began || size("queues.db") > 0;
        if began && size(TABLE) == 0 {
            let what = format!(
                "holds the state of {} without its table: {TABLE} is missing or empty. Put it back from a backup; or, to begin anew and \
                 lose what was known of orders and stock, run `sluis --state {} reset`",
                self.owner.named(),
                self.path.display()
            );
            return Err(wrong(&self.path, &what));
        }
        Ok(())
    }

    fn sign(&self) -> Result<()> {
        let unwritten = |error: std::io::Error| wrong(&self.path, &format!("cannot be written to: {error}"));
        let (part, whole) = (self.file("merchant.part"), self.file(OWNER));
        let text = serde_json::to_string_pretty(&self.owner).unwrap_or_default();
        private(&part).and_then(|_| std::fs::write(&part, text)).and_then(|()| std::fs::rename(&part, whole)).map_err(unwritten)
    }
}

/// What is kept beside the lock and the owner: nothing else is ever deleted.
fn kept() -> impl Iterator<Item = &'static str> {
    BOOKS.into_iter().chain(PEOPLE)
}

/// Whether a process works in a folder at this moment.
pub fn is_held(path: &Path) -> bool {
    let lock = File::open(path.join(LOCK));
    lock.is_ok_and(|lock| matches!(lock.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Where commands look for a stack when no folder is named: the usual folder in which one runs.
pub fn of_running() -> Result<PathBuf> {
    match [USUAL, USUAL_OF_PLAY].map(|path| (Path::new(path), is_held(Path::new(path)))) {
        [(one, true), (other, true)] => {
            let what = format!("{} and {} are both in use; say which is meant with --state", one.display(), other.display());
            Err(Error::new(ErrorKind::BadInput, "state", what))
        }
        [(path, false), (play, held)] if held || (!path.exists() && play.exists()) => Ok(play.to_owned()),
        [(path, _), _] => Ok(path.to_owned()),
    }
}

/// Who may write anywhere would leave files that the folder's own user cannot read or write any more.
fn must_be_this_users(path: &Path) -> Result<()> {
    let Ok(folder) = std::fs::metadata(path) else { return Ok(()) };
    // A file that we make is ours.
    let me = tempfile::tempfile().and_then(|file| file.metadata()).map(|file| file.uid());
    match me {
        Ok(me) if me != folder.uid() => {
            let what = format!(
                "belongs to another user of this machine (number {}, and this is {me}). Nothing in it was touched; run sluis as that user, or name \
                 another folder with --state",
                folder.uid()
            );
            Err(wrong(path, &what))
        }
        _ => Ok(()),
    }
}

/// What is ours lies there as a file: a link would have somebody else's written over, and a pipe is waited for without end.
fn must_be_files(path: &Path) -> Result<()> {
    for name in kept().chain([OWNER, LOCK]) {
        if std::fs::symlink_metadata(path.join(name)).is_ok_and(|found| !found.is_file()) {
            return Err(wrong(
                path,
                &format!("holds a {name} that is no file, but a link, a folder or a pipe; nothing was touched. Take it away"),
            ));
        }
    }
    Ok(())
}

fn make(path: &Path) -> Result<()> {
    let unmade = |error: std::io::Error| wrong(path, &format!("cannot be made: {error}"));
    if let Some(parent) = path.parent() {
        std::fs::create_dir_all(parent).map_err(unmade)?;
    }
    if !path.is_dir() {
        DirBuilder::new().mode(0o700).create(path).map_err(unmade)?;
    }
    // It may have been made by somebody who let others look in.
    std::fs::set_permissions(path, Permissions::from_mode(0o700))
        .map_err(|error| wrong(path, &format!("cannot be closed to others: {error}")))
}

/// Opens a file that only we may read, making it if it is not there.
pub(crate) fn private(path: &Path) -> std::io::Result<File> {
    let file = OpenOptions::new().create(true).truncate(false).write(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    Ok(file)
}

fn lock(path: &Path) -> Result<File> {
    let lock = private(&path.join(LOCK)).map_err(|error| wrong(path, &format!("cannot be written to: {error}")))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(wrong(path, "is used by another sluis; end that one, or start this in another folder with --state"))
        }
        Err(TryLockError::Error(error)) => Err(wrong(path, &format!("cannot be locked: {error}"))),
    }
}

fn read_owner(path: &Path) -> Result<Option<Owner>> {
    match std::fs::read_to_string(path.join(OWNER)) {
        Ok(text) => serde_json::from_str(&text).map(Some).map_err(|error| {
            wrong(path, &format!("holds a {OWNER} that cannot be read ({error}); it says whose the folder is: {{\"merchant\": \"…\", \"play\": false}}"))
        }),
        Err(_) => Ok(None),
    }
}

fn entries(path: &Path) -> Vec<String> {
    let mut names: Vec<_> =
        std::fs::read_dir(path).into_iter().flatten().flatten().map(|e| e.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// A folder that is there and says nothing must be empty.
fn must_be_new(path: &Path, owner: &Owner) -> Result<()> {
    let found = entries(path);
    if path.exists() && !path.is_dir() {
        return Err(wrong(path, "is a file; name a folder with --state"));
    }
    if found.iter().any(|name| name == LOCK) && found.iter().any(|name| name == TABLE) {
        let what = format!(
            "holds the state of an older sluis, which did not say whose it is. If it is that of {}, write into {}: {{\"merchant\": \"{}\", \
             \"play\": false}}; otherwise name another folder with --state",
            owner.merchant,
            path.join(OWNER).display(),
            owner.merchant
        );
        return Err(wrong(path, &what));
    }
    if found.is_empty() {
        return Ok(());
    }
    let some = found.iter().take(3).map(String::as_str).collect::<Vec<_>>().join(", ");
    Err(wrong(path, &format!("is no folder of sluis: it holds {some}. Nothing in it was touched; name another with --state")))
}

fn another(known: &Owner, wanted: &Owner) -> String {
    let renamed = if known.play == wanted.play {
        format!(", or, if {} has a new name, change it in {OWNER} there", known.merchant)
    } else {
        String::new()
    };
    format!(
        "holds the books of {}, and this is {}. Nothing in it was touched; name another folder with --state{renamed}",
        known.named(),
        wanted.named()
    )
}

fn wrong(path: &Path, what: &str) -> Error {
    Error::new(ErrorKind::Configuration, "state", format!("the folder {} {what}", path.display()))
}

#[cfg(test)]
#[path = "state_tests.rs"]
mod tests;
