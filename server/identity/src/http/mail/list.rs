//! `GET /api/v1/mail`

use access::{OperatorPermit, grants::ReadMail};
use shared::Page;
use shared_api::identity::Mail;
use web::{Json, Paging, ProblemBody};

use crate::IdentityError;

/// Messages to people, newest first. Without a mail server this is where invitations are read.
#[utoipa::path(
    get,
    path = "/api/v1/mail",
    tag = "mail",
    params(Paging),
    responses(
        (status = 200, description = "The messages.", body = Page<Mail>),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 404, description = "Not an operator.", body = ProblemBody),
    )
)]
pub async fn list_mail(
    permit: OperatorPermit<ReadMail>,
    paging: Paging,
) -> Result<Json<Page<Mail>>, IdentityError> {
    let mut tx = permit.begin().await?;
    let kept = mail::list(&mut tx, paging.after_id()?, paging.rows()).await?;
    let shown = kept.into_iter().map(|mail| Mail {
        id: mail.id,
        recipient: mail.recipient,
        subject: mail.subject,
        body_text: mail.body_text,
        created_at: mail.created_at,
        sent_at: mail.sent_at,
    });
    Ok(Json(Page::from_rows(shown.collect(), paging.limit as usize, |mail| mail.id.to_string())))
}
