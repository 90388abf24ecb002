//! Machine tokens of one machine: by which programs of the merchant's ask.

use super::users::{Removed, TAG, kept};
use crate::access::MachineToken;
use crate::web::needs::ManageUsers;
use crate::web::{Answer, Body, By, Call, Context, NoBody, Private, Problem, doc};
use aide::axum::ApiRouter;
use aide::axum::routing::{delete_with, get_with};
use domain::{Role, UserName};

pub(super) fn routes() -> ApiRouter<Context> {
    ApiRouter::new()
        .api_route(
            "/api/v1/machine-tokens",
            get_with(list, doc(TAG, "listMachineTokens", "Machine tokens", "What they are called and may, by name; never the tokens themselves"))
                .post_with(
                    add,
                    doc(
                        TAG,
                        "addMachineToken",
                        "Add a machine token",
                        "Answers the token, once: only a hash of it is kept. A program sends it as `Authorization: Bearer …`, and what it does \
                         is known by the token's name. 422: there is one of this name, or users are kept elsewhere",
                    ),
                ),
        )
        .api_route(
            "/api/v1/machine-tokens/{token}",
            delete_with(revoke, doc(TAG, "revokeMachineToken", "Revoke a machine token", "It counts no more, from its next request on")),
        )
}

/// Machine tokens.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct MachineTokens {
    /// By name.
    machine_tokens: Vec<MachineToken>,
}

/// A token to add.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
#[serde(deny_unknown_fields)]
struct MachineTokenRequest {
    /// What it is called.
    name: UserName,
    /// What it may.
    role: Role,
    #[serde(default)]
    by: By,
}

/// A token that was added.
#[derive(Debug, serde::Serialize, schemars::JsonSchema)]
struct NewMachineToken {
    /// What it is called.
    name: UserName,
    /// What it may.
    role: Role,
    /// The token: it is shown this once.
    token: String,
}

/// A machine token.
#[derive(Debug, serde::Deserialize, schemars::JsonSchema)]
struct MachineTokenPath {
    /// Its name.
    token: UserName,
}

async fn list(call: Call<ManageUsers>) -> Result<Private<MachineTokens>, Problem> {
    Ok(Private(MachineTokens { machine_tokens: kept(&call)?.tokens().await? }))
}

async fn add(call: Call<ManageUsers>, Body(asked): Body<MachineTokenRequest>) -> Result<Private<NewMachineToken>, Problem> {
    let by = asked.by.of(&call.caller)?;
    let MachineTokenRequest { name, role, .. } = asked;
    let token = kept(&call)?.add_token(&name, role, &by).await?;
    Ok(Private(NewMachineToken { name, role, token }))
}

async fn revoke(call: Call<ManageUsers, MachineTokenPath>, _: NoBody) -> Result<Answer<Removed>, Problem> {
    kept(&call)?.revoke_token(&call.path.token).await?;
    Ok(Answer(Removed { removed: call.path.token }))
}
