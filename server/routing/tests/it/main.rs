mod breaker;
mod plan;
mod preferences;
