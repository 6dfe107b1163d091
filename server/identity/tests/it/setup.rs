use serde_json::json;

use crate::app::{App, As, OPERATOR, PASSWORD};

fn set_up(token: &str) -> serde_json::Value {
    json!({ "token": token, "email": OPERATOR, "name": "Olga", "password": PASSWORD })
}

#[tokio::test]
async fn the_printed_link_makes_the_first_operator_once() {
    let app = App::new().await;
    let token = app.setup.reveal().to_owned();
    let problem = app.post("/api/v1/setup", As::Nobody, set_up("sy_setup_wrong")).await.expect(404);
    assert_eq!(problem["code"], "not_found");
    let answer = app.post("/api/v1/setup", As::Nobody, set_up(&token)).await;
    let cookie = answer.cookie();
    assert_eq!(answer.expect(201)["kind"], "operator");
    app.get("/api/v1/operators", As::Cookie(&cookie)).await.expect(200);
    app.post("/api/v1/setup", As::Nobody, set_up(&token)).await.expect(404);
    assert_eq!(app.audit(None).await, ["operator.create begun", "operator.create success"]);
}

#[tokio::test]
async fn the_link_opens_nothing_once_there_is_an_operator() {
    let app = App::new().await;
    app.operator("otto@msp.example").await;
    let token = app.setup.reveal().to_owned();
    app.post("/api/v1/setup", As::Nobody, set_up(&token)).await.expect(404);
    app.try_sign_in(None, OPERATOR, PASSWORD).await.expect(401);
}
