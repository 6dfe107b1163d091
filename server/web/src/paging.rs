//! Cursor pagination: `?limit=&after=`.

use axum::extract::FromRequestParts;
use http::request::Parts;
use serde::Deserialize;
use utoipa::openapi::{
    ObjectBuilder,
    path::{Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
};

use crate::{Problem, Query};

pub const DEFAULT_LIMIT: u32 = 50;
pub const MAX_LIMIT: u32 = 200;

/// The asked-for page. `after` is the `next` of the page before.
#[derive(Debug, Clone)]
pub struct Paging {
    pub limit: u32,
    pub after: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    limit: Option<String>,
    after: Option<String>,
}

impl Paging {
    /// How many rows to read: one more than is shown, to know whether there are more.
    pub fn rows(&self) -> i64 {
        i64::from(self.limit) + 1
    }

    /// The cursor as an identifier; a cursor that is none is told.
    pub fn after_id<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem>
    where
        T::Err: std::fmt::Display,
    {
        let parse =
            |text: &String| text.parse().map_err(|error: T::Err| Problem::field("after", error.to_string()));
        self.after.as_ref().map(parse).transpose()
    }
}

impl utoipa::IntoParams for Paging {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        let limit = ObjectBuilder::new()
            .schema_type(Type::Integer)
            .minimum(Some(1))
            .maximum(Some(MAX_LIMIT))
            .default(Some(DEFAULT_LIMIT.into()));
        let limit = parameter("limit", "How many to list.").schema(Some(limit));
        let after = parameter("after", "The `next` of the page before.")
            .schema(Some(ObjectBuilder::new().schema_type(Type::String)));
        vec![limit.build(), after.build()]
    }
}

fn parameter(name: &str, description: &str) -> ParameterBuilder {
    ParameterBuilder::new().name(name).parameter_in(ParameterIn::Query).description(Some(description))
}

impl<S: Send + Sync> FromRequestParts<S> for Paging {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let Query(Asked { limit, after }) = Query::<Asked>::from_request_parts(parts, state).await?;
        let limit = match limit {
            None => DEFAULT_LIMIT,
            Some(text) => {
                text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit)).ok_or_else(|| {
                    Problem::field(
                        "limit",
                        format!("`{text}`: expected a whole number from 1 to {MAX_LIMIT}"),
                    )
                })?
            }
        };
        Ok(Self { limit, after })
    }
}
