//! Users of one machine. On AWS they are kept in a user pool, and none of this is there.

use crate::access::{People, User};
use crate::web::needs::ManageUsers;
use crate::web::{Answer, Body, By, Call, Context, NoBody, Private, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{get_with, put_with};
use domain::{Role, UserName};
use ports::Secret;

pub(super) const TAG: &str = "Users";

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/users",
            get_with(list, doc(TAG, "listUsers", "Users", "Who may sign in, by name")).post_with(
                add,
                doc(
                    TAG,
                    "addUser",
                    "Add a user",
                    "Adds somebody with a password of at least 12 characters. The first is an owner, and from then on everybody signs in or \
                     sends a machine token. 422: there is somebody of this name, or users are kept elsewhere (on AWS: in the user pool)",
                ),
            ),
        )
        .api_route(
            "/api/v1/users/{user}",
            get_with(read, doc(TAG, "getUser", "A user", "")).delete_with(
                remove,
                doc(TAG, "removeUser", "Remove a user", "Removes somebody, wherever they are signed in. 422: it is the only owner"),
            ),
        )
        .api_route(
            "/api/v1/users/{user}/role",
            put_with(set_role, doc(TAG, "setUserRole", "Give a user another role", "It holds from their next request on. 422: it is the only owner")),
        )
        .api_route(
            "/api/v1/users/{user}/password",
            put_with(
                set_password,
                doc(TAG, "setUserPassword", "Give a user another password", "Whoever is signed in under the old one is not any more"),
            ),
        )
}

/// Users.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct Users {
    /// By name.
    users: Vec<User>,
}

/// Somebody to add.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct UserRequest {
    /// Under which name they sign in.
    name: UserName,
    /// What they may.
    role: Role,
    /// Their password: 12 characters at least.
    #[schemars(with = "String")]
    password: Password,
    #[serde(default)]
    by: By,
}

/// A user.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct UserPath {
    /// Their name.
    user: UserName,
}

/// Another role.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct RoleRequest {
    /// What they may from now on.
    role: Role,
}

/// Another password.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct PasswordRequest {
    /// 12 characters at least.
    #[schemars(with = "String")]
    password: Password,
}

/// That something is gone.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
pub(super) struct Removed {
    /// What.
    pub(super) removed: UserName,
}

/// A password on its way: nothing prints it.
#[derive(Debug, serde::Deserialize)]
#[serde(from = "String")]
struct Password(Secret);

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self(Secret::new(text))
    }
}

/// Who may sign in here, if that is kept here.
pub(super) fn kept<P, Q>(call: &Call<ManageUsers, P, Q>) -> Result<&People, Problem> {
    let elsewhere =
        "users of this stack are kept elsewhere: on AWS add people to the user pool, and to the group that is their role";
    call.people.as_ref().ok_or_else(|| Problem::new(422, elsewhere))
}

async fn list(call: Call<ManageUsers>) -> Result<Private<Users>, Problem> {
    Ok(Private(Users { users: kept(&call)?.users().await? }))
}

async fn read(call: Call<ManageUsers, UserPath>) -> Result<Private<User>, Problem> {
    let all = kept(&call)?.users().await?;
    let found = all.into_iter().find(|one| one.name == call.path.user);
    found.map(Private).ok_or_else(|| Problem::new(404, format!("there is no user {}", call.path.user)).in_field("user"))
}

async fn add(call: Call<ManageUsers>, Body(asked): Body<UserRequest>) -> Result<Answer<User>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let UserRequest { name, role, password, .. } = asked;
    Ok(Answer(kept(&call)?.add_user(&name, role, password.0.expose(), &by).await?))
}

async fn set_role(call: Call<ManageUsers, UserPath>, Body(asked): Body<RoleRequest>) -> Result<Answer<User>, Problem> {
    Ok(Answer(kept(&call)?.set_role(&call.path.user, asked.role).await?))
}

async fn set_password(call: Call<ManageUsers, UserPath>, Body(asked): Body<PasswordRequest>) -> Result<Answer<User>, Problem> {
    Ok(Answer(kept(&call)?.set_password(&call.path.user, asked.password.0.expose()).await?))
}

async fn remove(call: Call<ManageUsers, UserPath>, _: NoBody) -> Result<Answer<Removed>, Problem> {
    kept(&call)?.remove_user(&call.path.user).await?;
    Ok(Answer(Removed { removed: call.path.user }))
}
