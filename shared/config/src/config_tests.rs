//! What a configuration is told about itself.

use super::*;

const RIGHT: &str = "[merchant]
name = 'Invented'
locations = ['main', 'shop']
catalogue = 'c.csv'

[[connection]]
id = 'market'
channel = 'CHANNEL'
simulated = true
";
const CSV: &str = "sku,ean,title,variant,main,shop\nA-1,8712345678906,Lamp,,5,2\nA-2,,Rope,10 m,3,\n";

/// Some channel of this build: no test here is about a particular one.
fn channel() -> &'static ports::Descriptor {
    connectors::Registry.all()[0].descriptor()
}

fn read(text: &str, csv: &str) -> Result<Config, Mistakes> {
    let text = text.replace("CHANNEL", channel().id);
    let open = |_: &str| Ok(csv.to_owned());
    Config::of(&Given { file: "sluis.toml", text: &text, open: &open, folder: PathBuf::new() })
}

fn told(text: &str, csv: &str) -> Vec<String> {
    read(text, csv).unwrap_err().0.into_iter().map(|m| format!("{}: {}", m.place, m.what)).collect()
}

#[test]
fn a_right_configuration_is_read_whole() {
    let config = read(RIGHT, CSV).unwrap();
    assert_eq!(config.catalogue.len(), 2);
    assert_eq!(config.catalogue[0].opening.values().map(|q| q.units()).sum::<i64>(), 7);
    let connection = &config.connections[0];
    assert_eq!(connection.locations.len(), 2, "all, where none are named");
    let secrets = config.secrets().of(&connection.id).unwrap();
    assert_eq!(secrets.len(), channel().credentials.len());
    assert!(config.is_play());
}

#[test]
fn a_simulated_shop_gives_its_tokens_itself() {
    let of = |channel: &str, more: &str| {
        let text = RIGHT.replace("CHANNEL", channel) + more;
        let open = |_: &str| Ok(CSV.to_owned());
        Config::of(&Given { file: "sluis.toml", text: &text, open: &open, folder: PathBuf::new() }).unwrap()
    };
    let elsewhere =
        |connector: &&dyn ports::Connector| connector.descriptor().settings.iter().any(|(name, _)| *name == "token_url");
    let channels: Vec<_> = connectors::Registry.all().into_iter().filter(elsewhere).map(|one| one.descriptor().id).collect();
    assert!(channels.contains(&"bol"), "{channels:?}");
    for channel in channels {
        let token = |config: &Config| config.connections[0].settings.get("token_url").cloned();
        assert_eq!(token(&of(channel, "")).as_deref(), Some("{base_url}/token"), "{channel}: never the real one");
        let own = "settings = { token_url = 'http://127.0.0.1:9002/token' }\n";
        assert_eq!(token(&of(channel, own)).as_deref(), Some("http://127.0.0.1:9002/token"));
    }
}

#[test]
fn where_credentials_are_sent_is_judged_like_the_address_of_the_shop() {
    let told_of = |token_url: &str, more: &str| {
        let shop = format!("base_url = 'https://api.example.test'{more}\nsettings = {{ token_url = '{token_url}' }}");
        let told = told(&RIGHT.replace("CHANNEL", "bol").replace("simulated = true", &shop), CSV);
        told.into_iter().filter(|told| told.contains("`token_url`")).collect::<Vec<_>>()
    };
    for inside in [
        "http://127.0.0.1:9202/token",
        "https://169.254.169.254/token",
        "https://192.168.1.1/",
        "http://shop.example.test/token",
        "file:///etc/passwd",
        "https://key:word@shop.example.test/token",
    ] {
        assert_eq!(told_of(inside, "").len(), 1, "{inside}: {:?}", told_of(inside, ""));
    }
    assert_eq!(told_of("no address", "").len(), 1);
    assert!(told_of("http://127.0.0.1:9202/token", "\non_this_machine = true").is_empty(), "somebody who tries it out says so");
    assert!(told_of("https://login.bol.com/token", "").is_empty());
}

