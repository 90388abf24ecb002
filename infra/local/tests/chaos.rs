//! Chaos is for simulated channels alone, and never more than half of all calls.

use std::process::Command;

#[test]
fn a_merchant_with_a_real_channel_gets_no_chaos() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("sluis.toml");
    let example = sluis::demo::merchant().unwrap();
    let channel = example.connections[1].channel.clone();
    std::fs::write(folder.path().join("c.csv"), "sku,title,main\nA,Lamp,1\n").unwrap();
    let secret = |name: &&str| format!("{name} = {{ file = \"secret\" }}\n");
    let descriptor = ports::Connectors::get(&connectors::Registry, &channel).unwrap().descriptor();
    let secrets = descriptor.credentials.iter().map(secret).collect::<Vec<_>>().concat();
    let needed = descriptor.settings.iter().filter(|(_, must)| *must);
    let settings = needed.map(|(name, _)| format!("{name} = '1'\n")).collect::<Vec<_>>().concat();
    std::fs::write(folder.path().join("secret"), "no-real-secret").unwrap();
    let text = format!(
        "[merchant]\nname = 'Real'\nlocations = ['main']\ncatalogue = 'c.csv'\n[[connection]]\nid = 'shop'\nchannel = '{channel}'\nbase_url = 'https://shop.example.test'\n[connection.credentials]\n{secrets}[connection.settings]\n{settings}"
    );
    std::fs::write(&config, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_sluis"))
        .args(["run", "--chaos", "0.1", "--listen", "127.0.0.1:0", "--config"])
        .arg(&config)
        .arg("--state")
        .arg(folder.path().join("state"))
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("simulated channels only"), "{told}");
}

#[test]
fn chaos_of_more_than_a_half_is_refused() {
    let output = Command::new(env!("CARGO_BIN_EXE_sluis")).args(["run", "--chaos", "0.6"]).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains("from 0 to 0.5"), "{told}");
}
