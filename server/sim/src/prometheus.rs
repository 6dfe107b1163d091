//! Metrics pages.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};
use http::header;

#[derive(Debug)]
pub struct Page {
    prefix: &'static str,
    /// Labels of each sample, with their braces.
    labels: String,
    text: String,
}

impl Page {
    pub fn new(prefix: &'static str, labels: &[(&str, &str)]) -> Self {
        Self { prefix, labels: braced(labels), text: String::new() }
    }

    pub fn gauge(&mut self, name: &str, help: &str, value: f64) {
        self.metric(name, "gauge", help, value);
    }

    /// A metric that has no value yet.
    pub fn declare(&mut self, name: &str, kind: &str, help: &str) {
        let prefix = self.prefix;
        let _ = writeln!(self.text, "# HELP {prefix}{name} {help}\n# TYPE {prefix}{name} {kind}");
    }

    /// A counter whose sample ends in `_total` and whose family does not.
    pub fn total(&mut self, family: &str, help: &str, value: f64) {
        let prefix = self.prefix;
        let _ = writeln!(
            self.text,
            "# HELP {prefix}{family} {help}\n# TYPE {prefix}{family} counter\n\
             {prefix}{family}_total{} {value:?}",
            self.labels
        );
    }

    pub fn metric(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        let prefix = self.prefix;
        let _ = writeln!(
            self.text,
            "# HELP {prefix}{name} {help}\n# TYPE {prefix}{name} {kind}\n{prefix}{name}{} {value:?}",
            self.labels
        );
    }

    /// A sample with labels of its own.
    pub fn labelled(&mut self, name: &str, kind: &str, help: &str, labels: &[(&str, &str)], value: f64) {
        let (prefix, labels) = (self.prefix, braced(labels));
        let family = name.strip_suffix("_total").unwrap_or(name);
        let _ = writeln!(
            self.text,
            "# HELP {prefix}{family} {help}\n# TYPE {prefix}{family} {kind}\n{prefix}{name}{labels} {value:?}"
        );
    }

    pub fn respond(self) -> Response {
        ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], self.text).into_response()
    }
}

fn braced(labels: &[(&str, &str)]) -> String {
    if labels.is_empty() {
        return String::new();
    }
    let escaped = |value: &str| value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let pairs: Vec<_> = labels.iter().map(|(name, value)| format!("{name}=\"{}\"", escaped(value))).collect();
    format!("{{{}}}", pairs.join(","))
}
