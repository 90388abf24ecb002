//! A stack to test, with one simulated shop on every channel of this build.

use config::{Config, Given};
use sluis::stack::{Plan, Stack, wait_for};
use sluis::state::{Owner, StateFolder};
use sluis::web::{self, Guard};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

const CATALOGUE: &str = "sku,ean,title,main\nA-1,8712345678906,Lamp,12\nA-2,2000000079196,Rope,5\n";

/// One simulated shop on every channel of this build.
fn config() -> Config {
    let mut text = "[merchant]\nname = 'Invented'\nlocations = ['main']\ncatalogue = 'c.csv'\n".to_owned();
    for connection in sluis::demo::merchant().unwrap().connections {
        let (id, channel) = (connection.id, connection.channel);
        write!(text, "[[connection]]\nid = '{id}'\nchannel = '{channel}'\nsimulated = true\n[connection.settings]\n").unwrap();
        for (name, value) in connection.settings {
            writeln!(text, "{name} = '{value}'").unwrap();
        }
    }
    let open = |_: &str| Ok(CATALOGUE.to_owned());
    Config::of(&Given { file: "test", text: &text, open: &open, folder: PathBuf::new() }).unwrap()
}

/// Starts it, with its state in the folder `state` below this one.
pub(crate) async fn start(folder: &tempfile::TempDir) -> Stack {
    let state = StateFolder::take(&folder.path().join("state"), &Owner::of(&config())).unwrap();
    let any = SocketAddr::from(([127, 0, 0, 1], 0));
    let (listener, hooks) = (web::bind_pages(any, false).await.unwrap(), web::bind(any).await.unwrap());
    let plan =
        Plan { config: config(), state, listener, hooks, guard: Guard::default(), opening: Arc::default(), seed: 7, chaos: None };
    let stack = Stack::start(plan).await.unwrap();
    wait_for(stack.settled()).await;
    stack
}

/// Runs the program against a stack; answers whether it was content, and what it said.
pub(crate) async fn sluis(address: SocketAddr, arguments: &[&str]) -> (bool, String) {
    let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_sluis"));
    let output = command.args(arguments).args(["--at", &format!("http://{address}")]).output().await.unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), said)
}
