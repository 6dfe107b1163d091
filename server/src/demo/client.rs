//! The demo as a customer of the API.

use anyhow::{Context, bail};
use axum::{Router, body::Body};
use http::{HeaderMap, HeaderValue, Method, Request, Response, header};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use tower::ServiceExt;

/// Calls the assembled `/api/v1` in process, as whoever its headers say.
pub struct Client {
    api: Router,
    headers: HeaderMap,
}

/// The longest answer that the demo reads.
const MAX_ANSWER: usize = 16 << 20;

impl Client {
    /// With an operator's token.
    pub fn new(api: Router, token: &str) -> anyhow::Result<Self> {
        let headers = HeaderMap::from_iter([(
            header::AUTHORIZATION,
            HeaderValue::try_from(format!("Bearer {token}"))?,
        )]);
        Ok(Self { api, headers })
    }

    fn nobody(&self) -> Self {
        Self { api: self.api.clone(), headers: HeaderMap::new() }
    }

    /// The same API as a member who signs in, the way a browser does.
    pub async fn signed_in(&self, email: &str, password: &str, tenant: &str) -> anyhow::Result<Self> {
        let body = json!({"email": email, "password": password, "tenant": tenant});
        let response = self.nobody().send(Method::POST, "/sessions", Some(&body)).await?;
        let cookie = response.headers().get(header::SET_COOKIE).and_then(|value| value.to_str().ok());
        let cookie = cookie.and_then(|text| text.split(';').next()).context("signing in sets a cookie")?;
        let headers = HeaderMap::from_iter([
            (header::COOKIE, HeaderValue::try_from(cookie)?),
            (header::HeaderName::from_static("sec-fetch-site"), HeaderValue::from_static("same-origin")),
        ]);
        Ok(Self { api: self.api.clone(), headers })
    }

    pub async fn get<T: DeserializeOwned>(&self, path: &str) -> anyhow::Result<T> {
        read(self.send(Method::GET, path, None).await?).await
    }

    pub async fn post<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> anyhow::Result<T> {
        read(self.send(Method::POST, path, Some(&serde_json::to_value(body)?)).await?).await
    }

    /// For those who are not signed in yet.
    pub async fn post_as_nobody(&self, path: &str, body: &Value) -> anyhow::Result<()> {
        self.nobody().send(Method::POST, path, Some(body)).await.map(|_| ())
    }

    pub async fn delete(&self, path: &str) -> anyhow::Result<()> {
        self.send(Method::DELETE, path, None).await.map(|_| ())
    }

    async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> anyhow::Result<Response<Body>> {
        let mut request =
            Request::builder().method(method.clone()).uri(format!("/api/v1{path}")).body(match body {
                Some(body) => Body::from(serde_json::to_vec(body)?),
                None => Body::empty(),
            })?;
        request.headers_mut().extend(self.headers.clone());
        if body.is_some() {
            request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let response = self.api.clone().oneshot(request).await?;
        let status = response.status();
        if !status.is_success() {
            let text = axum::body::to_bytes(response.into_body(), MAX_ANSWER).await?;
            bail!("{method} {path} was refused with {status}: {}", String::from_utf8_lossy(&text));
        }
        Ok(response)
    }
}

async fn read<T: DeserializeOwned>(response: Response<Body>) -> anyhow::Result<T> {
    let bytes = axum::body::to_bytes(response.into_body(), MAX_ANSWER).await?;
    serde_json::from_slice(&bytes).context("the API answered something else than expected")
}
