//! A printer that is a little off: the test label, what its measures mean, and labels that come out where they belong.

use std::process::Command;

use milepost::sim::printer::{self, Language, Options};

use crate::world::LIMIT;

fn printer_test(config: &str, more: &[&str]) -> (String, bool) {
    let file = tempfile::NamedTempFile::with_suffix(".toml").expect("a temporary file");
    std::fs::write(file.path(), config).expect("the config is written");
    let output = Command::new(env!("CARGO_BIN_EXE_milepost"))
        .args(["printer", "test", "desk", "--config"])
        .arg(file.path())
        .args(more)
        .output()
        .expect("the binary starts");
    let said = [output.stdout, output.stderr].concat();
    (String::from_utf8(said).expect("text"), output.status.success())
}

fn config(address: &str, more: &str) -> String {
    format!("[[printer]]\nname = \"desk\"\nurl = \"{address}\"\nprofile = \"zpl\"\nmedia = \"76x130\"\n{more}")
}

#[tokio::test(flavor = "multi_thread")]
async fn the_test_label_moves_as_the_config_says() {
    let sim = printer::start(Language::Zpl, Options::default()).await.expect("a printer starts");
    let address = format!("tcp://{}", sim.addr);
    for more in ["", "adjust = { offset_mm = [1.0, -0.5] }"] {
        let config = config(&address, more);
        let (said, good) = tokio::task::spawn_blocking(move || printer_test(&config, &[])).await.expect("it runs");
        assert!(good && said.starts_with("confirmed"), "{said}");
        assert!(said.contains("milepost printer test desk --left MM --top MM --down MM"), "{said}");
    }
    assert!(sim.wait_for(2, LIMIT).await);
    let frame = |paper: &printer::Paper| {
        let left = (0..paper.dots.width()).find(|x| paper.dots.get(*x, 500)).expect("a frame");
        let top = (0..paper.dots.height()).find(|y| paper.dots.get(300, *y)).expect("a frame");
        (left as i32, top as i32)
    };
    let papers = sim.papers();
    let (before, after) = (frame(&papers[0]), frame(&papers[1]));
    assert_eq!((after.0 - before.0, after.1 - before.1), (8, -4), "a millimetre has 8 dots");
    assert_eq!(papers[0].codes(), ["MILEPOST-1234"]);
}

#[test]
fn measures_become_a_line_of_the_config() {
    let more = "adjust = { offset_mm = [0.2, 0.0], darkness = 12 }";
    let (said, good) =
        printer_test(&config("tcp://10.0.0.7", more), &["--left", "2.4", "--top", "3.5", "--down", "107.9"]);
    assert!(good, "{said}");
    assert_eq!(
        said,
        "# in the [[printer]] of desk:\nadjust = { offset_mm = [0.8, -0.5], darkness = 12, feed_scale = 1.019 }\n"
    );
    let (said, good) = printer_test(&config("tcp://10.0.0.7", ""), &["--down", "12"]);
    assert!(!good && said.contains("measure again") && said.contains("feed_scale is outside 0.9 to 1.1"), "{said}");
}
