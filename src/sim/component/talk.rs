//! What components say, by their makers' documents and what public clients read: messages in, messages out. Pure.

use serde_json::{Value, json};

use super::{Build, Fault};

/// What a client wants.
pub enum Wanted {
    /// Its answer.
    Answer(Value),
    Print(Box<Task>),
    /// Nothing this component knows.
    Nothing,
}

pub struct Task {
    pub id: String,
    pub request: String,
    pub printer: String,
    pub documents: Vec<(String, Value)>,
}

/// What is told of a task, and when.
pub struct Course {
    pub reply: Value,
    /// Before anything is drawn, after it was, and once it is printed.
    pub begun: Vec<Value>,
    pub drawn: Vec<Value>,
    pub printed: Vec<Value>,
    pub taken: bool,
    pub comes_out: bool,
}

pub fn wanted(build: Build, message: &Value, printers: &[String], fault: Option<Fault>) -> Wanted {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
    if build == Build::Jd {
        let parameters = &message["parameters"];
        return match message["orderType"].as_str() {
            Some("GET_Printers") => Wanted::Answer(jd(message, "6", true, json!({ "printers": printers }))),
            Some("PRINT") => Wanted::Print(Box::new(Task {
                id: text(&message["key"]),
                request: text(&message["key"]),
                printer: text(&parameters["printName"]),
                documents: vec![(String::new(), parameters["contents"].clone())],
            })),
            _ => Wanted::Nothing,
        };
    }
    match message["cmd"].as_str() {
        Some("getPrinters") => Wanted::Answer(all_printers(build, message, printers, fault)),
        Some("print") => Wanted::Print(Box::new(Task {
            id: text(&message["task"]["taskID"]),
            request: text(&message["requestID"]),
            printer: text(&message["task"]["printer"]),
            documents: list(&message["task"]["documents"])
                .iter()
                .map(|document| (text(&document["documentID"]), document["contents"].clone()))
                .collect(),
        })),
        _ => Wanted::Nothing,
    }
}

fn all_printers(build: Build, message: &Value, printers: &[String], fault: Option<Fault>) -> Value {
    let status = if fault == Some(Fault::Disabled) { "disable" } else { "enable" };
    let one = |name: &String| match build {
        // Cainiao's alone say how a printer is.
        Build::CainiaoWindows | Build::CainiaoMac | Build::CainiaoNew => {
            json!({ "name": name, "status": status, "type": "thermal" })
        }
        _ => json!({ "name": name }),
    };
    json!({
        "cmd": "getPrinters",
        "requestID": message["requestID"],
        "status": "success",
        "msg": "",
        "errorCode": 0,
        "defaultPrinter": printers.first().cloned().unwrap_or_default(),
        "printers": printers.iter().map(one).collect::<Vec<_>>(),
    })
}

fn jd(message: &Value, code: &str, success: bool, detail: Value) -> Value {
    json!({
        "code": code,
        "success": success.to_string(),
        "message": if success { "" } else { "data error" },
        "key": message["key"],
        "status": if success { "500" } else { "502" },
        "detailinfo": detail,
    })
}

/// How a task goes. `refused`: why it isn't taken at all.
pub fn course(build: Build, task: &Task, refused: Option<&str>, fault: Option<Fault>) -> Course {
    let (begun, drawn, printed) = (Vec::new(), Vec::new(), Vec::new());
    let reply = reply(build, task, refused);
    if refused.is_some() {
        return Course { reply, begun, drawn, printed, taken: false, comes_out: false };
    }
    let goes_well = Course { reply, begun, drawn, printed, taken: true, comes_out: true };
    let said = |status: &str, document: &str, detail: &str| notice(build, task, status, document, detail);
    match fault {
        _ if build == Build::Jd => goes_well,
        Some(Fault::NoNotice) => goes_well,
        Some(Fault::Unreadable) => {
            let quoted = task.documents.first().map(|(_, contents)| contents.to_string()).unwrap_or_default();
            Course {
                begun: failed(build, task, "failed", &format!("can't open {quoted}")),
                comes_out: false,
                ..goes_well
            }
        }
        Some(Fault::Cancelled) => {
            Course { begun: failed(build, task, "canceled", "cancelled by its user"), comes_out: false, ..goes_well }
        }
        Some(Fault::FailsLate) => {
            let printed = failed(build, task, "failed", "the driver gave up");
            Course { drawn: drawn_of(build, task), printed, comes_out: false, ..goes_well }
        }
        Some(Fault::Contradicts) => Course { printed: vec![said("printed", "failed", "no paper")], ..goes_well },
        _ => Course {
            begun: begun_of(build, task),
            drawn: drawn_of(build, task),
            printed: printed_of(build, task),
            ..goes_well
        },
    }
}

