//! `/`: sends everybody to where their console begins.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use super::frame::with_standing;
use crate::contexts::Refused;

#[component]
pub fn Home() -> impl IntoView {
    let place = with_standing(|standing| match standing {
        Ok(standing) => {
            let tenant = standing.me.tenant();
            let place = tenant.map_or("/operator".to_owned(), |tenant| format!("/t/{}", tenant.slug));
            view! { <Redirect path=place/> }.into_any()
        }
        Err(problem) => view! { <Refused problem/> }.into_any(),
    });
    view! {
        <Title text="Console"/>
        {place}
    }
}
