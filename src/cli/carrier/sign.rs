//! `milepost carrier sign`: only the digest, for integrators who compare it with their own.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::ValueEnum;
use milepost::carrier::{Secret, jd, sf, zto};

use super::Account;
use crate::cli::read_text;

#[derive(clap::Args)]
pub struct Args {
    carrier: Account,
    /// The body (SF: msgData) to sign, byte for byte
    #[arg(long, value_name = "FILE")]
    body: PathBuf,
    /// File with the check word (sf) or application secret (zto, jd); blanks and line ends around it don't count
    #[arg(long, value_name = "FILE")]
    secret_file: PathBuf,
    /// sf: standard_md5, simple_md5, sm3; zto: md5, sha256, hmac-sha256; jd: md5-salt, HMacMD5, HMacSHA1, HMacSHA256, HMacSHA512
    #[arg(long)]
    mode: String,
    /// As it goes into the signature: milliseconds (sf, zto) or `2026-11-22 10:00:00` (jd)
    #[arg(long)]
    timestamp: Option<String>,
    /// ZTO's encoding of the digest
    #[arg(long, default_value = "base64")]
    encoding: Encoding,
    /// ZTO's extra key of its HMAC mode
    #[arg(long, value_name = "FILE")]
    hmac_key_file: Option<PathBuf>,
    /// JD's application key
    #[arg(long)]
    app_key: Option<String>,
    /// File with JD's access token
    #[arg(long, value_name = "FILE")]
    token_file: Option<PathBuf>,
    /// JD's API path, e.g. /ecap/v1/orders/create
    #[arg(long)]
    path: Option<String>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Encoding {
    Base64,
    Hex,
}

pub fn run(args: &Args) -> anyhow::Result<ExitCode> {
    let body = std::fs::read(&args.body).with_context(|| format!("read {}", args.body.display()))?;
    let body = String::from_utf8(body)
        .with_context(|| format!("{} is not UTF-8, which all carriers take", args.body.display()))?;
    let secret = Secret::new(&read_text(&args.secret_file)?);
    let Some(digest) = digest(args, &body, &secret)? else {
        return Ok(ExitCode::from(2));
    };
    println!("{digest}");
    Ok(ExitCode::SUCCESS)
}

/// `None` after saying what is missing on the command line.
fn digest(args: &Args, body: &str, secret: &Secret) -> anyhow::Result<Option<String>> {
    let timestamp = args.timestamp.as_deref();
    Ok(match args.carrier {
        Account::Sf => {
            let (Some(mode), Some(timestamp)) = (mode(&sf::Mode::ALL, &args.mode), needed("--timestamp", timestamp))
            else {
                return Ok(None);
            };
            Some(sf::sign::digest(mode, body, timestamp, secret.expose()))
        }
        Account::Zto => {
            let Some(mode) = mode(&zto::Mode::ALL, &args.mode) else {
                return Ok(None);
            };
            let encoding = match args.encoding {
                Encoding::Base64 => zto::Encoding::Base64,
                Encoding::Hex => zto::Encoding::Hex,
            };
            let key = args.hmac_key_file.as_deref().map(read_text).transpose()?;
            if mode == zto::Mode::HmacSha256 && needed("--hmac-key-file", key.as_deref()).is_none() {
                return Ok(None);
            }
            let key = Secret::new(&key.unwrap_or_default());
            Some(zto::digest(mode, encoding, timestamp, body, secret.expose(), key.expose()))
        }
        Account::Jd => {
            let (Some(mode), Some(timestamp), Some(app_key), Some(path)) = (
                mode(&jd::Mode::ALL, &args.mode),
                needed("--timestamp", timestamp),
                needed("--app-key", args.app_key.as_deref()),
                needed("--path", args.path.as_deref()),
            ) else {
                return Ok(None);
            };
            // Partners without a user have no token and sign with an empty one.
            let token = args.token_file.as_deref().map(read_text).transpose()?.unwrap_or_default();
            let token = Secret::new(&token);
            let signed = jd::Signed { app_key, access_token: token.expose(), path, body, timestamp };
            Some(jd::digest(mode, &signed, secret.expose()))
        }
    })
}

fn mode<T: Copy>(known: &[(&str, T)], given: &str) -> Option<T> {
    let found = known.iter().find(|(name, _)| *name == given).map(|(_, mode)| *mode);
    if found.is_none() {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        eprintln!("milepost: this carrier has no mode `{given}`: use one of {}", names.join(", "));
    }
    found
}

fn needed<'a>(option: &str, given: Option<&'a str>) -> Option<&'a str> {
    if given.is_none() {
        eprintln!("milepost: this carrier's signature needs {option}");
    }
    given
}
