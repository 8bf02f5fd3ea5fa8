//! Cainiao's words, which Pinduoduo's, Douyin's and Kuaishou's components took over: a request with `cmd` and `requestID`, its
//! reply, and notices of what becomes of a task. Builds differ in which notices come, and in which order. Pure.
//!
//! Source: Cainiao's protocol document 107014 of 2024-08-02, and what public clients of the five components expect.

use serde_json::{Value, json};

use super::message::{Known, Mark, Printers, Said, Task, code, list, why, word};

const VERSION: &str = "1.0";

pub fn ask(id: &str) -> Value {
    json!({ "cmd": "getPrinters", "requestID": id, "version": VERSION })
}

pub fn print(task: &Task<'_>, printer: &str) -> Value {
    json!({
        "cmd": "print",
        "requestID": task.id,
        "version": VERSION,
        "task": {
            "taskID": task.id,
            "preview": false,
            "printer": printer,
            "firstDocumentNumber": 1,
            "totalDocumentCount": 1,
            "documents": [{ "documentID": task.document, "contents": list(task.contents) }],
        },
    })
}

pub fn read(message: &Value, mark: Mark<'_>) -> Said {
    match word(message, "cmd") {
        "getPrinters" if word(message, "requestID") == mark.id => printers(message),
        "print" if word(message, "requestID") == mark.id => taken(message),
        // Pinduoduo's own name for it.
        "notifyPrintResult" | "PrintResultNotify" if word(message, "taskID") == mark.id => noticed(message, mark),
        "notifyDocResult" if of_document(message, mark) => document(message),
        "notifyTaskResult" if word(message, "taskId") == mark.id => task(message),
        _ => Said::Other,
    }
}

fn printers(message: &Value) -> Said {
    if has_failed(message) {
        return Said::NoPrinters { why: reason(message) };
    }
    let known = |printer: &Value| Known {
        name: printer["name"].as_str().unwrap_or_default().to_owned(),
        // Most components say nothing of it.
        enabled: word(printer, "status") != "disable",
    };
    Said::Printers(Printers {
        all: message["printers"].as_array().into_iter().flatten().map(known).collect(),
        default: message["defaultPrinter"].as_str().map(str::to_owned),
    })
}

fn taken(message: &Value) -> Said {
    if has_failed(message) { Said::NotTaken { why: reason(message) } } else { Said::Taken }
}

/// The status decides; an older build says only a code.
fn has_failed(message: &Value) -> bool {
    match word(message, "status") {
        "" => code(message, "errorCode").is_some(),
        status => status == "failed",
    }
}

/// The old notice, of all builds.
fn noticed(message: &Value, mark: Mark<'_>) -> Said {
    let documents = message["printStatus"].as_array().into_iter().flatten();
    let ours = documents.into_iter().find(|document| word(document, "documentID") == mark.document);
    let fine = ours.is_none_or(|document| matches!(word(document, "status"), "" | "success"));
    let reason = || {
        let of_document = ours.map(reason).filter(|_| !fine);
        of_document.unwrap_or_else(|| reason(message))
    };
    match word(message, "taskStatus") {
        "rendered" if fine => Said::Rendered,
        "rendered" => Said::Failed { why: reason() },
        "printed" if fine => Said::Printed,
        "printed" => Said::Doubtful { why: format!("the task is printed, and of its label: {}", reason()) },
        "partPrinted" => Said::Doubtful { why: format!("a part is printed, {}", reason()) },
        "failed" | "canceled" => Said::Failed { why: reason() },
        _ => Said::Other,
    }
}

fn of_document(message: &Value, mark: Mark<'_>) -> bool {
    word(message, "taskId") == mark.id && word(message, "documentId") == mark.document
}

/// Since 1.x: of one document.
fn document(message: &Value) -> Said {
    let fine = code(message, "code").is_none();
    match word(message, "status") {
        "rendered" if fine => Said::Rendered,
        "printed" if fine => Said::Printed,
        "rendered" => Said::Failed { why: reason(message) },
        "printed" => Said::Doubtful { why: reason(message) },
        _ => Said::Other,
    }
}

/// Since 1.x: of the whole task.
fn task(message: &Value) -> Said {
    match word(message, "status") {
        "completeSuccess" => Said::Printed,
        "completeFailed" => Said::Failed { why: reason(message) },
        _ => Said::Other,
    }
}

fn reason(message: &Value) -> String {
    let told = |key| Some(word(message, key).to_owned());
    let codes = ["errorCode", "errorcode", "code"].into_iter().find_map(|key| code(message, key));
    why(&[codes, told("msg"), told("detail")])
}

#[cfg(test)]
mod tests {
    use super::*;

    const MARK: Mark<'_> = Mark { id: "job", document: "SF1" };

    fn said(message: Value) -> Said {
        read(&message, MARK)
    }

    fn old(task: &str, document: Value) -> Said {
        said(json!({ "cmd": "notifyPrintResult", "taskID": "job", "taskStatus": task, "printStatus": [document] }))
    }

