//! The running program as the machine sees it: what it listens on, whom it answers, and what it does where somebody stops reading.

#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use ports::Connectors as _;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};

const SLUIS: &str = env!("CARGO_BIN_EXE_sluis");
/// Of the owner of an exposed stack; invented.
const PASSWORD: &str = "correct horse battery";

/// A running stack; it ends with this.
struct Machine {
    child: Child,
    folder: tempfile::TempDir,
    pages: SocketAddr,
    hooks: SocketAddr,
    shops: BTreeSet<SocketAddr>,
}

/// A folder with a configuration: a simulated shop per channel, and this under `[local]`.
fn configured(local: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("c.csv"), "sku,ean,title,main\nA-1,8712345678906,Lamp,12\n").unwrap();
    let mut text = "[merchant]\nname = 'Lamps'\nlocations = ['main']\ncatalogue = 'c.csv'\n".to_owned();
    for connection in sluis::demo::merchant().unwrap().connections {
        let (id, channel) = (connection.id, connection.channel);
        write!(text, "[[connection]]\nid = '{id}'\nchannel = '{channel}'\nsimulated = true\n[connection.settings]\n").unwrap();
        for (name, value) in connection.settings {
            writeln!(text, "{name} = '{value}'").unwrap();
        }
    }
    write!(text, "[local]\n{local}\n").unwrap();
    std::fs::write(folder.path().join("sluis.toml"), text).unwrap();
    folder
}

/// Runs a command beside a stack, or before there is one, with a line on its standard input; answers whether it was content, and what it said.
fn sluis(folder: &Path, arguments: &[&str], line: &str) -> (bool, String) {
    let mut command = Command::new(SLUIS);
    command.args(["--state", "state"]).args(arguments).current_dir(folder);
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    writeln!(child.stdin.take().unwrap(), "{line}").unwrap();
    let ended = child.wait_with_output().unwrap();
    (ended.status.success(), String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned())
}

impl Machine {
    /// Starts one with a simulated shop per channel and waits until it is ready.
    fn start() -> Self {
        Self::start_as("127.0.0.1:0", &[], "")
    }

    /// As `start`, with the page there, these arguments, and this under `[local]`.
    fn start_as(listen: &str, arguments: &[&str], local: &str) -> Self {
        let folder = configured(local);
        if arguments.contains(&"--expose") {
            let (content, told) = sluis(folder.path(), &["users", "add", "ada", "--role", "owner", "--by", "test"], PASSWORD);
            assert!(content, "{told}");
        }
        let mut child = Command::new(SLUIS)
            .args(["run", "--listen", listen, "--state", "state", "--ready", "ready.json"])
            .args(arguments)
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let mut told = BufReader::new(child.stdout.take().unwrap());
        let (mut pages, mut hooks, mut shops) = (None, None, BTreeSet::new());
        let mut line = String::new();
        while told.read_line(&mut line).unwrap() > 0 {
            let address = line.split_once("http://").and_then(|(_, rest)| rest.trim().split('/').next()?.parse().ok());
            match line.split_whitespace().next() {
                Some("look") => pages = address,
                Some("deliveries") => hooks = address,
                Some(_) if line.contains("simulated, at") => drop(shops.insert(address.unwrap())),
                _ => {}
            }
            if line.contains("Ctrl-C") {
                break;
            }
            line.clear();
        }
        // Nobody reads what it says from here on: it goes on all the same.
        drop(told);
        while !folder.path().join("ready.json").exists() {
            assert!(child.try_wait().unwrap().is_none(), "it has ended");
            std::thread::yield_now();
        }
        Self { child, pages: pages.unwrap(), hooks: hooks.unwrap(), shops, folder }
    }

