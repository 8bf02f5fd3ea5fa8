//! `milepost carrier pool` against a running hub: numbers in by file, what is refused by line, and what is there.

use std::path::Path;

use milepost::hub::config::HubConfig;
use milepost::hub::serve::Serving;
use tempfile::TempDir;

use crate::world::KEY;

struct Office {
    hub: Serving,
    folder: TempDir,
}

impl Office {
    async fn start() -> Office {
        let folder = TempDir::new().expect("a folder");
        let key = folder.path().join("office.key");
        std::fs::write(&key, KEY).expect("a key");
        let config = HubConfig {
            data_dir: folder.path().join("hub"),
            listen: "127.0.0.1:0".into(),
            key_files: vec![key],
            ..HubConfig::default()
        };
        Office { hub: Serving::start(&config).await.expect("a hub"), folder }
    }

    fn file(&self, text: &[u8]) -> String {
        let path = self.folder.path().join("zto.csv");
        std::fs::write(&path, text).expect("a file");
        path.to_str().expect("text").to_owned()
    }

    /// Exit code and everything said.
    async fn pool(&self, args: &[&str]) -> (Option<i32>, String) {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let mut command = tokio::process::Command::new(env!("CARGO_BIN_EXE_milepost"));
        let command = command.current_dir(root).args(["carrier", "pool"]).args(args).env("MILEPOST_KEY", KEY);
        let done = command.output().await.expect("the program runs");
        let text = [done.stdout, done.stderr].concat();
        (done.status.code(), String::from_utf8(text).expect("text"))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_numbers_comes_in_once_and_each_line_that_doesnt_says_why() {
    let office = Office::start().await;
    let url = office.hub.url();
    let file =
        office.file(b"number,expires_on\n73100000000001\n73100000000002,2099-06-30\n73100000000002\nSF1234567890123\n");
    let import = ["import", "zto", &file, "--expires", "2099-12-31"];
    let to = ["--to", url.as_str()];

    let (code, said) = office.pool(&[&import[..], &["--dry-run"]].concat()).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.starts_with("would be accepted 2, would be refused 2\n"), "{said}");
    let (_, said) = office.pool(&to).await;
    assert!(said.contains("this hub keeps no numbers"), "{said}");

    let (code, said) = office.pool(&[&import[..], &to].concat()).await;
    assert_eq!(code, Some(1), "what was refused is for somebody to correct");
    insta::assert_snapshot!(said, @r"
    accepted 2, refused 2
    refused  zto.csv:4 73100000000002: it stands in line 3 already: take one of them out
    refused  zto.csv:5 SF1234567890123: it is no number of ZTO's: give its own carrier
    ");
    let file = office.file(b"number\n73100000000001\n73100000000003\n");
    let again = ["import", "zto", &file, "--expires", "2099-12-31", "--dry-run", "--json", "--to", &url];
    let (_, said) = office.pool(&again).await;
    let said: serde_json::Value = serde_json::from_str(&said).expect("JSON");
    assert_eq!((&said["accepted"], &said["refused"][0]["line"]), (&1.into(), &2.into()), "{said}");

    let (code, said) = office.pool(&to).await;
    assert_eq!(code, Some(0));
    insta::assert_snapshot!(said, @r"
    account              wanted   free   lent   used   ended doubtful  next end
    zto                       0      2      0      0       0        0  2099-06-30
    ");
    office.hub.stop().await.expect("it ends");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_without_a_key_brings_numbers_in() {
    let office = Office::start().await;
    let client = milepost::carrier::http::client(crate::world::LIMIT, crate::world::LIMIT).expect("a client");
    let body = serde_json::json!({
        "carrier": "zto", "source": "x.csv", "numbers": [{ "number": "73100000000001", "expires_on": "2099-12-31" }]
    });
    let post = |key: &'static str, once: &'static str| {
        let request = client.post(format!("{}/v1/pools", office.hub.url())).bearer_auth(key);
        request.header("idempotency-key", once).json(&body).send()
    };
    assert_eq!(post("wrong", "a").await.expect("an answer").status(), 401);
    // The same request again, for its answer may have been lost: it is answered alike.
    for _ in 0..2 {
        let told: serde_json::Value = post(KEY, "b").await.expect("an answer").json().await.expect("JSON");
        assert_eq!(told["accepted"], 1, "{told}");
    }
    office.hub.stop().await.expect("it ends");
}
