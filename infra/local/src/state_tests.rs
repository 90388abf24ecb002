//! Whose folder it is, and what is deleted of it: nothing that is not ours.

use super::*;

fn shop() -> Owner {
    Owner { merchant: "Lamps".to_owned(), play: false, began: false }
}

fn play() -> Owner {
    Owner { play: true, ..shop() }
}

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> PathBuf {
        self.0.path().join("state")
    }

    /// A folder in which somebody has worked, and nobody does now.
    fn worked_in(owner: &Owner) -> Self {
        let place = Self::new();
        let mut folder = StateFolder::take(&place.path(), owner).unwrap();
        for name in [TABLE, "queues.db", "table.db-wal"] {
            std::fs::write(folder.file(name), "books").unwrap();
        }
        folder.began().unwrap();
        place
    }

    fn holds(&self, name: &str) -> bool {
        std::fs::read(self.path().join(name)).is_ok_and(|bytes| bytes == b"books")
    }

    fn refuses(&self, owner: &Owner) -> String {
        StateFolder::take(&self.path(), owner).unwrap_err().message
    }
}

#[test]
fn two_never_share_a_folder() {
    let place = Place::worked_in(&play());
    let first = StateFolder::take(&place.path(), &play()).unwrap();
    std::fs::write(first.file(TABLE), "books").unwrap();
    assert!(is_held(&place.path()));
    assert!(place.refuses(&play()).contains("another sluis"));
    assert!(place.holds(TABLE), "nothing was deleted under the first one's feet");
    drop(first);
    assert!(!is_held(&place.path()));
}

#[test]
fn a_shop_goes_on_where_it_was_and_a_play_begins_anew() {
    let place = Place::worked_in(&shop());
    StateFolder::take(&place.path(), &shop()).unwrap();
    assert!(place.holds(TABLE) && place.holds("queues.db") && place.holds("table.db-wal"));
    let place = Place::worked_in(&play());
    std::fs::write(place.path().join("notes.txt"), "books").unwrap();
    StateFolder::take(&place.path(), &play()).unwrap();
    assert!(!place.holds(TABLE) && !place.holds("queues.db") && !place.holds("table.db-wal"));
    assert!(place.holds("notes.txt"), "somebody's file stays, wherever it was put");
}

#[test]
fn a_folder_of_somebody_elses_is_not_touched() {
    let place = Place::new();
    std::fs::create_dir(place.path()).unwrap();
    for name in ["thesis.odt", "table.db"] {
        std::fs::write(place.path().join(name), "books").unwrap();
    }
    for owner in [shop(), play()] {
        let told = place.refuses(&owner);
        assert!(told.contains("no folder of sluis") && told.contains("thesis.odt") && told.contains("--state"), "{told}");
    }
    assert!(place.holds("thesis.odt") && place.holds("table.db"));
    assert_eq!(entries(&place.path()).len(), 2, "nothing was put there either");
    assert!(StateFolder::take_any(&place.path()).is_err(), "nor does a reset touch it");
}

#[test]
fn the_folder_of_another_user_is_not_touched() {
    let place = Place::worked_in(&shop());
    if let Err(error) = std::os::unix::fs::chown(place.path(), Some(65_534), None) {
        println!("not run: giving a folder to another user needs more rights than these tests have ({error})");
        return;
    }
    let refused = place.refuses(&shop());
    assert!(refused.contains("belongs to another user of this machine (number 65534"), "{refused}");
    assert!(StateFolder::take_any(&place.path()).is_err(), "nor is it emptied");
    assert!(place.holds(TABLE) && place.holds("queues.db"));
}

#[test]
fn the_books_of_another_are_not_touched() {
    let place = Place::worked_in(&shop());
    let told = place.refuses(&play());
    assert!(told.contains("books of Lamps") && told.contains("--state"), "{told}");
    let told = place.refuses(&Owner { merchant: "Ropes".to_owned(), ..shop() });
    assert!(told.contains("Lamps") && told.contains("Ropes") && told.contains("new name"), "{told}");
    assert!(place.holds(TABLE) && place.holds("queues.db"));
    let place = Place::worked_in(&play());
    assert!(place.refuses(&shop()).contains("a play"), "invented orders are no beginning for a real shop");
}