    fn listening(&self) -> BTreeSet<SocketAddr> {
        listening(self.child.id())
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The sockets on which a process waits for connections, as the system tells: TCP over IPv4; anything else fails the test.
fn listening(process: u32) -> BTreeSet<SocketAddr> {
    let open: BTreeSet<String> = std::fs::read_dir(format!("/proc/{process}/fd"))
        .unwrap()
        .filter_map(|fd| std::fs::read_link(fd.unwrap().path()).ok())
        .filter_map(|to| to.to_str()?.strip_prefix("socket:[")?.strip_suffix(']').map(str::to_owned))
        .collect();
    let table = |name: &str| std::fs::read_to_string(format!("/proc/{process}/net/{name}")).unwrap_or_default();
    let of_ours = |name: &str, inode: usize, state: Option<(usize, &str)>| {
        let lines = table(name);
        let ours = lines.lines().skip(1).map(|line| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        ours.filter(|parts| parts.get(inode).is_some_and(|inode| open.contains(inode)))
            .filter(|parts| state.is_none_or(|(at, wanted)| parts[at] == wanted))
            .map(|parts| parts[1].clone())
            .collect::<Vec<_>>()
    };
    assert_eq!(of_ours("tcp6", 9, Some((3, "0A"))), Vec::<String>::new(), "TCP over IPv6");
    assert_eq!(of_ours("udp", 9, None), Vec::<String>::new(), "UDP");
    assert_eq!(of_ours("udp6", 9, None), Vec::<String>::new(), "UDP over IPv6");
    // A flag of 00010000 is a socket that accepts.
    assert_eq!(of_ours("unix", 6, Some((3, "00010000"))), Vec::<String>::new(), "sockets in the file system");
    let tcp = of_ours("tcp", 9, Some((3, "0A")));
    tcp.iter()
        .map(|address| {
            let (ip, port) = address.split_once(':').unwrap();
            let ip = u32::from_str_radix(ip, 16).unwrap().swap_bytes();
            SocketAddr::from((std::net::Ipv4Addr::from(ip), u16::from_str_radix(port, 16).unwrap()))
        })
        .collect()
}

/// One request as it stands; answers the status, and all that was said.
fn ask(at: SocketAddr, request: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(at).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut told = Vec::new();
    let _ = stream.read_to_end(&mut told);
    let told = String::from_utf8_lossy(&told).into_owned();
    (told.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or_default(), told)
}

fn get(at: SocketAddr, path: &str, headers: &str) -> (u16, String) {
    ask(at, &format!("GET {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\n{headers}\r\n"))
}

fn post(at: SocketAddr, path: &str, headers: &str, body: &str) -> (u16, String) {
    let length = body.len();
    ask(
        at,
        &format!("POST {path} HTTP/1.1\r\nhost: {at}\r\nconnection: close\r\ncontent-length: {length}\r\n{headers}\r\n{body}"),
    )
}

#[test]
fn nothing_listens_but_the_page_the_deliveries_and_the_simulated_shops() {
    let machine = Machine::start();
    let documented: BTreeSet<SocketAddr> = machine.shops.iter().copied().chain([machine.pages, machine.hooks]).collect();
    assert_eq!(machine.listening(), documented);
    assert!(documented.iter().all(|address| address.ip().is_loopback()), "{documented:?}");
    assert_eq!(machine.shops.len(), sluis::demo::merchant().unwrap().connections.len());

    // None of them is a table, whoever asks and however.
    for at in &documented {
        let target = "x-amz-target: DynamoDB_20120810.ListTables\r\ncontent-type: application/x-amz-json-1.0\r\n\
                      authorization: AWS4-HMAC-SHA256 Credential=a/20260101/eu/dynamodb/aws4_request, SignedHeaders=host, Signature=a\r\n";
        let (status, told) = post(*at, "/", target, "{}");
        assert!(status >= 400 && !told.contains("TableNames"), "{at}: {told}");
    }

    // Nothing of it tells another site that it may read along.
    for at in &documented {
        for (_, told) in [get(*at, "/", "origin: https://evil.example.test\r\n"), get(*at, "/", "")] {
            assert!(!told.to_ascii_lowercase().contains("access-control-allow"), "{at}: {told}");
        }
    }
}

/// An address of the loopback range that nobody listens on at this moment.
fn free(ip: &str) -> SocketAddr {
    std::net::TcpListener::bind((ip, 0)).unwrap().local_addr().unwrap()
}

#[test]
fn nothing_else_listens_where_the_page_is_exposed_and_deliveries_have_an_address() {
    // Where it says that it listens, it listens: three addresses that are told apart, and all of them of this machine.
    let hooks = free("127.0.0.3");
    for (listen, arguments) in [("127.0.0.1:0", &[][..]), ("127.0.0.2:0", &["--expose"]), ("127.0.0.1:0", &["--chaos", "0.01"])] {
        let machine = Machine::start_as(listen, arguments, &format!("hooks_listen = '{hooks}'"));
        let documented: BTreeSet<SocketAddr> = machine.shops.iter().copied().chain([machine.pages, machine.hooks]).collect();
        assert_eq!(machine.listening(), documented, "{arguments:?}");
        assert_eq!((machine.hooks, machine.pages.ip().to_string().as_str()), (hooks, &listen[..9]), "{arguments:?}");
        assert!(
            machine.shops.iter().all(|shop| shop.ip().to_string() == "127.0.0.1"),
            "{arguments:?}: the shops are nobody else's"
        );
        let exposed = arguments.contains(&"--expose");
        let forwarded = get(machine.pages, "/api/v1/health", "x-forwarded-for: 203.0.113.9\r\n").0;
        assert_eq!(forwarded, if exposed { 401 } else { 403 }, "{arguments:?}");
        assert_eq!(get(machine.hooks, "/api/v1/health", "").0, 404, "{arguments:?}: deliveries, and nothing else");
        assert_eq!(post(machine.hooks, "/hooks/a/b", "", "{}").0, 404, "{arguments:?}: nobody's");
        let switch = post(machine.pages, "/_local/chaos", "content-type: application/json\r\n", r#"{"rate":0}"#).0;
        assert_eq!(switch, if arguments.contains(&"--chaos") { 200 } else { 404 }, "{arguments:?}");
    }
}

#[test]
fn the_api_answers_this_machine_and_deliveries_have_a_door_of_their_own() {
    let machine = Machine::start();
    let (pages, hooks) = (machine.pages, machine.hooks);
    assert_eq!(get(pages, "/api/v1/health", "").0, 200);
    assert_eq!(get(pages, "/today", "").0, 200);
    for foreign in ["origin: https://evil.example.test\r\n", "x-forwarded-for: 203.0.113.9\r\n", "sec-fetch-site: cross-site\r\n"]
    {
        assert_eq!(get(pages, "/api/v1/health", foreign).0, 403, "{foreign}");
    }
    let renamed = format!("GET /api/v1/health HTTP/1.1\r\nhost: evil.example.test:{}\r\nconnection: close\r\n\r\n", pages.port());
    assert_eq!(ask(pages, &renamed).0, 403);
    let old = format!("GET /api/v1/health HTTP/1.0\r\nhost: {pages}\r\n\r\n");
    assert_eq!(ask(pages, &old).0, 403, "as a proxy asks that was told nothing else");

    // Through whatever proxy and under whatever name: deliveries, and nothing else.
    let through = "x-forwarded-for: 203.0.113.9\r\n";
    for path in [
        "/",
        "/api/v1/health",
        "/_local/status",
        "/hooks",
        "/hooks/",
        "/hooks/../api/v1/health",
        "/hooks//a",
        "/hooks/%2e%2e/api",
    ] {
        assert_eq!(get(hooks, path, through).0, 404, "{path}");
        assert_eq!(post(hooks, path, through, "{}").0, 404, "{path}");
    }
    for connection in sluis::demo::merchant().unwrap().connections {
        let path = format!("/hooks/{}/{}", connection.channel, connection.id);
        assert_eq!(get(hooks, &path, through).0, 405, "{path}");
        let delivers = connectors::Registry.get(&connection.channel).unwrap().notifications().is_some();
        let refused = if delivers { 401 } else { 404 };
        assert_eq!(post(hooks, &path, through, "{}").0, refused, "{path}: not signed, or nobody delivers there");
        assert_eq!(post(pages, &path, "content-type: application/json\r\n", "{}").0, 404, "{path} is not at the page's port");
    }
    let large = format!("POST /hooks/a/b HTTP/1.1\r\nhost: x\r\ncontent-length: {}\r\n\r\n", 2 * 1024 * 1024);
    assert_eq!(ask(hooks, &large).0, 413, "before a byte of it was sent");
}

#[test]
fn exposed_it_does_not_start_without_an_owner_and_then_asks_everybody() {
    let nobodys = configured("");
    let (content, told) = sluis(nobodys.path(), &["run", "--listen", "127.0.0.1:0", "--expose"], "");
    assert!(!content && told.contains("sluis users add"), "{told}");
    let (content, told) = sluis(nobodys.path(), &["users", "add", "willem", "--role", "warehouse", "--by", "test"], PASSWORD);
    assert!(!content && told.contains("the first user is an owner"), "{told}");

    let machine = Machine::start_as("127.0.0.1:0", &["--expose"], "");
    let (pages, folder) = (machine.pages, machine.folder.path());
    // That it comes from here proves nothing: a proxy does, too.
    assert_eq!(get(pages, "/api/v1/health", "").0, 401);
    assert_eq!(get(pages, "/_local/status", "").0, 404);
    let (status, told) = get(pages, "/today", "");
    assert!(status == 303 && told.contains("location: /sign-in?back=%2Ftoday"), "{told}");

    let form = "content-type: application/x-www-form-urlencoded\r\n";
    let here = format!("origin: http://{pages}\r\n{form}");
    let entered = format!("name=ada&password={}&back=%2Fproducts", PASSWORD.replace(' ', "+"));
    assert_eq!(post(pages, "/sign-in", &here, "name=ada&password=guessed+all+wrong").0, 401);
    let (status, told) = post(pages, "/sign-in", &here, &entered);
    let cookie = told.lines().find_map(|line| line.strip_prefix("set-cookie: ")?.split(';').next()).unwrap_or_default();
    assert!(status == 303 && told.contains("location: /products") && cookie.starts_with("sluis-session="), "{told}");
    let signed_in = format!("cookie: {cookie}\r\n");
    assert_eq!(get(pages, "/api/v1/health", &signed_in).0, 200);

    // Who is signed in is asked for nothing by a page of another site, under another name, or as a text.
    let set = r#"{"sku":"A-1","location":"main","set":3,"reason":"count"}"#;
    let json = format!("{signed_in}content-type: application/json\r\nidempotency-key: k\r\n");
    for (headers, refused) in [
        (format!("{json}origin: https://evil.example.test\r\n"), 403),
        (format!("{json}sec-fetch-site: cross-site\r\n"), 403),
        (json.clone(), 403),
        (format!("{signed_in}content-type: text/plain\r\norigin: http://{pages}\r\n"), 415),
        (format!("{json}origin: http://{pages}\r\n"), 200),
    ] {
        assert_eq!(post(pages, "/api/v1/stock/adjustments", &headers, set).0, refused, "{headers}");
    }
    let forged = format!("GET /api/v1/health HTTP/1.1\r\nhost: evil.example.test\r\nconnection: close\r\n{signed_in}\r\n");
    assert_eq!(ask(pages, &forged).0, 403, "under another name");

    // Commands of whoever reads the state folder go on, and a program has a token.
    let (content, told) = sluis(folder, &["users", "list"], "");
    assert!(content && told.contains("ada\towner\tadded by test"), "{told}");
    assert!(sluis(folder, &["explain", "A-1"], "").0);
    let (content, told) = sluis(folder, &["tokens", "add", "till", "--role", "warehouse", "--by", "test"], "");
    let bearer = format!("authorization: Bearer {}\r\n", told.lines().next().unwrap_or_default());
    assert!(content && told.starts_with("sluis_till:"), "{told}");
    assert_eq!(get(pages, "/api/v1/health", &bearer).0, 200);
    assert_eq!(get(pages, "/api/v1/users", &bearer).0, 403);
    assert!(sluis(folder, &["tokens", "revoke", "till"], "").0);
    assert_eq!(get(pages, "/api/v1/health", &bearer).0, 401);
    assert!(sluis(folder, &["users", "password", "ada"], "staple of another kind").0);
    assert_eq!(get(pages, "/api/v1/health", &signed_in).0, 401, "with another password, nobody is signed in");
    for file in ["people.db", "running.json"] {
        assert_eq!(mode(&folder.join("state").join(file)), 0o600, "{file}");
    }
}

#[test]
fn whoever_stops_reading_ends_nothing() {
    let machine = Machine::start();
    let state = machine.folder.path().join("state");
    for arguments in [&["check"][..], &["explain", "A-1"], &["plan"], &["items", "nobody"], &["reset"], &["--help"]] {
        let (reader, writer) = std::io::pipe().unwrap();
        // Nobody reads, from the first byte on.
        drop(reader);
        let errors = writer.try_clone().unwrap();
        let mut command = Command::new(SLUIS);
        command.args(arguments).current_dir(machine.folder.path()).stdin(Stdio::null()).stdout(writer).stderr(errors);
        if arguments[0] != "check" {
            command.arg("--state").arg(&state);
        }
        let ended = command.status().unwrap();
        assert!(matches!(ended.code(), Some(0..=2)), "{arguments:?}: {ended:?}");
    }
    assert_eq!(get(machine.pages, "/api/v1/health", "").0, 200, "and the stack, whose words nobody reads either, goes on");
}

#[test]
fn a_connection_that_is_gone_from_the_configuration_is_forgotten_by_a_command_that_asks() {
    let mut machine = Machine::start();
    let folder = machine.folder.path().to_owned();
    let gone = sluis::demo::merchant().unwrap().connections[0].id.to_string();
    let remove = |arguments: &[&str]| {
        let mut command = Command::new(SLUIS);
        command.args(["--state", "state", "connections", "remove", &gone]).args(arguments).current_dir(&folder);
        let ended = command.stdin(Stdio::null()).output().unwrap();
        (ended.status.success(), String::from_utf8_lossy(&[ended.stdout, ended.stderr].concat()).into_owned())
    };
    assert!(remove(&["--yes"]).1.contains("take its block out first"), "it stands in sluis.toml");
    let text = std::fs::read_to_string(folder.join("sluis.toml")).unwrap();
    let blocks: Vec<&str> = text.split("[[connection]]").filter(|block| !block.contains(&format!("id = '{gone}'"))).collect();
    std::fs::write(folder.join("sluis.toml"), blocks.join("[[connection]]")).unwrap();
    let (done, said) = remove(&["--yes"]);
    assert!(!done && said.contains("used by another sluis"), "while it runs it works with the connection: {said}");
    machine.child.kill().unwrap();
    machine.child.wait().unwrap();
    let (done, said) = remove(&[]);
    assert!(!done && said.contains("nothing was changed") && said.contains("No order of"), "{said}");
    let (done, said) = remove(&["--yes"]);
    assert!(done && said.contains("is forgotten") && !said.contains("There is no connection"), "{said}");
    let (done, said) = remove(&["--yes"]);
    assert!(done && said.contains("There is no connection"), "{said}");
}

fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn nobody_else_on_the_machine_reads_the_books() {
    let machine = Machine::start();
    let state = machine.folder.path().join("state");
    assert_eq!(mode(&state), 0o700);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&state).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        names.push(path.file_name().unwrap().to_string_lossy().into_owned());
    }
    assert!(names.iter().any(|name| name == "table.db") && names.iter().any(|name| name == "queues.db"), "{names:?}");
}

#[test]
fn the_invented_merchant_touches_nobody_elses_files_and_books() {
    let folder = tempfile::tempdir().unwrap();
    let run = |state: &str| {
        let arguments = ["run", "--listen", "127.0.0.1:0", "--while-input-is-open", "--state", state];
        let output = Command::new(SLUIS).args(arguments).current_dir(folder.path()).stdin(Stdio::null()).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let somebodys = folder.path().join("documents");
    std::fs::create_dir(&somebodys).unwrap();
    std::fs::write(somebodys.join("table.db"), "a thesis").unwrap();
    let (content, told) = run("documents");
    assert!(!content && told.contains("no folder of sluis"), "{told}");
    assert_eq!(std::fs::read_to_string(somebodys.join("table.db")).unwrap(), "a thesis");

    let books = folder.path().join("books");
    std::fs::create_dir(&books).unwrap();
    std::fs::write(books.join("merchant.json"), r#"{"merchant": "A real shop", "play": false, "began": true}"#).unwrap();
    std::fs::write(books.join("table.db"), "orders").unwrap();
    let (content, told) = run("books");
    assert!(!content && told.contains("books of A real shop"), "{told}");
    assert_eq!(std::fs::read_to_string(books.join("table.db")).unwrap(), "orders");
}
