//! What can go wrong in this room, and how a caller is told: one table, two edges.

use access::database_problem;
use axum::response::{IntoResponse, Response};
use db::DbError;
use http::{HeaderValue, StatusCode, header};
use objects::ObjectError;
use shared::ErrorCode;
use shared_chat::ErrorBody;
use web::Problem;

#[derive(Debug, thiserror::Error)]
pub enum BatchesError {
    #[error("refused")]
    Refused(#[from] Problem),
    #[error("the database failed")]
    Db(#[from] DbError),
    #[error("the object store failed")]
    Objects(#[from] ObjectError),
    /// Not there, or not the caller's.
    #[error("no such {what}: {id}")]
    NotFound { what: &'static str, id: String },
    #[error("{field}: {message}")]
    Field { code: ErrorCode, field: String, message: String },
    #[error("larger than {most} bytes")]
    TooLarge { field: &'static str, most: u64 },
    #[error("the upload broke off or is not well-formed: {0}")]
    Upload(String),
    #[error("not a form")]
    MediaType,
    #[error("{0}")]
    Conflict(String),
    #[error("no caller was put into the request")]
    NoCaller,
}

impl BatchesError {
    pub(crate) fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Field { code: ErrorCode::InvalidValue, field: field.into(), message: message.into() }
    }

    pub(crate) fn missing(field: &str, expected: &str) -> Self {
        let message = format!("is missing: expected {expected}");
        Self::Field { code: ErrorCode::MissingField, field: field.to_owned(), message }
    }

    pub(crate) fn unknown(field: &str, expected: &str) -> Self {
        let shown: String = field.chars().take(64).collect();
        let message = format!("is not a field of this request: expected {expected}");
        Self::Field { code: ErrorCode::UnknownField, field: shown, message }
    }

    pub(crate) fn no_file(id: impl ToString) -> Self {
        Self::NotFound { what: "file", id: id.to_string() }
    }

    pub(crate) fn no_batch(id: impl ToString) -> Self {
        Self::NotFound { what: "batch", id: id.to_string() }
    }
}

impl From<sqlx::Error> for BatchesError {
    fn from(error: sqlx::Error) -> Self {
        Self::Db(error.into())
    }
}

impl From<BatchesError> for Problem {
    fn from(error: BatchesError) -> Self {
        use BatchesError::*;
        match error {
            Refused(problem) => problem,
            Db(error) => database_problem(&error),
            Objects(error) => Self::unavailable_store(&error),
            NotFound { what, .. } => Self::not_found(what),
            Field { code: ErrorCode::InvalidValue, field, message } => Self::field(field, message),
            Field { code, field, message } => Self::new(code, format!("`{field}` {message}")),
            TooLarge { field, most } => {
                Self::new(ErrorCode::BodyTooLarge, format!("`{field}` is larger than {most} bytes."))
            }
            Upload(why) => Self::new(ErrorCode::InvalidValue, broken(&why)),
            MediaType => Self::new(ErrorCode::UnsupportedMediaType, NOT_A_FORM),
            Conflict(detail) => Self::new(ErrorCode::Conflict, detail),
            NoCaller => Self::new(ErrorCode::Internal, "The request was not checked."),
        }
    }
}

const NOT_A_FORM: &str = "Send the file as `multipart/form-data` with the fields `purpose` and `file`.";

fn broken(why: &str) -> String {
    format!("The upload broke off or is not well-formed multipart/form-data: {why}.")
}

/// The object store's failures are ours: logged, and told without their text.
trait UnavailableStore {
    fn unavailable_store(error: &ObjectError) -> Self;
}

impl UnavailableStore for Problem {
    fn unavailable_store(error: &ObjectError) -> Self {
        let source = std::error::Error::source(error).map(ToString::to_string).unwrap_or_default();
        tracing::error!(%error, source, "the object store failed");
        Self::new(
            ErrorCode::Unavailable,
            "The store of files cannot be reached now. Try again in a few seconds.",
        )
        .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    }
}

/// An error on its way to a caller of `/api`.
#[derive(Debug)]
pub struct OnApi(BatchesError);

impl<E: Into<BatchesError>> From<E> for OnApi {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl IntoResponse for OnApi {
    fn into_response(self) -> Response {
        Problem::from(self.0).into_response()
    }
}

/// An error on its way to a caller of `/v1`: OpenAI's object.
#[derive(Debug)]
pub struct OnV1(pub BatchesError);

impl<E: Into<BatchesError>> From<E> for OnV1 {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl OnV1 {
    fn told(self) -> (ErrorCode, String, Option<String>) {
        use BatchesError::*;
        match self.0 {
            NotFound { what, id } => {
                let shown: String = id.chars().take(64).collect();
                (
                    ErrorCode::NotFound,
                    format!("There is no {what} `{shown}`, or it is not yours to see."),
                    Some("id".to_owned()),
                )
            }
            Field { code: ErrorCode::InvalidValue, field, message } => {
                (ErrorCode::InvalidValue, format!("`{field}`: {message}."), Some(field))
            }
            Field { code, field, message } => (code, format!("`{field}` {message}."), Some(field)),
            TooLarge { field, most } => {
                let message = format!("`{field}` is larger than {most} bytes, the most that is accepted.");
                (ErrorCode::BodyTooLarge, message, Some(field.to_owned()))
            }
            other => {
                let body = Problem::from(other);
                let code = body.code();
                let body = body.body();
                (code, body.detail, body.errors.into_iter().next().map(|error| error.field))
            }
        }
    }
}

impl IntoResponse for OnV1 {
    fn into_response(self) -> Response {
        let (code, message, param) = self.told();
        let mut body = ErrorBody::new(message, code.openai_type()).with_code(code.code());
        body.error.param = param;
        let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(body)).into_response();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("2"));
        }
        response
    }
}
