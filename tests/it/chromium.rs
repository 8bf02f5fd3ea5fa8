//! Drives Debian's `chromium-headless-shell` by `--remote-debugging-pipe`: JSON with a NUL behind it, in on fd 3, out on
//! fd 4.

use std::path::Path;
use std::process::Stdio;

use base64::Engine as _;
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::world::{LIMIT, eventually};

const PROGRAM: &str = "chromium-headless-shell";
/// Root needs the first; the others keep it from calling anybody but us.
const OPTIONS: &[&str] = &[
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
];

pub struct Browser {
    _process: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    last_id: u64,
    session: String,
    /// What pages complained of: scripts that broke, things the page's policy forbade.
    pub complaints: Vec<String>,
    _profile: tempfile::TempDir,
}

impl Browser {
    /// A fresh browser with one window.
    pub async fn start(width: u32, height: u32) -> Browser {
        Browser::start_with(width, height, &[]).await
    }

    pub async fn start_with(width: u32, height: u32, options: &[String]) -> Browser {
        let profile = tempfile::TempDir::new().expect("a temporary folder");
        // The shell lays our two pipes where the browser looks for them.
        let script = format!("exec {PROGRAM} \"$@\" 3<&0 4>&1 0</dev/null 1>/dev/null 2>&1");
        let found = std::process::Command::new("sh").args(["-c", &format!("command -v {PROGRAM}")]).output();
        assert!(
            found.is_ok_and(|found| found.status.success()),
            "{PROGRAM} is missing: run ./tests/run, which installs it"
        );
        let mut process = Command::new("sh")
            .args(["-c", &script, "sh", &format!("--user-data-dir={}", profile.path().display())])
            .args(OPTIONS)
            .args(options)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("a shell runs");
        let input = process.stdin.take().expect("piped");
        let output = BufReader::new(process.stdout.take().expect("piped"));
        let (session, complaints) = (String::new(), Vec::new());
        let mut browser =
            Browser { _process: process, input, output, last_id: 0, session, complaints, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" })).await.expect("a window");
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach).await.expect("a session");
        browser.session = attached["sessionId"].as_str().expect("its name").to_owned();
        for domain in ["Page.enable", "Runtime.enable", "Log.enable"] {
            browser.call(domain, json!({})).await.expect("a known domain");
        }
        browser.resize(width, height).await;
        browser
    }

    /// Runs in each page that is opened from now on, before the page's own scripts.
    pub async fn before_each_page(&mut self, script: &str) {
        let added = self.call("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
        added.expect("a script");
    }

    pub async fn resize(&mut self, width: u32, height: u32) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.call("Emulation.setDeviceMetricsOverride", size).await.expect("a size");
    }

    pub async fn open(&mut self, url: &str) {
        let opened = self.call("Page.navigate", json!({ "url": url })).await.expect("an answer");
        assert!(opened.get("errorText").is_none(), "{url}: {}", opened["errorText"]);
        self.wait("document.readyState === 'complete'").await;
    }

    /// What an expression is worth; `Null` while one page makes place for the next.
    pub async fn value(&mut self, expression: &str) -> Value {
        let wanted = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        match self.call("Runtime.evaluate", wanted).await {
            Ok(answer) => {
                // A page that isn't there yet has none of the elements an expression asks for.
                answer["result"]["value"].clone()
            }
            Err(_) => Value::Null,
        }
    }

    /// The same of what is there at the latest when a page that comes by itself has come.
    async fn there(&mut self, expression: &str) -> Value {
        let (browser, found) = (tokio::sync::Mutex::new(self), std::sync::Mutex::new(Value::Null));
        eventually(expression, async || {
            let value = browser.lock().await.value(expression).await;
            let is_there = !value.is_null();
            *found.lock().expect("nobody else holds it") = value;
            is_there
        })
        .await;
        found.into_inner().expect("nobody else holds it")
    }

    pub async fn wait(&mut self, expression: &str) {
        let browser = tokio::sync::Mutex::new(self);
        eventually(expression, async || browser.lock().await.value(expression).await == Value::Bool(true)).await;
    }

    /// Waits until the first element that fits `selector` says `text`.
    pub async fn wait_for_text(&mut self, selector: &str, text: &str) {
        let (selector, text) = (json!(selector), json!(text));
        self.wait(&format!("document.querySelector({selector}).textContent.trim() === {text}")).await;
    }

