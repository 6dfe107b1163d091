//! Rules of data classes.

use access::Refusal;
use db::OperatorTx;
use shared_api::engines::NewDataClass;
use web::Problem;

use crate::store;

const MAX_NAME: usize = 63;
const MAX_DESCRIPTION: usize = 500;

pub fn check_new(new: &NewDataClass) -> Result<(), Problem> {
    let inner = new.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-');
    if !inner || new.name.starts_with('-') || !(1..=MAX_NAME).contains(&new.name.len()) {
        let accepted =
            "expected 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit";
        return Err(Problem::field("name", accepted));
    }
    check_description(&new.description)
}

pub fn check_description(text: &str) -> Result<(), Problem> {
    if text.len() <= MAX_DESCRIPTION {
        return Ok(());
    }
    Err(Problem::field("description", format!("expected at most {MAX_DESCRIPTION} bytes")))
}

/// Classes that a deployment is cleared for: those that there are.
pub async fn check_cleared(tx: &mut OperatorTx, names: Option<&[String]>) -> Result<(), Refusal> {
    let names = names.unwrap_or_default();
    match store::data_class::first_unknown(tx, names).await? {
        Some(at) => {
            let message = format!("there is no data class `{}`", names[at]);
            Err(Problem::field(format!("data_classes[{at}]"), message).into())
        }
        None => Ok(()),
    }
}
