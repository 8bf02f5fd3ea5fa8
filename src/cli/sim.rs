//! `milepost sim …`: virtual devices for trying things out and for anybody's tests.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use milepost::sim::component;
use milepost::sim::printer::{self, Fault, Options};
use milepost::sim::scale;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::TcpStream;

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A label printer on a TCP port; each label that comes out is told, with the barcodes on it
    Printer {
        #[arg(long, value_enum, default_value_t = Language::Zpl)]
        language: Language,
        #[arg(long, default_value = "127.0.0.1:9100")]
        listen: SocketAddr,
        /// A folder for the labels as PNG files
        #[arg(long)]
        papers: Option<PathBuf>,
        /// Milliseconds a label takes
        #[arg(long, default_value_t = 1500)]
        print_ms: u64,
        /// So many labels, then no paper
        #[arg(long)]
        paper_out_after: Option<u32>,
        /// What else goes wrong; may be given several times
        #[arg(long, value_enum)]
        fault: Vec<Trouble>,
        /// TSPL: report each label, as HPRT's printers do
        #[arg(long)]
        auto_return: bool,
    },
    /// A platform's print component; each label that comes out is told, with its number and task
    Component {
        #[arg(long, value_enum, default_value_t = Dialect::Cainiao)]
        dialect: Dialect,
        /// On this machine [default: where the platform's own listens]
        #[arg(long)]
        port: Option<u16>,
        /// A printer of its system; may be given several times, the first one is the default
        #[arg(long)]
        printer: Vec<String>,
        /// Milliseconds for drawing a label, and again for printing it
        #[arg(long, default_value_t = 500)]
        print_ms: u64,
        #[arg(long, value_enum)]
        fault: Option<Mishap>,
    },
    /// A scale; what is typed changes it: a number of grams, `motion`, `overload`, `negative`, `unzeroed`, `garbage`,
    /// `silence`, `unplugged`, `ok`
    Scale {
        #[arg(long, value_enum, default_value_t = ScaleModel::Text)]
        model: ScaleModel,
        #[arg(long, default_value = "127.0.0.1:4001")]
        listen: SocketAddr,
        /// A pseudo terminal of this name in place of the port
        #[arg(long)]
        pty: Option<PathBuf>,
        /// What lies on it
        #[arg(long, default_value_t = 0)]
        grams: u32,
    },
    /// The carriers SF, ZTO and JD, each on a port of its own; what is typed makes one fail: `sf timeout`, `jd 500`, `zto ok`
    Carriers {
        /// The first of their three ports; 0 takes any
        #[arg(long, default_value = "127.0.0.1:7091")]
        listen: SocketAddr,
    },
    /// A scanner: sends each CODE to a station's TCP scanner port and prints the answer
    Scanner {
        /// The port of a `tcp://` scanner with `feedback = true`
        #[arg(long)]
        to: SocketAddr,
        #[arg(required = true)]
        codes: Vec<String>,
    },
}

#[derive(Clone, Copy, ValueEnum)]
enum Language {
    Zpl,
    Tspl,
    Cpcl,
    Epl,
    Escpos,
}

/// A printer's faults, and the ways in which printers are known to lie.
#[derive(Clone, Copy, ValueEnum)]
enum Trouble {
    CoverOpen,
    RibbonOut,
    Jam,
    /// Little paper left; it prints
    NearEnd,
    /// Answers no questions
    Silent,
    /// Reads 2000 bytes a second
    Slow,
    /// Reads nothing
    Hangs,
    /// Answers with bytes that mean nothing
    Garbage,
    /// Says "ready" whatever is wrong
    AlwaysReady,
    /// Doesn't know the question that is usually asked
    FirstUnanswered,
    /// Keeps no count of its labels
    NoCount,
    /// Prints white for black
    WrongPolarity,
}

