//! Messages to people. Without a mail server this is where they are read.

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use shared_api::identity::Mail;
use ui::*;

use crate::{
    api::platform::{Listed, ReadMail},
    forms::{load, loaded},
    pages::frame::Page,
};

#[component]
pub fn MailPage() -> impl IntoView {
    let query = use_query_map();
    let after = Memo::new(move |_| query.with(|query| query.get_str("after").unwrap_or_default().to_owned()));
    let mail = load(move || ReadMail { after: after.get() });
    view! {
        <Page
            title="Mail"
            description="Messages to people, newest first. Without a mail server, invitations are read here."
        >
            {loaded(mail, SkeletonShape::Lines, |view| content(&view))}
        </Page>
    }
}

fn content(view: &Listed<Mail>) -> AnyView {
    if view.page.data.is_empty() {
        return view! {
            <Card>
                <EmptyState icon=Icon::Mail title="No messages yet" description="Invitations appear here as they are made."/>
            </Card>
        }
        .into_any();
    }
    let messages = view.page.data.iter().map(|mail| message(mail, view.now)).collect_view();
    let turn = view.page.next.as_ref().map(|after| {
        view! { <Pagination next=query_href("/operator/mail", [("after", after.as_str())])/> }
    });
    view! {
        {messages}
        {turn}
    }
    .into_any()
}

fn message(mail: &Mail, now: i64) -> AnyView {
    let (tone, words) =
        if mail.sent_at.is_some() { (Tone::Success, "Sent") } else { (Tone::Neutral, "Kept here") };
    let Mail { recipient, subject, body_text, created_at, .. } = mail.clone();
    let created = created_at.timestamp();
    let meta = move || {
        view! {
            <Status tone>{words}</Status>
            <Time at=created now=now/>
        }
    };
    view! {
        <Card title=subject description=format!("To {recipient}") actions=meta>
            <div class="code-wraps">
                <Snippet label="message" code=body_text/>
            </div>
        </Card>
    }
    .into_any()
}
