//! An ERP over Qimen: the simulator of one sends and hears over real sockets, a hub is between, stations are told of by facts.

mod back;
mod coming;
mod going;
mod form;

use std::net::SocketAddr;

use milepost::domain::fact::{Fact, NewEntry};
use milepost::domain::id::OrderNo;
use milepost::domain::parcel::Parcel;
use milepost::hub::config::HubConfig;
use milepost::hub::qimen::{CustomerConfig, QimenConfig};
use milepost::sim::qimen::{self as erp, ErpSim, Goods, Receiver, Reply, Shipment, Slip};
use serde_json::Value;

use crate::telling;
use crate::world::World;

const SECRET: &str = "a secret of the tests";

/// A hub that one ERP is connected to.
struct Site {
    world: World,
    erp: ErpSim,
}

impl Site {
    async fn start() -> Site {
        Site::with(|_| {}).await
    }

    async fn with(change: impl FnOnce(&mut HubConfig)) -> Site {
        let options = erp::Options { secret: SECRET.into(), ..erp::Options::default() };
        let erp = erp::start(options.clone()).await.expect("the ERP starts");
        let endpoint = erp.url();
        let world = World::start_with(|config| {
            let secret = config.data_dir.with_file_name("qimen.key");
            std::fs::write(&secret, format!("{SECRET}\n")).expect("the secret is written");
            config.qimen_listen = Some("127.0.0.1:0".into());
            config.qimen = QimenConfig {
                app_key: options.app_key.clone(),
                secret: Some(secret),
                endpoint: Some(endpoint),
                customer: vec![CustomerConfig {
                    customer_id: options.customer.clone(),
                    shop: None,
                    warehouse: None,
                    warehouses: [("W1".to_owned(), "SZ".to_owned())].into(),
                }],
                ..QimenConfig::default()
            };
            change(config);
        })
        .await;
        Site { world, erp }
    }

    fn door(&self) -> SocketAddr {
        self.world.hub().qimen.as_ref().expect("it listens").0
    }

    async fn send(&self, method: &str, body: &str) -> Reply {
        self.erp.send(self.door(), method, body).await.expect("the hub answers")
    }

    async fn slip(&self, body: &str, slip: Slip) -> Reply {
        let sent = self.erp.send_with(self.door(), "taobao.qimen.deliveryorder.create", body, &slip).await;
        sent.expect("the hub answers")
    }

    /// An order comes in, and is taken.
    async fn order(&self, shipment: &Shipment) {
        let reply = self.send("taobao.qimen.deliveryorder.create", &erp::order(shipment)).await;
        assert_eq!((reply.flag.as_str(), reply.message.as_str()), ("success", ""), "{}", reply.body);
    }

    fn parcel(&self, order_no: &str) -> Parcel {
        let now_us = milepost::machine::wall_us();
        let view = self.world.hub().hub.order(&OrderNo::from(order_no), now_us).expect("it reads").expect("it is here");
        view.parcels.into_iter().next().expect("it has a parcel").parcel
    }

    /// A station tells facts of an order's parcel, in their order.
    fn tell(&self, order_no: &str, facts: Vec<Fact>) {
        self.tell_of(&self.parcel(order_no), facts);
    }

    fn tell_of(&self, parcel: &Parcel, facts: Vec<Fact>) {
        let entry = |fact| NewEntry {
            fact,
            parcel: Some(parcel.parcel_id.clone()),
            orders: parcel.orders.clone(),
            operator: Some("li".into()),
            device: None,
        };
        let entries = facts.into_iter().map(entry).collect();
        let now_us = milepost::machine::wall_us();
        telling::tell(&self.world.hub().hub, &"SZ-01".into(), entries, now_us, now_us);
    }

    async fn orders(&self) -> Vec<String> {
        let told = self.world.get("/v1/orders?limit=1000").await;
        let orders = told["orders"].as_array().expect("a list").iter();
        orders.map(|order| order["order_no"].as_str().expect("text").to_owned()).collect()
    }

    async fn exceptions(&self, kind: &str) -> Vec<(String, String)> {
        let told = self.world.get("/v1/exceptions").await;
        let rows = told["exceptions"].as_array().expect("a list").iter().filter(|row| row["kind"] == kind);
        let text = |row: &Value, key: &str| row[key].as_str().expect("text").to_owned();
        rows.map(|row| (text(row, "subject"), text(row, "en"))).collect()
    }
}

fn tea(quantity: u32) -> Goods {
    Goods { sku: "T01".into(), name: "红茶 & more".into(), quantity, price: "49.50".into() }
}

fn shipment(code: &str, lines: Vec<Goods>, number: Option<&str>) -> Shipment {
    Shipment {
        code: code.into(),
        warehouse: "W1".into(),
        lines,
        total: "99.00".into(),
        waybill: number.map(|number| ("SF".to_owned(), number.to_owned())),
        receiver: Receiver {
            name: "王小明".into(),
            mobile: "13800001234".into(),
            province: "浙江省".into(),
            city: "杭州市".into(),
            area: "余杭区".into(),
            detail: "文一西路969号3幢201室".into(),
        },
    }
}

fn number(n: u32) -> String {
    format!("SF{n:013}")
}
