//! Sends operations to carriers whose tokens end: renews a token before its end, and once when the carrier says that it
//! ended; what was granted is in its file before it is used. No token is ever logged.

use jiff::Timestamp;
use tokio::sync::Mutex;

use crate::carrier::http::{self, Sent};
use crate::carrier::token::{Grant, TokenError, Tokens};
use crate::carrier::{Carrier, HttpRequest, Operation, Outcome, Secret};
use crate::machine;
use crate::station::event::Answer;

/// One renewal at a time: a refresh token is good for one.
pub type Turn = Mutex<()>;

/// Where a token came from that takes another's place.
enum Came {
    /// Another operation's renewal, or a new authorisation in the file.
    Elsewhere,
    FromCarrier,
}

/// Tokens that came from elsewhere and are tried, before the carrier's word is taken for it.
const ROUNDS: u32 = 2;

/// Sends an operation once; again only where the carrier refused its token, and so did nothing.
pub async fn send(
    client: &reqwest::Client,
    carrier: &dyn Carrier,
    turn: &Turn,
    operation: &Operation,
    request: &HttpRequest,
) -> Answer {
    let Some(tokens) = carrier.tokens() else { return told(carrier, operation, http::send(client, request).await) };
    let mut request = request.clone();
    let mut rounds = ROUNDS;
    if tokens.is_due(now()) {
        match renewed(client, tokens, turn, &tokens.access()).await {
            Ok(Came::FromCarrier) => rounds = 0,
            Ok(Came::Elsewhere) => {}
            // It has some minutes left; the next operation tries again.
            Err(error) if !tokens.access().expose().is_empty() => warn(carrier, &error),
            Err(error) => return failed(carrier, tokens, operation, &error),
        }
    }
    loop {
        let used = tokens.access();
        // It may have waited for its turn while another operation renewed the token.
        if !tokens.is_in(&request) {
            request = match carrier.request(operation, now()) {
                Ok(request) => request,
                Err(error) => return Answer::NotSent(error.to_string()),
            };
        }
        let sent = http::send(client, &request).await;
        let ended = matches!(&sent, Sent::Answer { status, body } if carrier.token_ended(*status, body));
        if !ended || rounds == 0 {
            return told(carrier, operation, sent);
        }
        match renewed(client, tokens, turn, &used).await {
            // What the carrier granted just now and refuses isn't mended by the next one.
            Ok(Came::FromCarrier) => rounds = 0,
            Ok(Came::Elsewhere) => rounds -= 1,
            Err(error) => return failed(carrier, tokens, operation, &error),
        }
    }
}

fn told(carrier: &dyn Carrier, operation: &Operation, sent: Sent) -> Answer {
    match sent {
        Sent::Answer { status, body } => Answer::Is(carrier.reply(operation, status, &body)),
        Sent::NothingSent(why) => Answer::NotSent(why),
        Sent::Unknown(why) => Answer::Is(Outcome::no_answer(why)),
    }
}

/// Puts another token in the place of `used`, unless somebody did already.
async fn renewed(client: &reqwest::Client, tokens: &Tokens, turn: &Turn, used: &Secret) -> Result<Came, TokenError> {
    let _turn = turn.lock().await;
    if tokens.access() != *used {
        return Ok(Came::Elsewhere);
    }
    // A person who authorised the application again put the new grant there.
    let kept = tokens.file().and_then(|path| std::fs::read_to_string(path).ok());
    let kept = kept.and_then(|text| Grant::parse(Secret::new(&text).expose()).ok());
    if let Some(grant) = kept.filter(|grant| grant.access != *used) {
        tokens.take(grant);
        return Ok(Came::Elsewhere);
    }
    let request = tokens.renewal()?;
    let grant = match http::send(client, &request).await {
        Sent::Answer { status, body } => tokens.granted(status, &body, now())?,
        Sent::NothingSent(why) | Sent::Unknown(why) => return Err(TokenError::Unreadable(why)),
    };
    if let Some(path) = tokens.file()
        && let Err(error) = machine::write_secret(path, &grant.to_text())
    {
        let path = path.display();
        tracing::error!(%path, %error, "a new token can't be kept: let the station write there, or its next start needs a new authorisation");
    }
    tokens.take(grant);
    Ok(Came::FromCarrier)
}

/// Without a token nothing was sent; where somebody must mend the account, its table says how.
fn failed(carrier: &dyn Carrier, tokens: &Tokens, operation: &Operation, error: &TokenError) -> Answer {
    warn(carrier, error);
    tokens.missing(operation, error).map_or_else(|| Answer::NotSent(error.to_string()), Answer::Is)
}

fn warn(carrier: &dyn Carrier, error: &TokenError) {
    tracing::error!(carrier = carrier.code().as_str(), %error, "no new token");
}

fn now() -> Timestamp {
    Timestamp::from_microsecond(machine::wall_us()).unwrap_or_default()
}