#[test]
fn how_long_a_connection_may_fail_is_a_setting() {
    assert_eq!(read(RIGHT, CSV).unwrap().attention.failing_after_s, 15 * 60);
    let attention = |minutes: &str| read(&format!("{RIGHT}[attention]\nfailing_after_min = {minutes}\n"), CSV);
    assert_eq!(attention("5").unwrap().attention.failing_after_s, 300);
    for wrong in ["0", "1441", "'5'"] {
        assert!(attention(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn every_mistake_is_told_at_once_with_its_line() {
    let text = RIGHT
        .replace("name = 'Invented'", "nam = 'Invented'")
        .replace("simulated = true", "base_url = 'http://shop.test'\ncolour = 1");
    let csv = CSV.replace("8712345678906", "8712345678905").replace("A-2,,Rope,10 m,3", "A-2,,,10 m,three");
    let told = told(&text, &csv);
    for part in [
        "sluis.toml:1: sluis.toml, merchant: `name` is missing",
        "sluis.toml:2: sluis.toml, merchant: `nam` is no setting here",
        "sluis.toml:9: connection market: `base_url` must start with https://",
        "sluis.toml:10: connection market: `colour` is no setting here",
        "connection market: `credentials` lacks",
        "c.csv:2: ",
        "c.csv:3: title is empty",
        "c.csv:3: `three` at main",
    ] {
        assert!(told.iter().any(|t| t.starts_with(part) || t.contains(part)), "{part} is not among {told:#?}");
    }
}

#[test]
fn one_mistake_hides_no_other_of_its_kind() {
    let text = "[merchant]
name = 'Invented'
locations = ['main', 'Big Shop', 'shop', 'price']
catalogue = 'c.csv'

[[connection]]
id = 'Web Shop'
channel = 'CHANNEL'
base_url = 'http://shop.test/?a'
locations = ['attic', 'cellar']
colour = 1
rule = { percentage = 101, weight = -1, minimum = 'two' }
settings = { hue = 'red', shade = 'dark' }

[[connection]]
id = 'twice'
channel = 'nowhere'
base_url = 'shop'

[[connection]]
id = 'twice'
channel = 'elsewhere'
base_url = 'https://shop.example.test'
orders_since = 'yesterday'
match = 'sku'

[local]
listen = 'here'
poll_every_s = 0
";
    let csv = "sku,ean,title,main,bundle\n\
               ,1,,x,\n\
               A-1,87,Lamp,-1,A-8*none;A-9*0\n\
               A-2,,Cord,3\n\
               SET,,Set,,NONE*1;A-1*2;OTHER*1;A-2*1\n";
    let told = told(text, csv);
    let mut parts: Vec<String> = [
        "sluis.toml:3: sluis.toml, merchant: `locations` is wrong: location: got \"Big Shop\"",
        "sluis.toml:3: sluis.toml, merchant: `locations` names `price`",
        "`id` is wrong: connection: got \"Web Shop\"",
        "`base_url` must start with https://",
        "`base_url` must end before any question mark",
        "`locations` names `attic`",
        "`locations` names `cellar`",
        "`colour` is no setting here",
        "`percentage` must be a whole number from 0 to 100",
        "`weight` must be a whole number from 0 to 100",
        "`minimum` must be a whole number",
        "has `hue`",
        "has `shade`",
        "this build knows no `nowhere`",
        "`id` is used by another connection too",
        "this build knows no `elsewhere`",
        "connection twice: `base_url` is wrong",
        "`orders_since` is wrong",
        "`match` is wrong",
        "`listen` is wrong",
        "`poll_every_s` must be a whole number from 1",
        "c.csv:2: SKU: ",
        "c.csv:2: EAN: ",
        "c.csv:2: title is empty",
        "c.csv:2: `x` at main",
        "c.csv:3: EAN: ",
        "c.csv:3: `-1` at main",
        "`A-8*none` is wrong",
        "`A-9*0` is wrong",
        "c.csv:4: has 4 fields",
        "c.csv:5: bundle: there is no product `NONE`",
        "c.csv:5: bundle: there is no product `OTHER`",
    ]
    .map(str::to_owned)
    .into();
    parts.extend(channel().credentials.iter().map(|name| format!("`credentials` lacks `{name}`")));
    for part in &parts {
        assert!(told.iter().any(|t| t.contains(part.as_str())), "{part} is not among {told:#?}");
    }
    assert!(!told.iter().any(|t| t.contains("no product `A-")), "a product whose own line is wrong is not missing: {told:#?}");
}

#[test]
fn a_value_that_a_channel_could_not_work_with_is_told_before_it_is_called() {
    let file = std::env::temp_dir().join(format!("sluis-odd-{}", std::process::id()));
    std::fs::write(&file, "a&secret&of&odd&signs\n").unwrap();
    let mut told_of = 0;
    for channel in connectors::Registry.all().into_iter().map(ports::Connector::descriptor) {
        let credentials: Vec<String> =
            channel.credentials.iter().map(|name| format!("{name} = {{ file = '{}' }}", file.display())).collect();
        let settings: Vec<String> = channel.settings.iter().map(|(name, _)| format!("{name} = 'x y'")).collect();
        let text = RIGHT.replace("CHANNEL", channel.id).replace("simulated = true", "base_url = 'https://shop.example.test'");
        let text = format!(
            "{text}[connection.credentials]\n{}\n[connection.settings]\n{}\n",
            credentials.join("\n"),
            settings.join("\n")
        );
        let told = told(&text, CSV);
        // Each with its own field; and where several are wrong, all of them.
        let knows = |setting: &str| channel.settings.iter().any(|(name, _)| *name == setting);
        for setting in [ports::RESTOCK_UNTOLD, ports::KEEP_BUYER_DAYS].into_iter().filter(|setting| knows(setting)) {
            assert!(told.iter().any(|t| t.contains(setting)), "{}, {setting}: {told:?}", channel.id);
        }
        let fits = |t: &String| t.starts_with("sluis.toml:6: connection market: ") || t.contains("market, settings: `token_url`");
        assert!(told.iter().all(|t| fits(t) && !t.contains("a&secret")), "{told:?}");
        told_of += told.iter().filter(|t| channel.signs_with.iter().any(|name| t.contains(&format!("`{name}` must be")))).count();
    }
    std::fs::remove_file(&file).unwrap();
    assert!(told_of > 0, "some channel of this build cannot sign with any secret");
}

#[test]
fn a_code_given_twice_is_told_with_both_lines() {
    let told = told(RIGHT, &CSV.replace("A-2", "A-1"));
    assert_eq!(told, ["c.csv:3: SKU `A-1` is on line 2 too; each variant has its own"]);
}

#[test]
fn a_place_that_is_named_twice_is_told_because_its_units_would_count_twice() {
    let text =
        RIGHT.replace("'shop']", "'shop', 'main']").replace("simulated = true", "simulated = true\nlocations = ['shop', 'shop']");
    let told = told(&text, CSV);
    let named = |name: &str, line: &str| told.iter().any(|t| t.starts_with(line) && t.contains(&format!("`{name}` twice")));
    assert!(told.len() == 2 && named("main", "sluis.toml:3") && named("shop", "sluis.toml:10"), "{told:?}");
}

#[test]
fn a_place_cannot_be_named_like_a_column() {
    let told = told(&RIGHT.replace("'shop'", "'price'"), "sku,title\nA-1,Lamp\n");
    assert!(told.len() == 1 && told[0].contains("column of every catalogue"), "{told:?}");
}

#[test]
fn a_mistake_is_one_line_whatever_it_quotes() {
    let told = told(RIGHT, "sku,title,\"co\nlour\u{1b}[31m\"\nA-1,Lamp,\n");
    assert!(told.len() == 1 && told[0].contains("`co\\nlour\\u{1b}[31m` is unknown"), "{told:?}");
}

#[test]
fn an_address_that_no_path_can_follow_is_told() {
    for address in ["https://shop.test/?lang=nl", "https://shop.test/#top"] {
        let told = told(&RIGHT.replace("simulated = true", &format!("base_url = '{address}'")), CSV);
        assert!(told.iter().any(|t| t.contains("must end before any question mark")), "{told:?}");
    }
}

#[test]
fn a_price_is_digits_and_nothing_else() {
    for wrong in ["-0.50", "+5.00", "5.5", "5.505", ".50", "1e3"] {
        let told = told(RIGHT, &format!("sku,title,price\nA-1,Lamp,{wrong}\n"));
        assert!(told.len() == 1 && told[0].contains("is wrong; euros and cents"), "{wrong}: {told:?}");
    }
}

#[test]
fn a_credential_is_never_in_the_file_itself() {
    let name = channel().credentials[0];
    let told = told(&format!("{RIGHT}credentials = {{ {name} = 'very-secret' }}\n"), CSV);
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(told[0].contains("must say where it is") && !told[0].contains("very-secret"), "{told:?}");
}

#[test]
fn shops_inside_the_process_and_others_do_not_mix() {
    let other = "[[connection]]\nid = 'other'\nchannel = 'CHANNEL'\nsimulated = true\nbase_url = 'http://127.0.0.1:9001'\n";
    let told = told(&format!("{RIGHT}{other}"), CSV);
    assert!(told.len() == 1 && told[0].contains("sluis simulator"), "{told:?}");
}

#[test]
fn a_catalogue_as_a_dutch_spreadsheet_writes_it_is_the_same_catalogue() {
    let dutch = format!("\u{feff}{}", CSV.replace(',', ";").replace('\n', "\r\n"));
    assert_eq!(read(RIGHT, &dutch).unwrap().catalogue, read(RIGHT, CSV).unwrap().catalogue);
    let priced = |csv: &str| read(RIGHT, csv).unwrap().catalogue[0].price_cents;
    assert_eq!(priced("sku;title;price\nA-1;Lamp;7,95\n"), 795);
    assert_eq!(priced("sku,title,price\nA-1,Lamp,7.95\n"), 795);
}

#[test]
fn a_code_may_be_written_in_groups_and_is_the_same_code() {
    let plain = read(RIGHT, "sku,ean,title\nBOOK,9783161484100,Book\n").unwrap().catalogue;
    for written in ["978-3-16-148410-0", "978 3 16 148410 0", "978-3161484100", " 978\u{2011}3161484100 "] {
        assert_eq!(read(RIGHT, &format!("sku,ean,title\nBOOK,{written},Book\n")).unwrap().catalogue, plain, "{written}");
    }
    // One code of two products, whichever way each has it; and a code that is none is still told with its line.
    let twice = told(RIGHT, "sku,ean,title\nBOOK,978-3-16-148410-0,Book\nMUG,9783161484100,Mug\n");
    assert!(twice.len() == 1 && twice[0].starts_with("c.csv:3:") && twice[0].contains("BOOK"), "{twice:?}");
    let wrong = told(RIGHT, "sku,ean,title\nBOOK,978-3-16-148410-1,Book\n");
    assert!(wrong.len() == 1 && wrong[0].starts_with("c.csv:2:"), "{wrong:?}");
}

#[test]
fn credentials_that_may_be_given_besides_are_taken_and_others_refused() {
    let mut told_of_any = false;
    for channel in connectors::Registry.all().into_iter().map(ports::Connector::descriptor) {
        let given = |name: &str| {
            let text = format!("{RIGHT}\n[connection.credentials]\n{name} = {{ env = 'PATH' }}\n");
            read(&text.replace("CHANNEL", channel.id), CSV)
        };
        for name in channel.further_credentials {
            assert!(given(name).is_ok(), "{}: {name}", channel.id);
            told_of_any = true;
        }
        assert!(given("colour").unwrap_err().to_string().contains("has `colour`"), "{}", channel.id);
    }
    assert!(told_of_any, "no channel has any");
}

#[test]
fn the_example_tells_only_of_credentials_that_are_not_here() {
    let text = include_str!("../../../sluis.example.toml");
    let open = |_: &str| Ok("sku,ean,title,variant,main,store\nLAMP-S,8712345678906,Lamp,small,12,3\n".to_owned());
    let read = Config::of(&Given { file: "e", text, open: &open, folder: PathBuf::from("nowhere") });
    let mistakes = read.unwrap_err().0;
    assert!(!mistakes.is_empty());
    for mistake in mistakes {
        assert!(mistake.what.contains("cannot be had"), "{}: {}", mistake.place, mistake.what);
    }
}

#[test]
fn a_place_may_say_which_countries_it_sends_to() {
    let block = |id: &str, countries: &str| format!("[[location]]\nid = '{id}'\ncountries = {countries}\n");
    let country = |code: &str| domain::Country::new(code).unwrap();
    let config = read(&format!("{RIGHT}{}", block("shop", "['NL', 'be']")), CSV).unwrap();
    let (main, shop) = (&config.locations[0], &config.locations[1]);
    assert!(config.stock.serves(shop, &country("BE")) && !config.stock.serves(shop, &country("DE")));
    assert!(config.stock.serves(main, &country("DE")), "who says nothing sends everywhere");
    let listed = RIGHT.replace("locations = ['main', 'shop']\n", "");
    let blocks = format!("[[location]]\nid = 'main'\n{}", block("shop", "['NL']"));
    let config = read(&format!("{listed}{blocks}"), CSV).unwrap();
    assert_eq!(
        config.locations.iter().map(LocationId::as_str).collect::<Vec<_>>(),
        ["main", "shop"],
        "the blocks are the places"
    );
    for (blocks, part) in [
        (block("elsewhere", "['NL']"), "names `elsewhere`, which is not among"),
        (block("shop", "['Nederland']"), "`countries` is wrong: country: got"),
        (block("shop", "['NL', 'NL']"), "names `NL` twice"),
        (block("shop", "[]"), "names no country"),
        (format!("{0}{0}", block("shop", "['NL']")), "is used by another location too"),
        ("[[location]]\ncountries = ['NL']\n".to_owned(), "`id` is missing"),
        ("[[location]]\nid = 'shop'\ncountry = 'NL'\n".to_owned(), "`country` is no setting here"),
    ] {
        let told = told(&format!("{RIGHT}{blocks}"), CSV);
        assert!(told.iter().any(|t| t.contains(part)), "{part} is not among {told:#?}");
    }
    let column = format!("{listed}[[location]]\nid = 'bundle'\n");
    assert!(told(&column, "sku,title\nA-1,Lamp\n").iter().any(|t| t.contains("column of every catalogue")));
}

#[test]
fn a_bundle_names_products_that_are_in_the_catalogue() {
    let head = "sku,ean,title,main,bundle\nA-1,,Lamp,5,\nA-2,,Cord,3,\n";
    let config = read(RIGHT, &format!("{head}B-1,,Set,,A-1*2; A-2\n")).unwrap();
    let of = |at: usize| -> Vec<(String, i64)> {
        let components = config.catalogue[at].bundle.iter().flatten();
        components.map(|c| (c.sku.to_string(), c.units.units())).collect()
    };
    assert_eq!(of(2), [("A-1".to_owned(), 2), ("A-2".to_owned(), 1)]);
    assert!(of(0).is_empty() && config.catalogue[0].bundle.is_some() && !config.catalogue[0].is_bundle());
    assert_eq!(read(RIGHT, CSV).unwrap().catalogue[0].bundle, None, "a catalogue without the column says nothing about bundles");
    let dutch = "sku;ean;title;main;bundle\nA-1;;Lamp;5;\nB-1;;Set;;\"A-1*2\"\n";
    assert!(read(RIGHT, dutch).unwrap().catalogue[1].is_bundle());
    for (row, part) in [
        ("B-1,,Set,,A-9*2", "there is no product `A-9`"),
        ("B-1,,Set,,B-1*2", "`B-1` is a bundle itself"),
        ("B-1,,Set,,A-1*none", "`A-1*none` is wrong"),
        ("B-1,,Set,,A-1*0", "`A-1*0` is wrong"),
        ("B-1,,Set,,A-1*1;A-1*1", "`A-1` is named twice"),
        ("B-1,,Set,4,A-1*1", "has opening stock"),
    ] {
        let told = told(RIGHT, &format!("{head}{row}\n"));
        assert!(told.len() == 1 && told[0].starts_with("c.csv:4: ") && told[0].contains(part), "{part}: {told:?}");
    }
    assert!(read(RIGHT, &format!("{head}B-1,,Set,0,A-1*1\n")).is_ok(), "none is no stock");
}

#[test]
fn a_connections_rule_is_read_whole_and_what_cannot_be_meant_is_told() {
    let rule = |text: &str| format!("{RIGHT}[connection.rule]\n{text}\n");
    let whole = "safety_stock = 1\npercentage = 80\npre_order = 5\nmaximum = 50\nminimum = 2\npaused = true\nweight = 3\nstart_tracking = true";
    let read_rule = read(&rule(whole), CSV).unwrap().connections[0].rule.clone();
    let q = |units| Quantity::new(units).unwrap();
    let expected = domain::StockRule {
        safety_stock: q(1),
        percentage: domain::Percentage::new(80).unwrap(),
        pre_order: q(5),
        maximum: Some(q(50)),
        minimum: q(2),
        paused: true,
        weight: 3,
        start_tracking: true,
    };
    assert_eq!(read_rule, expected);
    assert_eq!(read(RIGHT, CSV).unwrap().connections[0].rule, domain::StockRule::default());
    for (text, part) in [
        ("percentage = 101", "`percentage` must be a whole number from 0 to 100"),
        ("paused = 1", "`paused` must be true or false"),
        ("minimum = 3\nmaximum = 2", "`minimum` is wrong"),
        ("safety = 3", "`safety` is no setting here"),
    ] {
        let told = told(&rule(text), CSV);
        assert!(told.iter().any(|t| t.contains(part)), "{part} is not among {told:#?}");
    }
}

/// A connection that some channel of this build can lead with.
fn led(lead: bool, more: &str) -> String {
    let channel =
        connectors::Registry.all().into_iter().find(|c| c.stock().unwrap().descriptor().can_lead == lead).unwrap().descriptor();
    let connection = format!("locations = ['main']\n{more}");
    RIGHT.replace("CHANNEL", channel.id) + &connection + "\n[stock]\nled_by = 'market'\n"
}

#[test]
fn a_shop_that_can_may_lead() {
    let config = read(&led(true, ""), CSV).unwrap();
    assert!(config.connections[0].leads && !read(RIGHT, CSV).unwrap().connections[0].leads);
}

#[test]
fn what_stands_in_the_way_of_a_shop_that_leads_is_named() {
    let all = led(false, "rule = { safety_stock = 1 }").replace("locations = ['main']\n", "") + "quota_mode_below = 3\n";
    let told = told(&all, CSV).join("\n");
    for part in [
        "cannot lead; it can be one of",
        "which 2 locations serve",
        "has a rule of its own",
        "`quota_mode_below` a shop that leads",
    ] {
        assert!(told.contains(part), "{part}: {told}");
    }
    let nobody = led(true, "").replace("led_by = 'market'", "led_by = 'nobody'");
    assert!(self::told(&nobody, CSV)[0].contains("names `nobody`, which is no connection; known are market"));
}

#[test]
fn locations_are_mapped_each_to_a_place_of_its_own_where_the_channel_has_places() {
    let all = connectors::Registry.all();
    let with = all.iter().find(|c| c.stock().unwrap().descriptor().locations.is_some()).unwrap();
    let without = all.iter().find(|c| c.stock().unwrap().descriptor().locations.is_none()).unwrap();
    let single = with.stock().unwrap().descriptor().locations.unwrap();
    let (with, without) = (with.descriptor(), without.descriptor());
    let text = |id: &str, settings: &str, more: &str| {
        format!("{}{more}\n[connection.settings]\n{settings}\n", RIGHT.replace("CHANNEL", id))
    };
    let right = "'location.main' = '1'\n'location.shop' = '2'";
    let config = read(&text(with.id, right, ""), CSV).unwrap();
    assert!(!config.connections[0].settings.contains_key(single), "the one place is not needed, and not made up");
    let complaint = |id: &str, settings: &str, more: &str, part: &str| {
        let told = told(&text(id, settings, more), CSV).join("\n");
        assert!(told.contains(part), "{part}: {told}");
    };
    complaint(without.id, right, "", "has `location.main`");
    complaint(with.id, "'location.shed' = '3'", "", "`shed` is not among the merchant's locations");
    complaint(with.id, "'location.main' = '1'\n'location.shop' = '1'", "", "which another location has already");
    complaint(with.id, "'location.shop' = '2'", "locations = ['main']", "map no location that serves the connection");
}

#[test]
fn an_address_inside_or_with_a_password_is_refused_by_its_field() {
    let told_of = |url: &str, more: &str| {
        let told = told(&RIGHT.replace("simulated = true", &format!("base_url = '{url}'{more}")), CSV);
        told.into_iter().filter(|t| t.contains("`base_url`")).collect::<Vec<_>>()
    };
    for inside in [
        "https://127.0.0.1/",
        "https://localhost/",
        "http://127.0.0.1:8080",
        "https://10.0.0.7/",
        "https://192.168.1.1/",
        "https://169.254.169.254/",
        "https://[::1]/",
        "https://[fd00:ec2::254]/",
        "https://metadata.google.internal/",
    ] {
        let told = told_of(inside, "");
        assert!(told.len() == 1 && told[0].contains("is not on the public internet"), "{inside}: {told:?}");
    }
    for secret in ["https://key@shop.test", "https://key:word@shop.test"] {
        let told = told_of(secret, "");
        assert!(
            told.len() == 1 && told[0].contains("holds a user name or a password") && !told[0].contains("word@"),
            "{secret}: {told:?}"
        );
    }
    assert!(told_of("http://127.0.0.1:8080", "\non_this_machine = true").is_empty(), "somebody who tries a shop out says so");
    assert_eq!(told_of("https://192.168.1.1/", "\non_this_machine = true").len(), 1);
    assert!(told_of("https://shop.example.test/nl", "").is_empty());
}

#[test]
fn an_ean_of_two_products_is_told_with_both_lines() {
    let told = told(RIGHT, "sku,ean,title\nA-1,8712345678906,Lamp\nA-2,8712345678906,Rope\n");
    assert!(told.len() == 1 && told[0].starts_with("c.csv:3: ean `8712345678906` is that of `A-1` on line 2 too"), "{told:?}");
}

#[test]
fn a_row_of_separators_alone_is_no_mistake_and_lines_are_counted_as_an_editor_does() {
    let catalogue = read(RIGHT, "sku;title;ean;main\r\nA-1;Lamp;;5\r\n;;;\r\n").unwrap().catalogue;
    assert_eq!(catalogue.len(), 1);
    for end in ["\n", "\r\n"] {
        let csv = ["sku;title;main", "A-1;Lamp;5", ";;", "A-2;;5", ""].join(end);
        assert_eq!(told(RIGHT, &csv), ["c.csv:4: title is empty"], "{end:?}");
    }
}

#[test]
fn a_secret_of_one_letter_is_none() {
    let file = std::env::temp_dir().join(format!("sluis-short-{}", std::process::id()));
    std::fs::write(&file, "x\n").unwrap();
    let name = channel().credentials[0];
    let text = RIGHT.replace("simulated = true", "base_url = 'https://shop.example.test'");
    let told = told(&format!("{text}\n[connection.credentials]\n{name} = {{ file = '{}' }}\n", file.display()), CSV);
    std::fs::remove_file(&file).unwrap();
    assert!(told.iter().any(|t| t.contains(&format!("`{name}`")) && t.contains("fewer than 8 characters")), "{told:?}");
}

#[test]
fn another_file_than_that_of_a_credential_is_sent_nowhere() {
    let file = std::env::temp_dir().join(format!("sluis-lines-{}", std::process::id()));
    std::fs::write(&file, "root:x:0:0\ndaemon:x:1:1\n").unwrap();
    let name = channel().credentials[0];
    let text = RIGHT.replace("simulated = true", "base_url = 'https://shop.example.test'");
    let told = told(&format!("{text}\n[connection.credentials]\n{name} = {{ file = '{}' }}\n", file.display()), CSV);
    std::fs::remove_file(&file).unwrap();
    assert!(told.iter().any(|t| t.contains(&format!("`{name}`")) && t.contains("more than one line")), "{told:?}");
}

#[test]
fn how_items_are_matched_is_said_by_name_and_by_ean_and_sku_if_left_out() {
    let read_as = |more: &str| {
        let text = RIGHT.replacen("simulated = true", &format!("simulated = true{more}"), 1);
        read(&text, CSV).unwrap().connections[0].match_by
    };
    assert_eq!(read_as(""), domain::MatchBy::EanAndSku);
    assert_eq!(read_as("\nmatch = 'ean_and_sku'"), domain::MatchBy::EanAndSku);
    assert_eq!(read_as("\nmatch = 'ean'"), domain::MatchBy::Ean);
    let wrong = RIGHT.replacen("simulated = true", "simulated = true\nmatch = 'sku'", 1);
    let told = told(&wrong, CSV);
    assert!(told.len() == 1 && told[0].contains("match") && told[0].contains("`ean_and_sku` or `ean`"), "{told:?}");
}

#[test]
fn a_catalogue_that_is_none_is_not_repeated() {
    for secret in ["ck_0123456789abcdef\n", "ck_0123456789abcdef,cs_0123456789abcdef\nx,y\n"] {
        let told = told(RIGHT, secret);
        assert!(told.len() == 1 && told[0].contains("names no column of a catalogue") && !told[0].contains("0123"), "{told:?}");
        assert!(told[0].contains("sku, title") && told[0].contains("main, shop"), "{told:?}");
    }
}

#[test]
fn a_simulated_shop_is_told_at_once_unless_it_is_said_otherwise() {
    assert!(read(RIGHT, CSV).unwrap().connections[0].publish_at_once);
    let not = read(&format!("{RIGHT}publish_at_once = false\n"), CSV).unwrap();
    assert!(!not.connections[0].publish_at_once);
}