    /// The texts of all elements that fit, with spaces as a reader sees them.
    pub async fn texts(&mut self, selector: &str) -> Vec<String> {
        let all = format!(
            "[...document.querySelectorAll({})].map(e => (e.innerText ?? e.textContent).replace(/\\s+/g, ' ').trim())",
            json!(selector)
        );
        serde_json::from_value(self.there(&all).await).expect("texts")
    }

    pub async fn click(&mut self, selector: &str) {
        self.value(&format!("document.querySelector({}).click()", json!(selector))).await;
    }

    /// As a finger does: what only somebody's touch may do, sound for one, a script's click may not.
    pub async fn press(&mut self, selector: &str) {
        let middle = format!(
            "(r => [r.x + r.width / 2, r.y + r.height / 2])((e => (e.scrollIntoView({{ block: 'center' }}), \
             e.getBoundingClientRect()))(document.querySelector({})))",
            json!(selector)
        );
        let at = self.there(&middle).await;
        for kind in ["mousePressed", "mouseReleased"] {
            let press = json!({ "type": kind, "x": at[0], "y": at[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", press).await.expect("a press");
        }
    }

    pub async fn type_into(&mut self, selector: &str, text: &str) {
        self.value(&format!("document.querySelector({}).focus()", json!(selector))).await;
        self.call("Input.insertText", json!({ "text": text })).await.expect("text goes in");
    }

    /// As a handheld's built-in scanner types: key by key into whatever has the focus, and Enter.
    pub async fn wedge(&mut self, text: &str) {
        for c in text.chars() {
            let key = c.to_string();
            self.key(json!({ "type": "keyDown", "key": key, "text": key })).await;
            self.key(json!({ "type": "keyUp", "key": key })).await;
        }
        let enter = json!({ "key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r" });
        for kind in ["keyDown", "keyUp"] {
            let mut event = enter.clone();
            event["type"] = json!(kind);
            self.key(event).await;
        }
    }

    /// As somebody picks a file, or takes a photo, for a file input.
    pub async fn choose(&mut self, selector: &str, file: &Path) {
        let root = self.call("DOM.getDocument", json!({})).await.expect("a document")["root"]["nodeId"].clone();
        let wanted = json!({ "nodeId": root, "selector": selector });
        let found = self.call("DOM.querySelector", wanted).await.expect("an answer")["nodeId"].clone();
        let files = json!({ "nodeId": found, "files": [file] });
        self.call("DOM.setFileInputFiles", files).await.expect("a file input");
    }

    async fn key(&mut self, event: Value) {
        self.call("Input.dispatchKeyEvent", event).await.expect("a key");
    }

    pub async fn picture(&mut self, file: &Path) {
        let shot = self.call("Page.captureScreenshot", json!({ "format": "png" })).await.expect("a picture");
        let bytes = base64::prelude::BASE64_STANDARD.decode(shot["data"].as_str().expect("data")).expect("base64");
        std::fs::write(file, bytes).expect("the picture is kept");
    }

    /// The pages as they are printed, in the sizes the page asks for.
    pub async fn printed(&mut self) -> Vec<u8> {
        let wanted = json!({ "preferCSSPageSize": true, "printBackground": true });
        let pdf = self.call("Page.printToPDF", wanted).await.expect("a print");
        base64::prelude::BASE64_STANDARD.decode(pdf["data"].as_str().expect("data")).expect("base64")
    }

    async fn call(&mut self, method: &str, params: Value) -> Result<Value, Value> {
        self.last_id += 1;
        let mut message = json!({ "id": self.last_id, "method": method, "params": params });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.input.write_all(format!("{message}\0").as_bytes()).await.expect("the browser listens");
        loop {
            let mut text = Vec::new();
            let read = tokio::time::timeout(LIMIT, self.output.read_until(0, &mut text)).await;
            read.expect("an answer in time").expect("the browser runs");
            assert_eq!(text.pop(), Some(0), "the browser ended at {method}");
            let message: Value = serde_json::from_slice(&text).expect("JSON");
            self.note(&message);
            if message["id"] == self.last_id {
                return message.get("result").cloned().ok_or_else(|| message["error"].clone());
            }
        }
    }

    /// Lost connections are part of the tests; broken scripts and broken policies are not.
    fn note(&mut self, event: &Value) {
        let params = &event["params"];
        match event["method"].as_str() {
            Some("Runtime.exceptionThrown") => self.complaints.push(params["exceptionDetails"].to_string()),
            Some("Log.entryAdded") if params["entry"]["level"] == "error" && params["entry"]["source"] != "network" => {
                self.complaints.push(params["entry"]["text"].to_string());
            }
            _ => {}
        }
    }
}
