mod breaker;
mod plan;
