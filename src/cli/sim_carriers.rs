//! `milepost sim carriers`: SF, ZTO and JD on loopback, until somebody ends them. What is typed makes one of them fail and
//! answer again, so that anybody can see what a bench does then.

use std::net::SocketAddr;

use anyhow::Context as _;
use milepost::sim::carrier::{Fault, jd, sf, zto};
use tokio::io::{AsyncBufReadExt as _, BufReader};

/// The words of `carrier fault`, as the demo's `--fail` has them.
const WORDS: &str = "ok, timeout, down, 500, html, reset or wrong-number";

struct Carriers {
    sf: sf::SfSim,
    zto: zto::ZtoSim,
    jd: jd::JdSim,
}

/// Three ports from `listen` on; 0 takes any that are free.
pub async fn run(listen: SocketAddr) -> anyhow::Result<()> {
    let port = |above: u16| match listen.port() {
        0 => listen,
        first => SocketAddr::new(listen.ip(), first.saturating_add(above)),
    };
    let at = |address: SocketAddr| move || format!("listen on {address}: stop what holds the port, or name another");
    let sf = sf::Options { listen: port(0), ..sf::Options::default() };
    let zto = zto::Options { listen: port(1), ..zto::Options::default() };
    let jd = jd::Options { listen: port(2), ..jd::Options::default() };
    let carriers = Carriers {
        sf: sf::start(sf).await.with_context(at(port(0)))?,
        zto: zto::start(zto).await.with_context(at(port(1)))?,
        jd: jd::start(jd).await.with_context(at(port(2)))?,
    };
    print!("{}", carriers.config());
    println!("# type a carrier and what it does from now on, like `sf timeout`: {WORDS}");
    carriers.listen().await
}

impl Carriers {
    /// For a station.toml; JD's account, which has no public sandbox, for a file of its own.
    fn config(&self) -> String {
        let jd = jd::Options::default();
        format!(
            "[sf]\nendpoint = {:?}\n[zto]\nendpoint = {:?}\n\
             # [jd] with account = a file that holds:\n# [account]\n# endpoint = {:?}\n# app_key = {:?}\n\
             # app_secret = {{ text = {:?} }}\n# customer_code = \"010K000000\"\n",
            self.sf.url(),
            self.zto.url(),
            self.jd.url(),
            jd.app_key,
            jd.app_secret,
        )
    }

    /// Until nobody types any more; then they go on as they are.
    async fn listen(&self) -> anyhow::Result<()> {
        let mut lines = BufReader::new(tokio::io::stdin()).lines();
        while let Some(line) = lines.next_line().await? {
            let (carrier, word) = line.trim().split_once(' ').unwrap_or((line.trim(), ""));
            let Some(fault) = fault(word) else {
                println!("`{word}` is nothing a carrier does: {WORDS}");
                continue;
            };
            match carrier {
                "sf" => self.sf.set_fault(fault),
                "zto" => self.zto.set_fault(fault),
                "jd" => self.jd.set_fault(fault),
                other => {
                    println!("`{other}` is no carrier here: sf, zto or jd");
                    continue;
                }
            }
            println!("{carrier} {word}");
        }
        std::future::pending().await
    }
}

/// `Some(None)` mends it.
fn fault(word: &str) -> Option<Option<Fault>> {
    Some(match word {
        "ok" => None,
        "timeout" => Some(Fault::Timeout),
        "down" => Some(Fault::Lost),
        "500" => Some(Fault::Status500),
        "html" => Some(Fault::Html),
        "reset" => Some(Fault::Reset),
        "wrong-number" => Some(Fault::AnotherParcels),
        _ => return None,
    })
}
