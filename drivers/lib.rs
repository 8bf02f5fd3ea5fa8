//! Device drivers: scanners, label printers, scales. They know nothing of orders.
