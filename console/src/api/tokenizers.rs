//! Models' tokenizers: `POST /operator/models/{model}/tokenizer` from a plain form, and taking one away.

use leptos::prelude::*;
use shared::ModelId;

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use super::{call, flash};

/// Its prompts are estimated from then on.
#[server(prefix = "/_fn", endpoint = "catalog/tokenizer/delete")]
pub async fn delete_tokenizer(model: ModelId) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&format!("/api/v1/models/{model}/tokenizer")).await;
    let said = done.map(|()| Flash::new("The tokenizer was removed: prompts are estimated before a call"));
    call::reply(said.inspect(flash::leave))
}

#[cfg(feature = "ssr")]
pub(crate) use sending::upload;

#[cfg(feature = "ssr")]
mod sending {
    use axum::{
        Extension,
        body::{Body, Bytes},
        extract::{
            DefaultBodyLimit, FromRequest as _, Multipart, Path,
            multipart::{Field, MultipartError},
        },
        http::{HeaderName, Method, Request, Response, header, request::Parts},
        response::{IntoResponse as _, Redirect},
    };
    use shared_api::catalog::Model;
    use ui::query_href;

    use super::{Answer, ApiProblem, call};
    use crate::{api::call::Api, contexts::sign_in_href};

    /// The API takes 48 MiB.
    const LARGEST: usize = 48 << 20;
    /// What is read to its end, so that a browser hears the answer, though it is larger than what is taken.
    const READ_AT_MOST: usize = 8 * LARGEST;
    const OF_BODY: [HeaderName; 2] = [header::CONTENT_TYPE, header::CONTENT_LENGTH];

    pub(crate) async fn upload(
        Extension(api): Extension<Api>,
        Path(model): Path<String>,
        request: Request<Body>,
    ) -> Response<Body> {
        let page = format!("/operator/models/{}", call::segment(&model));
        let place = match send(api, &page, request).await {
            Ok(_) => query_href(&page, [("said", "tokenizer")]),
            Err(problem) if problem.is_signed_out() => sign_in_href(&page, ""),
            Err(problem) => {
                let said = problem.of_field("body").unwrap_or(problem.detail);
                query_href(&page, [("refused", said.as_str())])
            }
        };
        Redirect::to(&place).into_response()
    }

    async fn send(api: Api, page: &str, request: Request<Body>) -> Answer<Model> {
        let (parts, body) = request.into_parts();
        call::me(api.clone(), &parts).await?;
        let form = form_of(&parts, body).await?;
        let file = file_in(form).await?;
        let path = page.replacen("/operator", "/api/v1", 1) + "/tokenizer";
        let inner = call::inner(&parts, Method::PUT, &path).header(header::CONTENT_TYPE, "application/json");
        call::read(call::through(api.router, inner, Body::from(file)).await?).await
    }

    async fn form_of(parts: &Parts, body: Body) -> Answer<Multipart> {
        let mut form = Request::new(body);
        for name in OF_BODY {
            if let Some(value) = parts.headers.get(&name) {
                form.headers_mut().insert(name, value.clone());
            }
        }
        // How much is read is counted below.
        DefaultBodyLimit::disable().apply(&mut form);
        let read = Multipart::from_request(form, &()).await;
        read.map_err(|_| ApiProblem::field("body", "expected a form with a file"))
    }

    fn broken(_: MultipartError) -> ApiProblem {
        ApiProblem::field("body", "the upload broke off; try again")
    }

    async fn file_in(mut form: Multipart) -> Answer<Bytes> {
        while let Some(field) = form.next_field().await.map_err(broken)? {
            if field.name() == Some("file") {
                return content(field).await;
            }
        }
        Err(ApiProblem::field("body", "choose a file first"))
    }

    async fn content(mut field: Field<'_>) -> Answer<Bytes> {
        let (mut content, mut read) = (Vec::new(), 0);
        while let Some(piece) = field.chunk().await.map_err(broken)? {
            read += piece.len();
            if read <= LARGEST {
                content.extend_from_slice(&piece);
            } else if read > READ_AT_MOST {
                break;
            }
        }
        match read {
            0 => Err(ApiProblem::field("body", "the file is empty, or none was chosen")),
            1..=LARGEST => Ok(content.into()),
            _ => Err(ApiProblem::field("body", "the file is larger than 48 MiB")),
        }
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        async fn sent(kind: &str, body: impl Into<Body>) -> Answer<Bytes> {
            let (parts, body) =
                Request::post("/").header(header::CONTENT_TYPE, kind).body(body.into()).unwrap().into_parts();
            file_in(form_of(&parts, body).await?).await
        }

        const KIND: &str = "multipart/form-data; boundary=x";

        fn form(name: &str, content: &str) -> String {
            format!(
                "--x\r\ncontent-disposition: form-data; name=\"{name}\"; filename=\"t.json\"\r\n\r\n{content}\r\n--x--\r\n"
            )
        }

        #[tokio::test]
        async fn a_forms_file_is_read_and_what_is_none_is_named() {
            assert_eq!(sent(KIND, form("file", "{}")).await.unwrap(), "{}");
            for (kind, body, said) in [
                (KIND, form("file", ""), "empty"),
                (KIND, form("other", "{}"), "choose a file"),
                (KIND, "--x\r\n".into(), "broke off"),
                ("application/json", "{}".into(), "expected a form"),
            ] {
                let problem = sent(kind, body).await.unwrap_err();
                assert!(problem.detail.contains(said), "{said}: {}", problem.detail);
            }
        }

        #[tokio::test]
        async fn a_file_that_is_too_large_is_read_to_its_end_and_refused() {
            let problem = sent(KIND, form("file", &"x".repeat(LARGEST + 1))).await.unwrap_err();
            assert_eq!(problem.detail, "the file is larger than 48 MiB");
        }
    }
}