    #[test]
    fn a_task_holds_one_document_and_its_contents_as_they_came() {
        let sealed = json!([
            { "encryptedData": "AES:x/+=", "signature": "s=", "templateURL": "https://t.example/1", "ver": "1" },
            { "data": { "n": 1.50, "none": null }, "templateURL": "https://t.example/2" },
        ]);
        for (contents, expected) in [(&sealed, sealed.clone()), (&sealed[0], json!([sealed[0]]))] {
            let message = print(&Task { id: "job", document: "SF1", contents }, "GK888");
            assert_eq!((&message["requestID"], &message["task"]["taskID"]), (&json!("job"), &json!("job")));
            assert_eq!(message["task"]["documents"], json!([{ "documentID": "SF1", "contents": expected }]));
            assert_eq!((&message["task"]["printer"], &message["task"]["preview"]), (&json!("GK888"), &json!(false)));
        }
    }

    #[test]
    fn a_reply_only_says_that_the_task_was_taken() {
        let reply = |more: Value| {
            let mut reply = json!({ "cmd": "print", "requestID": "job", "taskID": "job" });
            reply.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            said(reply)
        };
        assert_eq!(reply(json!({ "status": "success", "errorCode": 0 })), Said::Taken);
        assert_eq!(reply(json!({})), Said::Taken);
        let why = || "11, document not found".to_owned();
        let failed = json!({ "status": "failed", "errorCode": 11, "msg": "document not found" });
        assert_eq!(reply(failed), Said::NotTaken { why: why() });
        assert_eq!(reply(json!({ "errorCode": "11", "msg": "document not found" })), Said::NotTaken { why: why() });
        assert_eq!(said(json!({ "cmd": "print", "requestID": "another", "status": "failed" })), Said::Other);
    }

    #[test]
    fn the_old_notice_tells_of_a_task_and_its_document() {
        let fine = json!({ "documentID": "SF1", "status": "success", "msg": "", "detail": "" });
        let failed = json!({ "documentID": "SF1", "status": "failed", "msg": "40", "detail": "can't be opened" });
        let why = || "40, can't be opened".to_owned();
        assert_eq!(old("rendered", fine.clone()), Said::Rendered);
        assert_eq!(old("printed", fine.clone()), Said::Printed);
        assert_eq!(old("rendered", failed.clone()), Said::Failed { why: why() });
        // One of Kuaishou's words ends in a blank.
        for word in ["failed", "failed ", "canceled"] {
            assert_eq!(old(word, failed.clone()), Said::Failed { why: why() }, "{word}");
        }
        assert!(matches!(old("printed", failed.clone()), Said::Doubtful { .. }), "it contradicts itself");
        assert!(matches!(old("partPrinted", fine.clone()), Said::Doubtful { .. }));
        assert_eq!(old("downloading", fine), Said::Other);
        let pinduoduo = json!({ "cmd": "PrintResultNotify", "taskID": "job", "taskStatus": "printed" });
        assert_eq!(said(pinduoduo), Said::Printed);
        let another = json!({ "cmd": "notifyPrintResult", "taskID": "another", "taskStatus": "printed" });
        assert_eq!(said(another), Said::Other);
    }

    #[test]
    fn the_notices_since_1_x_tell_of_document_and_task() {
        let document = |document: &str, status: &str, code: u32| {
            let notice = json!({ "cmd": "notifyDocResult", "taskId": "job", "documentId": document, "status": status,
                "code": code, "detail": "no paper" });
            said(notice)
        };
        assert_eq!(document("SF1", "rendered", 0), Said::Rendered);
        assert_eq!(document("SF1", "printed", 0), Said::Printed);
        assert_eq!(document("SF1", "rendered", 40), Said::Failed { why: "40, no paper".into() });
        assert_eq!(document("SF1", "printed", 9), Said::Doubtful { why: "9, no paper".into() });
        assert_eq!(document("SF2", "printed", 0), Said::Other);
        let task = |id: &str, status: &str| said(json!({ "cmd": "notifyTaskResult", "taskId": id, "status": status }));
        assert_eq!(task("job", "initial"), Said::Other);
        assert_eq!(task("job", "completeSuccess"), Said::Printed);
        assert!(matches!(task("job", "completeFailed"), Said::Failed { .. }));
        assert_eq!(task("another", "completeSuccess"), Said::Other);
    }

    #[test]
    fn printers_are_enabled_unless_it_says_otherwise() {
        let reply = json!({ "cmd": "getPrinters", "requestID": "job", "status": "success", "errorCode": 0,
            "defaultPrinter": "GK888", "printers": [{ "name": "GK888" }, { "name": "PDF", "status": "disable" }] });
        let known = |name: &str, enabled| Known { name: name.into(), enabled };
        let printers = Printers { all: vec![known("GK888", true), known("PDF", false)], default: Some("GK888".into()) };
        assert_eq!(said(reply), Said::Printers(printers));
        let failed = json!({ "cmd": "getPrinters", "requestID": "job", "status": "failed", "msg": "starting" });
        assert_eq!(said(failed), Said::NoPrinters { why: "starting".into() });
        assert_eq!(said(json!("no message")), Said::Other);
    }
}
