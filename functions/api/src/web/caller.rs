//! Who asks, once that is known: under which name, and what they may.

use super::problem::{Code, Problem};
use domain::{Right, Role};

/// Who asks. Personal data: not for logs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Caller {
    /// Under which name; none: nobody has asked for it.
    pub(crate) name: Option<String>,
    /// What they may; none: nobody knows who asks.
    pub(crate) role: Option<Role>,
    /// The hash of the session that they are signed in with; none: they are known in another way.
    pub(crate) session: Option<String>,
}

impl Caller {
    /// Whoever works on this machine, and says in the request under which name.
    pub(crate) fn owner() -> Self {
        Self { role: Some(Role::Owner), ..Self::default() }
    }

    /// Somebody who is known.
    pub(crate) fn known(name: String, role: Role) -> Self {
        Self { name: Some(name), role: Some(role), session: None }
    }

    /// Refuses who may not: 401 where nobody knows who asks, 403 where it is known.
    pub(crate) fn check(&self, right: Right) -> Result<(), Problem> {
        let Some(role) = self.role else { return Err(sign_in()) };
        if role.may(right) {
            return Ok(());
        }
        let may: Vec<&str> = Role::ALL.into_iter().filter(|role| role.may(right)).map(Role::as_str).collect();
        let detail = format!("your role is {role}, and this is for {}", may.join(", "));
        let problem = Problem::of(Code::RoleMayNot, 403, detail);
        Err(problem.with("role", role.as_str()).with("needs", right.as_str()).with("roles", may))
    }
}

/// That nobody knows who asks.
pub(crate) fn sign_in() -> Problem {
    let detail = "sign in, or send a machine token: authorization: Bearer …";
    Problem::of(Code::SignInNeeded, 401, detail)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_not_known_may_nothing_and_everybody_else_what_the_role_says() {
        for right in Right::ALL {
            assert_eq!(Caller::default().check(right).unwrap_err().status, 401, "{right}");
            assert_eq!(Caller::owner().check(right), Ok(()), "{right}");
            for role in Role::ALL {
                let told = Caller::known("ada".to_owned(), role).check(right);
                assert_eq!(told.is_ok(), role.may(right), "{role} {right}");
                if let Err(problem) = told {
                    assert_eq!((problem.status, problem.code), (403, Code::RoleMayNot), "{role} {right}");
                }
            }
        }
    }
}
