//! How long a label takes from data to dots and from dots to a printer's bytes, and how many bytes those are.
//! `cargo bench --bench labels`

use divan::{Bencher, black_box};
use drivers::label::Label;
use drivers::printer::language;
use drivers::printer::profile::Profile;
use milepost::label::{Filling, Fonts, LabelData, Templates, fonts, render};

const DPI: u32 = 203;

fn main() {
    bytes_on_the_wire();
    divan::main();
}

/// A full label with Chinese text on the large sheet.
fn sf_label(fonts: &Fonts) -> Label {
    let templates = Templates::builtin();
    render(templates.get("sf-100x150").expect("it is built in"), &LabelData::example().into(), fonts, DPI)
        .expect("the example fits every template")
}

fn bytes_on_the_wire() {
    let label = sf_label(&Fonts::load(&[fonts::DEFAULT_PATH]));
    let raw = label.raster().expect("a template has a size").bits().len();
    println!("sf-100x150, {raw} bytes of dots:");
    for profile in Profile::names() {
        let profile_of = Profile::builtin(profile).expect("it is built in");
        let kind = language::kind_of(&profile_of.language).expect("a test loads every profile");
        let bytes = kind.language.job(&label, &profile_of).expect("the example prints everywhere").len();
        println!("  {profile:<16} {bytes:>7} bytes, 1/{:.1} of raw", raw as f64 / bytes as f64);
    }
}

#[divan::bench]
fn data_to_dots_warm(bencher: Bencher) {
    let templates = Templates::builtin();
    let template = templates.get("sf-100x150").expect("it is built in");
    let fonts = Fonts::load(&[fonts::DEFAULT_PATH]);
    let data: Filling = LabelData::example().into();
    bencher.bench_local(|| render(template, black_box(&data), &fonts, DPI).map(|label| label.raster()));
}

#[divan::bench]
fn data_to_dots_cold(bencher: Bencher) {
    let templates = Templates::builtin();
    let template = templates.get("sf-100x150").expect("it is built in");
    let data: Filling = LabelData::example().into();
    bencher
        .with_inputs(|| Fonts::load(&[fonts::DEFAULT_PATH]))
        .bench_local_values(|fonts| render(template, black_box(&data), &fonts, DPI).map(|label| label.raster()));
}

#[divan::bench(args = ["zpl", "zpl-clone", "tspl", "gprinter", "png"])]
fn dots_to_bytes(bencher: Bencher, profile: &str) {
    let profile = Profile::builtin(profile).expect("it is built in");
    let label = sf_label(&Fonts::load(&[fonts::DEFAULT_PATH]));
    let kind = language::kind_of(&profile.language).expect("a test loads every profile");
    bencher.bench_local(|| kind.language.job(black_box(&label), &profile));
}