impl From<Trouble> for Fault {
    fn from(trouble: Trouble) -> Fault {
        match trouble {
            Trouble::CoverOpen => Fault::CoverOpen,
            Trouble::RibbonOut => Fault::RibbonOut,
            Trouble::Jam => Fault::Jam,
            Trouble::NearEnd => Fault::NearEnd,
            Trouble::Silent => Fault::Silent,
            Trouble::Slow => Fault::Slow { bytes_per_second: 2_000 },
            Trouble::Hangs => Fault::Slow { bytes_per_second: 0 },
            Trouble::Garbage => Fault::Garbage,
            Trouble::AlwaysReady => Fault::AlwaysReady,
            Trouble::FirstUnanswered => Fault::FirstUnanswered,
            Trouble::NoCount => Fault::NoCount,
            Trouble::WrongPolarity => Fault::WrongPolarity,
        }
    }
}

/// Whose component; of Cainiao's, which build.
#[derive(Clone, Copy, ValueEnum)]
enum Dialect {
    /// Windows, with the old notices
    Cainiao,
    /// Old and new notices, in an order of its own
    CainiaoMac,
    /// 1.x with the new notices alone
    CainiaoNew,
    Pinduoduo,
    Douyin,
    Kuaishou,
    /// Never says what became of a task
    Jd,
}

/// A component's faults.
#[derive(Clone, Copy, ValueEnum)]
enum Mishap {
    /// Prints and never says so
    NoNotice,
    /// Turns every task down
    TurnsDown,
    /// Can't open what it gets
    Unreadable,
    /// Its user cancels every task
    Cancelled,
    /// The printer's driver gives up after the label was drawn
    FailsLate,
    /// Its printers are disabled
    Disabled,
    /// Closes the connection once it took a task, and prints it
    Closes,
    /// Takes ten seconds for each step
    Slow,
    /// Answers nothing
    Mute,
}

impl From<Dialect> for component::Build {
    fn from(dialect: Dialect) -> component::Build {
        match dialect {
            Dialect::Cainiao => component::Build::CainiaoWindows,
            Dialect::CainiaoMac => component::Build::CainiaoMac,
            Dialect::CainiaoNew => component::Build::CainiaoNew,
            Dialect::Pinduoduo => component::Build::Pinduoduo,
            Dialect::Douyin => component::Build::Douyin,
            Dialect::Kuaishou => component::Build::Kuaishou,
            Dialect::Jd => component::Build::Jd,
        }
    }
}

impl From<Mishap> for component::Fault {
    fn from(mishap: Mishap) -> component::Fault {
        match mishap {
            Mishap::NoNotice => component::Fault::NoNotice,
            Mishap::TurnsDown => component::Fault::TurnsDown,
            Mishap::Unreadable => component::Fault::Unreadable,
            Mishap::Cancelled => component::Fault::Cancelled,
            Mishap::FailsLate => component::Fault::FailsLate,
            Mishap::Disabled => component::Fault::Disabled,
            Mishap::Closes => component::Fault::Closes,
            Mishap::Slow => component::Fault::Slow(Duration::from_secs(10)),
            Mishap::Mute => component::Fault::Mute,
        }
    }
}

/// The names of the profiles that read them.
#[derive(Clone, Copy, ValueEnum)]
enum ScaleModel {
    Text,
    TextUnmarked,
    #[value(name = "toledo-8217")]
    Toledo8217,
    ToledoContinuous,
}

