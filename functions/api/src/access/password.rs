//! Passwords: argon2id, with the parameters that OWASP's cheat sheet on storing passwords names first.

use argon2::{Algorithm, Argon2, Params, PasswordHash, PasswordHasher as _, PasswordVerifier as _, Version};
use ports::{Error, ErrorKind, Result};
use ring::rand::{SecureRandom as _, SystemRandom};
use std::sync::LazyLock;

const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Characters that a password has at least.
pub const SHORTEST: usize = 12;
/// Bytes that it has at most: nobody types more, and hashing takes no longer.
const LONGEST: usize = 256;

/// Looked at where there is no such user, so that the answer takes as long.
static NOBODYS: LazyLock<Option<String>> = LazyLock::new(|| hashed("the password of nobody").ok());

fn argon2() -> Result<Argon2<'static>> {
    let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|error| broken(&error))?;
    Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
}

fn broken(what: &dyn std::fmt::Display) -> Error {
    Error::new(ErrorKind::Bug, "password", format!("a password could not be hashed: {what}"))
}

/// What is kept of a password. One that is too short or too long is refused.
pub(super) fn hash(password: &str) -> Result<String> {
    if password.chars().count() < SHORTEST || password.len() > LONGEST {
        let what = format!("password: expected {SHORTEST} characters at least, and {LONGEST} bytes at most");
        return Err(Error::new(ErrorKind::BadInput, "password", what));
    }
    hashed(password)
}

fn hashed(password: &str) -> Result<String> {
    let mut salt = [0_u8; 16];
    SystemRandom::new().fill(&mut salt).map_err(|error| broken(&error))?;
    let hash: PasswordHash = argon2()?.hash_password_with_salt(password.as_bytes(), &salt).map_err(|error| broken(&error))?;
    Ok(hash.to_string())
}

/// Whether it is the one; where nothing is kept it is not, and that takes as long to say.
pub(super) fn is_it(password: &str, kept: Option<&str>) -> bool {
    let nobodys = NOBODYS.as_deref();
    let Some(hash) = kept.or(nobodys).and_then(|text| PasswordHash::new(text).ok()) else { return false };
    // The parameters are those that the hash names: one of before they were raised still counts.
    let fits = password.len() <= LONGEST && Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
    fits && kept.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_known_again_and_kept_as_argon2id() {
        let kept = hash("correct horse battery").unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert!(is_it("correct horse battery", Some(&kept)));
        assert!(!is_it("correct horse batterY", Some(&kept)) && !is_it("", Some(&kept)));
        assert_ne!(hash("correct horse battery").unwrap(), kept, "each with a salt of its own");
    }

    #[test]
    fn nobodys_password_is_none() {
        assert!(!is_it("the password of nobody", None));
        assert!(!is_it("x", Some("what no hash looks like")));
    }

    #[test]
    fn too_short_and_too_long_ones_are_refused() {
        for wrong in ["", "eleven char", &"x".repeat(LONGEST + 1)] {
            assert_eq!(hash(wrong).unwrap_err().kind, ErrorKind::BadInput, "{wrong}");
        }
    }
}
