/// What can go wrong with objects. A path that is not there is no error but `None`.
#[derive(Debug, thiserror::Error)]
pub enum ObjectError {
    #[error(
        "`{0}` is not a name for an object: expected 1 to 128 letters, digits, `.`, `_` and `-`, not beginning with `.`"
    )]
    Name(String),
    #[error("the directory of objects cannot be used")]
    Directory(#[source] std::io::Error),
    #[error("the object store cannot be used as it is set")]
    Setting(#[source] object_store::Error),
    #[error("the object store did not take the object")]
    Publish(#[source] std::io::Error),
    #[error("the object store failed")]
    Store(#[source] object_store::Error),
}
