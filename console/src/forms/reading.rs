//! A page's resource: what a server function reads, as JSON until it is shown.

use std::{marker::PhantomData, pin::Pin, sync::Arc};

use leptos::{prelude::*, server_fn::ServerFn};
use serde::{Serialize, de::DeserializeOwned};
use ui::*;

use crate::{
    api::{Answer, ApiProblem},
    contexts::Refused,
};

type Fetched = Pin<Box<dyn Future<Output = Answer<String>> + Send>>;
type Shown = Arc<dyn Fn(Answer<String>) -> AnyView + Send + Sync>;

/// What a server function read, or reads.
pub struct Reading<T> {
    resource: Resource<Answer<String>>,
    of: PhantomData<fn() -> T>,
}

impl<T> Clone for Reading<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Reading<T> {}

impl<T> Reading<T> {
    /// Asks anew; what is shown stays until the answer is there.
    pub fn refetch(self) {
        self.resource.refetch();
    }
}

/// Asks a server function: resolved before the server sends the page, asked again when `args` change.
pub fn load<F, T>(args: impl Fn() -> F + Clone + Send + Sync + 'static) -> Reading<T>
where
    F: ServerFn<Output = Answer<T>, Error = ApiProblem> + Serialize + Send + 'static,
    T: Serialize + Send + 'static,
{
    let key = {
        let args = args.clone();
        move || serde_qs::to_string(&args()).unwrap_or_default()
    };
    let fetch = move |key: String| fetch(&args, key);
    Reading { resource: resource(Box::new(key), Box::new(fetch)), of: PhantomData }
}

fn resource(
    key: Box<dyn Fn() -> String + Send + Sync>,
    fetch: Box<dyn Fn(String) -> Fetched + Send + Sync>,
) -> Resource<Answer<String>> {
    Resource::new_blocking(key, fetch)
}

/// On the server the function itself runs.
#[cfg(feature = "ssr")]
fn fetch<F, T>(args: &impl Fn() -> F, _: String) -> Fetched
where
    F: ServerFn<Output = Answer<T>, Error = ApiProblem> + Send + 'static,
    T: Serialize + Send + 'static,
{
    let args = untrack(args);
    Box::pin(async move {
        let value = args.run_body().await.flatten()?;
        serde_json::to_string(&value).map_err(|_| unreadable())
    })
}

/// In the browser it is sent what it is asked.
#[cfg(feature = "hydrate")]
fn fetch<F, T>(_: &impl Fn() -> F, key: String) -> Fetched
where
    F: ServerFn<Output = Answer<T>, Error = ApiProblem>,
{
    Box::pin(async move { super::browser::post(F::PATH, key).await.json })
}

#[cfg(not(any(feature = "ssr", feature = "hydrate")))]
fn fetch<F>(_: &impl Fn() -> F, _: String) -> Fetched {
    Box::pin(async { Err(unreadable()) })
}

fn unreadable() -> ApiProblem {
    ApiProblem::new(
        500,
        "internal_error",
        "The server's answer could not be read. Reload the page and try again.",
    )
}

/// A reading once it is there; what stood there before stays until then. A refusal stands in its place.
pub fn loaded<T: DeserializeOwned + 'static>(
    reading: Reading<T>,
    shape: SkeletonShape,
    content: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    loaded_answer(reading, shape, move |answer| match answer {
        Ok(value) => content(value),
        Err(problem) => view! { <Refused problem/> }.into_any(),
    })
}

/// The same, with refusals for the caller to show.
pub fn loaded_answer<T: DeserializeOwned + 'static>(
    reading: Reading<T>,
    shape: SkeletonShape,
    content: impl Fn(Answer<T>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let show = move |json: Answer<String>| {
        content(json.and_then(|json| serde_json::from_str(&json).map_err(|_| unreadable())))
    };
    shown(reading.resource, shape, Arc::new(show))
}

fn shown(resource: Resource<Answer<String>>, shape: SkeletonShape, show: Shown) -> AnyView {
    view! {
        <Transition fallback=move || {
            view! { <Skeleton shape count=6/> }
        }>
            {move || {
                let show = show.clone();
                Suspend::new(async move { show(resource.await) })
            }}
        </Transition>
    }
    .into_any()
}
