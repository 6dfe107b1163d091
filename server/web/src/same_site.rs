//! Cross-site request forgery: a mutating request with a cookie must come from our own pages.
//!
//! Browsers send `Sec-Fetch-Site` and, on mutating requests, `Origin`. A request that carries a cookie and neither
//! header, or one that says another site, is refused. Requests without a cookie carry no ambient authority.

use axum::{
    extract::Request,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, Method, header};
use shared::ErrorCode;

use crate::Problem;

fn same_site(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin") => return true,
        Some(_) => return false,
        None => {}
    }
    let (Some(origin), Some(host)) = (text("origin"), text(header::HOST.as_str())) else { return false };
    origin.split_once("://").is_some_and(|(_, authority)| authority.eq_ignore_ascii_case(host))
}

/// Middleware: refuses a cross-site mutation.
pub async fn layer(request: Request, next: Next) -> Response {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    let ambient = request.headers().contains_key(header::COOKIE)
        && !request.headers().contains_key(header::AUTHORIZATION);
    if !safe && ambient && !same_site(request.headers()) {
        let detail = "A request that changes something must come from the console's own pages. \
                      Programs send a token in the Authorization header instead of a cookie.";
        return Problem::new(ErrorCode::CrossSite, detail).into_response();
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_our_own_pages_may_send_a_mutation_with_a_cookie() {
        assert!(same_site(&headers(&[("sec-fetch-site", "same-origin")])));
        assert!(same_site(&headers(&[("origin", "https://a.example"), ("host", "a.example")])));
        assert!(!same_site(&headers(&[
            ("sec-fetch-site", "same-site"),
            ("origin", "https://a.example"),
            ("host", "a.example")
        ])));
        assert!(!same_site(&headers(&[("origin", "https://b.example"), ("host", "a.example")])));
        assert!(!same_site(&headers(&[("origin", "null"), ("host", "a.example")])));
        assert!(!same_site(&headers(&[("host", "a.example")])));
    }
}