pub fn run(args: Args) -> anyhow::Result<ExitCode> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        match args.command {
            Command::Printer { language, listen, papers, print_ms, paper_out_after, fault, auto_return } => {
                let options = Options {
                    listen,
                    folder: papers,
                    print_time: Duration::from_millis(print_ms),
                    auto_return,
                    ..Options::default()
                };
                let paper = paper_out_after.map(Fault::PaperOutAfter);
                let faults = paper.into_iter().chain(fault.into_iter().map(Fault::from)).collect();
                print(language, options, faults).await?;
            }
            Command::Component { dialect, port, printer, print_ms, fault } => {
                let build = component::Build::from(dialect);
                let mut options = component::Options {
                    listen: SocketAddr::from(([127, 0, 0, 1], port.unwrap_or(build.port()))),
                    step: Duration::from_millis(print_ms),
                    ..component::Options::default()
                };
                if !printer.is_empty() {
                    options.printers = printer;
                }
                hand_over(build, options, fault.map(component::Fault::from)).await?;
            }
            Command::Scale { model, listen, pty, grams } => {
                let profile = model.to_possible_value().expect("no model is hidden").get_name().to_owned();
                let model = match model {
                    ScaleModel::Text => scale::Model::Text,
                    ScaleModel::TextUnmarked => scale::Model::TextUnmarked,
                    ScaleModel::Toledo8217 => scale::Model::Toledo8217,
                    ScaleModel::ToledoContinuous => scale::Model::ToledoContinuous,
                };
                let plug = pty.map_or(scale::Plug::Tcp(listen), scale::Plug::Pty);
                let sim = scale::start(model, plug.clone()).with_context(|| format!("plug a scale in: {plug:?}"))?;
                sim.put(grams);
                println!("url = \"{}\"\nprofile = \"{profile}\"", sim.url);
                weigh(&sim).await?;
            }
            Command::Carriers { listen } => super::sim_carriers::run(listen).await?,
            Command::Scanner { to, codes } => scan(to, &codes).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

async fn print(language: Language, options: Options, faults: Vec<Fault>) -> anyhow::Result<()> {
    let listen = options.listen;
    let language = match language {
        Language::Zpl => printer::Language::Zpl,
        Language::Tspl => printer::Language::Tspl,
        Language::Cpcl => printer::Language::Cpcl,
        Language::Epl => printer::Language::Epl,
        Language::Escpos => printer::Language::EscPos,
    };
    let sim = printer::start(language, options).await.with_context(|| format!("listen on {listen}"))?;
    faults.into_iter().for_each(|fault| sim.set_fault(fault));
    println!("printer on tcp://{}", sim.addr);
    for count in 1.. {
        while !sim.wait_for(count, Duration::from_secs(3600)).await {}
        if let Some(paper) = sim.papers().get(count - 1) {
            println!("{} label {count}: {} bytes, {}", paper.at, paper.bytes, paper.codes().join(" "));
        }
    }
    Ok(())
}

async fn hand_over(
    build: component::Build,
    options: component::Options,
    fault: Option<component::Fault>,
) -> anyhow::Result<()> {
    let listen = options.listen;
    let sim = component::start(build, options).await.with_context(|| format!("listen on {listen}"))?;
    sim.set_fault(fault);
    println!("url = \"{}\"", sim.url());
    for count in 1.. {
        while !sim.wait_for(count, Duration::from_secs(3600)).await {}
        if let Some(printed) = sim.printed().get(count - 1) {
            let component::Printed { at, printer, task, document, message, .. } = printed;
            println!("{at} label {count}: {document} on {printer}, task {task}, {} bytes", message.len());
        }
    }
    Ok(())
}

/// Until nobody types any more; then it goes on as it is.
async fn weigh(sim: &scale::SimScale) -> anyhow::Result<()> {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = lines.next_line().await? {
        let fault = match line.trim() {
            "motion" => scale::Fault::Motion,
            "overload" => scale::Fault::Overload,
            "negative" => scale::Fault::Negative,
            "unzeroed" => scale::Fault::Unzeroed,
            "garbage" => scale::Fault::Garbage,
            "silence" => scale::Fault::Silence,
            "unplugged" => scale::Fault::Unplugged,
            "ok" => {
                sim.mend();
                continue;
            }
            grams => {
                match grams.parse() {
                    Ok(grams) => sim.put(grams),
                    Err(_) => println!("neither grams nor a fault: {grams}"),
                }
                continue;
            }
        };
        sim.fail(fault);
    }
    std::future::pending().await
}

async fn scan(to: SocketAddr, codes: &[String]) -> anyhow::Result<()> {
    let stream = TcpStream::connect(to).await.with_context(|| format!("connect to the scanner port {to}"))?;
    let mut stream = BufReader::new(stream);
    for code in codes {
        stream.get_mut().write_all(format!("{code}\r").as_bytes()).await?;
        let mut answer = String::new();
        if stream.read_line(&mut answer).await? == 0 {
            anyhow::bail!("{to} closed the connection");
        }
        println!("{code}: {}", answer.trim_end());
    }
    Ok(())
}
