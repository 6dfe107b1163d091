//! The application: its routes, and the title that each page completes.

use leptos::prelude::*;
use leptos_meta::{Title, provide_meta_context};
use leptos_router::{
    components::{ParentRoute, Route, Router, Routes},
    path,
};
use ui::{ToastRegion, provide_toasts};

use crate::{
    contexts::NotFound,
    pages::{
        account::AccountPage,
        home::Home,
        operator::OperatorRoutes,
        signed_out::{InvitationPage, OperatorSignIn, SetUpPage, SignInPage},
        tenant::*,
    },
};

/// The root of every page, in the server's rendering and in the browser.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    provide_toasts();
    view! {
        <Title formatter=|title: String| format!("{title} · Switchyard")/>
        <Router>
            <Routes fallback=NotFound>
                <Route path=path!("/") view=Home/>
                <Route path=path!("/sign-in") view=SignInPage/>
                <Route path=path!("/t/:tenant/sign-in") view=SignInPage/>
                <Route path=path!("/operator/sign-in") view=OperatorSignIn/>
                <Route path=path!("/invitations/:token") view=InvitationPage/>
                <Route path=path!("/setup/:token") view=SetUpPage/>
                <ParentRoute path=path!("/t/:tenant") view=TenantArea>
                    <Route path=path!("/") view=OverviewPage/>
                    <Route path=path!("/usage") view=UsagePage/>
                    <Route path=path!("/calls") view=CallsPage/>
                    <Route path=path!("/quick-start") view=QuickStartPage/>
                    <Route path=path!("/keys") view=KeysPage/>
                    <Route path=path!("/projects") view=ProjectsPage/>
                    <Route path=path!("/models") view=ModelsPage/>
                    <Route path=path!("/models/:id") view=ModelPage/>
                    <Route path=path!("/playground") view=PlaygroundPage/>
                    <Route path=path!("/batches") view=BatchesPage/>
                    <Route path=path!("/batches/:id") view=BatchPage/>
                    <Route path=path!("/files") view=FilesPage/>
                    <Route path=path!("/upstreams") view=UpstreamsPage/>
                    <Route path=path!("/people") view=PeoplePage/>
                    <Route path=path!("/audit") view=AuditPage/>
                    <Route path=path!("/account") view=AccountPage/>
                    <Route path=path!("/*any") view=NoTenantPage/>
                </ParentRoute>
                <OperatorRoutes/>
            </Routes>
        </Router>
        <ToastRegion/>
    }
}