fn reply(build: Build, task: &Task, refused: Option<&str>) -> Value {
    if build == Build::Jd {
        let detail = refused.map_or(json!({}), |why| json!({ "errors": [{ "seq": "1-1", "msg": why }] }));
        return jd(&json!({ "key": task.id }), "2", refused.is_none(), detail);
    }
    let mut reply = json!({ "cmd": "print", "requestID": task.request, "taskID": task.id, "status": "success" });
    if let Some(why) = refused {
        reply["status"] = "failed".into();
        reply["msg"] = why.into();
        reply["errorCode"] = 11.into();
    }
    reply
}

fn begun_of(build: Build, task: &Task) -> Vec<Value> {
    match build {
        Build::CainiaoMac | Build::CainiaoNew => vec![of_task(task, "initial")],
        _ => Vec::new(),
    }
}

fn drawn_of(build: Build, task: &Task) -> Vec<Value> {
    match build {
        Build::CainiaoMac | Build::CainiaoNew => of_documents(task, "rendered", 0, ""),
        Build::CainiaoWindows | Build::Douyin => vec![notice(build, task, "rendered", "success", "")],
        // These tell of the end only.
        Build::Pinduoduo | Build::Kuaishou | Build::Jd => Vec::new(),
    }
}

fn printed_of(build: Build, task: &Task) -> Vec<Value> {
    let mut all = match build {
        Build::CainiaoMac | Build::CainiaoNew => of_documents(task, "printed", 0, ""),
        _ => vec![notice(build, task, "printed", "success", "")],
    };
    match build {
        // On a Mac the old notice says `rendered` once more when the label is out.
        Build::CainiaoMac => {
            all.extend([notice(build, task, "rendered", "success", ""), of_task(task, "completeSuccess")])
        }
        Build::CainiaoNew => all.push(of_task(task, "completeSuccess")),
        _ => {}
    }
    all
}

fn failed(build: Build, task: &Task, status: &str, detail: &str) -> Vec<Value> {
    match build {
        Build::CainiaoNew => vec![of_task_with(task, "completeFailed", detail)],
        // So written, with a blank.
        Build::Kuaishou if status == "failed" => vec![notice(build, task, "failed ", "failed", detail)],
        _ => vec![notice(build, task, status, status, detail)],
    }
}

/// The notice of all builds but 1.x' own.
fn notice(build: Build, task: &Task, status: &str, document: &str, detail: &str) -> Value {
    let one = |(id, _): &(String, Value)| json!({ "documentID": id, "status": document, "msg": "", "detail": detail });
    json!({
        "cmd": if build == Build::Pinduoduo { "PrintResultNotify" } else { "notifyPrintResult" },
        "printer": task.printer,
        "taskID": task.id,
        "taskStatus": status,
        "printStatus": task.documents.iter().map(one).collect::<Vec<_>>(),
    })
}

fn of_documents(task: &Task, status: &str, code: u32, detail: &str) -> Vec<Value> {
    let one = |(id, _): &(String, Value)| {
        json!({
            "cmd": "notifyDocResult", "requestID": task.request, "status": status, "printer": task.printer,
            "taskId": task.id, "documentId": id, "code": code, "detail": detail,
        })
    };
    task.documents.iter().map(one).collect()
}

fn of_task(task: &Task, status: &str) -> Value {
    of_task_with(task, status, "")
}

fn of_task_with(task: &Task, status: &str, detail: &str) -> Value {
    json!({
        "cmd": "notifyTaskResult", "requestID": task.request, "status": status, "printer": task.printer, "taskId": task.id,
        "detail": detail,
    })
}

/// What is said of tasks that nobody here asked for, and what is no message at all.
pub fn chatter(build: Build) -> Vec<String> {
    let task = Task {
        id: "somebody-elses".into(),
        request: "somebody-elses".into(),
        printer: String::new(),
        documents: vec![("X1".into(), Value::Null)],
    };
    let mut all = failed(build, &task, "failed", "not ours");
    all.extend(printed_of(build, &task));
    all.push(reply(build, &task, Some("not ours")));
    let mut said: Vec<String> = all.iter().map(Value::to_string).collect();
    said.extend(["no JSON at all".to_owned(), "[]".to_owned()]);
    said
}
