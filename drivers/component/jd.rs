//! JD's own words: an `orderType` and a `key` that its reply repeats. It has no notices; its reply says that the task was taken,
//! and that is all that is ever heard of it. Pure.
//!
//! Source: what public clients of its version 2 send and expect.

use serde_json::{Value, json};

use super::message::{Known, Mark, Printers, Said, Task, code, list, why, word};

/// The kinds of replies.
const PRINTED: &str = "2";
const PRINTERS: &str = "6";

pub fn ask(id: &str) -> Value {
    json!({ "orderType": "GET_Printers", "version": "2", "key": id })
}

pub fn print(task: &Task<'_>, printer: &str) -> Value {
    json!({
        "orderType": "PRINT",
        "version": "2",
        "key": task.id,
        "parameters": { "printName": printer, "contents": list(task.contents) },
    })
}

pub fn read(message: &Value, mark: Mark<'_>) -> Said {
    if word(message, "key") != mark.id {
        return Said::Other;
    }
    match (code(message, "code").as_deref(), is_success(message)) {
        (Some(PRINTERS), true) => Said::Printers(printers(message)),
        (Some(PRINTERS), false) => Said::NoPrinters { why: reason(message) },
        (Some(PRINTED), true) => Said::Taken,
        (Some(PRINTED), false) => Said::NotTaken { why: reason(message) },
        _ => Said::Other,
    }
}

fn is_success(message: &Value) -> bool {
    message["success"] == Value::Bool(true) || word(message, "success") == "true"
}

fn printers(message: &Value) -> Printers {
    let names = message["detailinfo"]["printers"].as_array().into_iter().flatten().filter_map(Value::as_str);
    Printers { all: names.map(|name| Known { name: name.to_owned(), enabled: true }).collect(), default: None }
}

fn reason(message: &Value) -> String {
    let errors = message["detailinfo"]["errors"].as_array().into_iter().flatten();
    let errors: Vec<&str> = errors.map(|error| word(error, "msg")).collect();
    why(&[code(message, "status"), Some(word(message, "message").to_owned()), Some(errors.join(", "))])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark<'_> = Mark { id: "job", document: "JDX1" };

    #[test]
    fn sealed_contents_stay_as_they_are() {
        let contents = json!({ "tempUrl": "https://t.example/1", "printData": "AES:x/+=", "customData": { "a": 1.5 } });
        let message = print(&Task { id: "job", document: "JDX1", contents: &contents }, "GK888");
        assert_eq!(message["parameters"], json!({ "printName": "GK888", "contents": [contents] }));
        assert_eq!(
            (&message["orderType"], &message["key"], &message["version"]),
            (&json!("PRINT"), &json!("job"), &json!("2"))
        );
    }

    #[test]
    fn its_reply_is_all_there_is() {
        let said = |message: Value| read(&message, MARK);
        assert_eq!(said(json!({ "code": "2", "success": "true", "key": "job", "status": "500" })), Said::Taken);
        let refused = json!({ "code": "2", "success": "false", "key": "job", "status": "502", "message": "wrong data",
            "detailinfo": { "errors": [{ "seq": "1-1", "msg": "can't be opened" }] } });
        assert_eq!(said(refused), Said::NotTaken { why: "502, wrong data, can't be opened".into() });
        assert_eq!(said(json!({ "code": "2", "success": "true", "key": "another" })), Said::Other);
        let printers = json!({ "code": 6, "success": true, "key": "job", "detailinfo": { "printers": ["GK888"] } });
        let all = vec![Known { name: "GK888".into(), enabled: true }];
        assert_eq!(said(printers), Said::Printers(Printers { all, default: None }));
    }
}