#[test]
fn what_an_older_sluis_left_is_not_guessed_at() {
    let place = Place::new();
    std::fs::create_dir(place.path()).unwrap();
    for name in [LOCK, TABLE] {
        std::fs::write(place.path().join(name), "books").unwrap();
    }
    let told = place.refuses(&shop());
    assert!(told.contains("older sluis") && told.contains(r#"{"merchant": "Lamps", "play": false}"#), "{told}");
    std::fs::write(place.path().join(OWNER), r#"{"merchant": "Lamps", "play": false}"#).unwrap();
    StateFolder::take(&place.path(), &shop()).unwrap();
    assert!(place.holds(TABLE));
}

#[test]
fn without_its_table_a_shop_is_not_started_anew() {
    for (lose, rest) in [("missing", true), ("empty", true), ("missing", false)] {
        let place = Place::worked_in(&shop());
        match lose {
            "missing" => std::fs::remove_file(place.path().join(TABLE)).unwrap(),
            _ => std::fs::write(place.path().join(TABLE), "").unwrap(),
        }
        if !rest {
            std::fs::remove_file(place.path().join("queues.db")).unwrap();
        }
        let told = place.refuses(&shop());
        assert!(told.contains("missing or empty") && told.contains("backup"), "{lose}: {told}");
    }
    // It died before the table was made: there is nothing to lose.
    let place = Place::new();
    drop(StateFolder::take(&place.path(), &shop()).unwrap());
    StateFolder::take(&place.path(), &shop()).unwrap();
}

#[test]
fn nobody_else_can_look_in() {
    let place = Place::new();
    std::fs::create_dir(place.path()).unwrap();
    std::fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
    let folder = StateFolder::take(&place.path(), &shop()).unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&place.path()), 0o700);
    for name in entries(&place.path()) {
        assert_eq!(mode(&folder.file(&name)), 0o600, "{name}");
    }
}

#[test]
fn a_reset_deletes_what_is_ours_by_name_and_leaves_the_rest() {
    let place = Place::worked_in(&shop());
    std::fs::write(place.path().join("thesis.odt"), "books").unwrap();
    let folder = StateFolder::take_any(&place.path()).unwrap();
    assert_eq!(folder.ours(), [TABLE, "table.db-wal", "queues.db", "people.db", OWNER]);
    assert_eq!(folder.foreign(), ["thesis.odt"]);
    assert_eq!(folder.documents(), 0);
    let year = folder.file(DOCUMENTS).join("nl/2026");
    std::fs::create_dir_all(&year).unwrap();
    std::fs::write(year.join("F2026-00001.pdf"), "a document").unwrap();
    assert_eq!(folder.documents(), 1);
    folder.clear().unwrap();
    assert_eq!(entries(&place.path()), ["thesis.odt"]);
    let place = Place::worked_in(&shop());
    StateFolder::take_any(&place.path()).unwrap().clear().unwrap();
    assert!(!place.path().exists());
}

#[test]
fn a_link_or_a_pipe_in_the_place_of_a_file_of_ours_is_named_and_not_followed() {
    let elsewhere = tempfile::tempdir().unwrap();
    let theirs = elsewhere.path().join("theirs");
    std::fs::write(&theirs, "books").unwrap();
    std::fs::set_permissions(&theirs, Permissions::from_mode(0o644)).unwrap();
    for name in [LOCK, OWNER, TABLE, crate::running::FILE, crate::shop_list::FILE] {
        let place = Place::worked_in(&shop());
        let path = place.path().join(name);
        let _ = std::fs::remove_file(&path);
        std::os::unix::fs::symlink(&theirs, &path).unwrap();
        let told = place.refuses(&shop());
        assert!(told.contains(&format!("holds a {name} that is no file")), "{told}");
        std::fs::remove_file(&path).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&path).status().unwrap().success());
        assert!(StateFolder::take_any(&place.path()).unwrap_err().message.contains("no file"), "{name}");
    }
    let mode = std::fs::metadata(&theirs).unwrap().permissions().mode() & 0o777;
    assert_eq!((std::fs::read(&theirs).unwrap().as_slice(), mode), (b"books".as_slice(), 0o644));
}
